import type { VirtualServers } from '../../../model/virtual-servers.js';
import { inMap } from '../../../kernel/in-map.js';
import { qualifiedName } from '../../../kernel/object-ref.js';
import type {
  VirtualAction,
  VirtualErrorPage,
  VirtualRoute,
  VirtualServer,
  VirtualServerRoute,
} from '../../../resources/virtual-server.js';
import type { PathRule, RoutingObject } from '../path-rule.js';
import type { NamedPolicies } from './f5-policies.js';
import { upstreamNamed } from './f5-upstream.js';

/** A route, the object in whose words it stands, and what holds for it: its own, or where a subroute says nothing what the route says that hands it on. */
export interface VirtualPlace {
  readonly holder: VirtualServer | VirtualServerRoute;
  readonly route: VirtualRoute;
  readonly rule: PathRule;
  readonly policies: NamedPolicies;
  readonly errorPages: readonly VirtualErrorPage[];
  readonly hasSnippets: boolean;
  /** Whether it is served depends on the order in which the controller happens to read objects. */
  readonly isOpen: boolean;
}

/** Its actions stand in locations of their own, to which nginx redirects inside. */
export const redirectsInside = ({ route: { matches, splits } }: VirtualPlace) => matches.length > 0 || splits.length > 1;

/** The routes of a VirtualServer, then those of VirtualServerRoutes that it hands paths to (`buildVirtualServerRoutes` of `internal/k8s/configuration.go`, `GenerateVirtualServerConfig` of `internal/configs/virtualserver.go`). */
export function placesOf(server: VirtualServer, routes: VirtualServers['routes']): readonly VirtualPlace[] {
  const own = server.routes.filter((route) => !isHanded(route)).map((route) => placeOf(server, server.host, route));
  const handed = new Map<VirtualServerRoute, VirtualRoute>();
  for (const route of server.routes.filter(isHanded)) for (const one of receiversOf(server, route, routes)) inMap(handed, one, () => route);
  const { lost, open } = conflictsOf(handed);
  const others = [...handed].flatMap(([one, route]) =>
    lost.has(one) ? [] : one.routes.map((sub) => ({ ...placeOf(one, server.host, sub, { server, route }), isOpen: open.has(one) })),
  );
  return [...own, ...others];
}

const isHanded = ({ route, selector }: VirtualRoute) => route !== undefined || selector !== undefined;

/**
 * VirtualServerRoutes that have a path of one before them, which are left out as a whole, though others lose to their paths all the same (`validateDuplicateVSRPaths`). Those of one selector come
 * in any order (Go ranges over a map): which of them is left out is `open`.
 */
function conflictsOf(handed: ReadonlyMap<VirtualServerRoute, VirtualRoute>): Record<'lost' | 'open', ReadonlySet<VirtualServerRoute>> {
  const holders = new Map<string, VirtualServerRoute>();
  const [lost, open] = [new Set<VirtualServerRoute>(), new Set<VirtualServerRoute>()];
  for (const [one, route] of handed) {
    for (const { path } of one.routes) {
      const holder = inMap(holders, path, () => one);
      if (holder === one) continue;
      if (route.selector !== undefined && handed.get(holder) === route) open.add(holder).add(one);
      else lost.add(one);
    }
  }
  return { lost, open };
}

/** Those that are named or selected, and may have the path (`ValidateVirtualServerRouteForVirtualServer`); looked for once. */
export function receiversOf(server: VirtualServer, route: VirtualRoute, routes: VirtualServers['routes']): VirtualServers['routes'] {
  const index = inMap(indices, routes, () => indexOf(routes));
  return inMap(index.receivers, route, () =>
    meantBy(server, route, index).filter(
      (one) => isRead(one, server) && one.fault === undefined && one.host === server.host && mayHave(one, route.path),
    ),
  );
}

/** The VirtualServerRoute of that name (`namespace/name`) among those that a controller reads. */
export function virtualServerRouteNamed(routes: VirtualServers['routes'], name: string): VirtualServerRoute | undefined {
  return inMap(indices, routes, () => indexOf(routes)).byName.get(name)?.[0];
}

