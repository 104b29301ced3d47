import type { RouteRequest } from '../../route-request.js';
import type { BackendOutcome } from '../backend-outcome.js';
import type { Outcome } from '../dialect.js';
import type { Source } from '../nginx/nginx-outcomes.js';
import { backendKey } from '../outcomes.js';

/** A request as a location gets it: `uri` is the path that nginx compares. */
export interface Taken {
  readonly request: RouteRequest;
  readonly uri: string;
  readonly hostName: string;
}

/** What the proxy before nginx says the client came by. */
export const cameBy = ({ headers }: RouteRequest, scheme: 'http' | 'https') =>
  headers.some(([name, value]) => name.toLowerCase() === 'x-forwarded-proto' && value === scheme);

/** What the controller answers with 502: an upstream without servers gets one that always fails. */
const FAILED: readonly BackendOutcome['verdict'][] = ['NO_ENDPOINTS', 'SERVICE_MISSING', 'PORT_MISSING'];

/** A request that goes to what a backend comes to, with a path. */
export function passedOn(source: Source, backend: BackendOutcome, request: RouteRequest, path: string): Outcome {
  const reached = withStatus(backend);
  const others = request.headers.filter(([name]) => name.toLowerCase() !== 'host').map(([name, value]) => `${name}: ${value}`);
  const backends = reached.backend ? [reached.backend] : [];
  const isFailed = FAILED.includes(reached.verdict);
  return {
    router: source.router,
    because: null,
    place: source.ingress && { ingress: source.ingress, pointer: source.pointer },
    served: source.served,
    key: isFailed || backends.length === 0 ? `${reached.verdict} 502` : `${backends.map(backendKey).join(' ')} ${path}`,
    reached,
    backends,
    status: isFailed ? 502 : null,
    forwarded: { method: request.method, host: request.host, path, headers: others },
    redirect: null,
  };
}

function withStatus(reached: BackendOutcome): BackendOutcome {
  return { ...reached, unspecified: reached.unspecified.filter(({ code }) => code !== 'STATUS_UNSPECIFIED') };
}
