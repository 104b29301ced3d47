import type { Note } from '../../kernel/answer.js';
import type { RequestHost } from './request-host.js';
import type { RouteRequest } from '../route-request.js';
import type { NearMiss, RouteBackend, RouteEndpoint } from '../route-result.js';
import type { Outcome } from './dialect.js';

function endpointsText(backend: RouteBackend): string {
  const { endpoints } = backend;
  const [only] = endpoints;
  if (endpoints.length === 1 && only) return `1 endpoint (${endpointText(only)})`;
  const shown = endpoints.slice(0, 3).map(endpointText);
  const rest = endpoints.length - shown.length;
  return `${endpoints.length} endpoints (${shown.join(', ')}${rest > 0 ? ` and ${rest} more` : ''})`;
}

function endpointText({ address, port }: RouteEndpoint): string {
  return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
}

/** The way an outcome takes, in one line. */
export function describeOutcome(outcome: Outcome, host: RequestHost): string {
  const { reached, place, served, backends, status, redirect } = outcome;
  const way = !place ? served : `${place.ingress.ref.kind} ${place.ingress.namespace}/${place.ingress.ref.name} (${served ?? ''})`;
  if (redirect) return `${way === undefined ? '' : `${way} → `}${redirect.status} to ${redirect.location}`;
  if (!way) return lastRefusal(outcome) ?? `404: no rule serves host \`${host.name}\` with this path`;
  if (reached.verdict === 'ANSWERED') return `${way} → the controller answers ${status ?? ''}`;
  const first = reached.backend;
  if (!first) return `${way} → ${lastRefusal(outcome) ?? reached.verdict}`;
  if (reached.verdict === 'NO_ENDPOINTS')
    return `${way} → ${backendText(first)} → no ready endpoint${status === null ? '' : `: ${status}`}`;
  return `${way} → ${backends.map((backend) => shareText(backend, backends.length)).join(' and ')}`;
}

/** What the last step says that did not go on. */
function lastRefusal({ reached }: Outcome): string | undefined {
  return reached.steps.findLast((step) => step.outcome === 'no-match' || step.outcome === 'deny')?.message;
}

const backendText = ({ namespace, service, port }: RouteBackend) => `${namespace}/${service}:${port}`;

/** A backend, with its part of the requests where several share them. */
function shareText(backend: RouteBackend, count: number): string {
  const part = count === 1 ? '' : `${Math.round(backend.share * 10_000) / 100} % to `;
  return `${part}${backendText(backend)} → ${endpointsText(backend)}`;
}

/** `GET https://host/path?query`. */
export function requestLine({ method, scheme, host, path, query }: RouteRequest): string {
  return `${method} ${scheme}://${host}${path}${query === undefined ? '' : `?${query}`}`;
}

/** One line a person can read, of the ways that the outcomes take. Where nothing serves the request, it ends with what comes nearest. */
export function summarise(
  request: RouteRequest,
  outcomes: readonly Outcome[],
  ways: readonly string[],
  gaps: readonly Note[],
  [near]: readonly NearMiss[],
): string {
  const asked = requestLine(request);
  const [first] = outcomes;
  if (outcomes.length === 1 && first)
    return `${asked} → ${ways.join('')}${near && !first.place ? `; nearest: ${near.object}, ${near.message}` : ''}`;
  return `${asked} → undefined: ${ways.join(' | ')} (${gaps.map(({ message }) => message).join('; ')})`;
}
