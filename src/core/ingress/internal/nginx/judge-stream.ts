import type { Note } from '../../../kernel/answer.js';
import type { EvidenceStep } from '../../../kernel/evidence.js';
import { describeRef } from '../../../kernel/object-ref.js';
import type { RouteRequest } from '../../route-request.js';
import type { CertificateOutcome } from '../certificate-choice.js';
import type { JudgedRule, Judgement, Outcome } from '../dialect.js';
import { backendKey } from '../outcomes.js';
import type { Context } from './context.js';
import { closed, type Source, unknown } from './nginx-outcomes.js';
import type { Transport } from './stream-entries.js';
import type { Stream, StreamServices } from './stream-services.js';

type Connection = NonNullable<RouteRequest['connection']>;

const transportOf = (scheme: Connection['scheme']): Transport => (scheme === 'udp' ? 'UDP' : 'TCP');

/** A connection, or packets, at a port of nginx that is none of TLS or HTTP. */
export function judgeStream(context: Context, streams: StreamServices, { scheme, port: asked }: Connection): Judgement {
  const transport = transportOf(scheme);
  const port = streams.portBehind(asked, transport);
  const [listening] = streams.listeningAt(port, transport);
  if (listening) return streamed(context, streams, listening);
  const candidates = streams.at(port, transport);
  return { outcomes: [unheard(context, candidates, { transport, port })], judged: candidates.map(judged), assumptions: [], warnings: [] };
}

/** What comes to the port of a stream goes to its Service as it is. */
export function streamed({ router }: Context, streams: StreamServices, { entry: { port = 0, transport } }: Stream): Judgement {
  const listening = streams.listeningAt(port, transport);
  const outcomes = listening.flatMap((stream) => {
    const { entry, rule, reached } = stream;
    return reached ? [outcomeOf({ router, ingress: entry.map, pointer: rule.pointer, served: rule.path ?? '' }, stream, reached)] : [];
  });
  const [first] = outcomes;
  const isOpen = outcomes.some(({ key }) => key !== first?.key);
  return {
    outcomes: isOpen ? outcomes.map((outcome) => ({ ...outcome, because: 'PRIORITY_TIE' as const })) : outcomes.slice(0, 1),
    judged: streams.at(port, transport).map((stream) => (isOpen && stream.idle === undefined ? tied(stream) : judged(stream))),
    assumptions: listening.flatMap(proxyProtocolOf),
    warnings: [],
  };
}

function outcomeOf(source: Source, { entry }: Stream, reached: NonNullable<Stream['reached']>): Outcome {
  const { map, port, transport, proxyProtocol } = entry;
  const step: EvidenceStep = {
    stage: 'decision',
    outcome: 'selected',
    reason: 'CONNECTION_ROUTED',
    message: `nginx listens at ${transport} port ${port ?? ''} for ${describeRef(map.ref)}, and what comes goes to the Service as it is${proxyProtocol.toBackend ? ', behind a header of the PROXY protocol' : ''}`,
    object: map.ref,
    pointer: source.pointer,
  };
  const backends = reached.backend ? [{ ...reached.backend, protocol: null }] : [];
  return {
    router: source.router,
    because: null,
    place: { ingress: map, pointer: source.pointer },
    served: source.served,
    key: `CONNECTION_ROUTED ${reached.verdict} ${backends.map(backendKey).join(' ')}`,
    reached: { ...reached, steps: [step, ...reached.steps] },
    backends,
    status: null,
    forwarded: undefined,
    redirect: null,
  };
}

function proxyProtocolOf({ entry: { proxyProtocol, port } }: Stream): readonly Note[] {
  if (!proxyProtocol.ofClient) return [];
  const message = `whoever connects to port ${port ?? ''} is taken to begin with a header of the PROXY protocol; nginx closes every other connection`;
  return [{ code: 'PROXY_PROTOCOL_ASSUMED', message }];
}

/** Nobody listens, or HTTP does. */
function unheard(
  context: Context,
  candidates: readonly Stream[],
  { transport, port }: { readonly transport: Transport; readonly port: number },
): Outcome {
  const { router, options } = context;
  const [first] = candidates;
  const source: Source = { router, ingress: first?.entry.map, pointer: first?.rule.pointer ?? '', served: first?.rule.path ?? '' };
  if (transport === 'TCP' && (port === options.ports.http || port === options.ports.https)) {
    const message = 'HTTP takes the connection, and the request inside it decides';
    const outcome = unknown(source, 'NOT_EVALUATED', message);
    const step = { stage: 'decision', outcome: 'info', reason: 'HTTP_TAKES_CONNECTION', message } as const;
    return { ...outcome, place: undefined, reached: { ...outcome.reached, steps: [step] } };
  }
  const why = first ? `${describeRef(first.entry.map.ref)} names it, but ${first.idle ?? ''}` : whyUnnamed(context, transport);
  const outcome = closed(source, 'decision', 'LISTENER_MISSING', `nginx does not listen at ${transport} port ${port}: ${why}`);
  const { steps = [], nearMisses = [] } = first?.reached ?? {};
  return { ...outcome, reached: { ...outcome.reached, nearMisses, steps: [...steps, ...outcome.reached.steps] } };
}

function whyUnnamed({ options, model }: Context, transport: Transport): string {
  const name = options.streams[transport];
  if (name === undefined) return `\`--${transport.toLowerCase()}-services-configmap\` is not told`;
  return model.configMaps.has(name) ? `ConfigMap ${name} does not name it` : `there is no ConfigMap ${name}`;
}

function judged({ rule, idle }: Stream): JudgedRule {
  const none = { key: null, own: null, other: null };
  return idle === undefined
    ? { rule, outcome: 'selected', reason: 'CONNECTION_ROUTED', ...none, message: 'it takes what comes to its port' }
    : { rule, outcome: 'excluded', reason: 'LISTENER_MISSING', ...none, message: `nginx does not listen for it: ${idle}` };
}

/** `ngx_stream_add_addresses`: the first server of an address takes what names no server; the controller writes them in the order in which it goes through a map of Go, which is none. */
function tied({ rule }: Stream): JudgedRule {
  const message =
    'it may take what comes to its port: another entry has the same one, and which of them nginx is told of first is not stable';
  return { rule, outcome: 'possible', reason: 'PRIORITY_TIE', key: 'tie', own: rule.path ?? null, other: null, message };
}

/** The TLS inside such a connection is no affair of nginx. */
export function certificateOfStream({ entry: { map, port } }: Stream): CertificateOutcome {
  const message = `port ${port ?? ''} belongs to a stream of ${describeRef(map.ref)}: the backend presents its own certificate`;
  return {
    certificate: undefined,
    unspecified: [],
    assumptions: [],
    steps: [{ stage: 'certificate', outcome: 'info', reason: 'TLS_PASSED_THROUGH', message }],
  };
}
