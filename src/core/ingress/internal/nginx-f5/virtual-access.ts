import type { NginxAuthentication } from '../../../resources/nginx-policy.js';
import type { ResponseHeaderChange } from '../../route-result.js';
import type { RouteRequest } from '../../route-request.js';
import type { Outcome } from '../dialect.js';
import { answeredOptions } from '../nginx/nginx-cors.js';
import { refused, type Source, unknown } from '../nginx/nginx-outcomes.js';
import { isListed } from '../nginx/source-range.js';
import { type PolicySet, usedOf } from './f5-policies.js';

/** Whether lists of addresses let a client in: where there is an allowed one, nobody else (`addAccessControlConfig` of `internal/configs/policy.go`; the template writes those that are allowed first). */
function isLetIn(set: PolicySet, { clientAddress }: RouteRequest): boolean | undefined {
  const lists = usedOf(set, 'accessControl').map(({ action }) => action);
  if (lists.every(({ allow, deny }) => allow.length + deny.length === 0)) return true;
  if (clientAddress === undefined) return undefined;
  const isAllowed = lists.some(({ allow }) => isListed(allow, clientAddress));
  return lists.some(({ allow }) => allow.length > 0) ? isAllowed : !lists.some(({ deny }) => isListed(deny, clientAddress));
}

/** What becomes of a request for which `served` waits, and the errors of those that are not let in as error pages make them. Addresses are looked at first, then who the client is. */
export function admitted(
  source: Source,
  set: PolicySet,
  request: RouteRequest,
  served: Outcome,
  paged: (outcome: Outcome) => Outcome,
): readonly Outcome[] {
  // nginx answers a preflight before it looks at who asks.
  if (served.reached.verdict === 'PREFLIGHT') return [served];
  const letIn = isLetIn(set, request);
  const known = turnedAway(source, set, request, paged) ?? served;
  if (letIn === true) return [known];
  const denied = paged(refused(source, 403, 'SOURCE_DENIED', 'the policies of `accessControl` refuse the address of the client: 403'));
  return letIn === false ? [denied] : [known, denied].map((outcome) => ({ ...outcome, because: 'CLIENT_ADDRESS_UNKNOWN' }));
}

/**
 * The answer to a client that does not pass a policy that asks who it is, as the question has it; undefined: it passes. A password or token that is wrong is 401; of those that ask a service
 * ngx_http_auth_request_module hands 401 and 403 on, and anything else is 500.
 */
function turnedAway(source: Source, set: PolicySet, { auth }: RouteRequest, paged: (outcome: Outcome) => Outcome): Outcome | undefined {
  // nginx asks for passwords and tokens before it asks a service, in whatever order they are named (`ngx_modules`: auth_basic before auth_request).
  const asking = usedOf(set, 'authentication');
  const first = asking.find(({ action }) => !isAskedOf(action)) ?? asking[0];
  if (!first || !auth || (auth.status >= 200 && auth.status < 300)) return undefined;
  const { action, policy } = first;
  const name = `Policy ${policy.namespace}/${policy.ref.name}`;
  const status = !isAskedOf(action) ? 401 : auth.status === 401 || auth.status === 403 ? auth.status : 500;
  if (status === 401 && action.hasSignIn)
    return unknown(source, 'NOT_EVALUATED', `${name} sends clients to sign in, and where that is depends on what it asks`);
  return paged(refused(source, status, 'AUTHENTICATION_FAILED', `the client does not pass ${name}: ${status}`));
}

/** The answer to a client that is known to show no certificate where `ingressMTLS` asks for one (`ssl_verify_client on`): before any location is looked for; undefined: it is let in. */
export function withoutCertificate(source: Source, ofServer: PolicySet, { scheme, clientCertificate }: RouteRequest): Outcome | undefined {
  const asking = usedOf(ofServer, 'ingressMTLS').find(({ action }) => action.verifyClient === 'on');
  if (!asking || scheme !== 'https' || !clientCertificate || clientCertificate.secret !== undefined) return undefined;
  const { namespace, ref } = asking.policy;
  const message = `Policy ${namespace}/${ref.name} asks for a certificate of the client, and none is shown: 400`;
  return refused(source, 400, 'CLIENT_CERTIFICATE_REFUSED', message);
}

const isAskedOf = ({ by }: NginxAuthentication) => by === 'externalAuth' || by === 'apiKey';

/** What a location says of other origins; undefined: nothing (`generateCORSHeaders`, `generateCORSOriginMap`). */
export function corsOf(set: PolicySet, request: RouteRequest): readonly ResponseHeaderChange[] | undefined {
  const [cors] = usedOf(set, 'cors');
  if (!cors) return undefined;
  const { origins, headers } = cors.action;
  const add = (name: string, value: string): ResponseHeaderChange => ({ action: 'add', name, value });
  const [only] = origins;
  const allowed = origins.length === 1 && only !== undefined && !isWildcard(only) ? only : listedOrigin(origins, request);
  const isChecked = origins.length > 0 && !(origins.length === 1 && only === '*');
  return [
    ...(isChecked ? [add('Vary', 'Origin')] : []),
    // nginx leaves out a header whose value is empty.
    ...(allowed === undefined ? [] : [add('Access-Control-Allow-Origin', allowed)]),
    ...headers.map(([name, value]) => add(name, value)),
  ];
}

const isWildcard = (origin: string) => /^https?:\/\/\*\./.test(origin);

/** A `map` of nginx: texts without case, which come before expressions; a wildcard is one label. */
function listedOrigin(origins: readonly string[], { headers }: RouteRequest): string | undefined {
  const origin = headers.find(([name]) => name.toLowerCase() === 'origin')?.[1] ?? '';
  const same = origins.find((one) => !isWildcard(one) && one.toLowerCase() === origin.toLowerCase());
  return same ?? (origins.some((one) => isWildcard(one) && isBelow(origin, one)) ? origin : undefined);
}

function isBelow(origin: string, wildcard: string): boolean {
  const [scheme = '', domain = ''] = wildcard.split('*');
  const label = origin.slice(scheme.length, origin.length - domain.length);
  return origin.startsWith(scheme) && origin.endsWith(domain) && label !== '' && !label.includes('.');
}

/** The answer to OPTIONS of a location with such a policy; undefined: the request goes on. */
export function preflight(source: Source, set: PolicySet, request: RouteRequest): Outcome | undefined {
  const headers = request.method === 'OPTIONS' ? corsOf(set, request) : undefined;
  return headers && answeredOptions(source, headers, { by: 'a policy of `cors`', type: 'text/plain', pointer: source.pointer });
}
