import { finished } from '../../kernel/steps.js';
import { qualifiedName } from '../../kernel/object-ref.js';
import type { CountedRule } from '../../kernel/rule-coverage.js';
import type { NetworkModel } from '../../model/network-model.js';
import type { GatewayRoute, GRPCMatch, HTTPMatch } from '../../resources/gateway-route.js';
import type { GatewayDialectName } from '../route-request.js';
import type { ClassRouter } from './dialect.js';
import { isCanary, isOfTraefik } from './dialect-family.js';
import type { GatewayState } from './gateway/gateway-state.js';
import { ingressRoutesOf, routersOfIngressRoutes } from './traefik/ingress-route-routers.js';
import { isReadBy } from './traefik/class-of-route.js';
import { traefikOptions } from './traefik/options.js';
import { routersOfTcp, routersOfUdp } from './traefik/stream-router.js';

/** A rule of a class or a Gateway. */
export interface ListedRule extends CountedRule {
  /** The Service of a canary: it has no requests of its own, but a part of those that the same path without canary gets (rule B22). */
  readonly canary: { readonly namespace: string; readonly service: string } | undefined;
}

const DEFAULT_BACKEND = { pointer: '/spec/defaultBackend', host: null, path: null, pathType: null, canary: undefined } as const;

/** Every path and default backend of a class, and the rules of the objects that its controller reads besides Ingresses, whether or not a request ever reaches them. */
export function* rulesOfRouter(model: NetworkModel, router: ClassRouter): Iterable<ListedRule> {
  const { dialect, className, members } = router;
  const scope = { dialect, class: className ?? null, gateway: null, direction: null };
  for (const ingress of members) {
    const place = { ...scope, object: ingress.ref };
    for (const { host, paths } of ingress.rules) {
      for (const { pointer, path, pathType, backend } of paths) {
        const canary = backend.type === 'service' && isCanary(dialect, ingress);
        yield {
          ...place,
          pointer,
          host: host ?? null,
          path,
          pathType,
          canary: canary ? { namespace: ingress.namespace, service: backend.name } : undefined,
        };
      }
    }
    if (ingress.defaultBackend) yield { ...place, ...DEFAULT_BACKEND };
  }
  if (dialect === 'nginx-f5' || dialect === 'ingress-nginx') {
    for (const { rule } of router.ownRules?.() ?? [])
      yield {
        ...scope,
        object: rule.ingress.ref,
        pointer: rule.pointer,
        host: rule.host ?? null,
        path: rule.path ?? null,
        pathType: null,
        canary: undefined,
      };
  }
  if (!isOfTraefik(dialect)) return;
  const options = traefikOptions(model, className, dialect === 'traefik-strict');
  const { tcpRoutes, udpRoutes } = model.traefik;
  const routers = [
    ...finished(routersOfIngressRoutes(ingressRoutesOf(model, className, options), options)),
    ...tcpRoutes.filter((one) => isReadBy(one, className, options)).flatMap((one) => routersOfTcp(one, options)),
    ...udpRoutes.filter((one) => isReadBy(one, className, options)).flatMap(routersOfUdp),
  ];
  for (const { parts } of routers) {
    const { ingress, pointer, path } = parts.rule;
    yield { ...scope, object: ingress.ref, pointer, host: null, path: path ?? null, pathType: null, canary: undefined };
  }
}

/** Every match of every route that names a Gateway, and every route for connections, whether or not it is attached. */
export function* rulesOfGatewayRoutes({ gateway, attachments }: GatewayState, dialect: GatewayDialectName): Iterable<ListedRule> {
  const scope = { dialect, class: gateway.className, gateway: qualifiedName(gateway.ref), direction: null, canary: undefined };
  for (const [route, host] of hostsOfRoutes(attachments)) {
    const place = { ...scope, object: route.ref, host: host ?? null };
    if (route.kind !== 'HTTPRoute' && route.kind !== 'GRPCRoute') {
      const pointer = route.rules[0]?.pointer; // a connection goes by the route as a whole
      if (pointer !== undefined) yield { ...place, pointer, path: null, pathType: null };
      continue;
    }
    const matches: readonly (HTTPMatch | GRPCMatch)[] = route.rules.flatMap((rule): readonly (HTTPMatch | GRPCMatch)[] => rule.matches);
    for (const match of matches) yield { ...place, pointer: match.pointer, ...pathOf(match) };
  }
}

/** Each route once, with the first hostname under which it is reached. */
function hostsOfRoutes(attachments: GatewayState['attachments']): ReadonlyMap<GatewayRoute, string | undefined> {
  const hosts = new Map<GatewayRoute, string | undefined>();
  for (const { route, attached } of attachments) hosts.set(route, hosts.get(route) ?? attached[0]?.hostnames[0]);
  return hosts;
}

function pathOf(match: HTTPMatch | GRPCMatch): Pick<CountedRule, 'path' | 'pathType'> {
  if ('path' in match) return { path: match.path.value, pathType: match.path.type };
  return { path: `${match.service ?? '*'}/${match.method ?? '*'}`, pathType: match.type };
}
