import type { IngressRoute, Middleware, ServersTransport, TLSOption, TLSStore, TraefikService } from '../resources/traefik.js';

import type { IngressRouteTCP, IngressRouteUDP, MiddlewareTCP, ServersTransportTCP } from '../resources/traefik-stream.js';

/** Objects of Traefik's own kinds, by `namespace/name` where others refer to them. */
export interface TraefikObjects {
  readonly ingressRoutes: readonly IngressRoute[];
  readonly middlewares: ReadonlyMap<string, Middleware>;
  readonly services: ReadonlyMap<string, TraefikService>;
  readonly tlsOptions: ReadonlyMap<string, TLSOption>;
  readonly tlsStores: readonly TLSStore[];
  readonly serversTransports: ReadonlyMap<string, ServersTransport>;
  readonly tcpRoutes: readonly IngressRouteTCP[];
  readonly udpRoutes: readonly IngressRouteUDP[];
  readonly tcpMiddlewares: ReadonlyMap<string, MiddlewareTCP>;
  readonly tcpServersTransports: ReadonlyMap<string, ServersTransportTCP>;
}

/** Whether Traefik has routers of connections or packets. */
export function hasTraefikStreams({ tcpRoutes, udpRoutes }: TraefikObjects): boolean {
  return tcpRoutes.length > 0 || udpRoutes.length > 0;
}

/** Whether Traefik has routers of its own kinds. */
export function hasTraefikRoutes(objects: TraefikObjects): boolean {
  return objects.ingressRoutes.length > 0 || hasTraefikStreams(objects);
}
