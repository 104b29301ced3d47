import type { Result } from '../../../kernel/result.js';
import { inMap } from '../../../kernel/in-map.js';
import type { Steps } from '../../../kernel/steps.js';
import { type CompiledRule, holdsFor } from '../../../traefik-rule/compile-rule.js';
import type { RuleFault } from '../../../traefik-rule/rule-node.js';
import type { SeenRequest } from '../../../traefik-rule/seen-request.js';
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
import type { Target } from './target.js';
import { servedText } from './traefik-outcomes.js';

/** So many requests are tried for one rule, and so many before it is asked what hides it. */
const MOST_REQUESTS = 48;
const MOST_PLAIN = 4;
/** So many are tried to find a rule that hides it, or a part of it. */
const MOST_SAMPLES = 8;

/** So many matchers are tried before others may run. */
const STRETCH = 5_000;

/** Of so many requests is kept which rules are certain to take them: routers of one rule, of which a host may have thousands, are all sent the same. */
const MOST_KEPT = MOST_REQUESTS;

/** What a router without a rule takes: everything. */
const EVERYTHING: readonly RuleCase[] = [{ holding: [], failing: [] }];

/** A router of either muxer, as it is looked at. */
export interface ProvenRouter extends Prioritised {
  readonly parts: {
    readonly rule: PathRule;
    readonly entryPoints: EntryPoints;
    readonly fault: string | undefined;
    /** It is asked behind others. */
    readonly isBehind?: boolean;
  };
  /** Undefined: it has no rule. */
  readonly compiled: Result<CompiledRule, RuleFault> | undefined;
}

/** What is found wrong about a router. */
export type ProofFault = OwnProof['faults'][number];

/** What the routers of requests and those of connections differ in. */
export interface Ways<Router extends ProvenRouter> {
  /** What makes no router of one whose rule is read. */
  faultsOf(router: Router): readonly ProofFault[];
  /** Why nothing that is sent has what the rule of a router asks for. */
  neverHolds(router: Router): string | undefined;
  /** Those that are tried for the same, in the order of the muxer. */
  rivalsOf(router: Router): readonly Router[];
  /** Whether two routers that listen at an entry point are tried for the same there; undefined: at whatever entry points there are. */
  areTriedTogether(rival: Router, own: Router, place: string | undefined): boolean;
  /** Whether an entry point ends TLS for all of its routers, so that those with TLS and those without are tried together. */
  endsTls(place: string | undefined): boolean;
  /** What is sent to a router to see whether it takes it. */
  requestsFor(router: Router, known: RuleCase): Iterable<RouteRequest>;
  /** What rules see of requests of a case. */
  samplesOf(router: Router, known: RuleCase): Iterable<SeenRequest>;
  /** How many matchers are tried for a request. */
  costOf(request: RouteRequest, router: Router): number;
}

/** What the muxer makes of a request. */
export interface Muxer {
  readonly judge: (request: RouteRequest) => Judgement;
  /** The rule that takes a request for certain, or that none does, where that is found without a look at all others; undefined says nothing. */
  readonly takerOf: (request: RouteRequest) => PathRule | 'nobody' | undefined;
}

/**
 * Shows of routers that something reaches them, or that nothing does: a router is shadowed where those of higher priority, on each of its entry points, take together whatever it
 * matches. A witness counts when the muxer gives it to the router; where a plain one does nothing has to be proven, which is so for most.
 */
export class Prover<Router extends ProvenRouter> {
  private readonly comparisons = new Comparisons();
  private readonly faults = new Map<Router, readonly ProofFault[]>();
  private readonly rivals = new Map<Router, { readonly rival: Rival<Router> | undefined }>();
  /** Of the last requests, by what is told of them and the name in the TLS hello. */
  private readonly selected = new Map<string, ReadonlySet<PathRule>>();

