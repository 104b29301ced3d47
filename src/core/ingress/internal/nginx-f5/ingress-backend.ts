import type { Note } from '../../../kernel/answer.js';
import type { Ingress, IngressBackend } from '../../../resources/ingress.js';
import type { RouteRequest } from '../../route-request.js';
import type { RouteBackend } from '../../route-result.js';
import type { RoutingObject } from '../path-rule.js';
import { servicesListed } from './f5-annotations.js';
import { type F5Options, unseenSecret } from './f5-options.js';
import { bodyLimit } from './body-limit.js';
import type { PolicySet } from './f5-policies.js';
import { tlsOf } from './f5-upstream.js';
import type { F5Context } from './virtual-decide.js';

/** A backend of an Ingress with what nginx speaks with it (`nginx.org/ssl-services`, `nginx.org/grpc-services`; nginx/kubernetes-ingress `createLocation` of `internal/configs/ingress.go`), and by which TLS. `host`: that of its rule. */
export function ingressBackend(
  backend: RouteBackend,
  ingress: RoutingObject,
  { name, port }: Extract<IngressBackend, { readonly type: 'service' }>,
  host: string,
  set: PolicySet,
  { http2 }: Pick<F5Options, 'http2'>,
): RouteBackend {
  const isGrpc = http2 !== false && servicesListed(ingress, 'nginx.org/grpc-services').includes(name);
  const isSecure = servicesListed(ingress, 'nginx.org/ssl-services').includes(name);
  // `getNameForUpstream`
  const upstream = `${ingress.namespace}-${ingress.ref.name}-${host}-${name}-${port ?? ''}`;
  return { ...backend, protocol: isGrpc ? 'GRPC' : 'HTTP', tls: isSecure ? tlsOf(upstream, set) : null };
}

const ASKING = ['nginx.org/basic-auth-secret', 'nginx.com/jwt-key'] as const;
/** Types of their Secrets, and what nginx makes of a file that is not there (`ngx_http_auth_basic_handler`: a file of passwords that does not exist is 403; "NGINX Plus will reject such a key at runtime and return 500", `generateJWTConfig`). */
const SECRETS = {
  'nginx.org/basic-auth-secret': { type: 'nginx.org/htpasswd', status: 403 },
  'nginx.com/jwt-key': { type: 'nginx.org/jwk', status: 500 },
} as const;

const RATE = 'nginx.org/limit-req-rate';
const BODY_SIZE = 'nginx.org/client-max-body-size';

const has = ({ annotations }: RoutingObject, name: string) => Object.hasOwn(annotations, name) && annotations[name] !== '';

/** The annotations that ask who the client is: what a minion says goes before its master. */
export function ingressAsks(ingress: RoutingObject, master: Ingress): readonly string[] {
  return ASKING.filter((name) => has(ingress, name) || has(master, name));
}

/** What becomes of all requests that an Ingress takes where the Secret of an annotation that asks who the client is cannot be used; undefined: it can. A Secret is taken to be there where none at all is stored. */
export function withoutSecret(
  { model: { secrets }, options }: Pick<F5Context, 'model' | 'options'>,
  ingress: RoutingObject,
  master: Ingress,
): { readonly status: number; readonly message: string } | undefined {
  for (const name of ASKING) {
    const asking = [ingress, master].find((one) => has(one, name));
    if (!asking) continue;
    const { type, status } = SECRETS[name];
    const key = `${asking.namespace}/${asking.annotations[name] ?? ''}`;
    const found = secrets.get(key)?.type;
    const why =
      unseenSecret(options, asking.namespace) ??
      (secrets.size === 0 || found === type
        ? undefined
        : found === undefined
          ? `there is no Secret ${key}`
          : `Secret ${key} is of type \`${found}\`, not \`${type}\``);
    if (why !== undefined) return { status, message: `\`${name}\`: ${why}, so that nginx lets nobody in: ${status}` };
  }
  return undefined;
}

/** What is taken for granted of a request that an Ingress takes; minions have the rates of their master, and its limit of bodies unless they tell their own (`minionInheritanceList`). */
export function ingressAssumptions(
  { defaults }: Pick<F5Options, 'defaults'>,
  ingress: RoutingObject,
  master: Ingress,
  { auth }: RouteRequest,
): readonly Note[] {
  const asking = auth ? [] : ingressAsks(ingress, master);
  const named = `\`${asking.join('`, `')}\``;
  return [
    ...(asking.length > 0 ? [{ code: 'AUTHENTICATION_PASSED', message: `the client is taken to pass ${named}` }] : []),
    ...(has(ingress, RATE) || has(master, RATE) ? [{ code: 'MIDDLEWARE_CONDITION', message: `\`${RATE}\` is taken not to act` }] : []),
    ...bodyLimit([ingress, master].find((one) => has(one, BODY_SIZE))?.annotations[BODY_SIZE] ?? defaults[BODY_SIZE]),
  ];
}
