import type { Note } from '../kernel/answer.js';
import type { DialectName } from './route-request.js';

/** Every verdict; later dialects add theirs. */
export const ROUTE_VERDICT_NAMES = [
  'ROUTED',
  'DEFAULT_BACKEND',
  'NOT_FOUND',
  'NO_ENDPOINTS',
  'SERVICE_MISSING',
  'PORT_MISSING',
  'REDIRECTED',
  'REFUSED',
  'PREFLIGHT',
  'ANSWERED',
  'FILTER_FAILED',
  'TIMED_OUT',
  'BACKEND_FAILED',
  'NO_BACKEND',
  'MISDIRECTED',
  'CONNECTION_REFUSED',
  'UNDEFINED',
] as const;

/** What becomes of a request. */
export type RouteVerdict = (typeof ROUTE_VERDICT_NAMES)[number];

/** The meaning of each verdict. */
export const ROUTE_VERDICTS: Readonly<Record<RouteVerdict, string>> = {
  ROUTED: 'a path of a rule selects a service port that has ready endpoints',
  DEFAULT_BACKEND: 'no path matches; a default backend that has ready endpoints serves the request',
  NOT_FOUND: 'no rule matches and there is no default backend: the controller answers 404',
  NO_ENDPOINTS: 'the selected service port has no ready endpoint',
  SERVICE_MISSING: 'the selected service does not exist',
  PORT_MISSING: 'the selected service has no such port',
  REDIRECTED: 'a filter of the rule, or the controller, sends the client elsewhere',
  REFUSED: 'the controller itself refuses the request: `status` says how',
  PREFLIGHT: 'the gateway or the controller itself answers a CORS preflight',
  ANSWERED: 'the rule tells the gateway or the controller to answer by itself: `status` says how',
  TIMED_OUT: 'the backend takes longer than the timeouts of the rule allow: 504',
  BACKEND_FAILED: 'no attempt reaches the backend, retries included: the gateway answers with an error',
  FILTER_FAILED:
    'a filter of the rule refers to an object that does not exist, or to an auth service that cannot be asked: the gateway answers with an error',
  NO_BACKEND: 'a rule of a Gateway matches, and none of its backends can be used: 500, or the connection is rejected',
  MISDIRECTED: 'the TLS connection was opened for another name, whose listener does not serve the host: 421',
  CONNECTION_REFUSED:
    'no listener takes the connection (nothing is served on the port, or for the name in the TLS hello, or the client is not trusted), or no route of it does',
  UNDEFINED: 'the rules admit more than one outcome (or none they describe): `possibilities` and `unspecified` say which and why',
};

/** One ready endpoint of a backend. */
export interface RouteEndpoint {
  readonly address: string;
  readonly port: number;
  /** `namespace/name` of the pod; null for endpoints that are no pods. */
  readonly pod: string | null;
  readonly node: string | null;
}

/** A service port that gets the request. */
export interface RouteBackend {
  readonly namespace: string;
  readonly service: string;
  readonly port: number;
  readonly portName: string;
  /** Exact part of the requests, 0 … 1; the shares of a decision add up to 1. */
  readonly share: number;
  readonly endpoints: readonly RouteEndpoint[];
  /** Endpoints of this port that are not ready and therefore get nothing. */
  readonly notReady: number;
  /** What this backend receives where filters of its own change it; null: what `forwarded` of the result says. */
  readonly forwarded: ForwardedRequest | null;
  /** What filters of this backend do to its answers, on top of `responseHeaders` of the result. */
  readonly responseHeaders: readonly ResponseHeaderChange[];
  /** What is spoken with this backend, inside TLS or without; null: bytes or packets as they come. */
  readonly protocol: BackendProtocol | null;
  /** How the gateway speaks TLS with this backend; null: it does not. */
  readonly tls: BackendTls | null;
}

/** `H2C`: HTTP/2 without TLS to begin with; `WS`, `WSS`: WebSocket. Named by the Service port (`appProtocol`, KEP-3726), the kind of route, or the controller's own settings. */
export const BACKEND_PROTOCOLS = ['HTTP', 'H2C', 'WS', 'WSS', 'GRPC', 'FCGI'] as const;

/** One of {@link BACKEND_PROTOCOLS}. */
export type BackendProtocol = (typeof BACKEND_PROTOCOLS)[number];