  constructor(
    private readonly ways: Ways<Router>,
    private readonly muxer: Muxer,
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
    const plain = yield* this.witnessed(router, cases, MOST_PLAIN);
    if (plain.state === 'live') return { ...shown, ...plain };
    const { by, left } = yield* this.shadows(router, cases);
    if (by) return { ...shown, state: 'shadowed', by, why: shadowText(by) };
    return { ...shown, ...(yield* this.witnessed(router, [...left, ...cases], MOST_REQUESTS)) };
  }

  /** Asked of every router that comes before another one, so that it is found out once. */
  private faultsOf(router: Router): readonly ProofFault[] {
    const known = this.faults.get(router) ?? this.findFaults(router);
    this.faults.set(router, known);
    return known;
  }

  private findFaults(router: Router): readonly ProofFault[] {
    const { parts, compiled } = router;
    const { pointer } = parts.rule;
    if (parts.fault !== undefined) return [{ code: 'ING-INVALID', message: parts.fault }];
    const ofRule = { pointer: `${pointer}/match` };
    if (compiled && !compiled.ok)
      return [{ code: 'ING-INVALID', message: `Traefik refuses the rule: ${compiled.error.message}`, ...ofRule }];
    const never = this.ways.neverHolds(router);
    return never === undefined ? this.ways.faultsOf(router) : [{ code: 'ING-RULE-IGNORED', message: never, ...ofRule }];
  }

  /** For each case of a rule, on each of its entry points, the routers that take it before; else what they leave over. */
  private *shadows(router: Router, cases: readonly RuleCase[]): Steps<{ by: readonly PathRule[] | undefined; left: readonly RuleCase[] }> {
    const all = this.ways.rivalsOf(router);
    const firstBehind = all.findIndex((one) => compareRouters(one, router) >= 0);
    const before = firstBehind < 0 ? all : all.slice(0, firstBehind);
    const samplesOf = this.samplesFor(router);
    const by = new Set<PathRule>();
    const left: RuleCase[] = [];
    for (const place of this.placesOf(router, before)) {
      const rivals = { [Symbol.iterator]: () => this.rivalsAt(place, router, before) };
      for (const known of cases) {
        const covering = yield* coveringOf(known, rivals, samplesOf, this.comparisons);
        for (const one of covering.by ?? []) by.add(one.parts.rule);
        if (!covering.by) left.push(...covering.left);
      }
      if (this.comparisons.isSpent) break;
    }
    return { by: left.length === 0 && !this.comparisons.isSpent ? [...by] : undefined, left };
  }

  /** Those of the routers before one that are tried for the same at an entry point. */
  private *rivalsAt(place: string | undefined, router: Router, before: readonly Router[]): Iterator<Rival<Router>> {
    for (const one of before) {
      const { entryPoints } = one.parts;
      if (!(place === undefined ? entryPoints.areAll : entryPoints.has(place)) || !this.ways.areTriedTogether(one, router, place)) continue;
      const { rival } = inMap(this.rivals, one, () => ({ rival: this.asRival(one) }));
      if (rival) yield rival;
    }
  }

