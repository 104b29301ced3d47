import { inOneStep } from '../../../kernel/steps.js';
import type { NetworkModel } from '../../../model/network-model.js';
import type { TransportServer } from '../../../resources/transport-server.js';
import type { ClassRouter, OwnProof, OwnRule } from '../dialect.js';
import { lineOf, plainRequest } from '../lint/witness-requests.js';
import type { F5Servers } from './f5-servers.js';
import type { F5Streams } from './f5-streams.js';
import { transportOutcome, transportRule } from './transport-outcome.js';
import { backendFault } from './virtual-rules.js';

/** TransportServers as rules: those that hold a listener or a name are reached, others say why not. */
export function* transportRules(
  model: NetworkModel,
  router: ClassRouter,
  streams: F5Streams,
  { servers, rivalsFor }: Pick<F5Servers, 'servers' | 'rivalsFor'>,
): Iterable<OwnRule> {
  for (const one of streams.transports) yield rule(model, router, one, provenAt(streams, one), undefined);
  for (const { owner, host } of servers.values())
    if (owner.kind === 'TransportServer')
      yield rule(model, router, owner, rivalsFor(host).length > 0 ? { state: 'undecided', why: OF_ONE_AGE } : LIVE, host);
}

type Proven = Pick<OwnProof, 'state' | 'why'>;

const LIVE: Proven = { state: 'live', why: undefined };
const OF_ONE_AGE = 'neither age nor UID tells it apart from another object that claims the same: which of them has it is not known';

function provenAt(streams: F5Streams, transport: TransportServer): Proven {
  const idle = streams.whyIdle(transport);
  if (idle !== undefined) return { state: 'unreachable', why: idle };
  const open = streams.whyOpen(transport);
  return open === undefined ? LIVE : { state: 'undecided', why: open };
}

/** `host`: its TLS is passed through, which a request of https comes to. */
function rule(
  model: NetworkModel,
  router: ClassRouter,
  transport: TransportServer,
  { state, why }: Proven,
  host: string | undefined,
): OwnRule {
  const own = transportRule(transport);
  const claim = JSON.stringify([own.path, transport.host ?? '']);
  const prove = (): OwnProof => {
    if (state === 'unreachable')
      return { state, witness: undefined, by: [], why, faults: [{ code: 'ING-RULE-IGNORED', message: why ?? '' }] };
    const isNamed = state === 'live' && host !== undefined && !host.startsWith('*.');
    const faults = backendFault(transportOutcome(router, model, transport, host).reached, transport.upstream?.name ?? '');
    return { state, witness: isNamed ? lineOf(plainRequest('https', host, '/')) : undefined, by: [], why, faults };
  };
  return { rule: own, claim, prove: () => inOneStep(prove()) };
}
