import type { Note } from '../../kernel/answer.js';
import type { RequestHost } from './request-host.js';
import type { RouteRequest } from '../route-request.js';
import type { NearMiss, RouteBackend } from '../route-result.js';
import type { Outcome } from './dialect.js';

function endpointsText(backend: RouteBackend): string {
  const shown = backend.endpoints
    .slice(0, 3)
    .map(({ address, port }) => (address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`));
  const rest = backend.endpoints.length - shown.length;
  const count = `${backend.endpoints.length} endpoint${backend.endpoints.length === 1 ? '' : 's'}`;
  return `${count} (${shown.join(', ')}${rest > 0 ? ` and ${rest} more` : ''})`;
}

/** The way an outcome takes, in one line. */
export function describeOutcome(outcome: Outcome, host: RequestHost): string {
  const { reached, place, served, backends, status, redirect } = outcome;
  const last = reached.steps.findLast((step) => step.outcome === 'no-match' || step.outcome === 'deny');
  const way = place && `${place.ingress.ref.kind} ${place.ingress.namespace}/${place.ingress.ref.name} (${served ?? ''})`;
  if (redirect) return `${way === undefined ? '' : `${way} → `}${redirect.status} to ${redirect.location}`;
  if (!way) return last?.message ?? `404: no rule serves host \`${host.name}\` with this path`;
  const first = reached.backend;
  if (!first) return `${way} → ${last?.message ?? reached.verdict}`;
  if (reached.verdict === 'NO_ENDPOINTS')
    return `${way} → ${backendText(first)} → no ready endpoint${status === null ? '' : `: ${status}`}`;
  return `${way} → ${backends.map((backend) => shareText(backend, backends.length)).join(' and ')}`;
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

/** One line a person can read. Where nothing serves the request, it ends with what comes nearest. */
export function summarise(
  request: RouteRequest,
  host: RequestHost,
  outcomes: readonly Outcome[],
  gaps: readonly Note[],
  [near]: readonly NearMiss[],
): string {
  const asked = requestLine(request);
  const [first] = outcomes;
  if (outcomes.length === 1 && first) {
    return `${asked} → ${describeOutcome(first, host)}${near && !first.place ? `; nearest: ${near.object}, ${near.message}` : ''}`;
  }
  const why = gaps.map(({ message }) => message).join('; ');
  return `${asked} → undefined: ${outcomes.map((outcome) => describeOutcome(outcome, host)).join(' | ')} (${why})`;
}
