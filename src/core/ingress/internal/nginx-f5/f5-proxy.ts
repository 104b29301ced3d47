import type { NetworkModel } from '../../../model/network-model.js';
import type { IngressBackend } from '../../../resources/ingress.js';
import type { RouteRequest } from '../../route-request.js';
import { type BackendOutcome, backendOutcome } from '../backend-outcome.js';
import type { ClassRouter, Outcome } from '../dialect.js';
import type { Source } from '../nginx/nginx-outcomes.js';
import { backendKey } from '../outcomes.js';
import type { RoutingObject } from '../path-rule.js';

/** A request as a location gets it: `uri` is the path that nginx compares. */
export interface Taken {
  readonly request: RouteRequest;
  readonly uri: string;
  readonly hostName: string;
}

/** Where a location sends requests. */
interface Backend {
  readonly ingress: RoutingObject;
  readonly backend: IngressBackend;
  readonly served: 'ROUTED' | 'DEFAULT_BACKEND';
}

/** What the controller answers with 502: an upstream without servers gets one that always fails. */
const FAILED: readonly BackendOutcome['verdict'][] = ['NO_ENDPOINTS', 'SERVICE_MISSING', 'PORT_MISSING'];

/** A request that goes to a Service with a path. */
export function passedOn(
  router: ClassRouter,
  model: NetworkModel,
  source: Source,
  { ingress, backend, served }: Backend,
  request: RouteRequest,
  path: string,
): Outcome {
  const reached = withStatus(backendOutcome(model, ingress, backend, served));
  const others = request.headers.filter(([name]) => name.toLowerCase() !== 'host').map(([name, value]) => `${name}: ${value}`);
  const backends = reached.backend ? [reached.backend] : [];
  return {
    router,
    because: null,
    place: { ingress, pointer: source.pointer },
    served: source.served,
    key: reached.verdict === served ? `${backends.map(backendKey).join(' ')} ${path}` : `${reached.verdict} 502`,
    reached,
    backends,
    status: FAILED.includes(reached.verdict) ? 502 : null,
    forwarded: { method: request.method, host: request.host, path, headers: others },
    redirect: null,
  };
}

function withStatus(reached: BackendOutcome): BackendOutcome {
  return { ...reached, unspecified: reached.unspecified.filter(({ code }) => code !== 'STATUS_UNSPECIFIED') };
}
