import type { RouteRequest } from '../../route-request.js';
import { readRequestHost } from '../request-host.js';
import type { Surroundings } from './attempt.js';
import { caseRequests } from './case-requests.js';
import { listensOn } from './entry-points.js';
import type { HttpRouter } from './http-router.js';
import { faultsBehind, type ProofFault, type Ways } from './prover.js';
import type { RuleCase } from './rule-cases.js';
import type { RouterTable } from './router-table.js';

const BEHIND = 'it is asked behind the IngressRoutes that it names (`parentRefs`), as their middlewares leave the request';

/** How routers of requests are looked at. */
export class RequestWays implements Ways<HttpRouter> {
  private readonly hosts: ReadonlySet<string>;

  constructor(
    private readonly table: RouterTable,
    private readonly surroundings: Surroundings,
  ) {
    this.hosts = new Set(table.hosts);
  }

  faultsOf(router: HttpRouter): readonly ProofFault[] {
    const { services, middlewares, tls } = this.surroundings;
    const chain = middlewares.chainOf(router);
    return faultsBehind(services.targetOf(router).dropped, chain.ok ? undefined : chain.error, tls.faultOf(router));
  }

  undecidable({ parts: { isBehind } }: HttpRouter): string | undefined {
    return isBehind ? BEHIND : undefined;
  }

  rivalsOf({ parts: { rule } }: HttpRouter): readonly HttpRouter[] {
    const name = rule.host?.includes(',') ? undefined : rule.host;
    return name === undefined ? this.table.withoutHost : this.table.routersFor(readRequestHost(name.replace(/^\*\./, 'any.')));
  }

  listensThere({ parts: rival }: HttpRouter, { parts: own }: HttpRouter, place: string | undefined): boolean {
    const isThere = place === undefined ? rival.entryPoints.length === 0 : listensOn(rival.entryPoints, place);
    const endsTls = place === 'websecure' && this.surroundings.options.websecureTLS;
    return isThere && (rival.tls === own.tls || endsTls);
  }

  requestsFor(_: HttpRouter, known: RuleCase): Iterable<RouteRequest> {
    return caseRequests(known, (host) => this.hosts.has(host));
  }

  triedFor({ host }: RouteRequest): number {
    return this.table.routersFor(readRequestHost(host)).length;
  }
}
