import type { GRPCMatch, HTTPMatch, NamedMatch, PathMatch } from '../../../resources/gateway-route.js';

/** What Envoy Gateway compares of matches; the larger number goes first. */
export interface EnvoyRank {
  /** Exact 3, an expression 2, a prefix 1; 0: every path. */
  readonly pathKind: number;
  readonly pathLength: number;
  readonly headers: number;
  readonly exactHeaders: number;
  readonly queryParams: number;
  readonly exactQueryParams: number;
}

const KINDS: Readonly<Record<PathMatch['type'], number>> = { Exact: 3, RegularExpression: 2, PathPrefix: 1 };

/** The numbers of one match (envoyproxy/gateway `internal/gatewayapi/route.go`, `processHTTPRouteRule`: a method is a header `:method`; `processGRPCRouteRule`). */
export function envoyRank(match: HTTPMatch | GRPCMatch): EnvoyRank {
  const isCall = 'service' in match;
  const path = isCall ? pathOfCall(match) : match.path;
  const [methods, suffixes] = isCall ? [0, Number(isMethodAlone(match))] : [match.method === undefined ? 0 : 1, 0];
  const queryParams = isCall ? [] : match.queryParams;
  return {
    pathKind: path ? KINDS[path.type] : 0,
    pathLength: path?.value.length ?? 0,
    headers: match.headers.length + methods + suffixes,
    exactHeaders: exact(match.headers) + methods,
    queryParams: queryParams.length,
    exactQueryParams: exact(queryParams),
  };
}

function exact(matches: readonly NamedMatch[]): number {
  return matches.filter(({ type }) => type === 'Exact').length;
}

type Call = Pick<GRPCMatch, 'type' | 'service' | 'method'>;

/** An exact method without its service is held against the end of the path, as a header (`processGRPCRouteMethodExact`). */
function isMethodAlone({ type, service, method }: Call): boolean {
  return type === 'Exact' && service === undefined && method !== undefined;
}

/** The names that stand for a part of a call that an expression leaves out (`route.go`); `(?i)` goes on to the end. */
const ANY_SERVICE = String.raw`(?i)\.?[a-z_][a-z_0-9]*(\.[a-z_][a-z_0-9]*)*`;
const ANY_METHOD = '[A-Za-z_][A-Za-z_0-9]*';

/** What a match of calls asks of the path; undefined: nothing of it as a whole. */
export function pathOfCall(call: Call): PathMatch | undefined {
  const { type, service, method } = call;
  if (service === undefined && method === undefined) return undefined;
  if (type === 'RegularExpression') return { type, value: `/${service ?? ANY_SERVICE}/${method ?? ANY_METHOD}` };
  if (service === undefined) return undefined;
  return method === undefined ? { type: 'PathPrefix', value: `/${service}` } : { type: 'Exact', value: `/${service}/${method}` };
}