  /** Requests of a case that the rule of a router takes. */
  private samplesFor(router: Router): (known: RuleCase) => readonly SeenRequest[] {
    const rule = ruleOf(router);
    const samples = new Map<RuleCase, readonly SeenRequest[]>();
    const taken = (known: RuleCase) =>
      firstOf(MOST_SAMPLES, this.ways.samplesOf(router, known)).filter((one) => !rule || holdsFor(rule, one) === true);
    return (known) => inMap(samples, known, () => taken(known));
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
  private asRival(router: Router): Rival<Router> | undefined {
    const rule = ruleOf(router);
    return rule && this.faultsOf(router).length === 0 ? { router, rule } : undefined;
  }

  private *witnessed(router: Router, cases: readonly RuleCase[], most: number): Steps<Pick<OwnProof, 'state' | 'witness' | 'why'>> {
    let tried = 0;
    let since = 0;
    for (const known of cases) {
      for (const request of this.ways.requestsFor(router, known)) {
        if (++tried > most || this.comparisons.isSpent) break;
        if (since >= STRETCH) {
          since = 0;
          yield;
        }
        const { rules, cost } = this.selectedFor(router, request);
        since += cost;
        if (rules.has(router.parts.rule)) return { state: 'live', witness: lineOf(request), why: undefined };
      }
    }
    return { state: 'undecided', witness: undefined, why: this.whyUndecided(tried) };
  }

  /** The rules that take a request for certain, and what it cost to find them. */
  private selectedFor(router: Router, request: RouteRequest): { readonly rules: ReadonlySet<PathRule>; readonly cost: number } {
    const { isBehind = false } = router.parts;
    const key = JSON.stringify([isBehind, request.sni, lineOf(request)]);
    const known = this.selected.get(key);
    if (known) return { rules: known, cost: 1 };
    const cost = this.ways.costOf(request, router);
    this.comparisons.spend(cost);
    const taker = isBehind ? undefined : this.muxer.takerOf(request);
    const rules = taker === undefined ? this.judged(request) : new Set(taker === 'nobody' ? [] : [taker]);
    const [oldest] = this.selected.keys();
    if (oldest !== undefined && this.selected.size >= MOST_KEPT) this.selected.delete(oldest);
    this.selected.set(key, rules);
    return { rules, cost };
  }

  private judged(request: RouteRequest): ReadonlySet<PathRule> {
    return new Set(this.muxer.judge(request).judged.flatMap(({ outcome, rule }) => (outcome === 'selected' ? rule : [])));
  }

  private whyUndecided(tried: number): string {
    if (this.comparisons.isSpent) return 'there are too many rules to compare all of them';
    if (tried === 0) return 'no request could be made of the rule: its matchers exclude one another, or cannot be evaluated';
    return 'every request that was tried is taken by another rule, or by nobody for certain';
  }
}

function firstOf<T>(most: number, all: Iterable<T>): readonly T[] {
  const first: T[] = [];
  for (const one of all) if (first.push(one) >= most) break;
  return first;
}

function ruleOf({ compiled }: ProvenRouter): CompiledRule | undefined {
  return compiled?.ok ? compiled.value : undefined;
}

/** How many matchers the rules of some routers have. */
export function matchersOf(routers: readonly ProvenRouter[]): number {
  return routers.reduce((sum, { compiled }) => sum + 1 + (compiled?.ok ? compiled.value.tests.size : 0), 0);
}

/** What is wrong with something that a router names, and where it does so; undefined: nothing. */
interface NamedFault {
  readonly message: string | undefined;
  /** Undefined: at several places, or in another object. */
  readonly pointer: string | undefined;
}

/** What keeps a router from being made: its Service (`onlyAt`: where it names one alone), its middlewares, its TLS options. */
export function faultsBehind(
  { rule }: ProvenRouter['parts'],
  { dropped, steps, onlyAt }: Pick<Target, 'dropped' | 'steps'> & { readonly onlyAt: string | undefined },
  middleware: NamedFault,
  tlsOption: NamedFault,
): readonly ProofFault[] {
  const own = steps.findLast(({ outcome, object }) => outcome === 'no-match' && object === rule.ingress.ref)?.pointer;
  return [
    ...(dropped ? faultOf(codeOfDropped(dropped.reason), { message: dropped.message, pointer: own ?? onlyAt }) : []),
    ...faultOf('ING-MIDDLEWARE-MISSING', middleware),
    ...faultOf('ING-TLS-OPTION-MISSING', tlsOption),
  ];
}

function faultOf(code: RouteLintCodeName, { message, pointer }: NamedFault): readonly ProofFault[] {
  return message === undefined ? [] : [{ code, message, ...(pointer === undefined ? {} : { pointer }) }];
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
