import type { IngressRoute, Middleware, ServersTransport, TLSOption, TLSStore, TraefikService } from '../resources/traefik.js';

/** Objects of Traefik's own kinds, by `namespace/name` where others refer to them. */
export interface TraefikObjects {
  readonly ingressRoutes: readonly IngressRoute[];
  readonly middlewares: ReadonlyMap<string, Middleware>;
  readonly services: ReadonlyMap<string, TraefikService>;
  readonly tlsOptions: ReadonlyMap<string, TLSOption>;
  readonly tlsStores: readonly TLSStore[];
  readonly serversTransports: ReadonlyMap<string, ServersTransport>;
}
