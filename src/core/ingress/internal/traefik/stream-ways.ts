import type { NetworkModel } from '../../../model/network-model.js';
import { formatIp } from '../../../net/ip.js';
import { seenConnection, type SeenRequest } from '../../../traefik-rule/seen-request.js';
import type { RouteRequest } from '../../route-request.js';
import { plainRequest, witnessHost } from '../lint/witness-requests.js';
import { addressesOf, nameFor } from './case-requests.js';
import { neverConnected } from './never-holds.js';
import { faultsBehind, matchersOf, type ProofFault, type Ways } from './prover.js';
import type { RuleCase } from './rule-cases.js';
import { portsOf } from './stream-entry-point.js';
import type { StreamRouter } from './stream-router.js';
import type { StreamRouters } from './stream-routers.js';

/** How routers of connections and packets are looked at. */
export class StreamWays implements Ways<StreamRouter> {
  constructor(
    private readonly model: NetworkModel,
    private readonly streams: StreamRouters,
  ) {}

  faultsOf(router: StreamRouter): readonly ProofFault[] {
    const { parts } = router;
    const actions = this.streams.actionsOf(router);
    const none = { message: undefined, pointer: undefined };
    return faultsBehind(
      parts,
      { ...this.streams.targetOf(router), onlyAt: parts.services.length === 1 ? parts.services[0]?.pointer : undefined },
      actions.ok ? none : actions.error,
      {
        message: this.streams.refusedTls(router),
        pointer: parts.tlsOptions?.pointer,
      },
    );
  }

  neverHolds(router: StreamRouter): string | undefined {
    return neverConnected(router);
  }

  rivalsOf(router: StreamRouter): readonly StreamRouter[] {
    return this.streams.routersFor(kindOf(router));
  }

  areTriedTogether(): boolean {
    return true;
  }

  endsTls(): boolean {
    return false;
  }

  *requestsFor(router: StreamRouter, known: RuleCase): Iterable<RouteRequest> {
    const { parts } = router;
    const scheme = kindOf(router);
    const name = scheme === 'tls' ? nameFor(known, () => false) : witnessHost(undefined, () => false);
    if (name === undefined) return;
    const plain = plainRequest(scheme === 'tls' ? 'https' : 'http', name, '/');
    const ports = portsOf(this.model, parts.entryPoints, scheme === 'udp' ? 'UDP' : 'TCP');
    for (const clientAddress of addressesOf(known))
      for (const alpn of scheme === 'tls' ? protocolsOf(known) : [undefined])
        for (const port of ports) yield { ...plain, clientAddress, alpn, connection: { scheme, port } };
  }

  *samplesOf(router: StreamRouter, known: RuleCase): Iterable<SeenRequest> {
    const name = kindOf(router) === 'tls' ? nameFor(known, () => false) : '';
    if (name === undefined) return;
    for (const address of addressesOf(known))
      for (const protocols of protocolsOf(known)) yield seenConnection(name, { client: address && formatIp(address), protocols });
  }

  costOf(_: RouteRequest, router: StreamRouter): number {
    return matchersOf(this.rivalsOf(router));
  }
}

/** What a router takes: one of packets has no rule. */
function kindOf({ compiled, parts }: StreamRouter): 'tls' | 'tcp' | 'udp' {
  return compiled === undefined ? 'udp' : parts.tls ? 'tls' : 'tcp';
}

/** What clients of a case offer: what is asked for; else it does not matter, or something that few ask for. */
function protocolsOf({ holding }: RuleCase): readonly (readonly string[] | undefined)[] {
  const asked = holding.flatMap(({ name, values }) => (name === 'ALPN' ? values : []));
  return asked.length === 0 ? [undefined, ['http/1.0']] : [asked];
}
