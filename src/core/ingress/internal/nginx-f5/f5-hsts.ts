import type { Ingress } from '../../../resources/ingress.js';
import type { ResponseHeaderChange } from '../../route-result.js';
import type { RouteRequest } from '../../route-request.js';
import type { Outcome } from '../dialect.js';
import { f5Annotations } from './f5-annotations.js';
import { cameBy } from './f5-proxy.js';
import type { F5Server } from './f5-server.js';

const NAME = 'Strict-Transport-Security';

/**
 * An answer with `Strict-Transport-Security` (`nginx.org/hsts`; nginx/kubernetes-ingress `internal/configs/version1/nginx.ingress.tmpl`): errors and redirects have it too (`always`), what the backend
 * says of it is left out, and over http the variable of nginx is empty.
 */
export function withHsts(owner: Ingress, { endsTls }: F5Server, request: RouteRequest, outcome: Outcome): Outcome {
  const { hsts } = f5Annotations(owner);
  if (!hsts || !(endsTls || hsts.behindProxy) || outcome.reached.verdict === 'UNDEFINED') return outcome;
  const isSecure = hsts.behindProxy ? cameBy(request, 'https') : request.scheme === 'https';
  const value = `max-age=${hsts.maxAge}; ${hsts.includesSubdomains ? 'includeSubDomains; ' : ''}preload`;
  const change: ResponseHeaderChange = isSecure ? { action: 'set', name: NAME, value } : { action: 'remove', name: NAME, value: null };
  if (outcome.status === null)
    return { ...outcome, backends: outcome.backends.map((one) => ({ ...one, responseHeaders: [...one.responseHeaders, change] })) };
  return isSecure ? { ...outcome, responseHeaders: [...(outcome.responseHeaders ?? []), { ...change, action: 'add' }] } : outcome;
}
