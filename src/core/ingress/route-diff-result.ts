import type { RequestLine } from './route-lint-result.js';
import type { DialectName, GatewayDialectName, IngressDialectName } from './route-request.js';
import type { RouteVerdict } from './route-result.js';

/** The meaning of each verdict. */
export const ROUTE_DIFF_VERDICTS = {
  EQUIVALENT: 'every kind of request that a rule of either side tells apart was tried, and both sides answer alike',
  DIFFERENT: 'there are requests that the sides answer differently: the witnesses',
  UNKNOWN: 'no request was found that the sides answer differently, and `doubts` says what was not tried or is left open',
} as const;

/** Whether two sides route alike. */
export type RouteDiffVerdict = keyof typeof ROUTE_DIFF_VERDICTS;

/** Why a step of the evidence stands there. */
export const ROUTE_DIFF_REASONS = {
  SIDE: 'one of the two sides, and by whose rules it routes',
  REQUESTS_TRIED: 'how many requests were routed by both sides',
  DIFFERENCE: 'requests that the sides answer differently, by the same two rules',
  DECIDED_BY: 'what decided about the first of these requests on one side, and the rule that it goes by',
} as const;

/** In what two answers to one request can differ, the gravest first. */
export const ROUTE_ASPECTS = [
  'status',
  'redirect',
  'backend',
  'path',
  'host',
  'requestHeaders',
  'responseHeaders',
  'mirrors',
  'errorPages',
  'limits',
  'conditions',
  'certificate',
  'transportSecurity',
  'unserved',
] as const;

/**
 * `status`: who answers, a backend or the controller itself and with which status; `conditions`: what the client has to pass, such as a login; `unserved`: whether what no rule
 * of either side takes is answered 404 or has no connection.
 */
export type RouteAspect = (typeof ROUTE_ASPECTS)[number];

/** What is not compared unless a question says so, for it is a habit of a controller that no rule asks for and would make every two controllers differ; and how it is told. */
export const UNUSUAL_ASPECTS: readonly { readonly aspect: RouteAspect; readonly code: string; readonly what: string }[] = [
  { aspect: 'transportSecurity', code: 'TRANSPORT_SECURITY_DIFFERS', what: 'differ in `Strict-Transport-Security`' },
  {
    aspect: 'unserved',
    code: 'UNSERVED_DIFFERS',
    what: 'are served by no rule of either side, and get 404 of one and no connection of the other',
  },
];

/** What is compared unless a question says otherwise. */
export const USUAL_ASPECTS: readonly RouteAspect[] = ROUTE_ASPECTS.filter((one) => UNUSUAL_ASPECTS.every(({ aspect }) => aspect !== one));

/** Why no difference is no proof. */
export const ROUTE_DIFF_DOUBTS = {
  OUTCOME_OPEN: 'one side leaves open what becomes of a request',
  EXPRESSIONS_SAMPLED: 'of a regular expression only some texts are tried',
  CONDITIONS_SAMPLED: 'not all combinations of methods, headers, parameters and addresses are tried',
  REQUESTS_LIMITED: 'there are more requests to try than the question allows',
  NOT_SERVED: 'nobody serves a Gateway, for its class does not exist, so that there is nothing to compare',
  NOT_MODELLED: 'something that is not modelled may change an answer',
  LIMITS_NOT_COMPARED:
    'one side has limits of rates, connections or sizes, or acts on some requests, as the other does not, and what comes of that is not compared',
  CLIENTS_NOT_COMPARED: 'both sides ask who the client is, in different words, and whom they let in is not compared',
} as const;

/** A code of {@link ROUTE_DIFF_DOUBTS}. */
export type RouteDiffDoubt = keyof typeof ROUTE_DIFF_DOUBTS;

/** One side: a class (undefined: derived for each request) or a Gateway, and by whose rules it routes. */
export type RouteSide =
  | { readonly by: 'ingress'; readonly class: string | undefined; readonly dialect: IngressDialectName | undefined }
  | { readonly by: 'gateway'; readonly gateway: string; readonly dialect: GatewayDialectName | undefined };

