import type { NginxNeed, NginxPolicyReference } from './nginx-policy.js';
import type { Labels, Resource } from './resource.js';

/** A Service by a name that actions use (`Upstream` of nginx/kubernetes-ingress `pkg/apis/configuration/v1/types.go`). */
export interface VirtualUpstream {
  readonly pointer: string;
  readonly name: string;
  /** Undefined: that of the object. */
  readonly namespace: string | undefined;
  readonly service: string;
  readonly port: number;
  /** Where there are any, endpoints whose pods have these labels alone are used (`subselector`). */
  readonly labels: Labels;
  /** The endpoints are spoken to by TLS. */
  readonly tls: boolean;
  readonly isGrpc: boolean;
  /** The largest body that nginx takes; undefined: that of the controller (`client-max-body-size`). */
  readonly maxBodySize: string | undefined;
  /** The Service that NGINX Plus goes to where none of the endpoints can serve. */
  readonly backup: { readonly service: string; readonly port: number } | undefined;
}

/** What becomes of a request. */
export type VirtualAction = { readonly pointer: string } & (
  | {
      readonly type: 'pass';
      readonly upstream: string;
      readonly rewritePath: string | undefined;
      /** Headers that are set; `$` names a variable of nginx. */
      readonly setHeaders: readonly (readonly [name: string, value: string])[];
      /** Whether the client's own headers go on. */
      readonly passHeaders: boolean;
      /** Headers that are added to the answer, to those of an error only where they are to be `always`; and those that are taken out of the backend's. */
      readonly addedHeaders: readonly { readonly name: string; readonly value: string; readonly always: boolean }[];
      readonly hiddenHeaders: readonly string[];
    }
  | { readonly type: 'redirect'; readonly url: string; readonly code: number }
  | { readonly type: 'return'; readonly code: number; readonly headers: readonly (readonly [name: string, value: string])[] }
  | { readonly type: 'invalid'; readonly why: string }
);

/** An action with its part of the requests, in per cent. */
export interface VirtualSplit {
  readonly weight: number;
  readonly action: VirtualAction;
}

/** What is compared: of an absent one the empty text. */
export interface VirtualCondition {
  readonly pointer: string;
  readonly of: 'header' | 'cookie' | 'argument' | 'variable';
  readonly name: string;
  readonly value: string;
}

/** Where all conditions hold, these take the place of what the route does. */
export interface VirtualMatch {
  readonly pointer: string;
  readonly conditions: readonly VirtualCondition[];
  readonly splits: readonly VirtualSplit[];
}

/** What takes the place of errors, those of nginx itself included (`ErrorPage`). */
export interface VirtualErrorPage {
  readonly pointer: string;
  readonly codes: readonly number[];
  /** Undefined: the error keeps its own. */
  readonly status: number | undefined;
  /** Where clients are sent; undefined: a text is answered. */
  readonly url: string | undefined;
  readonly headers: readonly (readonly [name: string, value: string])[];
}

/** `spec.routes[]` of a VirtualServer, `spec.subroutes[]` of a VirtualServerRoute. */
export interface VirtualRoute {
  readonly pointer: string;
  /** `/prefix`, `^~ /prefix`, `=/exact`, `~ expression`, `~* expression`. */
  readonly path: string;
  /** `namespace/name` of the VirtualServerRoute that the path is handed to. */
  readonly route: string | undefined;
  /** Labels of VirtualServerRoutes that the path is handed to. */
  readonly selector: Readonly<Record<string, string>> | undefined;
  /** One with 100 for a single action; empty where the path is handed on. */
  readonly splits: readonly VirtualSplit[];
  readonly matches: readonly VirtualMatch[];
  readonly policies: readonly NginxPolicyReference[];
  readonly hasSnippets: boolean;
  readonly errorPages: readonly VirtualErrorPage[];
}

/** `spec.tls` of a VirtualServer. */
export interface VirtualTls {
  readonly pointer: string;
  readonly secret: string | undefined;
  /** Undefined: clients may stay with http. */
  readonly redirect: { readonly code: number; readonly basedOn: 'scheme' | 'x-forwarded-proto' } | undefined;
}

/** A host with its paths (`k8s.nginx.org` VirtualServer). */
export interface VirtualServer extends Resource {
  readonly kind: 'VirtualServer';
  readonly namespace: string;
  readonly uid: string | undefined;
  /** Undefined: every controller of its kind reads it. */
  readonly className: string | undefined;
  /** Lower-case. */
  readonly host: string;
  readonly tls: VirtualTls | undefined;
  readonly upstreams: readonly VirtualUpstream[];
  readonly routes: readonly VirtualRoute[];
  readonly policies: readonly NginxPolicyReference[];
  readonly hasSnippets: boolean;
  readonly needs: readonly NginxNeed[];
  /** Names of listeners of the GlobalConfiguration; undefined: it listens where every host does. */
  readonly listener: { readonly pointer: string; readonly http: string | undefined; readonly https: string | undefined } | undefined;
  /** Why the controller refuses it. */
  readonly fault: string | undefined;
}

/** Paths of a host that a VirtualServer hands on (`k8s.nginx.org` VirtualServerRoute). */
export interface VirtualServerRoute extends Resource {
  readonly kind: 'VirtualServerRoute';
  readonly namespace: string;
  readonly className: string | undefined;
  readonly host: string;
  readonly upstreams: readonly VirtualUpstream[];
  readonly routes: readonly VirtualRoute[];
  readonly needs: readonly NginxNeed[];
  readonly fault: string | undefined;
}
