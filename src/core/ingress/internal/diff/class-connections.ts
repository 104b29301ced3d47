import type { NetworkModel } from '../../../model/network-model.js';
import type { MiddlewareTCP } from '../../../resources/traefik-stream.js';
import type { TraefikReference } from '../../../resources/traefik-reference.js';
import type { ClassRouter } from '../dialect.js';
import { isOfTraefik } from '../dialect-family.js';
import { F5Router } from '../nginx-f5/nginx-f5.js';
import { NginxRouter } from '../nginx/ingress-nginx.js';
import { isReadBy } from '../traefik/class-of-route.js';
import { traefikOptions } from '../traefik/options.js';
import { ByReference, resolveReference } from '../traefik/references.js';
import { portsNamed } from '../traefik/stream-entry-point.js';
import { routersOfTcp, routersOfUdp, type StreamRouter } from '../traefik/stream-router.js';
import { addressesOf } from './asked.js';
import { ANY_CONNECTION, type ConnectionRule } from './connection-rule.js';
import { callsOf } from './ingress-route-side-rules.js';

/** What a class takes connections and packets by: IngressRouteTCPs and IngressRouteUDPs of Traefik, TransportServers of the F5 controller, ConfigMaps of ingress-nginx. */
export function* connectionsOfClass(model: NetworkModel, router: ClassRouter): Iterable<ConnectionRule> {
  if (router instanceof F5Router) yield* ofTransportServers(router);
  if (router instanceof NginxRouter) yield* ofConfigMaps(router);
  if (isOfTraefik(router.dialect)) yield* ofTraefik(model, router);
}

/** A name is looked for in TLS alone; the listener of a TransportServer without one takes whatever comes. */
function* ofTransportServers({ streams, listeners }: F5Router): Iterable<ConnectionRule> {
  for (const { listener, host } of streams.transports) {
    const found = listeners.named(listener.name, listener.protocol);
    const ports = found ? [found.port] : [];
    const scheme = listener.protocol === 'UDP' ? 'udp' : host === undefined ? 'tcp' : 'tls';
    yield { ...ANY_CONNECTION, scheme, ports, names: host === undefined ? [] : [host] };
  }
}

function* ofConfigMaps({ streams }: NginxRouter): Iterable<ConnectionRule> {
  for (const { entry } of streams.all) {
    const { port, transport, fault } = entry;
    if (port === undefined || fault !== undefined) continue;
    yield { ...ANY_CONNECTION, scheme: transport === 'UDP' ? 'udp' : 'tcp', ports: streams.portsInFront(port, transport) };
  }
}

function* ofTraefik(model: NetworkModel, { dialect, className }: ClassRouter): Iterable<ConnectionRule> {
  const options = traefikOptions(model, className, dialect === 'traefik-strict');
  const { tcpRoutes, udpRoutes, tcpMiddlewares } = model.traefik;
  const middlewares = new ByReference(tcpMiddlewares);
  const rangesOf = (namespace: string, named: readonly TraefikReference[]) =>
    named.flatMap((use) => {
      const resolved = resolveReference(use, namespace, options);
      return 'key' in resolved || 'dashed' in resolved ? rangesIn(middlewares.find(resolved)) : [];
    });
  for (const route of tcpRoutes) {
    if (!isReadBy(route, className, options)) continue;
    for (const router of routersOfTcp(route, options)) yield ofRouter(model, router, rangesOf(route.namespace, router.parts.middlewares));
  }
  for (const route of udpRoutes) {
    if (!isReadBy(route, className, options)) continue;
    for (const { parts } of routersOfUdp(route))
      yield { ...ANY_CONNECTION, scheme: 'udp', ports: portsNamed(model, parts.entryPoints, 'UDP') };
  }
}

function rangesIn(middleware: MiddlewareTCP | undefined): readonly string[] {
  return middleware?.action.type === 'ipAllowList' ? middleware.action.sourceRange : [];
}

/** Matchers of which every value that a rule names is tried. */
const TRIED: ReadonlySet<string> = new Set(['HostSNI', 'ClientIP', 'ALPN']);

function ofRouter(model: NetworkModel, { parts, compiled }: StreamRouter, ranges: readonly string[]): ConnectionRule {
  const calls = compiled?.ok ? [...callsOf(compiled.value.root)] : [];
  const named = (matcher: string) => calls.flatMap(({ name, values }) => (name === matcher ? values : []));
  return {
    scheme: parts.tls ? 'tls' : 'tcp',
    ports: portsNamed(model, parts.entryPoints, 'TCP'),
    names: named('HostSNI').flatMap((name) => (name === '*' ? [] : [name.toLowerCase()])),
    addresses: addressesOf([...named('ClientIP'), ...ranges]),
    protocols: named('ALPN'),
    asksMore: calls.some(({ name }) => !TRIED.has(name)),
  };
}
