import type { RouteLintCodeName } from '../../route-lint-codes.js';
import type { RouteRequest } from '../../route-request.js';
import { describeClaim } from '../claim-text.js';
import type { Judgement, OwnProof } from '../dialect.js';
import { lineOf } from '../lint/witness-requests.js';
import type { PathRule } from '../path-rule.js';
import { readRequestHost } from '../request-host.js';
import type { Surroundings } from './attempt.js';
import { caseRequests } from './case-requests.js';
import { Comparisons, coveringOf, type Rival } from './covering.js';
import { listensOn } from './entry-points.js';
import type { HttpRouter } from './http-router.js';
import { casesOf, type RuleCase } from './rule-cases.js';
import type { RouterTable } from './router-table.js';
import { compareRouters } from './takers.js';
import { servedText } from './traefik-outcomes.js';

/** So many requests are tried for one rule. */
const MOST_REQUESTS = 48;

/** The code of a reason for which Traefik drops the Service of a router. */
export function codeOfDropped(reason: string): RouteLintCodeName {
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

/**
 * Shows of routers that a request reaches them, or that none does: a router is shadowed where those of higher priority, on each of its entry points, take together whatever it
 * matches. A witness counts when the muxer gives it to the router.
 */
export class RouterProver {
  private readonly comparisons = new Comparisons();
  private readonly hosts: ReadonlySet<string>;

  constructor(
    private readonly table: RouterTable,
    private readonly surroundings: Surroundings,
    private readonly judge: (request: RouteRequest) => Judgement,
  ) {
    this.hosts = new Set(table.hosts);
  }

  prove(router: HttpRouter): OwnProof {
    this.comparisons.begin();
    const faults = this.faultsOf(router);
    const [fault] = faults;
    const shown = { witness: undefined, by: [], why: undefined, faults };
    if (fault) return { ...shown, state: 'unreachable', why: fault.message };
    if (router.parts.isBehind) return { ...shown, state: 'undecided', why: BEHIND };
    const cases = router.compiled.ok ? casesOf(router.compiled.value.root) : undefined;
    if (!cases) return { ...shown, state: 'undecided', why: 'the rule has too many cases to look at each' };
    const { by, left } = this.shadows(router, cases);
    if (by) return { ...shown, state: 'shadowed', by, why: shadowText(by) };
    return { ...shown, ...this.witnessed(router, [...left, ...cases]) };
  }

  private faultsOf(router: HttpRouter): OwnProof['faults'] {
    const { services, middlewares, tls } = this.surroundings;
    const { compiled, parts } = router;
    if (parts.fault !== undefined) return [{ code: 'ING-INVALID', message: parts.fault }];
    if (!compiled.ok) return [{ code: 'ING-INVALID', message: `Traefik refuses the rule: ${compiled.error.message}` }];
    const { dropped } = services.targetOf(router);
    const chain = middlewares.chainOf(router);
    const options = tls.faultOf(router);
    return [
      ...(dropped ? [{ code: codeOfDropped(dropped.reason), message: dropped.message }] : []),
      ...(chain.ok ? [] : [{ code: 'ING-MIDDLEWARE-MISSING', message: chain.error } as const]),
      ...(options === undefined ? [] : [{ code: 'ING-TLS-OPTION-MISSING', message: options } as const]),
    ];
  }

  /** For each case of a rule, on each of its entry points, the routers that take it before; else what they leave over. */
  private shadows(router: HttpRouter, cases: readonly RuleCase[]) {
    const before = this.rivalsOf(router).filter((one) => compareRouters(one, router) < 0);
    const { entryPoints } = router.parts;
    const by = new Set<PathRule>();
    const left: RuleCase[] = [];
    for (const place of entryPoints.length === 0 ? [undefined] : entryPoints) {
      const rivals = before.flatMap((one) => (this.listensThere(one, router, place) ? this.asRival(one) : []));
      for (const known of cases) {
        const covering = coveringOf(known, rivals, this.comparisons);
        for (const one of covering.by ?? []) by.add(one.parts.rule);
        if (!covering.by) left.push(...covering.left);
      }
    }
    return { by: left.length === 0 ? [...by] : undefined, left };
  }

  /** What a router takes for certain whenever its rule holds. */
  private asRival(router: HttpRouter): readonly Rival<HttpRouter>[] {
    const { compiled } = router;
    const isCertain = compiled.ok && this.faultsOf(router).length === 0;
    return isCertain ? [{ router, rule: compiled.value }] : [];
  }

  private rivalsOf({ parts: { rule } }: HttpRouter): readonly HttpRouter[] {
    const name = rule.host?.includes(',') ? undefined : rule.host;
    return name === undefined ? this.table.withoutHost : this.table.routersFor(readRequestHost(name.replace(/^\*\./, 'any.')));
  }

  /** Whether a router listens where another one does; undefined: at whatever entry points there are. */
  private listensThere({ parts: rival }: HttpRouter, { parts: own }: HttpRouter, place: string | undefined): boolean {
    const isThere = place === undefined ? rival.entryPoints.length === 0 : listensOn(rival.entryPoints, place);
    const endsTls = place === 'websecure' && this.surroundings.options.websecureTLS;
    return isThere && (rival.tls === own.tls || endsTls);
  }

  private witnessed(router: HttpRouter, cases: readonly RuleCase[]): Pick<OwnProof, 'state' | 'witness' | 'why'> {
    let tried = 0;
    for (const known of cases) {
      for (const request of caseRequests(known, (host) => this.hosts.has(host))) {
        if (++tried > MOST_REQUESTS || !this.comparisons.spend(this.table.routersFor(readRequestHost(request.host)).length)) break;
        const isSelected = this.judge(request).judged.some(({ outcome, rule }) => outcome === 'selected' && rule === router.parts.rule);
        if (isSelected) return { state: 'live', witness: lineOf(request), why: undefined };
      }
    }
    return { state: 'undecided', witness: undefined, why: whyUndecided(this.comparisons, tried) };
  }
}

const BEHIND = 'it is asked behind the IngressRoutes that it names (`parentRefs`), as their middlewares leave the request';

/** Why neither a witness nor a proof was found. */
export function whyUndecided({ isSpent }: Comparisons, tried: number): string {
  if (isSpent) return 'there are too many rules to compare all of them';
  if (tried === 0) return 'no request could be made of the rule: its matchers exclude one another, or cannot be evaluated';
  return 'every request that was tried is taken by another rule, or by nobody for certain';
}

/** Who takes what a rule matches. */
export function shadowText(by: readonly PathRule[]): string {
  const names = by.map((rule) => `\`${servedText({ parts: { rule } })}\` of ${describeClaim(rule.ingress)}`);
  return `whatever it matches is taken before by ${names.join(' and ')}`;
}
