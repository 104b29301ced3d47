import type { Resource } from './resource.js';

/** The listener, and the protocol, of TLS that is passed through by its name; no object describes it. */
export const PASSTHROUGH = { name: 'tls-passthrough', protocol: 'TLS_PASSTHROUGH' } as const;

/** A port of the controller (`Listener` of nginx/kubernetes-ingress `pkg/apis/configuration/v1/types.go`). */
export interface NginxListener {
  readonly pointer: string;
  readonly name: string;
  readonly port: number;
  readonly protocol: 'TCP' | 'UDP' | 'HTTP' | 'PROXY';
  /** Of protocol HTTP: it takes https. */
  readonly ssl: boolean;
}

/** The ports of the controller beside 80 and 443 (`k8s.nginx.org` GlobalConfiguration). */
export interface GlobalConfiguration extends Resource {
  readonly kind: 'GlobalConfiguration';
  readonly namespace: string;
  /** Without those that the controller refuses. */
  readonly listeners: readonly NginxListener[];
}

/** A Service that gets connections or packets. */
export interface TransportUpstream {
  readonly pointer: string;
  readonly name: string;
  readonly service: string;
  readonly port: number;
  /** The Service that NGINX Plus goes to where none of the endpoints can serve. */
  readonly backup: { readonly service: string; readonly port: number } | undefined;
}

/** Connections or packets of a port, or of a name in TLS that is passed through (`k8s.nginx.org` TransportServer). */
export interface TransportServer extends Resource {
  readonly kind: 'TransportServer';
  readonly namespace: string;
  readonly uid: string | undefined;
  /** Undefined: every controller of its kind reads it. */
  readonly className: string | undefined;
  readonly listener: { readonly name: string; readonly protocol: string };
  /** Lower-case; undefined: whatever name comes. */
  readonly host: string | undefined;
  /** The Secret with whose certificate the controller ends TLS. */
  readonly tlsSecret: string | undefined;
  readonly upstream: TransportUpstream | undefined;
  readonly hasSnippets: boolean;
  /** Why the controller refuses it. */
  readonly fault: string | undefined;
}
