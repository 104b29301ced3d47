import type { RouteLintCodeName } from '../../route-lint-codes.js';
import type { RouteRequest } from '../../route-request.js';
import { describeClaim } from '../claim-text.js';
import type { Judgement, OwnProof } from '../dialect.js';
import { lineOf } from '../lint/witness-requests.js';
import type { PathRule } from '../path-rule.js';
import { readRequestHost } from '../request-host.js';
import type { Surroundings } from './attempt.js';
import { caseRequests } from './case-requests.js';
import type { HttpRouter } from './http-router.js';
import { casesOf, followsFrom, type RuleCase } from './rule-cases.js';
import type { RouterTable } from './router-table.js';
import { compareRouters } from './takers.js';
import { servedText } from './traefik-outcomes.js';

/** Matchers are compared so often for one class, and for one rule; then nothing more is shown. */
const MOST_COMPARISONS = 4_000_000;
const MOST_FOR_ONE = 200_000;
/** So many requests are tried for one rule. */
const MOST_REQUESTS = 24;

const CODE_OF: Readonly<Record<string, RouteLintCodeName>> = {
  SERVICE_MISSING: 'ING-SERVICE-MISSING',
  PORT_MISSING: 'ING-PORT-MISSING',
  NO_READY_ENDPOINTS: 'ING-NO-ENDPOINTS',
};

/**
 * Shows of routers that a request reaches them, or that none does: a router is shadowed where one of higher priority, on the same entry points, holds whenever it does. A
 * witness counts when the muxer gives it to the router.
 */
export class RouterProver {
  private comparisons = 0;
  private before = 0;
  private readonly hosts: ReadonlySet<string>;

  constructor(
    private readonly table: RouterTable,
    private readonly surroundings: Surroundings,
    private readonly judge: (request: RouteRequest) => Judgement,
  ) {
    this.hosts = new Set(table.hosts);
  }

  prove(router: HttpRouter): OwnProof {
    this.before = this.comparisons;
    const faults = this.faultsOf(router);
    const [fault] = faults;
    const shown = { witness: undefined, by: [], why: undefined, faults };
    if (fault) return { ...shown, state: 'unreachable', why: fault.message };
    const cases = router.compiled.ok ? casesOf(router.compiled.value.root) : undefined;
    if (!cases) return { ...shown, state: 'undecided', why: 'the rule has too many cases to look at each' };
    const by = this.shadows(router, cases);
    if (by) return { ...shown, state: 'shadowed', by, why: shadowText(by) };
    return { ...shown, ...this.witnessed(router, cases) };
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
      ...(dropped && parts.open === undefined
        ? [{ code: CODE_OF[dropped.reason] ?? 'ING-BACKEND-REFUSED', message: dropped.message } as const]
        : []),
      ...(chain.ok ? [] : [{ code: 'ING-MIDDLEWARE-MISSING', message: chain.error } as const]),
      ...(options === undefined ? [] : [{ code: 'ING-TLS-OPTION-MISSING', message: options } as const]),
    ];
  }

  /** For each case of a rule one router that takes it before. */
  private shadows(router: HttpRouter, cases: readonly RuleCase[]): readonly PathRule[] | undefined {
    const rivals = this.rivalsOf(router).filter((one) => compareRouters(one, router) < 0 && this.listensThere(one, router));
    const by = new Set<PathRule>();
    for (const known of cases) {
      const taking = rivals.find((one) => this.covers(one, known) && this.faultsOf(one).length === 0);
      if (!taking || taking.parts.open !== undefined) return undefined;
      by.add(taking.parts.rule);
    }
    return [...by];
  }

  /** Whether a router takes every request of a case. */
  private covers({ compiled }: HttpRouter, known: RuleCase): boolean {
    if (!compiled.ok || !this.compare(compiled.value.tests.size * (known.holding.length + known.failing.length))) return false;
    return followsFrom(known, compiled.value.root) === true;
  }

  private rivalsOf({ parts: { rule } }: HttpRouter): readonly HttpRouter[] {
    const name = rule.host?.includes(',') ? undefined : rule.host;
    return name === undefined ? this.table.withoutHost : this.table.routersFor(readRequestHost(name.replace(/^\*\./, 'any.')));
  }

  /** Whether a router listens wherever another one does. */
  private listensThere({ parts: rival }: HttpRouter, { parts: own }: HttpRouter): boolean {
    const isEverywhere =
      rival.entryPoints.length === 0 || (own.entryPoints.length > 0 && own.entryPoints.every((one) => rival.entryPoints.includes(one)));
    const endsTls =
      this.surroundings.options.websecureTLS && own.entryPoints.length > 0 && own.entryPoints.every((one) => one === 'websecure');
    return isEverywhere && (rival.tls === own.tls || endsTls);
  }

  private witnessed(router: HttpRouter, cases: readonly RuleCase[]): Pick<OwnProof, 'state' | 'witness' | 'why'> {
    let tried = 0;
    for (const known of cases) {
      for (const request of caseRequests(known, (host) => this.hosts.has(host))) {
        if (++tried > MOST_REQUESTS || !this.compare(this.table.routersFor(readRequestHost(request.host)).length)) break;
        const selected = this.judge(request).judged.find(({ outcome }) => outcome === 'selected');
        if (selected?.rule === router.parts.rule) return { state: 'live', witness: lineOf(request), why: undefined };
      }
    }
    const why = this.isSpent
      ? 'there are too many rules to compare all of them'
      : tried === 0
        ? 'no request could be made of the rule: it asks for what a request does not tell, such as the address of the client'
        : 'every request that was tried is taken by another rule, or by nobody for certain';
    return { state: 'undecided', witness: undefined, why };
  }

  private compare(count = 1): boolean {
    this.comparisons += count;
    return !this.isSpent;
  }

  private get isSpent(): boolean {
    return this.comparisons > Math.min(MOST_COMPARISONS, this.before + MOST_FOR_ONE);
  }
}

function shadowText(by: readonly PathRule[]): string {
  const names = by.map((rule) => `\`${servedText({ parts: { rule } })}\` of ${describeClaim(rule.ingress)}`);
  return `whatever it matches is taken before by ${names.join(' and ')}`;
}
