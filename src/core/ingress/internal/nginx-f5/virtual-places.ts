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
export function* placesOf(server: VirtualServer, routes: VirtualServers['routes']): Iterable<VirtualPlace> {
  for (const route of server.routes) if (!isHanded(route)) yield placeOf(server, server.host, route);
  const handed = handedBy(server, routes);
  const { lost, open } = conflictsOf(handed);
  for (const [one, [first, ...more]] of handed) {
    if (lost.has(one)) continue;
    // Of several expressions that are handed to one, each subroute has its own.
    const byPath = new Map(more.map((route) => [route.path, route] as const));
    for (const sub of one.routes)
      yield { ...placeOf(one, server.host, sub, { server, route: byPath.get(sub.path) ?? first }), isOpen: open.has(one) };
  }
}

type Handed = ReadonlyMap<VirtualServerRoute, readonly [first: VirtualRoute, ...more: VirtualRoute[]]>;

/** VirtualServerRoutes with what hands them paths, each by the first that does; those with expressions that are named come last, with all of theirs (`classifyAndCollectVSRs`, `validateAndBuildRegexVSRs`). */
function handedBy(server: VirtualServer, routes: VirtualServers['routes']): Handed {
  const handed = new Map<VirtualServerRoute, [VirtualRoute, ...VirtualRoute[]]>();
  const all = server.routes.filter(isHanded);
  for (const route of all.filter((one) => !isNamedExpression(one)))
    for (const one of receiversOf(server, route, routes)) inMap(handed, one, (): [VirtualRoute] => [route]);
  for (const route of all.filter(isNamedExpression))
    for (const one of receiversOf(server, route, routes)) {
      const own = inMap(handed, one, (): [VirtualRoute] => [route]);
      if (own[0] !== route && isNamedExpression(own[0])) own.push(route);
    }
  return handed;
}

const isNamedExpression = ({ path, route }: VirtualRoute) => route !== undefined && path.startsWith('~');

const isHanded = ({ route, selector }: VirtualRoute) => route !== undefined || selector !== undefined;

/**
 * VirtualServerRoutes that have a path of one before them, which are left out as a whole, though others lose to their paths all the same (`validateDuplicateVSRPaths`). Those of one selector come
 * in any order (Go ranges over a map): which of them is left out is `open`.
 */
function conflictsOf(handed: Handed): Record<'lost' | 'open', ReadonlySet<VirtualServerRoute>> {
  const holders = new Map<string, VirtualServerRoute>();
  const [lost, open] = [new Set<VirtualServerRoute>(), new Set<VirtualServerRoute>()];
  for (const [one, [route]] of handed) {
    for (const { path } of one.routes) {
      const holder = inMap(holders, withoutBlanks(path), () => one);
      if (holder === one) continue;
      if (route.selector !== undefined && handed.get(holder)?.[0] === route) open.add(holder).add(one);
      else lost.add(one);
    }
  }
  return { lost, open };
}

/** Blanks between a modifier and its path say nothing (`NormalizePath`). */
const withoutBlanks = (path: string) => path.replace(/^(~\*?|\^~) +/, '$1');

/** Those that are named or selected, and may have the path (`ValidateVirtualServerRouteForVirtualServer`); looked for once. */
export function receiversOf(server: VirtualServer, route: VirtualRoute, routes: VirtualServers['routes']): VirtualServers['routes'] {
  const index = inMap(indices, routes, () => indexOf(routes));
  // Expressions that are handed to one are compared with its own as a whole, and once.
  const named = isNamedExpression(route) ? expressionsOf(server).get(keyOf(server, route)) : undefined;
  return inMap(index.receivers, named ?? route, () =>
    meantBy(server, route, index).filter(
      (one) => isRead(one, server) && one.fault === undefined && one.host === server.host && mayHave(one, named ?? [route.path]),
    ),
  );
}

const keyOf = ({ namespace }: VirtualServer, { route = '' }: VirtualRoute) => (route.includes('/') ? route : `${namespace}/${route}`);

const expressions = new WeakMap<VirtualServer['routes'], ReadonlyMap<string, readonly string[]>>();

/** The expressions that a VirtualServer hands to each VirtualServerRoute by its name. */
function expressionsOf(server: VirtualServer): ReadonlyMap<string, readonly string[]> {
  return inMap(expressions, server.routes, () => {
    const paths = new Map<string, string[]>();
    for (const route of server.routes.filter(isNamedExpression)) inMap(paths, keyOf(server, route), (): string[] => []).push(route.path);
    return paths;
  });
}

/** The VirtualServerRoute of that name (`namespace/name`) among those that a controller reads. */
export function virtualServerRouteNamed(routes: VirtualServers['routes'], name: string): VirtualServerRoute | undefined {
  return inMap(indices, routes, () => indexOf(routes)).byName.get(name)?.[0];
}

/** Those of the name, or with every label: looked for among those with the label that the fewest have. */
function meantBy(server: VirtualServer, route: VirtualRoute, { byName, byLabel }: Index) {
  const { selector } = route;
  const { host } = server;
  if (!selector) return byName.get(keyOf(server, route)) ?? [];
  const labels = Object.entries(selector);
  const [fewest = []] = labels.map(([key, value]) => byLabel.get(labelKey(host, key, value)) ?? []).toSorted((a, b) => a.length - b.length);
  return fewest.filter((one) => labels.every(([key, value]) => one.labels[key] === value));
}

/** There may be as many paths that are handed on as there are VirtualServerRoutes. */
interface Index {
  readonly byName: ReadonlyMap<string, VirtualServers['routes']>;
  readonly byLabel: ReadonlyMap<string, VirtualServers['routes']>;
  readonly receivers: WeakMap<VirtualRoute | readonly string[], VirtualServers['routes']>;
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

/** Below a prefix its paths begin with it; an exact path is handed on as it is, and expressions, of which there may be several, are those of the VirtualServer (`validateVirtualServerRouteSubroutes`). */
function mayHave({ routes }: VirtualServerRoute, paths: readonly string[]): boolean {
  const [first = ''] = paths;
  if (first.startsWith('=')) return routes.length === 1 && routes[0]?.path === first;
  if (!first.startsWith('~')) return routes.every((one) => one.path.startsWith(first));
  const [asked, own] = [new Set(paths), new Set(routes.map(({ path }) => path))];
  return own.size === routes.length && asked.size === own.size && paths.every((path) => own.has(path));
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
