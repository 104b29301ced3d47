import type { Note } from '../../../kernel/answer.js';
import type { EvidenceStep } from '../../../kernel/evidence.js';
import type { Ip } from '../../../net/ip.js';
import type { RouteVerdict } from '../../route-result.js';
import type { ClassRouter, Judgement, Outcome } from '../dialect.js';
import type { AnyGapCode } from '../gaps.js';
import { isListed } from '../nginx/source-range.js';
import { backendKey } from '../outcomes.js';
import { judgeRouters } from './judge-routers.js';
import { nearStreams } from './near-rules.js';
import type { StreamRouter } from './stream-router.js';
import type { ArrivingStream, StreamRouters } from './stream-routers.js';
import type { Target } from './target.js';
import { type Attempt, gapOf, takersOf } from './takers.js';
import type { TraefikCertificates } from './traefik-certificates.js';
import { refusalOf } from './tls-gate.js';
import type { TlsOptions } from './tls-options.js';

/** What a connection meets beside the routers. */
export interface StreamSurroundings {
  readonly owner: ClassRouter;
  readonly routers: StreamRouters;
  readonly tls: TlsOptions;
  readonly certificates: TraefikCertificates;
  readonly client: Ip | undefined;
}

/** What the routers of connections make of one. */
export interface JudgedStream extends Judgement {
  /** Routers that take it, or may. */
  readonly taking: readonly Attempt<StreamRouter>[];
  readonly attempts: readonly Attempt<StreamRouter>[];
}

/** Tries the routers of connections, in the order of the muxer, and follows those that take it (`ServeTCP` of `pkg/server/router/tcp/router.go`). */
export function judgeStream(stream: ArrivingStream, surroundings: StreamSurroundings): JudgedStream {
  const attempts = surroundings.routers.attempts(stream);
  const taking = takersOf(attempts);
  const because = gapOf(taking);
  const reached = taking.map(({ router }) => ends(router, stream, surroundings, because));
  return {
    attempts,
    taking,
    outcomes: reached.map(({ outcome }) => outcome),
    judged: judgeRouters(attempts, taking),
    assumptions: reached.flatMap(({ assumptions }) => assumptions),
    warnings: [],
  };
}

/** No router takes the connection. */
export function refusedStream(
  stream: ArrivingStream,
  { owner }: Pick<StreamSurroundings, 'owner'>,
  because: AnyGapCode | null,
  attempts: readonly Attempt<StreamRouter>[],
): Outcome {
  const message =
    stream.kind === 'udp'
      ? 'no IngressRouteUDP takes the packets: they are dropped'
      : 'no IngressRouteTCP takes the connection: it is closed, or handed to HTTP where the entry point serves that';
  const step: EvidenceStep = { stage: 'decision', outcome: 'deny', reason: 'NOT_FOUND', message };
  return nearly(ended(owner, undefined, 'CONNECTION_REFUSED', because, step), stream, attempts);
}

/** HTTPS takes the connection, and the request inside it decides. */
export function takenByHttp(
  stream: ArrivingStream,
  { owner }: Pick<StreamSurroundings, 'owner'>,
  because: AnyGapCode | null,
  attempts: readonly Attempt<StreamRouter>[],
): Outcome {
  const message = 'HTTPS takes the connection, and the request inside it decides';
  const step: EvidenceStep = { stage: 'decision', outcome: 'info', reason: 'HTTP_TAKES_CONNECTION', message };
  return nearly(ended(owner, undefined, 'UNDEFINED', because, step), stream, attempts);
}

function nearly(outcome: Outcome, stream: ArrivingStream, attempts: readonly Attempt<StreamRouter>[]): Outcome {
  return { ...outcome, reached: { ...outcome.reached, nearMisses: nearStreams(attempts, stream) } };
}

interface Ends {
  readonly outcome: Outcome;
  readonly assumptions: readonly Note[];
}

