import type { VirtualServers } from '../../../model/virtual-servers.js';
import { inMap } from '../../../kernel/in-map.js';
import { qualifiedName } from '../../../kernel/object-ref.js';
import type { VirtualAction, VirtualRoute, VirtualServer, VirtualServerRoute } from '../../../resources/virtual-server.js';
import type { PathRule, RoutingObject } from '../path-rule.js';

/** A route, and the object in whose words it stands. */
export interface VirtualPlace {
  readonly holder: VirtualServer | VirtualServerRoute;
  readonly route: VirtualRoute;
  readonly rule: PathRule;
}

/** The routes of a VirtualServer, those of VirtualServerRoutes in the place of what is handed to them (`buildVirtualServerRoutes` of `internal/k8s/configuration.go`). */
export function placesOf(server: VirtualServer, routes: VirtualServers['routes']): readonly VirtualPlace[] {
  const taken = new Map<string, VirtualServerRoute>();
  const handed = new Set<VirtualServerRoute>();
  return server.routes.flatMap((route): readonly VirtualPlace[] => {
    if (route.route === undefined && route.selector === undefined) return [placeOf(server, server.host, route)];
    return receiversOf(server, route, routes).flatMap((one) => {
      const isTaken = handed.has(one) || one.routes.some(({ path }) => (taken.get(path) ?? one) !== one);
      if (isTaken) return [];
      handed.add(one);
      for (const { path } of one.routes) taken.set(path, one);
      return one.routes.map((sub) => placeOf(one, server.host, sub));
    });
  });
}

/** Those that are named or selected, and may have the path (`ValidateVirtualServerRouteForVirtualServer`). */
export function receiversOf(
  server: VirtualServer,
  { route, selector, path }: VirtualRoute,
  routes: VirtualServers['routes'],
): VirtualServers['routes'] {
  const { byName, byHost } = inMap(indices, routes, () => indexOf(routes));
  const name = route?.includes('/') === false ? `${server.namespace}/${route}` : (route ?? '');
  const meant = selector ? (byHost.get(server.host) ?? []) : (byName.get(name) ?? []);
  const isChosen = ({ labels }: VirtualServerRoute) => !selector || Object.entries(selector).every(([key, value]) => labels[key] === value);
  return meant.filter(
    (one) => isChosen(one) && isRead(one, server) && one.fault === undefined && one.host === server.host && mayHave(one, path),
  );
}

interface Index {
  readonly byName: ReadonlyMap<string, VirtualServers['routes']>;
  readonly byHost: ReadonlyMap<string, VirtualServers['routes']>;
}

/** There may be as many paths that are handed on as there are VirtualServerRoutes. */
const indices = new WeakMap<VirtualServers['routes'], Index>();

function indexOf(routes: VirtualServers['routes']): Index {
  const [byName, byHost] = [new Map<string, VirtualServerRoute[]>(), new Map<string, VirtualServerRoute[]>()];
  for (const one of routes) {
    inMap(byName, qualifiedName(one.ref), (): VirtualServerRoute[] => []).push(one);
    inMap(byHost, one.host, (): VirtualServerRoute[] => []).push(one);
  }
  return { byName, byHost };
}

function isRead({ className }: VirtualServerRoute, server: VirtualServer): boolean {
  return className === undefined || server.className === undefined || className === server.className;
}

/** Below a prefix its paths begin with it; an exact path or an expression is handed on as it is. */
function mayHave({ routes }: VirtualServerRoute, path: string): boolean {
  if (/^[=~]/.test(path)) return routes.length === 1 && routes[0]?.path === path;
  return routes.every((one) => one.path.startsWith(path));
}

export function placeOf(holder: VirtualServer | VirtualServerRoute, host: string, route: VirtualRoute): VirtualPlace {
  const { pointer, path, splits, matches } = route;
  const actions = [...splits, ...matches.flatMap((match) => match.splits)].map(({ action }) => shown(holder, action));
  const backendText = [...new Set(actions)].join(', ') || 'no backend';
  return {
    holder,
    route,
    rule: { ingress: holder, pointer, host, path, pathType: undefined, backend: undefined, backendText, fault: undefined },
  };
}

/** The route behind a rule; undefined: it is one of another kind. */
export function routeOfRule({
  ingress,
  pointer,
}: PathRule<RoutingObject & { readonly routes?: VirtualServer['routes'] }>): VirtualRoute | undefined {
  return ingress.routes?.find((route) => route.pointer === pointer);
}

function shown({ upstreams }: VirtualServer | VirtualServerRoute, action: VirtualAction): string {
  if (action.type === 'redirect') return 'redirect';
  if (action.type === 'return') return `answer ${action.code}`;
  if (action.type === 'invalid') return 'invalid';
  const upstream = upstreams.find(({ name }) => name === action.upstream);
  return upstream ? `service ${upstream.service}:${upstream.port}` : action.upstream;
}
