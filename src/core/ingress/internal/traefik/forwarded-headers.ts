import { formatIp } from '../../../net/ip.js';
import type { Header, RouteRequest } from '../../route-request.js';
import { headerValue, withHeader } from '../header-list.js';
import { isListed } from '../nginx/source-range.js';

/** Whom an entry point believes about the proxies that a request came through (`entryPoints.*.forwardedHeaders`). */
export interface Trust {
  readonly insecure: boolean;
  readonly trustedIPs: readonly string[];
}

/** `XHeadersSet` of `pkg/middlewares/forwardedheaders/forwarded_header.go`. */
const MANAGED: ReadonlySet<string> = new Set([
  ...['proto', 'scheme', 'for', 'host', 'port', 'server', 'uri', 'method', 'prefix', 'tls-client-cert', 'tls-client-cert-info'].map(
    (name) => `x-forwarded-${name}`,
  ),
  'x-scheme',
  'x-real-ip',
]);

/** Go keeps `_` in names of headers, and so a `_` counts as `-` (`isManagedXHeader`). */
function isManaged([name]: Header): boolean {
  return MANAGED.has(name.toLowerCase().replaceAll('_', '-'));
}

/** Whether an entry point believes what a request says of proxies; undefined: its client is not told. A request that says nothing is believed. */
export function isBelieved({ insecure, trustedIPs }: Trust, { headers, clientAddress }: RouteRequest): boolean | undefined {
  if (insecure || !headers.some(isManaged)) return true;
  if (trustedIPs.length === 0) return false;
  return clientAddress && isListed(trustedIPs, clientAddress);
}

/** A request without what it says of proxies. */
export function disbelieved(request: RouteRequest): RouteRequest {
  return { ...request, headers: request.headers.filter((header) => !isManaged(header)) };
}

/** The headers that rules and middlewares see: an entry point adds what nobody told (`rewrite`), but for the name of the machine it runs on. */
export function completedHeaders({ scheme, host, headers, clientAddress }: RouteRequest): readonly Header[] {
  const addresses = headers.filter(([name]) => name.toLowerCase() === 'x-forwarded-for').map(([, value]) => value);
  const proto = headerValue(headers, 'X-Forwarded-Proto') || protocolOf(scheme, headers);
  const own: readonly (readonly [string, string | undefined])[] = [
    ['X-Forwarded-Proto', proto],
    ['X-Forwarded-Port', portOf(host, proto === 'https' || proto === 'wss' || scheme === 'https')],
    ['X-Forwarded-Host', host || undefined],
    ['X-Real-Ip', clientAddress && formatIp(clientAddress)],
  ];
  const added = own.flatMap(([name, value]) => (value === undefined || headerValue(headers, name) ? [] : [[name, value] as const]));
  const joined = addresses.length < 2 ? headers : withHeader(headers, 'X-Forwarded-For', addresses.join(', '));
  return added.reduce((list, [name, value]) => withHeader(list, name, value), joined);
}

function protocolOf(scheme: RouteRequest['scheme'], headers: readonly Header[]): string {
  const isAsked = (name: string, word: string) =>
    (headerValue(headers, name) ?? '').split(',').some((part) => part.trim().toLowerCase() === word);
  const isWebSocket = isAsked('Connection', 'upgrade') && isAsked('Upgrade', 'websocket');
  return isWebSocket ? (scheme === 'https' ? 'wss' : 'ws') : scheme;
}

function portOf(host: string, isSecure: boolean): string {
  return /:(\d+)$/.exec(host)?.[1] ?? (isSecure ? '443' : '80');
}
