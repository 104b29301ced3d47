import { formatIp } from '../../../net/ip.js';
import { type SeenRequest, seenRequest } from '../../../traefik-rule/seen-request.js';
import type { RouteRequest } from '../../route-request.js';
import { readRequestHost } from '../request-host.js';
import type { Surroundings } from './attempt.js';
import { caseRequests } from './case-requests.js';
import { entryPointOf } from './entry-points.js';
import { alwaysRedirected } from './entry-redirection.js';
import type { HttpRouter } from './http-router.js';
import type { LayerWays } from './layer-ways.js';
import { neverAsked } from './never-holds.js';
import { faultsBehind, matchersOf, type ProofFault, type Ways } from './prover.js';
import type { RuleCase } from './rule-cases.js';
import type { RouterTable } from './router-table.js';

/** How routers of requests are looked at. */
export class RequestWays implements Ways<HttpRouter> {
  private readonly isTaken: (host: string) => boolean;

  constructor(
    private readonly table: RouterTable,
    private readonly surroundings: Surroundings,
    private readonly layers: LayerWays,
  ) {
    const hosts = new Set(table.hosts);
    this.isTaken = (host) => hosts.has(host);
  }

  faultsOf(router: HttpRouter): readonly ProofFault[] {
    const { services, middlewares, tls } = this.surroundings;
    const { parts } = router;
    const chain = middlewares.chainOf(router);
    const middleware = chain.ok ? undefined : chain.error;
    return faultsBehind(
      parts,
      { ...services.targetOf(router), onlyAt: parts.backends.length === 1 ? parts.backends[0]?.pointer : undefined },
      { message: middleware, pointer: middleware === undefined ? undefined : middlewares.placeOfFault(router) },
      { message: tls.faultOf(router), pointer: parts.tlsOptions?.pointer },
    );
  }

  neverHolds(router: HttpRouter): string | undefined {
    const { options } = this.surroundings;
    return neverAsked(router, options) ?? alwaysRedirected(router, options.redirections);
  }

  rivalsOf(router: HttpRouter): readonly HttpRouter[] {
    const { rule, isBehind } = router.parts;
    if (isBehind) return this.layers.siblingsOf(router);
    const name = rule.host?.includes(',') ? undefined : rule.host;
    return name === undefined ? this.table.withoutHost : this.table.routersFor(readRequestHost(name.replace(/^\*\./, 'any.')));
  }

  areTriedTogether({ parts: rival }: HttpRouter, { parts: own }: HttpRouter, place: string | undefined): boolean {
    if (rival.doubt !== undefined || (rival.scheme !== undefined && entryPointOf(rival.scheme) !== place)) return false;
    return rival.tls === own.tls || this.endsTls(place);
  }

  endsTls(place: string | undefined): boolean {
    return place === 'websecure' && this.surroundings.options.websecureTLS;
  }

  requestsFor(router: HttpRouter, known: RuleCase): Iterable<RouteRequest> {
    return router.parts.isBehind ? this.layers.requestsFor(router, known, this.isTaken) : caseRequests(known, this.isTaken);
  }

  /** Behind others a rule sees what they hand on, which may be just that. */
  *samplesOf(_: HttpRouter, known: RuleCase): Iterable<SeenRequest> {
    for (const request of caseRequests(known, this.isTaken)) {
      const client = request.clientAddress && formatIp(request.clientAddress);
      if (request.scheme === 'http') yield seenRequest({ ...request, client, deepWildcards: this.surroundings.options.deepWildcards });
    }
  }

  costOf({ host, path }: RouteRequest, { parts }: HttpRouter): number {
    const name = readRequestHost(host);
    return matchersOf(parts.isBehind ? this.table.routersFor(name) : this.table.candidatesFor(name, path));
  }
}
