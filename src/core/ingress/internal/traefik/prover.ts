import type { Result } from '../../../kernel/result.js';
import type { Steps } from '../../../kernel/steps.js';
import type { CompiledRule } from '../../../traefik-rule/compile-rule.js';
import type { RuleFault } from '../../../traefik-rule/rule-node.js';
import type { RouteLintCodeName } from '../../route-lint-codes.js';
import type { RouteRequest } from '../../route-request.js';
import { describeClaim } from '../claim-text.js';
import type { Judgement, OwnProof } from '../dialect.js';
import { lineOf } from '../lint/witness-requests.js';
import type { PathRule } from '../path-rule.js';
import type { EntryPoints } from './entry-points.js';
import { Comparisons, coveringOf, type Rival } from './covering.js';
import { casesOf, type RuleCase } from './rule-cases.js';
import { compareRouters, type Prioritised } from './takers.js';
import type { Dropped } from './target.js';
import { servedText } from './traefik-outcomes.js';

/** So many requests are tried for one rule. */
const MOST_REQUESTS = 48;

/** So many routers are tried before others may run. */
const STRETCH = 500;

/** Of so many requests is kept which rules are certain to take them: routers of one rule, of which a host may have thousands, are all sent the same. */
const MOST_KEPT = MOST_REQUESTS;

/** What a router without a rule takes: everything. */
const EVERYTHING: readonly RuleCase[] = [{ holding: [], failing: [] }];

/** A router of either muxer, as it is looked at. */
export interface ProvenRouter extends Prioritised {
  readonly parts: { readonly rule: PathRule; readonly entryPoints: EntryPoints; readonly fault: string | undefined };
  /** Undefined: it has no rule. */
  readonly compiled: Result<CompiledRule, RuleFault> | undefined;
}

/** What is found wrong about a router. */
export type ProofFault = OwnProof['faults'][number];

/** What the routers of requests and those of connections differ in. */
export interface Ways<Router extends ProvenRouter> {
  /** What makes no router of one whose rule is read. */
  faultsOf(router: Router): readonly ProofFault[];
  /** Those that are tried for the same, in the order of the muxer. */
  rivalsOf(router: Router): readonly Router[];
  /** Whether two routers that listen at an entry point are tried for the same there; undefined: at whatever entry points there are. */
  areTriedTogether(rival: Router, own: Router, place: string | undefined): boolean;
  /** Whether an entry point ends TLS for all of its routers, so that those with TLS and those without are tried together. */
  endsTls(place: string | undefined): boolean;
  /** What is sent to a router to see whether it takes it. */
  requestsFor(router: Router, known: RuleCase): Iterable<RouteRequest>;
  /** How many routers are tried for a request. */
  triedFor(request: RouteRequest, router: Router): number;
}

/**
 * Shows of routers that something reaches them, or that nothing does: a router is shadowed where those of higher priority, on each of its entry points, take together whatever it
 * matches. A witness counts when the muxer gives it to the router.
 */
export class Prover<Router extends ProvenRouter> {
  private readonly comparisons = new Comparisons();
  private readonly faults = new Map<Router, readonly ProofFault[]>();
  /** Of the last requests, by what is told of them and the name in the TLS hello. */
  private readonly selected = new Map<string, ReadonlySet<PathRule>>();

  constructor(
    private readonly ways: Ways<Router>,
    private readonly judge: (request: RouteRequest) => Judgement,
  ) {}

  /** Yields where very many routers were tried. */
  *prove(router: Router): Steps<OwnProof> {
    this.comparisons.begin();
    const faults = this.faultsOf(router);
    const [fault] = faults;
    const shown = { witness: undefined, by: [], why: undefined, faults };
    if (fault) return { ...shown, state: 'unreachable', why: fault.message };
    const cases = router.compiled?.ok ? casesOf(router.compiled.value.root) : EVERYTHING;
    if (!cases) return { ...shown, state: 'undecided', why: 'the rule has too many cases to look at each' };
    const { by, left } = this.shadows(router, cases);
    if (by) return { ...shown, state: 'shadowed', by, why: shadowText(by) };
    return { ...shown, ...(yield* this.witnessed(router, [...left, ...cases])) };
  }

  /** Asked of every router that comes before another one, so that it is found out once. */
  private faultsOf(router: Router): readonly ProofFault[] {
    const known = this.faults.get(router) ?? this.findFaults(router);
    this.faults.set(router, known);
    return known;
  }

  private findFaults(router: Router): readonly ProofFault[] {
    const { parts, compiled } = router;
    if (parts.fault !== undefined) return [{ code: 'ING-INVALID', message: parts.fault }];
    if (compiled && !compiled.ok) return [{ code: 'ING-INVALID', message: `Traefik refuses the rule: ${compiled.error.message}` }];
    return this.ways.faultsOf(router);
  }

