import type { GRPCMatch, HTTPMatch, NamedMatch } from '../../../resources/gateway-route.js';
import type { RouteRequest } from '../../route-request.js';
import { plainRequest, witnessPaths } from './witness-requests.js';

/** Requests that a match of an HTTPRoute admits and that ask for nothing beside, the plainest first. */
export function requestsForHTTP(match: HTTPMatch, scheme: 'http' | 'https', host: string): readonly RouteRequest[] {
  const { path, method = 'GET', headers, queryParams } = match;
  const query = queryParams.map(({ name, value }) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`).join('&');
  return [...witnessPaths(path.value, path.type !== 'PathPrefix')].map((text) => ({
    ...plainRequest(scheme, host, text),
    method,
    headers: headersOf(headers),
    query: query === '' ? undefined : query,
  }));
}

/** A call that a match of a GRPCRoute admits. */
export function requestsForGRPC({ service, method, headers }: GRPCMatch, scheme: 'http' | 'https', host: string): readonly RouteRequest[] {
  const path = `/${service ?? 'portolan.Witness'}/${method ?? 'Call'}`;
  const type = ['content-type', 'application/grpc'] as const;
  return [{ ...plainRequest(scheme, host, path), method: 'POST', headers: [type, ...headersOf(headers)] }];
}

const headersOf = (matches: readonly NamedMatch[]) => matches.map(({ name, value }) => [name, value] as const);
