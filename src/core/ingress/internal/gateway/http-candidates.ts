import type { GRPCMatch, GRPCRoute, HTTPMatch, HTTPRoute, PathMatch, RouteRule } from '../../../resources/gateway-route.js';
import { matchGRPC } from './grpc-match.js';
import { bestCovering } from './hostnames.js';
import type { AttachedRoute } from './attachments.js';
import type { GatewayState } from './gateway-state.js';
import { matchHTTP, type MatchOutcome, type ReadRequest } from './http-match.js';
import type { JudgedListener } from './listener-status.js';
import { routesByHost } from './routes-by-host.js';

/** What precedence and the filters see of an entry of `matches[]`, of HTTP and of gRPC. */
export interface ReadMatch {
  readonly pointer: string;
  /** `PathPrefix /foo`, `Exact shop.Cart/Add`. */
  readonly type: string;
  readonly value: string;
  /** Of an HTTPRoute. */
  readonly path: PathMatch | undefined;
  readonly method: string | undefined;
  /** Characters of the service and of the method of a call. */
  readonly call: readonly [service: number, method: number];
  readonly headers: number;
  readonly queryParams: number;
  /** The entry as it stands. */
  readonly source: HTTPMatch | GRPCMatch;
}

/** One entry of `matches[]` of a rule of an attached route, and how the request fares with it. */
export interface HTTPCandidate {
  readonly route: HTTPRoute | GRPCRoute;
  readonly rule: Omit<RouteRule<unknown>, 'matches'>;
  readonly ruleIndex: number;
  readonly match: ReadMatch;
  readonly matchIndex: number;
  /** The hostname under which the route is reached, its intersection with the listener's; undefined: every host. */
  readonly hostname: string | undefined;
  /** The same as the route writes it. */
  readonly written: string | undefined;
  /** Characters of the longest hostname of the route on the listener, whatever the host that is asked for. */
  readonly longest: number;
  readonly outcome: MatchOutcome;
}

/** Every match of every HTTPRoute and GRPCRoute on a listener that is reached under the host, in the order of the routes. */
export function httpCandidates(
  state: GatewayState,
  listener: JudgedListener,
  host: string,
  request: ReadRequest,
): readonly HTTPCandidate[] {
  const candidates: HTTPCandidate[] = [];
  for (const { route, here } of routesByHost(state, listener, host)) {
    if (route.kind === 'HTTPRoute') candidates.push(...candidatesOf(route, here, host, readHTTP, (match) => matchHTTP(match, request)));
    else candidates.push(...candidatesOf(route, here, host, readGRPC, (match) => matchGRPC(match, request)));
  }
  return candidates;
}

function candidatesOf<M>(
  route: (HTTPRoute | GRPCRoute) & { readonly rules: readonly RouteRule<M>[] },
  { hostnames }: AttachedRoute,
  host: string,
  read: (match: M) => ReadMatch,
  compare: (match: M) => MatchOutcome,
): readonly HTTPCandidate[] {
  const hostname = bestCovering(hostnames, host);
  if (hostname === null) return [];
  const written = bestCovering(route.hostnames, host) ?? hostname;
  const longest = hostnames.reduce((most, one) => Math.max(most, one?.length ?? 0), 0);
  return route.rules.flatMap((rule, ruleIndex) =>
    rule.matches.map((match, matchIndex): HTTPCandidate => {
      return { route, rule, ruleIndex, match: read(match), matchIndex, hostname, written, longest, outcome: compare(match) };
    }),
  );
}

function readHTTP(source: HTTPMatch): ReadMatch {
  const { pointer, path, method, headers, queryParams } = source;
  return { pointer, ...path, path, method, call: [0, 0], headers: headers.length, queryParams: queryParams.length, source };
}

function readGRPC(source: GRPCMatch): ReadMatch {
  const { pointer, type, service, method, headers } = source;
  const value = `${service ?? '*'}/${method ?? '*'}`;
  const call = [service?.length ?? 0, method?.length ?? 0] as const;
  return { pointer, type, value, path: undefined, method: undefined, call, headers: headers.length, queryParams: 0, source };
}
