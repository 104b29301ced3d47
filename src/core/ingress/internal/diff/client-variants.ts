import type { RouteRequest } from '../../route-request.js';
import { asksClients, type Routed } from './side-answer.js';

/**
 * What may come of asking who a client is: it is unknown, or known and refused, and services that answer with anything else, a way to sign in, are read differently (ngx_http_auth_request_module makes an
 * error of it, `forwardAuth` of Traefik hands it on).
 */
const REFUSALS = [401, 403, 302];

/** The request by clients that are turned away, where one of the answers takes them to be let in. */
export function* clientVariants(request: RouteRequest, answers: readonly Routed[]): Iterable<RouteRequest> {
  if (!answers.some(asksClients)) return;
  for (const status of REFUSALS) yield { ...request, auth: { status, headers: [] } };
  if (request.scheme === 'https') yield { ...request, clientCertificate: { secret: undefined } };
}
