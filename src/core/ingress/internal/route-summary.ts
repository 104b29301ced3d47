import type { Note } from '../../kernel/answer.js';
import type { RequestHost } from './request-host.js';
import type { RouteRequest } from '../route-request.js';
import type { NearMiss, RouteBackend } from '../route-result.js';
import type { Outcome } from './outcomes.js';

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
  const { reached, place, possibility } = outcome;
  if (!place) return `404: no rule serves host \`${host.name}\` with this path`;
  const { action } = possibility;
  const rule = action.type === 'path' ? `${action.rule.pathType} ${action.rule.path}` : 'default backend';
  const way = `Ingress ${place.ingress.namespace}/${place.ingress.ref.name} (${rule})`;
  const last = reached.steps.findLast((step) => step.outcome === 'no-match');
  if (!reached.backend) return `${way} → ${last?.message ?? reached.verdict}`;
  const { namespace, service, port } = reached.backend;
  return `${way} → ${namespace}/${service}:${port} → ${reached.verdict === 'NO_ENDPOINTS' ? 'no ready endpoint' : endpointsText(reached.backend)}`;
}

/** One line a person can read. Where nothing serves the request, it ends with what comes nearest. */
export function summarise(
  request: RouteRequest,
  host: RequestHost,
  outcomes: readonly Outcome[],
  gaps: readonly Note[],
  [near]: readonly NearMiss[],
): string {
  const asked = `${request.method} ${request.scheme}://${request.host}${request.path}`;
  const [first] = outcomes;
  if (outcomes.length === 1 && first) {
    return `${asked} → ${describeOutcome(first, host)}${near && !first.place ? `; nearest: ${near.object}, ${near.message}` : ''}`;
  }
  const why = gaps.map(({ message }) => message).join('; ');
  return `${asked} → undefined: ${outcomes.map((outcome) => describeOutcome(outcome, host)).join(' | ')} (${why})`;
}