/** What is compared, and how much is tried and told. */
export interface RouteDiffQuestion {
  readonly a: RouteSide;
  readonly b: RouteSide;
  /** The cluster that B is in, where it is another than A's. */
  readonly cluster: string | undefined;
  /** The revision that B is of, where it is another than A's. */
  readonly revision: number | undefined;
  /** Only requests for this host. */
  readonly host: string | undefined;
  readonly scheme: 'http' | 'https' | undefined;
  /** Whether paths are tried, too, that controllers read in several ways, and headers and parameters that are sent twice. */
  readonly unusual: boolean;
  /** Only differences in these; undefined: in the usual ones. */
  readonly aspects: readonly RouteAspect[] | undefined;
  /** How many requests are tried. */
  readonly requests: number;
  /** How many groups of differences are told. */
  readonly limit: number;
  /** How many requests of each. */
  readonly witnesses: number;
}

/** What one side makes of a request, as far as it is compared. */
export interface SideAnswer {
  readonly verdict: RouteVerdict;
  readonly status: number | null;
  /** `shop/web:80`, with its part where several share the requests. */
  readonly backends: readonly string[];
  /** What the backends receive: the path with the query. */
  readonly path: string | null;
  readonly host: string | null;
  readonly requestHeaders: readonly string[];
  /** `set name: value`. */
  readonly responseHeaders: readonly string[];
  /** The value of `Strict-Transport-Security`, which does not stand among the others; null: none. */
  readonly transportSecurity: string | null;
  /** `301 https://shop.example/`. */
  readonly redirect: string | null;
  readonly mirrors: readonly string[];
  /** Errors of the backend whose pages somebody else writes, and who: `404,503 shop/errors:80`; null: none. */
  readonly errorPages: string | null;
  /** Timeouts and retries of a Gateway; null where nothing tells. */
  readonly limits: string | null;
  /** The Secret, `shop/tls`; null: none that an object names. */
  readonly certificate: string | null;
  /** What is taken to be passed. */
  readonly conditions: readonly string[];
  /** The rule that decided, `Ingress shop/web`; null where no object did. */
  readonly object: string | null;
  readonly pointer: string | null;
}

/** A request or a connection, routed by both sides: what is told of it has the names that the question `route` has for it. */
export interface RouteWitness extends RequestLine {
  /** The name in the TLS hello where it is not that of the URL; empty: the client says none. */
  readonly sni: string | null;
  /** The protocols that the TLS hello offers; empty: they do not matter. */
  readonly alpn: readonly string[];
  /** Empty: the client shows no certificate; null: it shows one that is taken wherever one is asked for. */
  readonly clientCertificate: string | null;
  /** What comes of it where a rule asks who the client is; null: it is let in. */
  readonly authStatus: number | null;
  readonly a: SideAnswer;
  readonly b: SideAnswer;
}

/** Requests that differ in the same aspects and are decided by the same two rules. */
export interface RouteDifference {
  readonly aspects: readonly RouteAspect[];
  /** How many of the requests that were tried. */
  readonly requests: number;
  readonly a: { readonly object: string | null; readonly pointer: string | null };
  readonly b: { readonly object: string | null; readonly pointer: string | null };
  readonly witnesses: readonly RouteWitness[];
}

/** A side as it was understood. */
export interface ComparedSide {
  /** Null: that of the answer. */
  readonly cluster: string | null;
  readonly revision: number | null;
  readonly class: string | null;
  readonly gateway: string | null;
  /** Several where a side has several classes. */
  readonly dialects: readonly DialectName[];
  readonly rules: number;
}

/** What `route-diff` finds out beside the verdict. */
export interface RouteDiffResult {
  readonly a: ComparedSide;
  readonly b: ComparedSide;
  /** `same` and `different` and `open` add up to `tried`. */
  readonly requests: { readonly tried: number; readonly same: number; readonly different: number; readonly open: number };
  /** How many requests differ in an aspect; one may differ in several. */
  readonly counts: readonly { readonly aspect: RouteAspect; readonly requests: number }[];
  readonly differences: readonly RouteDifference[];
  /** How many groups `limit` left out. */
  readonly omitted: number;
  /** Why no difference would be no proof, each with how often. */
  readonly doubts: readonly { readonly code: RouteDiffDoubt; readonly count: number; readonly message: string }[];
  /** Requests whose answer one side leaves open, the first few. */
  readonly openRequests: readonly RouteWitness[];
}
