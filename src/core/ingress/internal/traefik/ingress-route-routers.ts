import { parseRule } from '../../../traefik-rule/parse-rule.js';
import type { NetworkModel } from '../../../model/network-model.js';
import type { IngressRoute, IngressRouteRule, TraefikBackend } from '../../../resources/traefik.js';
import type { PathRule } from '../path-rule.js';
import { HttpRouter } from './http-router.js';
import { isReadBy } from './class-of-route.js';
import type { TraefikOptions } from './options.js';
import { hostsOfRule } from './rule-hosts.js';

/** The IngressRoutes that the controller of a class reads. */
export function ingressRoutesOf(
  { traefik }: NetworkModel,
  className: string | undefined,
  options: TraefikOptions,
): readonly IngressRoute[] {
  return traefik.ingressRoutes.filter((route) => isReadBy(route, className, options));
}

/** The routers of IngressRoutes (`loadIngressRouteConfiguration`). They are named by their rule, so that of two of one object with the same one the later stays. */
export function routersOfIngressRoutes(routes: readonly IngressRoute[], precedence: number): readonly HttpRouter[] {
  const parents = new Set(
    routes.flatMap(({ namespace, parentRefs }) => parentRefs.map((one) => `${one.namespace ?? namespace}/${one.name}`)),
  );
  return routes.flatMap((ingress) => {
    const open = parents.has(`${ingress.namespace}/${ingress.ref.name}`) ? BY_CHILDREN : undefined;
    return [...new Map(ingress.routes.map((rule) => [rule.match, routerOf(ingress, rule, open, precedence)])).values()];
  });
}

/** doc.traefik.io "Multi-Layer Routing": the middlewares of a parent may change the request before its children are asked. */
const BY_CHILDREN =
  'the rule takes the request, and IngressRoutes that name this one as parent (`parentRefs`) decide next: they are not evaluated';

function routerOf(ingress: IngressRoute, rule: IngressRouteRule, open: string | undefined, precedence: number): HttpRouter {
  const { match, syntax, priority, middlewares, services } = rule;
  const below = ingress.parentRefs.length > 0 ? 'it is asked through its parents (`parentRefs`) alone' : undefined;
  return new HttpRouter({
    rule: shownRule(ingress, rule),
    text: match,
    syntax,
    priority,
    precedence,
    entryPoints: ingress.entryPoints,
    tls: ingress.tls !== undefined,
    tlsOptions: ingress.tls?.options,
    middlewares,
    services: [],
    backends: services,
    open,
    fault: rule.fault ?? below,
  });
}

function shownRule(ingress: IngressRoute, { pointer, match, syntax, services, fault }: IngressRouteRule): PathRule {
  const parsed = parseRule(match, syntax);
  const hosts = parsed.ok ? hostsOfRule(parsed.value) : undefined;
  const backendText = services.length === 0 ? 'no service' : services.map((one) => describe(one, services.length)).join(', ');
  return { ingress, pointer, host: hosts?.join(', '), path: match, pathType: undefined, backend: undefined, backendText, fault };
}

function describe({ kind, name, port, weight }: TraefikBackend, count: number): string {
  const what = kind === 'Service' ? `service ${name}:${port ?? '(no port)'}` : `${kind} ${name}`;
  return count === 1 ? what : `${what} (weight ${weight})`;
}
