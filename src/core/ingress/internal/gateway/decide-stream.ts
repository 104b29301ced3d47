import type { EvidenceStep } from '../../../kernel/evidence.js';
import { describeRef } from '../../../kernel/object-ref.js';
import type { NetworkModel } from '../../../model/network-model.js';
import type { RouteBackend } from '../../route-result.js';
import { opensConnections } from './backend-tls.js';
import { type Decision, plainStatus, UNTOUCHED } from './decision.js';
import { streamNearMisses } from './gateway-near-misses.js';
import type { GatewayState } from './gateway-state.js';
import type { JudgedListener } from './listener-status.js';
import {
  type Connection,
  firstOf,
  type JudgedStream,
  judgeStreams,
  shownStream,
  streamCandidates,
  streamStep,
} from './stream-candidates.js';
import { backendNames, percent, weightedBackends } from './weighted-backends.js';

/**
 * Decides about a connection on a listener of TLS, TCP or UDP (rules G39 and G40; `apis/v1/tlsroute_types.go`, `tcproute_types.go`, `udproute_types.go`): the
 * TLSRoute whose hostname fits the SNI best, else the oldest route. Without one, or without a backend, the connection is rejected and packets are dropped.
 */
export function decideStream(model: NetworkModel, state: GatewayState, listener: JudgedListener, connection: Connection): Decision {
  const all = streamCandidates(state, listener, connection);
  const first = firstOf(all);
  const judged = judgeStreams(all, first);
  const shown = { candidates: judged.map(shownStream), steps: judged.map(streamStep) };
  if (!first) {
    const what = connection.sni === undefined ? '' : ` for \`${connection.sni}\``;
    const why = `no ${connection.protocol}Route on listener \`${listener.listener.name}\` takes the connection${what}: ${rejected(connection)}`;
    const step: EvidenceStep = { stage: 'decision', outcome: 'no-match', reason: 'NOT_FOUND', message: why };
    const nearMisses = streamNearMisses(state, listener, connection, judged);
    return { ...plainStatus('CONNECTION_REFUSED', null, why), ...shown, nearMisses, steps: [...shown.steps, step] };
  }
  return toBackends(model, listener, connection, first, shown);
}

function rejected({ protocol }: Connection): string {
  return protocol === 'UDP' ? 'packets are dropped' : 'the connection is rejected';
}

function toBackends(
  model: NetworkModel,
  listener: JudgedListener,
  connection: Connection,
  { route }: JudgedStream['candidate'],
  shown: Pick<Decision, 'candidates' | 'steps'>,
): Decision {
  const way = `${route.kind} ${route.namespace}/${route.ref.name}`;
  const [rule, ...more] = route.rules;
  if (more.length > 0) {
    const note = {
      code: 'RULES_UNSPECIFIED',
      message: `${way} has ${route.rules.length} rules and may have one: which of them counts is not described`,
    };
    return { ...plainStatus('UNDEFINED', null, `${way}: ${note.message}`), ...shown, unspecified: [note] };
  }
  const weighted = weightedBackends(model, opensConnections(listener) ? listener.gateway : undefined, route, {
    backends: rule?.backends ?? [],
  });
  const backends = weighted.backends.map(({ backend }): RouteBackend => ({
    ...backend,
    tls: passedThrough(listener, connection) ?? backend.tls,
  }));
  const { verdict, end } = endOf(backends, weighted.errorShare, rejected(connection));
  const winner = { class: null, object: describeRef(route.ref), pointer: rule?.pointer ?? '/spec/rules' };
  const why = `${way} → ${end}`;
  return {
    ...UNTOUCHED,
    verdict,
    status: null,
    why,
    backends,
    errorShare: weighted.errorShare,
    candidates: shown.candidates,
    possibilities: [{ verdict, status: null, backends, ...winner, why }],
    nearMisses: weighted.nearMisses,
    assumptions: weighted.assumptions,
    steps: [...shown.steps, ...weighted.steps],
  };
}

/** A backend that cannot be used, or has no ready endpoint, keeps its part of the connections, and they are rejected (`TCPRouteRule.BackendRefs`, `TLSRouteRule.BackendRefs`). */
function endOf(
  backends: readonly RouteBackend[],
  errorShare: number,
  rejection: string,
): Pick<Decision, 'verdict'> & { readonly end: string } {
  const taking = backends.filter(({ share }) => share > 0);
  if (taking.length === 0) return { verdict: 'NO_BACKEND', end: `no backend can be used: ${rejection}` };
  const empty = taking.filter(({ endpoints }) => endpoints.length === 0);
  if (empty.length === taking.length)
    return { verdict: 'NO_ENDPOINTS', end: `${backendNames(taking)} without a ready endpoint: ${rejection}` };
  const unusable = errorShare === 0 ? '' : `; for ${percent(errorShare)}, of backends that cannot be used, ${rejection}`;
  const unready = empty.length === 0 ? '' : `; without a ready endpoint, so that ${rejection}: ${backendNames(empty)}`;
  return { verdict: 'ROUTED', end: `${backendNames(taking)}${unusable}${unready}` };
}

/** In mode Passthrough the backend itself ends the client's TLS. */
function passedThrough({ listener }: JudgedListener, { protocol, sni }: Connection): RouteBackend['tls'] {
  if (protocol !== 'TLS' || listener.tls?.mode !== 'Passthrough') return null;
  return { sni: sni ?? null, policy: null, names: [], clientCertificate: null };
}
