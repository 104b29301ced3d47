import { formatIp } from '../../../net/ip.js';
import type { NetworkModel } from '../../../model/network-model.js';
import { seenConnection, type SeenRequest } from '../../../traefik-rule/seen-request.js';
import type { RouteRequest } from '../../route-request.js';
import type { CertificateOutcome } from '../certificate-choice.js';
import type { Judgement } from '../dialect.js';
import { type JudgedStream, judgeStream, refusedStream, takenByHttp, type StreamSurroundings } from './judge-stream.js';
import { entryPointAt } from './stream-entry-point.js';
import { gapOf } from './takers.js';
import { nameOf } from './tls-gate.js';

/** Whether a router takes the connection for certain, so that HTTPS does not get it. */
export function isCertain({ taking }: JudgedStream): boolean {
  return taking.some(({ state }) => state === 'match');
}

/**
 * The routers of connections that a TLS connection comes to before HTTPS does (`ServeTCP` of `pkg/server/router/tcp/router.go`): those for its name, unless routers of HTTPS have that name; then HTTPS,
 * where a router without host takes any name; then `HostSNI(*)`; then HTTPS, which answers 404. Where no router of the entry point ends or passes TLS, its bytes are those of any other connection.
 * Undefined: HTTPS gets it.
 */
export function streamBeforeHttps(
  request: Pick<RouteRequest, 'sni' | 'alpn' | 'clientAddress' | 'connection'>,
  entryPoint: string | undefined,
  surroundings: StreamSurroundings,
): JudgedStream | undefined {
  const { routers, tls } = surroundings;
  const name = nameOf(request.sni);
  const isHttps = entryPoint === 'websecure';
  if (routers.tcp.length === 0 || (isHttps && tls.hasName(name))) return undefined;
  if (!routers.speakTlsAt(entryPoint) && !tls.isEndedAt(entryPoint)) {
    const unread = { ...request, sni: undefined, alpn: [] }; // the hello is not looked at
    const plain = judgeStream({ kind: 'tcp', entryPoint, seen: seenOf(unread) }, surroundings);
    return plain.taking.length === 0 ? undefined : plain;
  }
  const judged = judgeStream({ kind: 'tls', entryPoint, seen: seenOf(request) }, surroundings);
  const isOpen = judged.taking.some(({ router }) => !router.isCatchAll);
  return judged.taking.length === 0 || (!isOpen && isHttps && tls.hasCatchAll) ? undefined : judged;
}

function seenOf({
  sni,
  alpn,
  clientAddress,
  connection,
}: Pick<RouteRequest, 'sni' | 'alpn' | 'clientAddress' | 'connection'>): SeenRequest {
  const client = clientAddress && formatIp(clientAddress);
  return seenConnection(nameOf(sni), { client, protocols: alpn, isHttps: connection === undefined });
}

/** Whether the client speaks TLS with the backend itself, whichever router takes the connection: none of them ends it. */
export function passesThrough(judged: JudgedStream): boolean {
  return isCertain(judged) && judged.taking.every(({ router }) => router.parts.tls?.passthrough !== false);
}

/** What the client is shown then. */
export const CERTIFICATE_OF_BACKEND: CertificateOutcome = {
  certificate: undefined,
  unspecified: [],
  assumptions: [],
  steps: [
    {
      stage: 'certificate',
      outcome: 'info',
      reason: 'TLS_PASSED_THROUGH',
      message: 'the TLS is passed through: the backend presents its own certificate',
    },
  ],
};

/** Both may be. */
export function eitherJudgement(before: JudgedStream, after: Judgement): Judgement {
  const because = gapOf(before.taking);
  return {
    outcomes: [...before.outcomes, ...after.outcomes.map((outcome) => ({ ...outcome, because: outcome.because ?? because }))],
    judged: [...before.judged, ...after.judged],
    assumptions: [...before.assumptions, ...after.assumptions],
    warnings: [...before.warnings, ...after.warnings],
  };
}

/** A connection of whose content nothing is known, at a port of Traefik. */
export function judgeConnection(
  request: RouteRequest,
  { scheme, port }: NonNullable<RouteRequest['connection']>,
  surroundings: StreamSurroundings,
  model: NetworkModel,
): Judgement {
  const { routers } = surroundings;
  const at = entryPointAt(model, port, scheme === 'udp' ? 'UDP' : 'TCP', scheme === 'udp' ? routers.udp : routers.tcp);
  const stream = { kind: scheme, entryPoint: at.name, seen: seenOf(request) } as const;
  const judged = scheme === 'tls' ? streamBeforeHttps(request, at.name, surroundings) : judgeStream(stream, surroundings);
  const because = gapOf(judged?.taking ?? []);
  const ofHttp = scheme === 'tls' && at.name === 'websecure';
  const attempts = judged?.attempts ?? routers.attempts(stream);
  const other = () =>
    ofHttp ? takenByHttp(stream, surroundings, because, attempts) : refusedStream(stream, surroundings, because, attempts);
  const refused = judged && isCertain(judged) ? [] : [other()];
  return {
    outcomes: [...(judged?.outcomes ?? []), ...refused],
    judged: judged?.judged ?? [],
    assumptions: [...(judged?.assumptions ?? []), ...at.assumptions],
    warnings: [],
  };
}
