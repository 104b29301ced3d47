import type { RuleSyntax } from '../traefik-rule/rule-syntax.js';
import type { HttpCodeRange } from './http-code-range.js';
import type { MiddlewareAction } from './traefik-middleware.js';
import type { Resource } from './resource.js';
import type { IngressRouteTCP, IngressRouteUDP, MiddlewareTCP, ServersTransportTCP } from './traefik-stream.js';
import type { TraefikBackend, TraefikReference } from './traefik-reference.js';

/** The groups in which Traefik's kinds are stored; v3 reads the first alone. */
export const TRAEFIK_VERSIONS = ['traefik.io/v1alpha1', 'traefik.containo.us/v1alpha1'] as const;

/** Priorities that users may set (`+kubebuilder:validation:Maximum` of `traefikio/v1alpha1/ingressroute.go`), as near as numbers tell them. */
export const PRIORITIES = [-(2 ** 63), 2 ** 63 - 1024] as const;

/** `spec.routes[]` of an IngressRoute. */
export interface IngressRouteRule {
  readonly pointer: string;
  readonly match: string;
  /** Undefined: as Traefik is set (`core.defaultRuleSyntax`). */
  readonly syntax: RuleSyntax | undefined;
  /** 0: the length of the rule. */
  readonly priority: number;
  readonly middlewares: readonly TraefikReference[];
  readonly services: readonly TraefikBackend[];
  /** Why Traefik passes over it, whatever its rule says. */
  readonly fault: string | undefined;
}

/** `spec.tls` of an IngressRoute. */
export interface IngressRouteTls {
  readonly pointer: string;
  readonly secretName: string | undefined;
  readonly options: TraefikReference | undefined;
  readonly certResolver: string | undefined;
}

/** Routers of Traefik that serve HTTP (`traefikio/v1alpha1/ingressroute.go`). */
export interface IngressRoute extends Resource {
  readonly kind: 'IngressRoute';
  readonly namespace: string;
  /** `ingressClassName`. */
  readonly className: string | undefined;
  readonly entryPoints: readonly string[];
  readonly routes: readonly IngressRouteRule[];
  /** Undefined: no TLS. */
  readonly tls: IngressRouteTls | undefined;
  /** IngressRoutes in front of it. */
  readonly parentRefs: readonly TraefikReference[];
}

/** A middleware (`traefikio/v1alpha1/middleware.go`). */
export interface Middleware extends Resource {
  readonly kind: 'Middleware';
  readonly namespace: string;
  readonly action: MiddlewareAction;
}

/** A copy of requests. */
export interface TraefikMirror {
  readonly backend: TraefikBackend;
  /** 0 to 100. */
  readonly percent: number;
}

/** What a TraefikService does with requests (`traefikio/v1alpha1/service.go`). */
export type TraefikServiceAction =
  | { readonly type: 'weighted'; readonly services: readonly TraefikBackend[]; readonly sticky: boolean }
  | { readonly type: 'highestRandomWeight'; readonly services: readonly TraefikBackend[] }
  | { readonly type: 'mirroring'; readonly main: TraefikBackend; readonly mirrors: readonly TraefikMirror[] }
  | FailoverAction
  | { readonly type: 'invalid'; readonly why: string };

/** Who gets requests, and who instead of it. */
export interface FailoverAction {
  readonly type: 'failover';
  readonly main: TraefikBackend;
  readonly fallback: TraefikBackend;
  /** Answers of the one that send the request to the other (`errors.status`). */
  readonly statuses: readonly HttpCodeRange[];
}

/** A TraefikService. */
export interface TraefikService extends Resource {
  readonly kind: 'TraefikService';
  readonly namespace: string;
  readonly action: TraefikServiceAction;
}

/** How connections are taken (`traefikio/v1alpha1/tlsoption.go`). */
export interface TLSOption extends Resource {
  readonly kind: 'TLSOption';
  readonly namespace: string;
  /** A connection is refused whose name in the TLS hello no certificate is made out to, or that names none. */
  readonly sniStrict: boolean;
  readonly clientAuth: {
    /** `clientAuthType`; undefined: certificates are asked for where there are authorities. */
    readonly type: string | undefined;
    /** Secrets with the certificates of authorities. */
    readonly secretNames: readonly string[];
  };
}

/** Certificates beside those of routers (`traefikio/v1alpha1/tlsstore.go`); Traefik uses the one that is called `default`. */
export interface TLSStore extends Resource {
  readonly kind: 'TLSStore';
  readonly namespace: string;
  /** The Secret of the certificate for whatever no other one is made out to. */
  readonly defaultCertificate: { readonly pointer: string; readonly secretName: string } | undefined;
  readonly certificates: readonly { readonly pointer: string; readonly secretName: string }[];
}

/** How Traefik speaks with backends (`traefikio/v1alpha1/serverstransport.go`). */
export interface ServersTransport extends Resource {
  readonly kind: 'ServersTransport';
  readonly namespace: string;
  readonly serverName: string | undefined;
  readonly insecureSkipVerify: boolean;
  /** Secrets with the certificates that are shown to backends (`certificatesSecrets`). */
  readonly certificatesSecrets: readonly string[];
}

/** Every kind of Traefik's that is read. */
export type TraefikResource =
  | IngressRoute
  | Middleware
  | TraefikService
  | TLSOption
  | TLSStore
  | ServersTransport
  | IngressRouteTCP
  | IngressRouteUDP
  | MiddlewareTCP
  | ServersTransportTCP;
