import type { Answer } from '../kernel/answer.js';
import { type Problem, problem } from '../kernel/problem.js';
import { err, ok, type Result } from '../kernel/result.js';
import type { NetworkModel } from '../model/network-model.js';
import { route } from './route.js';
import type { ConnectionRequest, RouteQuestion, RouteRequest } from './route-request.js';
import type { NearMiss, RouteResult, RouteVerdict } from './route-result.js';

type Routed = Answer<RouteVerdict, RouteResult>;

/** Who decides about a connection: rules for connections; or the request inside it, which only HTTP can tell; or nobody, for the controller takes no such connections. */
export interface JudgedConnection {
  readonly by: 'rules' | 'requests' | 'nobody';
  readonly answer: Routed;
}

/**
 * Which backend gets a connection of which nothing but name and port is known, through a class: TLS that ingress-nginx passes through (rule B20) and ports of its ConfigMaps of streams, and whatever routers of
 * connections of Traefik, or TransportServers, take. Fails with `invalid-request` where the controller ends the TLS itself, and the request inside it decides, or where it takes requests alone.
 */
export function routeConnection(
  model: NetworkModel,
  connection: ConnectionRequest,
  port: number,
  through: Pick<RouteQuestion, 'class' | 'dialect'>,
): Result<Routed, Problem> {
  const { scheme, host, sni } = connection;
  const judged = judgeConnection(model, connection, port, through);
  if (!judged.ok) return judged;
  const { by, answer } = judged.value;
  if (by === 'rules') return ok(answer);
  return err(notApplicable(scheme, sni ?? host, by === 'requests' ? answer.result.nearMisses : []));
}

/** The same, with the answer whoever decides. Fails with `unknown-object` for a class that does not exist. */
export function judgeConnection(
  model: NetworkModel,
  { scheme, host, sni, alpn, clientAddress }: ConnectionRequest,
  port: number,
  through: Pick<RouteQuestion, 'class' | 'dialect'>,
): Result<JudgedConnection, Problem> {
  const request: RouteRequest = {
    scheme: scheme === 'tls' ? 'https' : 'http',
    method: 'GET',
    host,
    path: '/',
    query: undefined,
    headers: [],
    sni,
    alpn,
    clientAddress,
    connection: { scheme, port },
  };
  const answer = route(model, { request, ...through });
  if (!answer.ok) return answer;
  const { summary, result, evidence } = answer.value;
  const reasons = new Set(evidence.map(({ reason }) => reason));
  const isOfHttp = reasons.has('HTTP_TAKES_CONNECTION') && result.possibilities.length === 1;
  const takesConnections = result.dialect.startsWith('traefik') || result.dialect === 'nginx-f5';
  const told = summary.replace(`GET ${request.scheme}://${host}/ `, () => `${scheme}://${host}${scheme === 'tls' ? '' : `:${port}`} `);
  const judged = { ...answer.value, summary: told, result: { ...result, forwarded: null } };
  if (takesConnections) return ok({ by: isOfHttp ? 'requests' : 'rules', answer: judged });
  return ok({ by: isOfHttp ? 'requests' : byNginx(scheme, reasons), answer: judged });
}

/** TLS that is passed through, and ports that stand in its ConfigMaps; whatever else comes to ingress-nginx by TLS are requests. */
function byNginx(scheme: ConnectionRequest['scheme'], reasons: ReadonlySet<string>): JudgedConnection['by'] {
  if (reasons.has('TLS_PASSED_THROUGH') || reasons.has('CONNECTION_ROUTED')) return 'rules';
  if (scheme === 'tls') return 'requests';
  return reasons.has('LISTENER_MISSING') ? 'rules' : 'nobody';
}

function notApplicable(scheme: ConnectionRequest['scheme'], name: string, [near]: readonly NearMiss[]): Problem {
  const nearest = near ? `; nearest: ${near.object}, ${near.message}` : '';
  const message =
    scheme === 'tls'
      ? `nothing passes the TLS of \`${name}\` through: the controller ends it, and the request inside decides${nearest}`
      : `the controller of Ingresses takes requests alone, no connections of ${scheme.toUpperCase()}`;
  const hint = scheme === 'tls' ? 'ask with an https URL' : 'ask with an http URL, or name a `gateway`';
  return problem('invalid-request', message, { hint, errors: [{ pointer: '/url', code: 'not-applicable', message, hint }] });
}
