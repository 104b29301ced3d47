import type { GRPCMatch } from '../../../resources/gateway-route.js';
import type { MatchOutcome, ReadRequest } from './http-match.js';
import { compareNamed, headersOf, invalid } from './http-match.js';

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
  const failed = (reason: string, key: string, own: string, other: string): MatchOutcome => ({
    state: 'no-match',
    reason,
    key,
    own,
    other,
  });
  if (match.fault !== undefined) return invalid(match.fault);
  const [, service, method] = CALL.exec(request.path) ?? [];
  if (!isGRPC(request) || service === undefined || method === undefined) return failed('NOT_GRPC', 'protocol', 'gRPC', 'HTTP');
  const pattern = match.type === 'RegularExpression';
  if (!pattern && match.service !== undefined && match.service !== service)
    return failed('CALL_NO_MATCH', 'service', match.service, service);
  if (!pattern && match.method !== undefined && match.method !== method) return failed('CALL_NO_MATCH', 'method', match.method, method);
  const asked: readonly (string | undefined)[] = [match.service, match.method];
  const open = pattern && asked.some((one) => one !== undefined) ? [asked.map((one) => one ?? '*').join('/')] : [];
  return compareNamed(headersOf(match.headers, request), request.dialect, open);
}