  /** For each case of a rule, on each of its entry points, the routers that take it before; else what they leave over. */
  private shadows(router: Router, cases: readonly RuleCase[]) {
    const before = this.ways.rivalsOf(router).filter((one) => compareRouters(one, router) < 0);
    const by = new Set<PathRule>();
    const left: RuleCase[] = [];
    for (const place of this.placesOf(router, before)) {
      const there = before.filter(({ parts }) => (place === undefined ? parts.entryPoints.areAll : parts.entryPoints.has(place)));
      const rivals = there.flatMap((one) => (this.ways.areTriedTogether(one, router, place) ? this.asRival(one) : []));
      for (const known of cases) {
        const covering = coveringOf(known, rivals, this.comparisons);
        for (const one of covering.by ?? []) by.add(one.parts.rule);
        if (!covering.by) left.push(...covering.left);
      }
      if (this.comparisons.isSpent) break;
    }
    return { by: left.length === 0 && !this.comparisons.isSpent ? [...by] : undefined, left };
  }

  /** The entry points of a router; of those where the same others listen one, for what is shown of it holds for all of them. */
  private placesOf({ parts: { entryPoints } }: Router, before: readonly Router[]): Iterable<string | undefined> {
    if (entryPoints.areAll) return [undefined];
    if (entryPoints.named.size === 1) return entryPoints.named;
    const lists = [...new Map(before.map(({ parts }) => [parts.entryPoints.key, parts.entryPoints])).values()];
    const places = new Map<string, string>();
    for (const place of entryPoints.named) {
      if (!this.comparisons.spend(lists.length)) break;
      const listening = lists.flatMap((list, number) => (list.has(place) ? number : []));
      places.set(`${this.ways.endsTls(place)} ${listening.join(' ')}`, place);
    }
    return places.values();
  }

  /** What a router takes for certain whenever its rule holds. */
  private asRival(router: Router): readonly Rival<Router>[] {
    const { compiled } = router;
    return compiled?.ok && this.faultsOf(router).length === 0 ? [{ router, rule: compiled.value }] : [];
  }

  private *witnessed(router: Router, cases: readonly RuleCase[]): Steps<Pick<OwnProof, 'state' | 'witness' | 'why'>> {
    let tried = 0;
    let since = 0;
    for (const known of cases) {
      for (const request of this.ways.requestsFor(router, known)) {
        const count = this.ways.triedFor(request, router);
        if (++tried > MOST_REQUESTS || !this.comparisons.spend(count)) break;
        if (since >= STRETCH) {
          since = 0;
          yield;
        }
        since += count;
        if (this.selectedFor(request).has(router.parts.rule)) return { state: 'live', witness: lineOf(request), why: undefined };
      }
    }
    return { state: 'undecided', witness: undefined, why: this.whyUndecided(tried) };
  }

  private selectedFor(request: RouteRequest): ReadonlySet<PathRule> {
    const key = JSON.stringify([request.sni, lineOf(request)]);
    const known = this.selected.get(key);
    if (known) return known;
    const made = new Set(this.judge(request).judged.flatMap(({ outcome, rule }) => (outcome === 'selected' ? rule : [])));
    const [oldest] = this.selected.keys();
    if (oldest !== undefined && this.selected.size >= MOST_KEPT) this.selected.delete(oldest);
    this.selected.set(key, made);
    return made;
  }

  private whyUndecided(tried: number): string {
    if (this.comparisons.isSpent) return 'there are too many rules to compare all of them';
    if (tried === 0) return 'no request could be made of the rule: its matchers exclude one another, or cannot be evaluated';
    return 'every request that was tried is taken by another rule, or by nobody for certain';
  }
}

/** What keeps a router from being made: its Service, its middlewares (why there is no chain), its TLS options. */
export function faultsBehind(
  dropped: Dropped | undefined,
  noChain: string | undefined,
  noOptions: string | undefined,
): readonly ProofFault[] {
  return [
    ...(dropped ? [{ code: codeOfDropped(dropped.reason), message: dropped.message }] : []),
    ...(noChain === undefined ? [] : [{ code: 'ING-MIDDLEWARE-MISSING', message: noChain } as const]),
    ...(noOptions === undefined ? [] : [{ code: 'ING-TLS-OPTION-MISSING', message: noOptions } as const]),
  ];
}

/** The code of a reason for which Traefik drops the Service of a router. */
function codeOfDropped(reason: string): RouteLintCodeName {
  switch (reason) {
    case 'SERVICE_MISSING':
      return 'ING-SERVICE-MISSING';
    case 'PORT_MISSING':
      return 'ING-PORT-MISSING';
    case 'NO_READY_ENDPOINTS':
      return 'ING-NO-ENDPOINTS';
    default:
      return 'ING-BACKEND-REFUSED';
  }
}

/** Who takes what a rule matches. */
function shadowText(by: readonly PathRule[]): string {
  const names = by.map((rule) => `\`${servedText({ parts: { rule } })}\` of ${describeClaim(rule.ingress)}`);
  return `whatever it matches is taken before by ${names.join(' and ')}`;
}
