import { forEachInSteps, type Steps } from '../../../kernel/steps.js';
import type { RuleNode } from '../../../traefik-rule/rule-node.js';
import { parseRule } from '../../../traefik-rule/parse-rule.js';
import type { NetworkModel } from '../../../model/network-model.js';
import type { IngressRoute, IngressRouteRule } from '../../../resources/traefik.js';
import type { TraefikBackend } from '../../../resources/traefik-reference.js';
import type { PathRule } from '../path-rule.js';
import { entryPointsIn } from './entry-points.js';
import { HttpRouter, NamedByRule } from './http-router.js';
import { isReadBy } from './class-of-route.js';
import { priorityOf, type TraefikOptions } from './options.js';
import { hostsOfRule } from './rule-bounds.js';
import { Layer } from './layer.js';

/** The IngressRoutes that the controller of a class reads. */
export function ingressRoutesOf(
  { traefik }: NetworkModel,
  className: string | undefined,
  options: TraefikOptions,
): readonly IngressRoute[] {
  return traefik.ingressRoutes.filter((route) => isReadBy(route, className, options));
}

/** So many IngressRoutes are read in one step. */
const STRETCH = 100;

/**
 * The routers of IngressRoutes (`loadIngressRouteConfiguration`), those without parents first. They are named by their rule, so that of two of one object with the same one the last
 * stays that can be made (`NamedByRule`). Those that name parents are children of every router of theirs (`ParseRouterTree` of `pkg/server/router/router.go`).
 */
export function* routersOfIngressRoutes(routes: readonly IngressRoute[], options: TraefikOptions): Steps<readonly HttpRouter[]> {
  const names = new Set(routes.map(nameOf));
  const layers = new Map(routes.flatMap((route) => parentsOf(route).map((parent) => [parent, new Layer<HttpRouter>()] as const)));
  const [roots, behind]: [HttpRouter[], HttpRouter[]] = [[], []];
  yield* forEachInSteps(routes, STRETCH, (route) => {
    const routers = routersOf(route, { fault: faultBehind(route, names, options), layer: layers.get(nameOf(route)) }, options);
    const parents = parentsOf(route);
    for (const parent of parents) layers.get(parent)?.add(routers);
    for (const router of routers) (parents.length === 0 ? roots : behind).push(router);
  });
  return [...roots, ...behind];
}

function nameOf({ namespace, ref }: IngressRoute): string {
  return `${namespace}/${ref.name}`;
}

function parentsOf({ namespace, parentRefs }: IngressRoute): readonly string[] {
  return [...new Set(parentRefs.map((one) => `${one.namespace ?? namespace}/${one.name}`))];
}

/** Why no router behind others is made of an IngressRoute: what it asks for is theirs to ask, or they are not there. */
function faultBehind(route: IngressRoute, names: ReadonlySet<string>, { allowCrossNamespace }: TraefikOptions): string | undefined {
  const { namespace, tls, entryPoints } = route;
  const parents = parentsOf(route);
  const far = allowCrossNamespace ? undefined : parents.find((name) => !name.startsWith(`${namespace}/`));
  if (far !== undefined) return `its parent \`${far}\` is not in its namespace \`${namespace}\`, which needs \`allowCrossNamespace\``;
  const gone = parents.find((name) => !names.has(name));
  if (gone !== undefined) return `its parent IngressRoute ${gone} does not exist`;
  const asked = tls ? 'tls' : entryPoints.length > 0 ? 'entryPoints' : undefined;
  if (parents.length === 0 || asked === undefined) return undefined;
  return `it has parents (\`parentRefs\`), and a router that is not at the root cannot have \`${asked}\``;
}

/** How an IngressRoute stands among those that name one another as parents. */
interface Standing {
  readonly fault: string | undefined;
  readonly layer: Layer<HttpRouter> | undefined;
}

function routersOf(ingress: IngressRoute, standing: Standing, options: TraefikOptions): readonly HttpRouter[] {
  const named = new NamedByRule();
  for (const rule of ingress.routes) named.add(routerOf(ingress, rule, standing, options));
  return named.routers;
}

function routerOf(ingress: IngressRoute, rule: IngressRouteRule, { fault, layer }: Standing, options: TraefikOptions): HttpRouter {
  const { match, priority, middlewares, services } = rule;
  const syntax = rule.syntax ?? options.ruleSyntax;
  const parsed = parseRule(match, syntax);
  const root = parsed.ok ? parsed.value : undefined;
  return new HttpRouter({
    rule: shownRule(ingress, rule, root),
    text: match,
    syntax,
    priority: priorityOf(priority, match, root, options),
    precedence: options.precedence.kubernetescrd,
    entryPoints: entryPointsIn(ingress.entryPoints),
    tls: ingress.tls !== undefined,
    tlsOptions: ingress.tls?.options,
    middlewares,
    services: [],
    backends: services,
    isBehind: ingress.parentRefs.length > 0,
    layer,
    fault: rule.fault ?? fault ?? bothWays(ingress, rule, layer),
  });
}

/** A router at the root with both passes its Services over. */
function bothWays({ parentRefs }: IngressRoute, { services }: IngressRouteRule, layer: Layer<HttpRouter> | undefined): string | undefined {
  if (!layer || parentRefs.length === 0 || services.length === 0) return undefined;
  return 'it has both a service and routers that name it as their parent';
}

function shownRule(ingress: IngressRoute, { pointer, match, services, fault }: IngressRouteRule, root: RuleNode | undefined): PathRule {
  const hosts = root && hostsOfRule(root);
  const backendText = services.length === 0 ? 'no service' : services.map((one) => describe(one, services.length)).join(', ');
  return { ingress, pointer, host: hosts?.join(', '), path: match, pathType: undefined, backend: undefined, backendText, fault };
}

function describe({ kind, name, port, weight }: TraefikBackend, count: number): string {
  const what = kind === 'Service' ? `service ${name}:${port ?? '(no port)'}` : `${kind} ${name}`;
  return count === 1 ? what : `${what} (weight ${weight})`;
}
