import type { Note } from '../../../kernel/answer.js';
import type { GRPCMatch } from '../../../resources/gateway-route.js';
import type { MatchOutcome, ReadRequest } from './http-match.js';
import { compareNamed, headersOf, invalid, openPattern } from './http-match.js';

/** Codes of gRPC (grpc/grpc `doc/statuscodes.md`) that a gateway answers by itself, always under HTTP 200. */
export const UNIMPLEMENTED = 12;
export const UNAVAILABLE = 14;

const CALL = /^\/([^/]+)\/([^/]+)$/;

/** Whether a request is a call of gRPC (grpc/grpc `doc/PROTOCOL-HTTP2.md`, "Requests"). */
export function isGRPC({ method, headers }: Pick<ReadRequest, 'method' | 'headers'>): boolean {
  return method === 'POST' && headers.get('content-type')?.startsWith('application/grpc') === true;
}

/** Compares a call, `POST /service/method`, with a match of a GRPCRoute: service, method and headers have to hold (`apis/v1/grpcroute_types.go`, `GRPCRouteMatch`). */
export function matchGRPC(match: GRPCMatch, request: ReadRequest): MatchOutcome {
  if (match.fault !== undefined) return invalid(match.fault);
  const [, service, method] = CALL.exec(request.path) ?? [];
  if (!isGRPC(request) || service === undefined || method === undefined) return failed('NOT_GRPC', 'protocol', 'gRPC', 'HTTP');
  const call = compareCall(match, request, service, method);
  if ('state' in call) return call;
  return compareNamed(headersOf(match.headers, request), request.dialect, call.open);
}

/** What of a call is left open, or why it does not match. */
function compareCall(
  match: GRPCMatch,
  { dialect, path }: ReadRequest,
  service: string,
  method: string,
): MatchOutcome | { readonly open: readonly Note[] } {
  if (dialect.wholeCall) {
    const fits = dialect.wholeCall(match, path);
    const asked = `${match.service ?? '*'}/${match.method ?? '*'}`;
    return fits === false
      ? failed('CALL_NO_MATCH', 'call', asked, `${service}/${method}`)
      : { open: fits === 'open' ? [openPattern(asked)] : [] };
  }
  const open: Note[] = [];
  for (const [key, own, other] of [
    ['service', match.service, service],
    ['method', match.method, method],
  ] as const) {
    if (own === undefined) continue;
    const fits = match.type === 'Exact' ? own === other : dialect.pattern(own, other);
    if (fits === false) return failed('CALL_NO_MATCH', key, match.type === 'Exact' ? own : `${own} (pattern)`, other);
    if (fits === 'open') open.push(openPattern(`${key} ${own}`));
  }
  return { open };
}

function failed(reason: string, key: string, own: string, other: string): MatchOutcome {
  return { state: 'no-match', reason, key, own, other };
}
