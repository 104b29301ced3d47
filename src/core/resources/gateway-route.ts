import type { RouteKind } from './gateway.js';
import type { ObjectReference, ParentReference } from './gateway-reference.js';
import type { StatusedResource } from './resource.js';

/** How a text of a request is compared; undefined for a type that the specification does not name: it matches nothing. */
export type TextMatchType = 'Exact' | 'RegularExpression';

/** A condition on one header or query parameter. */
export interface NamedMatch {
  readonly type: TextMatchType;
  readonly name: string;
  readonly value: string;
}

/** The path condition of an HTTPRoute. */
export interface PathMatch {
  readonly type: 'Exact' | 'PathPrefix' | 'RegularExpression';
  readonly value: string;
}

/** One entry of `rules[].matches[]` of an HTTPRoute: all of it has to hold. */
export interface HTTPMatch {
  readonly pointer: string;
  readonly path: PathMatch;
  readonly headers: readonly NamedMatch[];
  readonly queryParams: readonly NamedMatch[];
  readonly method: string | undefined;
  /** Why it matches nothing; undefined when it can be read. */
  readonly fault: string | undefined;
}

/** One entry of `rules[].matches[]` of a GRPCRoute. */
export interface GRPCMatch {
  readonly pointer: string;
  readonly type: TextMatchType;
  readonly service: string | undefined;
  readonly method: string | undefined;
  readonly headers: readonly NamedMatch[];
  readonly fault: string | undefined;
}

/** What is done to headers, in this order: set, add, remove. */
export interface HeaderModifier {
  readonly set: readonly (readonly [name: string, value: string])[];
  readonly add: readonly (readonly [name: string, value: string])[];
  readonly remove: readonly string[];
}

/** How a path is replaced. */
export type PathModifier =
  { readonly type: 'ReplaceFullPath'; readonly value: string } | { readonly type: 'ReplacePrefixMatch'; readonly value: string };

/** What is done to a request or its answer on the way. */
export type RouteFilter = { readonly pointer: string } & (
  | { readonly type: 'RequestHeaderModifier' | 'ResponseHeaderModifier'; readonly headers: HeaderModifier }
  | {
      readonly type: 'RequestRedirect';
      readonly scheme: string | undefined;
      readonly hostname: string | undefined;
      readonly path: PathModifier | undefined;
      readonly port: number | undefined;
      readonly statusCode: number;
    }
  | { readonly type: 'URLRewrite'; readonly hostname: string | undefined; readonly path: PathModifier | undefined }
  /** `percent` of the requests, 0 to 100. */
  | { readonly type: 'RequestMirror'; readonly backend: BackendReference | undefined; readonly percent: number }
  | {
      readonly type: 'CORS';
      readonly allowOrigins: readonly string[];
      readonly allowCredentials: boolean;
      readonly allowMethods: readonly string[];
      readonly allowHeaders: readonly string[];
      readonly exposeHeaders: readonly string[];
      /** Seconds. */
      readonly maxAge: number;
    }
  /** An auth service that is asked before the request goes on (experimental). */
  | {
      readonly type: 'ExternalAuth';
      readonly backend: BackendReference | undefined;
      /** Headers of its answer that the backend is sent; empty: all but `Host`. */
      readonly responseHeaders: readonly string[];
    }
  /** The gateway answers by itself (GEP-2826, experimental). */
  | { readonly type: 'DirectResponse'; readonly statusCode: number }
  /** A filter of an implementation. */
  | { readonly type: 'ExtensionRef'; readonly reference: ObjectReference }
  /** One that the specification does not name or the API server refuses; `fault` says why. */
  | { readonly type: 'unknown'; readonly name: string; readonly fault: string }
);

/** Where requests are sent. */
export interface BackendReference extends ObjectReference {
  readonly port: number | undefined;
  readonly weight: number;
  readonly filters: readonly RouteFilter[];
}

/** Time limits of a rule in milliseconds; undefined or 0: none. */
export interface RouteTimeouts {
  readonly request: number | undefined;
  readonly backendRequest: number | undefined;
}

/** When a request is sent again (experimental). */
export interface RouteRetry {
  readonly codes: readonly number[];
  /** Undefined: as often as the implementation likes. */
  readonly attempts: number | undefined;
  /** The base interval between attempts, in milliseconds; undefined: as the implementation likes. */
  readonly backoff: number | undefined;
}

/** How the requests of one session are held together (experimental). */
export interface SessionPersistence {
  readonly type: 'Cookie' | 'Header';
  /** Undefined: the implementation chooses one. */
  readonly name: string | undefined;
}

/** One rule of a route; `M` is what its matches look like (TLS, TCP and UDP have none). */
export interface RouteRule<M = never> {
  readonly pointer: string;
  readonly name: string | undefined;
  readonly matches: readonly M[];
  readonly filters: readonly RouteFilter[];
  readonly backends: readonly BackendReference[];
  readonly timeouts: RouteTimeouts;
  readonly retry: RouteRetry | undefined;
  readonly session: SessionPersistence | undefined;
}

interface RouteOf<K extends RouteKind, M> extends StatusedResource {
  readonly kind: K;
  readonly namespace: string;
  readonly parentRefs: readonly ParentReference[];
  /** Whether every default Gateway may take it, too (`useDefaultGateways: All`, experimental). */
  readonly usesDefaultGateways: boolean;
  /** Lower-case; empty: every host of the listener. TCP and UDP routes have none. */
  readonly hostnames: readonly string[];
  readonly rules: readonly RouteRule<M>[];
}

/** `gateway.networking.k8s.io` HTTPRoute. */
export type HTTPRoute = RouteOf<'HTTPRoute', HTTPMatch>;
/** `gateway.networking.k8s.io` GRPCRoute. */
export type GRPCRoute = RouteOf<'GRPCRoute', GRPCMatch>;
/** Routes of connections. */
export type StreamRoute = RouteOf<'TLSRoute', never> | RouteOf<'TCPRoute', never> | RouteOf<'UDPRoute', never>;
/** Any route of the Gateway API. */
export type GatewayRoute = HTTPRoute | GRPCRoute | StreamRoute;