function ends(router: StreamRouter, stream: ArrivingStream, surroundings: StreamSurroundings, because: AnyGapCode | null): Ends {
  const { owner, routers, tls, certificates, client } = surroundings;
  const { parts } = router;
  const target = routers.targetOf(router);
  const refusal = parts.tls && !parts.tls.passthrough ? refusalOf(owner, tls.choiceOf(router), stream.seen.host, certificates) : undefined;
  if (refusal) return { outcome: refusal, assumptions: [] };
  const actions = routers.actionsOf(router);
  const assumptions: Note[] = [...target.assumptions];
  for (const { action, ref, namespace } of actions.ok ? actions.value : []) {
    const name = `MiddlewareTCP ${namespace}/${ref.name}`;
    if (action.type === 'inFlightConn') {
      assumptions.push({
        code: 'MIDDLEWARE_CONDITION',
        message: `${name} is taken not to act: more connections at once than it allows are closed`,
      });
    }
    if (action.type !== 'ipAllowList') continue;
    const place = { object: ref, pointer: '/spec/ipAllowList' };
    if (client === undefined) {
      const message = `${name} decides by the address of the client, which is not told: say \`clientAddress\``;
      const step: EvidenceStep = { stage: 'filter', outcome: 'no-match', reason: 'CLIENT_ADDRESS_UNKNOWN', message, ...place };
      return { outcome: ended(owner, router, 'UNDEFINED', 'CLIENT_ADDRESS_UNKNOWN', step), assumptions };
    }
    if (isListed(action.sourceRange, client)) continue;
    const message = `${name}: the client's address is not listed, the connection is closed`;
    const step: EvidenceStep = { stage: 'filter', outcome: 'deny', reason: 'SOURCE_DENIED', message, ...place };
    return { outcome: ended(owner, router, 'CONNECTION_REFUSED', because, step), assumptions };
  }
  return { outcome: target.unknown ? left(owner, router, target.unknown) : served(owner, router, stream, target, because), assumptions };
}

/** It cannot be told who gets the connection. */
function left(owner: ClassRouter, router: StreamRouter, { code, message }: NonNullable<Target['unknown']>): Outcome {
  const place = { object: router.holder.ref, pointer: router.parts.rule.pointer };
  return ended(owner, router, 'UNDEFINED', code, { stage: 'backend', outcome: 'info', reason: code, message, ...place });
}

function served(
  owner: ClassRouter,
  router: StreamRouter,
  stream: ArrivingStream,
  { backends, steps }: Target,
  because: AnyGapCode | null,
): Outcome {
  const passes = router.parts.tls?.passthrough === true;
  const message = passes
    ? 'the TLS is passed through: the backend presents its own certificate'
    : 'a router of connections takes it: its bytes go to the backend as they are';
  const place = { object: router.holder.ref, pointer: router.parts.rule.pointer };
  const step: EvidenceStep = {
    stage: 'decision',
    outcome: 'selected',
    reason: passes ? 'TLS_PASSED_THROUGH' : 'CONNECTION_ROUTED',
    message,
    ...place,
  };
  const through = { sni: stream.seen.host || null, policy: null, names: [], clientCertificate: null };
  const shown = backends.map(({ backend }) => (passes ? { ...backend, tls: through } : backend));
  const verdict: RouteVerdict = shown.every(({ endpoints }) => endpoints.length === 0) ? 'NO_ENDPOINTS' : 'ROUTED';
  return {
    ...ended(owner, router, verdict, because, step),
    key: `${verdict} ${passes} ${shown.map((one) => `${backendKey(one)} ${one.share}`).join(' ')}`,
    reached: { verdict, backend: shown[0], unspecified: [], nearMisses: [], steps: [step, ...steps] },
    backends: shown,
  };
}

function ended(
  owner: ClassRouter,
  router: StreamRouter | undefined,
  verdict: RouteVerdict,
  because: AnyGapCode | null,
  step: EvidenceStep,
): Outcome {
  const rule = router?.parts.rule;
  const unspecified = verdict === 'UNDEFINED' ? [{ code: step.reason, message: step.message }] : [];
  return {
    router: owner,
    because,
    place: rule && { ingress: rule.ingress, pointer: rule.pointer },
    served: rule?.path,
    key: `${verdict} ${step.message}`,
    reached: { verdict, backend: undefined, unspecified, nearMisses: [], steps: [step] },
    backends: [],
    status: null,
    forwarded: undefined,
    redirect: null,
  };
}