/** Those of the name, or with every label: looked for among those with the label that the fewest have. */
function meantBy({ namespace, host }: VirtualServer, { route = '', selector }: VirtualRoute, { byName, byLabel }: Index) {
  if (!selector) return byName.get(route.includes('/') ? route : `${namespace}/${route}`) ?? [];
  const labels = Object.entries(selector);
  const [fewest = []] = labels.map(([key, value]) => byLabel.get(labelKey(host, key, value)) ?? []).toSorted((a, b) => a.length - b.length);
  return fewest.filter((one) => labels.every(([key, value]) => one.labels[key] === value));
}

/** There may be as many paths that are handed on as there are VirtualServerRoutes. */
interface Index {
  readonly byName: ReadonlyMap<string, VirtualServers['routes']>;
  readonly byLabel: ReadonlyMap<string, VirtualServers['routes']>;
  readonly receivers: WeakMap<VirtualRoute, VirtualServers['routes']>;
}

const indices = new WeakMap<VirtualServers['routes'], Index>();

function indexOf(routes: VirtualServers['routes']): Index {
  const [byName, byLabel] = [new Map<string, VirtualServerRoute[]>(), new Map<string, VirtualServerRoute[]>()];
  for (const one of routes) {
    inMap(byName, qualifiedName(one.ref), (): VirtualServerRoute[] => []).push(one);
    for (const [key, value] of Object.entries(one.labels))
      inMap(byLabel, labelKey(one.host, key, value), (): VirtualServerRoute[] => []).push(one);
  }
  return { byName, byLabel, receivers: new WeakMap() };
}

const labelKey = (host: string, key: string, value: string) => `${host} ${key}=${value}`;

function isRead({ className }: VirtualServerRoute, server: VirtualServer): boolean {
  return className === undefined || server.className === undefined || className === server.className;
}

/** Below a prefix its paths begin with it; an exact path or an expression is handed on as it is. */
function mayHave({ routes }: VirtualServerRoute, path: string): boolean {
  if (/^[=~]/.test(path)) return routes.length === 1 && routes[0]?.path === path;
  return routes.every((one) => one.path.startsWith(path));
}

/** `by`: the route that hands it on. */
export function placeOf(
  holder: VirtualServer | VirtualServerRoute,
  host: string,
  route: VirtualRoute,
  by?: { readonly server: VirtualServer; readonly route: VirtualRoute },
): VirtualPlace {
  const { pointer, path, splits, matches } = route;
  const actions = [...splits, ...matches.flatMap((match) => match.splits)].map(({ action }) => shown(holder, action));
  const backendText = [...new Set(actions)].join(', ') || 'no backend';
  return {
    holder,
    route,
    rule: { ingress: holder, pointer, host, path, pathType: undefined, backend: undefined, backendText, fault: undefined },
    policies:
      by && route.policies.length === 0
        ? { namespace: by.server.namespace, references: by.route.policies, by: 'route' }
        : { namespace: holder.namespace, references: route.policies, by: 'route' },
    errorPages: by && route.errorPages.length === 0 ? by.route.errorPages : route.errorPages,
    hasSnippets: route.hasSnippets || by?.route.hasSnippets === true,
    isOpen: false,
  };
}

/** The route behind a rule; undefined: it is one of another kind. */
export function routeOfRule({
  ingress,
  pointer,
}: PathRule<RoutingObject & { readonly routes?: VirtualServer['routes'] }>): VirtualRoute | undefined {
  const { routes } = ingress;
  return routes && inMap(byPointer, routes, () => new Map(routes.map((route) => [route.pointer, route] as const))).get(pointer);
}

const byPointer = new WeakMap<VirtualServer['routes'], ReadonlyMap<string, VirtualRoute>>();

function shown(holder: VirtualServer | VirtualServerRoute, action: VirtualAction): string {
  if (action.type === 'redirect') return 'redirect';
  if (action.type === 'return') return `answer ${action.code}`;
  if (action.type === 'invalid') return 'invalid';
  const upstream = upstreamNamed(holder, action.upstream);
  return upstream ? `service ${upstream.service}:${upstream.port}` : action.upstream;
}
