import type { RouteRequest } from '../../route-request.js';
import { readRequestHost } from '../request-host.js';
import type { Surroundings } from './attempt.js';
import { caseRequests } from './case-requests.js';
import type { HttpRouter } from './http-router.js';
import type { LayerWays } from './layer-ways.js';
import { faultsBehind, type ProofFault, type Ways } from './prover.js';
import type { RuleCase } from './rule-cases.js';
import type { RouterTable } from './router-table.js';

/** How routers of requests are looked at. */
export class RequestWays implements Ways<HttpRouter> {
  private readonly hosts: ReadonlySet<string>;

  constructor(
    private readonly table: RouterTable,
    private readonly surroundings: Surroundings,
    private readonly layers: LayerWays,
  ) {
    this.hosts = new Set(table.hosts);
  }

  faultsOf(router: HttpRouter): readonly ProofFault[] {
    const { services, middlewares, tls } = this.surroundings;
    const chain = middlewares.chainOf(router);
    return faultsBehind(services.targetOf(router).dropped, chain.ok ? undefined : chain.error, tls.faultOf(router));
  }

  rivalsOf(router: HttpRouter): readonly HttpRouter[] {
    const { rule, isBehind } = router.parts;
    if (isBehind) return this.layers.siblingsOf(router);
    const name = rule.host?.includes(',') ? undefined : rule.host;
    return name === undefined ? this.table.withoutHost : this.table.routersFor(readRequestHost(name.replace(/^\*\./, 'any.')));
  }

  areTriedTogether({ parts: rival }: HttpRouter, { parts: own }: HttpRouter, place: string | undefined): boolean {
    return rival.tls === own.tls || this.endsTls(place);
  }

  endsTls(place: string | undefined): boolean {
    return place === 'websecure' && this.surroundings.options.websecureTLS;
  }

  requestsFor(router: HttpRouter, known: RuleCase): Iterable<RouteRequest> {
    const isTaken = (host: string) => this.hosts.has(host);
    return router.parts.isBehind ? this.layers.requestsFor(router, known, isTaken) : caseRequests(known, isTaken);
  }

  triedFor({ host }: RouteRequest): number {
    return this.table.routersFor(readRequestHost(host)).length;
  }
}
