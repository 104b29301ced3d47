import { inOneStep } from '../../../kernel/steps.js';
import type { NetworkModel } from '../../../model/network-model.js';
import type { TransportServer } from '../../../resources/transport-server.js';
import type { ClassRouter, OwnProof, OwnRule } from '../dialect.js';
import { lineOf, plainRequest } from '../lint/witness-requests.js';
import type { F5Server } from './f5-server.js';
import type { F5Streams } from './f5-streams.js';
import { transportOutcome, transportRule } from './transport-outcome.js';
import { backendFault } from './virtual-rules.js';

/** TransportServers as rules: those that hold a listener or a name are reached, others say why not. */
export function* transportRules(
  model: NetworkModel,
  router: ClassRouter,
  streams: F5Streams,
  servers: Iterable<F5Server>,
): Iterable<OwnRule> {
  for (const one of streams.transports) yield rule(model, router, one, streams.whyIdle(one), undefined);
  for (const { owner, host } of servers) {
    if (owner.kind === 'TransportServer') yield rule(model, router, owner, undefined, host);
  }
}

/** `host`: its TLS is passed through, which a request of https comes to. */
function rule(
  model: NetworkModel,
  router: ClassRouter,
  transport: TransportServer,
  idle: string | undefined,
  host: string | undefined,
): OwnRule {
  const own = transportRule(transport);
  const claim = JSON.stringify([own.path, transport.host ?? '']);
  const prove = (): OwnProof => {
    if (idle !== undefined)
      return { state: 'unreachable', witness: undefined, by: [], why: idle, faults: [{ code: 'ING-RULE-IGNORED', message: idle }] };
    const isNamed = host !== undefined && !host.startsWith('*.');
    const faults = backendFault(transportOutcome(router, model, transport, host).reached, transport.upstream?.name ?? '');
    return { state: 'live', witness: isNamed ? lineOf(plainRequest('https', host, '/')) : undefined, by: [], why: undefined, faults };
  };
  return { rule: own, claim, prove: () => inOneStep(prove()) };
}