/** TLS on the way to a backend. */
export interface BackendTls {
  /** The name in the TLS hello; null: none. */
  readonly sni: string | null;
  /** `BackendTLSPolicy shop/web`, `ServersTransport shop/web`; null: no object of its own says how, or the client's own TLS is passed through. */
  readonly policy: string | null;
  /** Names of which the backend's certificate has to carry one; empty where the client checks it. */
  readonly names: readonly string[];
  /** `namespace/name` of the Secret with the certificate that a Gateway, or Traefik by its ServersTransport, shows the backend; null: none, or the client's own. */
  readonly clientCertificate: string | null;
}

/** What the backend receives. */
export interface ForwardedRequest {
  readonly method: string;
  readonly host: string;
  /** With the query. */
  readonly path: string;
  /** `name: value`, after every change. */
  readonly headers: readonly string[];
}

/** Where a client is sent. */
export interface RouteRedirect {
  readonly status: number;
  /** The Location header. */
  readonly location: string;
  readonly scheme: string;
  readonly host: string;
  /** Null: the scheme's own, left out. */
  readonly port: number | null;
  /** With the query. */
  readonly path: string;
}

/** A backend and an endpoint that were drawn by lot, by a seed. */
export interface RoutePick {
  readonly seed: string;
  /** At least 0, less than 1: where in the shares, and among the endpoints, the lot fell. */
  readonly draws: { readonly backend: number; readonly endpoint: number };
  /** Null, and `service`, `port` and `endpoint` too: the lot fell to backends that cannot be used. */
  readonly namespace: string | null;
  readonly service: string | null;
  readonly port: number | null;
  /** Null: the backend has no ready endpoint. */
  readonly endpoint: RouteEndpoint | null;
  /** What the client gets instead of an answer of a backend; null: a backend answers, or the rules do not say. */
  readonly status: number | null;
}

/** What is done to a header of the answer on its way to the client. */
export interface ResponseHeaderChange {
  /** `set` replaces, `add` appends a value behind those that are there, `remove` takes the header out. */
  readonly action: 'set' | 'add' | 'remove';
  readonly name: string;
  /** Null for `remove`. */
  readonly value: string | null;
}

/** Who gets a copy of the request; its answer is dropped. */
export interface RouteMirror {
  /** Null, and `service` and `port` too: the URL names no Service that is known. */
  readonly namespace: string | null;
  readonly service: string | null;
  readonly port: number | null;
  /** Part of the requests, 0 to 100. */
  readonly percent: number;
  /** Where `mirror-target` of ingress-nginx sends the copy; variables of nginx whose values are not known stand as written. Null: to the Service, as the request is. */
  readonly url: string | null;
  /** The Host header of the copy; null: that of the request. */
  readonly host: string | null;
  /** Whether the copy has the body of the request. */
  readonly body: boolean;
}

/** Errors whose pages another Service writes (`custom-http-errors` of ingress-nginx, Middlewares `errors` of Traefik). */
export interface RouteErrorPages {
  readonly statuses: readonly number[];
  /** Whether the answers of the backend are replaced too, or those of the controller alone. */
  readonly ofBackend: boolean;
  /** Null, and `service` and `port` too: the controller itself, which answers 404. */
  readonly namespace: string | null;
  readonly service: string | null;
  readonly port: number | null;
  /** Where it is asked for the page; `{status}` stands for the error. */
  readonly path: string;
  /** What it is told beside the request, `name: value`. */
  readonly headers: readonly string[];
}

/** How long a rule of a Gateway lets a request take, and when it is sent again. */
export interface RouteLimits {
  /** Milliseconds for everything, and for one attempt; null: no limit. */
  readonly request: number | null;
  readonly backendRequest: number | null;
  /** Most retries; null: the rule says nothing, or leaves it to the implementation. */
  readonly retries: number | null;
  readonly retriedStatuses: readonly number[];
  /** Attempts that were sent, where the question says how the backend behaves. */
  readonly sent: number | null;
}

