import type { Ip } from '../net/ip.js';

/** The rules by which one controller turns objects into routing. The specification is the first. */
export const INGRESS_DIALECTS = ['ingress-v1', 'ingress-nginx', 'traefik', 'traefik-strict', 'traefik-ingress-nginx', 'nginx-f5'] as const;

/** Name of a modelled dialect of Ingress. */
export type IngressDialectName = (typeof INGRESS_DIALECTS)[number];

/** The Gateway API by its text, and by implementations where they are known to differ. */
export const GATEWAY_DIALECTS = ['gateway-api', 'traefik-gateway', 'envoy-gateway'] as const;

/** Name of a modelled dialect of the Gateway API. */
export type GatewayDialectName = (typeof GATEWAY_DIALECTS)[number];

/** All of them. */
export const DIALECTS = [...INGRESS_DIALECTS, ...GATEWAY_DIALECTS] as const;

/** Name of a modelled dialect. */
export type DialectName = (typeof DIALECTS)[number];

/** A header as name and value. */
export type Header = readonly [name: string, value: string];

/** What comes of asking who the client is: the answer of the service that is asked, or 200 and anything else for a check of passwords. */
export interface AuthAnswer {
  readonly status: number;
  readonly headers: readonly Header[];
}

/** The certificate that a client presents: the Secret (`namespace/name`) that holds it; undefined: it has none. */
export interface ClientCertificate {
  readonly secret: string | undefined;
}

/** One HTTP request as it arrives at the controller. */
export interface RouteRequest {
  readonly scheme: 'http' | 'https';
  readonly method: string;
  /** The Host header as sent: it may carry a port, upper case, or a final dot; IPv6 literals stand in brackets. */
  readonly host: string;
  /** As on the wire, byte for byte: begins with `/`, without the query. */
  readonly path: string;
  /** Without `?`; undefined when there is none. */
  readonly query: string | undefined;
  readonly headers: readonly Header[];
  /** The name in the TLS hello; undefined = the client sends none. */
  readonly sni: string | undefined;
  /** The protocols that the TLS hello offers (ALPN); undefined: not told. */
  readonly alpn?: readonly string[] | undefined;
  readonly clientAddress: Ip | undefined;
  /** What the client shows of itself in the TLS handshake where it is asked; undefined: not told. */
  readonly clientCertificate?: ClientCertificate | undefined;
  /** A connection of whose content nothing is known stands behind it, and the port that the client connects to. */
  readonly connection?: { readonly scheme: ConnectionRequest['scheme']; readonly port: number } | undefined;
  /** What comes of it wherever a rule asks who the client is; undefined: it is taken to be let in. */
  readonly auth?: AuthAnswer | undefined;
  /** How the backend behaves; undefined: it answers at once. */
  readonly backendBehaviour?: BackendBehaviour | undefined;
}

/** How a backend behaves in a what-if question. */
export interface BackendBehaviour {
  /** So many attempts go wrong, the next one is answered at once. */
  readonly failures: number;
  /** What becomes of such an attempt: a status, or no connection; undefined: it is answered after the delay. */
  readonly failure: number | 'connection' | undefined;
  /** How long such an attempt takes, in milliseconds. */
  readonly delay: number;
}

/** A connection that is not HTTP, or whose content is not known, as it arrives at a Gateway. */
export interface ConnectionRequest {
  readonly scheme: 'tls' | 'tcp' | 'udp';
  /** The name or address that the client connects to. */
  readonly host: string;
  /** The name in the TLS hello; undefined = the client sends none. */
  readonly sni: string | undefined;
  readonly alpn?: readonly string[] | undefined;
  readonly clientAddress?: Ip | undefined;
}

/** A request, and through which class and by whose rules it is to be judged. Undefined = derived from the model. */
export interface RouteQuestion {
  readonly request: RouteRequest;
  readonly class: string | undefined;
  readonly dialect: IngressDialectName | undefined;
}
