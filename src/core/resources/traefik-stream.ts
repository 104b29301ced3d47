import type { RuleSyntax } from '../traefik-rule/rule-syntax.js';
import type { Resource } from './resource.js';
import type { TraefikReference } from './traefik-reference.js';

/** A Service that gets connections or packets (`ServiceTCP`, `ServiceUDP` of `traefikio/v1alpha1/ingressroutetcp.go`, `ingressrouteudp.go`). */
export interface StreamBackend extends TraefikReference {
  readonly port: number | string | undefined;
  readonly weight: number;
  /** Undefined: as Traefik is set (`nativeLBByDefault`). */
  readonly nativeLB: boolean | undefined;
  readonly nodePortLB: boolean;
  /** The Service is spoken to by TLS. */
  readonly tls: boolean;
  readonly serversTransport: string | undefined;
}

/** `spec.routes[]` of an IngressRouteTCP. */
export interface TcpRouteRule {
  readonly pointer: string;
  readonly match: string;
  /** Undefined: as Traefik is set (`core.defaultRuleSyntax`). */
  readonly syntax: RuleSyntax | undefined;
  /** 0: the length of the rule; for `HostSNI(*)` alone, behind every other one. */
  readonly priority: number;
  readonly middlewares: readonly TraefikReference[];
  readonly services: readonly StreamBackend[];
  /** Why Traefik passes over it, whatever its rule says. */
  readonly fault: string | undefined;
}

/** Routers of Traefik for connections (`traefikio/v1alpha1/ingressroutetcp.go`). */
export interface IngressRouteTCP extends Resource {
  readonly kind: 'IngressRouteTCP';
  readonly namespace: string;
  readonly className: string | undefined;
  readonly entryPoints: readonly string[];
  readonly routes: readonly TcpRouteRule[];
  /** Undefined: connections without TLS. */
  readonly tls:
    | {
        readonly pointer: string;
        readonly passthrough: boolean;
        readonly secretName: string | undefined;
        readonly options: TraefikReference | undefined;
      }
    | undefined;
}

/** Routers of Traefik for packets (`traefikio/v1alpha1/ingressrouteudp.go`). */
export interface IngressRouteUDP extends Resource {
  readonly kind: 'IngressRouteUDP';
  readonly namespace: string;
  readonly className: string | undefined;
  readonly entryPoints: readonly string[];
  readonly routes: readonly { readonly pointer: string; readonly services: readonly StreamBackend[] }[];
}

/** What a MiddlewareTCP does with connections. */
export type MiddlewareTCPAction =
  | { readonly type: 'ipAllowList'; readonly sourceRange: readonly string[] }
  /** More connections at once than it allows are closed. */
  | { readonly type: 'inFlightConn' }
  /** Traefik makes no middleware of it. */
  | { readonly type: 'invalid'; readonly why: string };

/** A middleware for connections (`traefikio/v1alpha1/middlewaretcp.go`). */
export interface MiddlewareTCP extends Resource {
  readonly kind: 'MiddlewareTCP';
  readonly namespace: string;
  readonly action: MiddlewareTCPAction;
}

/** How Traefik speaks with backends of connections (`traefikio/v1alpha1/serverstransporttcp.go`). */
export interface ServersTransportTCP extends Resource {
  readonly kind: 'ServersTransportTCP';
  readonly namespace: string;
  /** `tls.serverName`. */
  readonly serverName: string | undefined;
  /** `tls.certificatesSecrets`. */
  readonly certificatesSecrets: readonly string[];
}
