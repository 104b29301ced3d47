import type { NetworkModel } from '../model/network-model.js';
import { readRequestHost } from './internal/request-host.js';
import { routerOf } from './internal/router-cache.js';
import type { IngressDialectName, RouteRequest } from './route-request.js';

/** A rule that may take a request: where it stands. */
export interface TakingRule {
  readonly ingress: { readonly namespace: string; readonly ref: { readonly name: string } };
  /** JSON pointer of the path or default backend. */
  readonly pointer: string;
}

/**
 * The rules of one class that may take a request by a dialect: what {@link route} decides before it explains. One where the rules are clear, none where no path
 * matches, several where they are not clear. Undefined: the dialect decides together with its reasons only.
 */
export function matchRequest(
  model: NetworkModel,
  className: string,
  dialect: IngressDialectName,
  request: RouteRequest,
): readonly TakingRule[] | undefined {
  return routerOf(model, className, dialect).takers?.(request, readRequestHost(request.host)).rules;
}
