import type { Note } from '../../../kernel/answer.js';
import type { Ingress, IngressBackend } from '../../../resources/ingress.js';
import type { RouteBackend } from '../../route-result.js';
import type { RoutingObject } from '../path-rule.js';

/** Services that a list of an annotation names. */
function listed({ annotations }: RoutingObject, name: string): readonly string[] {
  return Object.hasOwn(annotations, name) ? (annotations[name] ?? '').split(',').map((text) => text.trim()) : [];
}

/** A backend of an Ingress with what nginx speaks with it (`nginx.org/ssl-services`, `nginx.org/grpc-services`; nginx/kubernetes-ingress `createLocation` of `internal/configs/ingress.go`). No certificate of it is checked. */
export function ingressBackend(
  backend: RouteBackend,
  ingress: RoutingObject,
  { name }: Extract<IngressBackend, { readonly type: 'service' }>,
): RouteBackend {
  const isGrpc = listed(ingress, 'nginx.org/grpc-services').includes(name);
  const isSecure = listed(ingress, 'nginx.org/ssl-services').includes(name);
  const tls: RouteBackend['tls'] = isSecure ? { sni: null, policy: null, names: [], clientCertificate: null } : null;
  return { ...backend, protocol: isGrpc ? 'GRPC' : 'HTTP', tls };
}

const ASKING = ['nginx.org/basic-auth-secret', 'nginx.com/jwt-key'];
const RATE = 'nginx.org/limit-req-rate';

/** What is taken for granted of a request that an Ingress takes; what a minion says of clients goes before its master, and both have the rates of the master. */
export function ingressAssumptions(ingress: RoutingObject, master: Ingress): readonly Note[] {
  const has = (one: RoutingObject, name: string) => Object.hasOwn(one.annotations, name) && one.annotations[name] !== '';
  const asking = ASKING.filter((name) => has(ingress, name) || has(master, name));
  const named = `\`${asking.join('`, `')}\``;
  return [
    ...(asking.length > 0 ? [{ code: 'AUTHENTICATION_PASSED', message: `the client is taken to pass ${named}` }] : []),
    ...(has(ingress, RATE) || has(master, RATE) ? [{ code: 'MIDDLEWARE_CONDITION', message: `\`${RATE}\` is taken not to act` }] : []),
  ];
}