/** The certificate presented in the TLS handshake. */
export interface RouteCertificate {
  readonly sni: string | null;
  readonly namespace: string;
  readonly secret: string;
  /** The object that names the Secret: `Ingress shop/web`. */
  readonly object: string;
  /** The `spec.tls` entry. */
  readonly pointer: string;
  /** The entry of `hosts` that covers the name. */
  readonly host: string;
  /** Names in the certificate; null where the stored text cannot be read. */
  readonly names: readonly string[] | null;
  /** Whether one of these names covers the SNI; null where they are unknown. */
  readonly covers: boolean | null;
}

/** How one path (or default backend) fared. `possible`: it may win, the rules do not say. */
export type CandidateOutcome = 'selected' | 'possible' | 'lost' | 'no-match' | 'excluded';

/** One path of an Ingress that the request could have reached, and the first key that decided about it. */
export interface RouteCandidate {
  /** `Ingress shop/web`. */
  readonly object: string;
  readonly pointer: string;
  readonly class: string | null;
  /** Null: a rule for every host. */
  readonly host: string | null;
  /** Null: a rule without paths, or a default backend. */
  readonly path: string | null;
  readonly pathType: string | null;
  /** `service web:http`, `resource StorageBucket/static`. */
  readonly backend: string;
  /** The controlling owner (`Application/shop`), or the label `app.kubernetes.io/managed-by`. */
  readonly owner: string | null;
  readonly createdAt: string | null;
  readonly outcome: CandidateOutcome;
  readonly reason: string;
  /** The key that decided, of an Ingress `class`, `host`, `path`, `host-precedence`, `path-length`, `path-type`, `tie`, of an HTTPRoute also `hostname`, `hostname-length`, `method`, `header(s)`, `exact-headers`, `query`, `exact-query`, `age`, `name`, `rule`; null for the selected one. */
  readonly key: string | null;
  /** This candidate's value of the key. */
  readonly own: string | null;
  /** The winner's value for a key of precedence, the request's for a key of matching. */
  readonly other: string | null;
}

/** One outcome that the rules admit. */
export interface RoutePossibility {
  readonly verdict: RouteVerdict;
  readonly status: number | null;
  readonly backends: readonly RouteBackend[];
  readonly class: string | null;
  /** Object and pointer that lead here; null for a plain 404. */
  readonly object: string | null;
  readonly pointer: string | null;
  readonly why: string;
}

/** Something that nearly matched, and the smallest change that would make it match. */
export interface NearMiss {
  readonly reason: string;
  readonly object: string | null;
  readonly pointer: string | null;
  readonly message: string;
  readonly fix: string;
}

/** What `route` finds out beside the verdict. */
export interface RouteResult {
  readonly dialect: DialectName;
  /** The class that was judged; null when there is none, or several come into question. */
  readonly class: string | null;
  /** `spec.controller` of its IngressClass. */
  readonly controller: string | null;
  /** What the controller itself answers; null when a backend answers (unless the question says what), or the rules do not say. */
  readonly status: number | null;
  /** The code that a client of gRPC sees where the gateway itself answers a call: 12 Unimplemented, 14 Unavailable; always under HTTP 200. */
  readonly grpcStatus: number | null;
  /** `namespace/name` of the Gateway that was judged; null for the Ingress dialects. */
  readonly gateway: string | null;
  /** The listener that takes the request. */
  readonly listener: string | null;
  readonly backends: readonly RouteBackend[];
  /** Part of the requests, 0 … 1, that fall to backends which cannot be used and are answered 500; of connections the part that is closed, and of packets that is dropped. */
  readonly errorShare: number;
  /** One of the backends, and an endpoint of it, where the question has a seed; the shares are exact all the same. */
  readonly pick: RoutePick | null;
  readonly forwarded: ForwardedRequest | null;
  readonly redirect: RouteRedirect | null;
  readonly limits: RouteLimits | null;
  readonly mirrors: readonly RouteMirror[];
  /** Errors whose pages somebody else writes; null: none. */
  readonly errorPages: RouteErrorPages | null;
  readonly responseHeaders: readonly ResponseHeaderChange[];
  readonly certificate: RouteCertificate | null;
  /** Every path of the host, whatever its class, and the default backends that were asked. */
  readonly candidates: readonly RouteCandidate[];
  /** One entry where the rules are clear, several where they are not. */
  readonly possibilities: readonly RoutePossibility[];
  /** What the rules leave open for this request, with the sentence that does. */
  readonly unspecified: readonly Note[];
  readonly nearMisses: readonly NearMiss[];
}
