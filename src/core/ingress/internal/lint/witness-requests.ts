import { formatIp } from '../../../net/ip.js';
import type { RuleWitness } from '../../route-lint-result.js';
import type { RouteRequest } from '../../route-request.js';
import { prefixPath } from '../path-rule.js';

/** A label and a path element that nobody else uses. */
const FRESH = 'witness';

/** A name that a host rule covers, and no precise rule of the same class does; for a rule without host one that no rule names. */
export function witnessHost(host: string | undefined, isTaken: (name: string) => boolean): string {
  if (host !== undefined && !host.startsWith('*.')) return host;
  const domain = host === undefined ? 'example.invalid' : host.slice(2);
  for (let number = 0; ; number++) {
    const name = `${FRESH}${number === 0 ? '' : number}.${domain}`;
    if (!isTaken(name)) return name;
  }
}

/** The same, counted once for all rules of a host: very many names may be taken. */
export function witnessHosts(isTaken: (name: string) => boolean): (host: string | undefined) => string {
  const names = new Map<string | undefined, string>();
  return (host) => {
    const name = names.get(host) ?? witnessHost(host, isTaken);
    names.set(host, name);
    return name;
  };
}

/** Paths that a rule matches, the plainest first: its own, and for what is no whole path one below it and one with a slash. */
export function* witnessPaths(path: string, isExact: boolean): Iterable<string> {
  const own = path === '' ? '/' : path;
  const trimmed = isExact ? own : prefixPath(own);
  yield trimmed;
  if (isExact) return;
  if (own !== trimmed) yield own;
  const base = trimmed === '/' ? '' : trimmed;
  yield `${base}/${FRESH}`;
  if (base !== '') yield `${base}/`;
  yield `${base}/${FRESH}/${FRESH}-1`;
}

/** A path as it is sent: what would end it, and what is no visible ASCII, is encoded. */
function sendable(path: string): string {
  const encoded = (text: string) =>
    Array.from(new TextEncoder().encode(text), (byte) => `%${byte.toString(16).toUpperCase().padStart(2, '0')}`);
  // eslint-disable-next-line no-control-regex
  return path.replace(/[?#\u0000-\u0020\u007f-\uffff]+/g, (text) => encoded(text).join(''));
}

/** A GET of a path as a client sends it. */
export function plainRequest(scheme: 'http' | 'https', host: string, path: string): RouteRequest {
  return {
    scheme,
    method: 'GET',
    host,
    path: sendable(path),
    query: undefined,
    headers: [],
    sni: scheme === 'https' ? host : undefined,
    clientAddress: undefined,
  };
}

/** A request or a connection as people write it. */
export function lineOf(request: RouteRequest): RuleWitness {
  const { scheme, method, host, path, query, headers, connection, clientAddress, alpn = [] } = request;
  const url = connection ? connectionUrl(host, connection) : `${scheme}://${host}${path}${query === undefined ? '' : `?${query}`}`;
  const from = clientAddress === undefined ? null : formatIp(clientAddress);
  const lines = headers.map(([name, value]) => `${name}: ${value}`);
  return { method, url, headers: lines, clientAddress: from, alpn, clientCertificate: null };
}

function connectionUrl(host: string, { scheme, port }: NonNullable<RouteRequest['connection']>): string {
  return `${scheme}://${host}${scheme === 'tls' && port === 443 ? '' : `:${port}`}`;
}

/** Characters of a path that are sent as they are (RFC 3986 §3.3), those that people use first. */
export const PATH_CHARACTERS = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ-_/.~!$&'()*+,;=:@";

/** Whether every way to read a path reads the same: no empty element, no dots to resolve, nothing to decode. */
export function isPlainPath(text: string): boolean {
  return text.startsWith('/') && !/\/\/|\/\.{1,2}(\/|$)/.test(text) && Array.from(text).every((one) => PATH_CHARACTERS.includes(one));
}
