import type { Answer } from '../kernel/answer.js';
import { Trail } from '../kernel/evidence.js';
import { md5 } from '../kernel/md5.js';
import { citationsOf } from './internal/citations.js';
import type { RouteBackend, RouteEndpoint, RoutePick, RouteResult, RouteVerdict } from './route-result.js';

type Routed = Answer<RouteVerdict, RouteResult>;

/**
 * The answer with one of its backends, and one endpoint of that, drawn by lot: a backend by its share of the requests, an endpoint as likely as any other of the same backend. The same
 * seed draws the same of the same answer. Which one a balancer takes next depends on what it sent before; that is not told. Nothing is drawn where no backend gets the request. A connection has no status: it is closed.
 */
export function withPick(answer: Routed, seed: string, isConnection = false): Routed {
  const { backends, errorShare, dialect } = answer.result;
  if (backends.length === 0) return answer;
  const [share, place] = [drawn(`${seed} backend`), drawn(`${seed} endpoint`)];
  const backend = backendAt(backends, share) ?? (errorShare === 0 ? backends.at(-1) : undefined); // sums of shares are rounded
  const endpoint = backend && endpointAt(backend.endpoints, place);
  const failed = isConnection ? null : 500;
  const pick: RoutePick = {
    seed,
    draws: { backend: share, endpoint: place },
    namespace: backend?.namespace ?? null,
    service: backend?.service ?? null,
    port: backend?.port ?? null,
    endpoint: endpoint ?? null,
    status: backend ? (endpoint ? null : answer.result.status) : failed,
  };
  const trail = new Trail(citationsOf(dialect));
  const message = `seed \`${seed}\` draws ${rounded(share)} of the requests, which ${shareText(backends, backend, errorShare, failed)}${backend ? `, and ${rounded(place)} of its endpoints: ${endpointText(backend, endpoint)}` : ''}`;
  const { id } = answer.evidence.at(-1) ?? { id: 0 };
  trail.add({ stage: 'pick', outcome: 'selected', reason: 'BACKEND_DRAWN', message });
  const steps = trail.list().map((step) => ({ ...step, id: id + step.id }));
  return { ...answer, result: { ...answer.result, pick }, evidence: [...answer.evidence, ...steps] };
}

/** At least 0, less than 1: the first 52 bits of a digest, which are evenly spread. */
function drawn(text: string): number {
  return Number.parseInt(md5(text).slice(0, 13), 16) / 2 ** 52;
}

/** Undefined: the part of the requests that backends get which cannot be used. */
function backendAt(backends: readonly RouteBackend[], share: number): RouteBackend | undefined {
  let end = 0;
  for (const backend of backends) {
    end += backend.share;
    if (share < end) return backend;
  }
  return undefined;
}

function endpointAt(endpoints: readonly RouteEndpoint[], place: number): RouteEndpoint | undefined {
  return endpoints[Math.floor(place * endpoints.length)];
}

function shareText(backends: readonly RouteBackend[], backend: RouteBackend | undefined, errorShare: number, failed: 500 | null): string {
  if (!backend) return `falls to the part of ${rounded(errorShare)} that no backend can serve: ${failed ?? 'the connection is closed'}`;
  const start = backends.slice(0, backends.indexOf(backend)).reduce((sum, one) => sum + one.share, 0);
  return `falls to ${backend.namespace}/${backend.service}:${backend.port} (${rounded(start)} to ${rounded(start + backend.share)})`;
}

function endpointText({ endpoints }: RouteBackend, endpoint: RouteEndpoint | undefined): string {
  if (!endpoint) return 'there is none';
  const { address, port, pod } = endpoint;
  return `${address.includes(':') ? `[${address}]` : address}:${port}${pod === null ? '' : `, pod ${pod}`}, the ${endpoints.indexOf(endpoint) + 1}. of ${endpoints.length}`;
}

const rounded = (value: number) => Number(value.toFixed(4));
