import type { Note } from '../../../kernel/answer.js';
import type { EvidenceStep } from '../../../kernel/evidence.js';
import { describeRef } from '../../../kernel/object-ref.js';
import type { NetworkModel } from '../../../model/network-model.js';
import type { StreamRoute } from '../../../resources/gateway-route.js';
import type { RouteBackend } from '../../route-result.js';
import { opensConnections } from './backend-tls.js';
import { type Decision, plainStatus, UNTOUCHED } from './decision.js';
import { streamNearMisses } from './gateway-near-misses.js';
import type { GatewayDialect } from './gateway-dialect.js';
import type { GatewayState } from './gateway-state.js';
import { type Listeners, NOT_ISOLATED, notIsolated } from './isolation.js';
import type { JudgedListener } from './listener-status.js';
import { type Connection, firstsOf, judgeStreams, shownStream, streamCandidates, streamGap, streamStep } from './stream-candidates.js';
import { backendNames, percent, weightedBackends } from './weighted-backends.js';

/**
 * Decides about a connection on a listener of TLS, TCP or UDP (rules G39 and G40; `apis/v1/tlsroute_types.go`, `tcproute_types.go`, `udproute_types.go`): the
 * TLSRoute whose hostname fits the SNI best, else the oldest route. Without one, or without a backend, the connection is rejected and packets are dropped.
 */
export function decideStream(
  model: NetworkModel,
  state: GatewayState,
  listener: JudgedListener,
  connection: Connection,
  dialect: GatewayDialect,
): Decision {
  if (!dialect.streams.has(connection.protocol)) return unserved(listener, connection, dialect);
  const alone = decideAmong(model, state, [listener], connection, dialect);
  const listeners = notIsolated(state, listener, dialect);
  const byAll = listeners && decideAmong(model, state, listeners, connection, dialect);
  if (!byAll || endOfDecision(byAll) === endOfDecision(alone)) return alone;
  return { ...undecided([alone, byAll], NOT_ISOLATED), candidates: byAll.candidates, steps: byAll.steps };
}

function decideAmong(
  model: NetworkModel,
  state: GatewayState,
  listeners: Listeners,
  connection: Connection,
  dialect: GatewayDialect,
): Decision {
  const [listener] = listeners;
  const all = streamCandidates(state, listeners, connection);
  const firsts = firstsOf(all, dialect);
  const judged = judgeStreams(all, firsts, dialect);
  const shown = { candidates: judged.map(shownStream), steps: judged.map(streamStep) };
  const [first, ...others] = firsts.map(({ route }) => toBackends(model, listener, connection, route, dialect));
  if (!first) {
    const what = connection.sni === undefined ? '' : ` for \`${connection.sni}\``;
    const why = `no ${connection.protocol}Route on listener \`${listener.listener.name}\` takes the connection${what}: ${rejected(connection)}`;
    const step: EvidenceStep = { stage: 'decision', outcome: 'no-match', reason: 'NOT_FOUND', message: why };
    const nearMisses = streamNearMisses(state, listener, connection, judged);
    return { ...plainStatus('CONNECTION_REFUSED', null, why), ...shown, nearMisses, steps: [...shown.steps, step] };
  }
  const decision = others.every((other) => endOfDecision(other) === endOfDecision(first))
    ? first
    : undecided([first, ...others], streamGap(dialect));
  return { ...decision, candidates: shown.candidates, steps: [...shown.steps, ...decision.steps] };
}

const NOWHERE = { class: null, object: null, pointer: null } as const;

function rejected({ protocol }: Connection): string {
  return protocol === 'UDP' ? 'packets are dropped' : 'the connection is rejected';
}

function unserved({ listener: { name } }: JudgedListener, connection: Connection, dialect: GatewayDialect): Decision {
  const why = `${dialect.controller} serves no listener of ${connection.protocol}, such as \`${name}\`: ${rejected(connection)}`;
  return plainStatus('CONNECTION_REFUSED', null, why);
}

/** Who gets the connection, and in which parts. */
function endOfDecision({ verdict, unspecified, backends }: Decision): string {
  return JSON.stringify([verdict, unspecified, backends.map(({ namespace, service, port, share }) => [namespace, service, port, share])]);
}

/** Several ends, of which none is certain. */
function undecided(ways: readonly Decision[], gap: Note): Decision {
  const why = `undefined: ${ways.map((one) => one.why).join(' | ')} (${gap.message})`;
  return {
    ...UNTOUCHED,
    verdict: 'UNDEFINED',
    status: null,
    why,
    possibilities: ways.flatMap(({ possibilities, verdict, status, why: end }) =>
      possibilities.length > 0 ? possibilities : [{ verdict, status, backends: [], ...NOWHERE, why: end }],
    ),
    unspecified: [gap],
  };
}

function toBackends(
  model: NetworkModel,
  listener: JudgedListener,
  connection: Connection,
  route: StreamRoute,
  dialect: GatewayDialect,
): Decision {
  const way = `${route.kind} ${route.namespace}/${route.ref.name}`;
  const [rule, ...more] = route.rules;
  const winner = { class: null, object: describeRef(route.ref), pointer: rule?.pointer ?? '/spec/rules' };
  const open = (code: string, message: string): Decision => {
    const why = `${way}: ${message}`;
    const possibilities = [{ verdict: 'UNDEFINED', status: null, backends: [], ...winner, why } as const];
    return { ...plainStatus('UNDEFINED', null, why), possibilities, unspecified: [{ code, message }] };
  };
  if (more.length > 0)
    return open('RULES_UNSPECIFIED', `${way} has ${route.rules.length} rules and may have one: which of them counts is not described`);
  const foreign = rule?.backends.find((one) => one.weight > 0 && dialect.isForeign(one));
  if (foreign) return open('SERVICE_NOT_KNOWN', `the service \`${foreign.name}\` is one of another provider`);
  const weighted = weightedBackends(
    model,
    opensConnections(listener) ? listener.gateway : undefined,
    route,
    { backends: rule?.backends ?? [] },
    dialect,
  );
  const backends = weighted.backends.map(({ backend }): RouteBackend => ({
    ...backend,
    tls: passedThrough(listener, connection) ?? backend.tls,
  }));
  const { verdict, end } = endOf(backends, weighted.errorShare, rejected(connection));
  const why = `${way} → ${end}`;
  return {
    ...UNTOUCHED,
    verdict,
    status: null,
    why,
    backends,
    errorShare: weighted.errorShare,
    possibilities: [{ verdict, status: null, backends, ...winner, why }],
    nearMisses: weighted.nearMisses,
    assumptions: weighted.assumptions,
    steps: weighted.steps,
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
