import type { Ingress } from '../../../resources/ingress.js';
import type { ResponseHeaderChange } from '../../route-result.js';
import type { RouteRequest } from '../../route-request.js';
import type { Outcome } from '../dialect.js';
import { f5Annotations } from './f5-annotations.js';
import { type PolicySet, usedOf } from './f5-policies.js';
import { cameBy } from './f5-proxy.js';
import type { F5Server } from './f5-server.js';
import type { F5Context } from './virtual-decide.js';

const NAME = 'Strict-Transport-Security';

/** What browsers are told about https, and whether by what a proxy says of the client. */
interface Hsts {
  readonly value: string;
  readonly behindProxy: boolean;
}

/** An answer with what annotations of an Ingress say to browsers (`nginx.org/hsts`; nginx/kubernetes-ingress `internal/configs/version1/nginx.ingress.tmpl`). */
export function withHsts(
  { options }: Pick<F5Context, 'options'>,
  owner: Ingress,
  { endsTls }: F5Server,
  request: RouteRequest,
  outcome: Outcome,
): Outcome {
  const { hsts } = f5Annotations(owner, options.defaults);
  if (!hsts || !(endsTls || hsts.behindProxy)) return outcome;
  const value = `max-age=${hsts.maxAge}; ${hsts.includesSubdomains ? 'includeSubDomains; ' : ''}preload`;
  return said({ value, behindProxy: hsts.behindProxy }, request, outcome);
}

/**
 * An answer with what a Policy of `hsts` of a VirtualServer says (docs.nginx.com "HSTS"; `internal/configs/version2/nginx.virtualserver.tmpl`): locations that proxy say it beside what else they add.
 * Texts that come with headers of their own, and answers to OPTIONS, have those alone (`add_header` of nginx).
 */
export function withPolicyHsts(set: PolicySet, request: RouteRequest, outcome: Outcome): Outcome {
  const [used] = usedOf(set, 'hsts');
  const { reached, responseHeaders = [] } = outcome;
  const hasOwn = reached.verdict === 'PREFLIGHT' || (reached.verdict === 'ANSWERED' && responseHeaders.length > 0);
  return used && !hasOwn ? said(used.action, request, outcome) : outcome;
}

/** Errors and redirects have it too (`always`), what the backend says of it is left out, and over http the variable of nginx is empty. */
function said({ value, behindProxy }: Hsts, request: RouteRequest, outcome: Outcome): Outcome {
  if (outcome.reached.verdict === 'UNDEFINED') return outcome;
  const isSecure = behindProxy ? cameBy(request, 'https') : request.scheme === 'https';
  const change: ResponseHeaderChange = isSecure ? { action: 'set', name: NAME, value } : { action: 'remove', name: NAME, value: null };
  if (outcome.status === null)
    return { ...outcome, backends: outcome.backends.map((one) => ({ ...one, responseHeaders: [...one.responseHeaders, change] })) };
  return isSecure ? { ...outcome, responseHeaders: [...(outcome.responseHeaders ?? []), { ...change, action: 'add' }] } : outcome;
}
