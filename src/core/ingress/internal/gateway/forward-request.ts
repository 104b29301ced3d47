import type { HeaderModifier, PathMatch, PathModifier, RouteFilter } from '../../../resources/gateway-route.js';
import { prefixPath } from '../path-rule.js';
import type { RouteRequest } from '../../route-request.js';
import type { RouteRedirect } from '../../route-result.js';

type Header = readonly [name: string, value: string];

/** Headers after a modifier: set, then add (a value behind those that are there), then remove (rule G31). */
function modifyHeaders(headers: readonly Header[], { set, add, remove }: HeaderModifier): readonly Header[] {
  let changed = headers;
  for (const [name, value] of set) changed = [...changed.filter((one) => !isNamed(one, name)), [name, value]];
  for (const [name, value] of add) {
    const there = changed.find((one) => isNamed(one, name));
    changed = there ? changed.map((one): Header => (one === there ? [one[0], `${one[1]},${value}`] : one)) : [...changed, [name, value]];
  }
  return changed.filter((one) => !remove.some((name) => isNamed(one, name)));
}

function isNamed([name]: Header, other: string): boolean {
  return name.toLowerCase() === other.toLowerCase();
}

/** A path after a modifier; a prefix is replaced only where the rule matched by one (rule G30; `apis/v1/httproute_types.go`, `HTTPPathModifier`). */
function modifyPath(path: string, modifier: PathModifier | undefined, by: PathMatch | undefined): string {
  if (!modifier) return path;
  if (modifier.type === 'ReplaceFullPath') return modifier.value;
  if (by?.type !== 'PathPrefix') return path;
  const matched = prefixPath(by.value);
  const rest = matched === '/' ? path : path.slice(matched.length);
  const start = modifier.value.endsWith('/') && rest.startsWith('/') ? modifier.value.slice(0, -1) : modifier.value;
  const whole = `${start}${rest}`;
  return whole.startsWith('/') ? whole : `/${whole}`;
}

/** What the backend receives after the filters of the rule. */
export function forwardRequest(request: RouteRequest, filters: readonly RouteFilter[], by: PathMatch | undefined) {
  let { host, path } = request;
  let headers: readonly Header[] = request.headers.filter(([name]) => name.toLowerCase() !== 'host');
  for (const filter of filters) {
    if (filter.type === 'RequestHeaderModifier') headers = modifyHeaders(headers, filter.headers);
    if (filter.type !== 'URLRewrite') continue;
    host = filter.hostname ?? host;
    path = modifyPath(path, filter.path, by);
  }
  const query = request.query === undefined ? '' : `?${request.query}`;
  return { method: request.method, host, path: `${path}${query}`, headers: headers.map(([name, value]) => `${name}: ${value}`) };
}

const OWN_PORT: Readonly<Record<string, number>> = { http: 80, https: 443 };

/** Where a redirect sends the client (rule G29): a port is told unless it is the scheme's own. */
export function redirectOf(
  request: RouteRequest,
  filter: Extract<RouteFilter, { type: 'RequestRedirect' }>,
  listenerPort: number,
  by: PathMatch | undefined,
): RouteRedirect {
  const scheme = filter.scheme ?? request.scheme;
  const hostname = filter.hostname ?? request.host.replace(/:\d*$/, '');
  const port = filter.port ?? (filter.scheme === undefined ? listenerPort : OWN_PORT[scheme]);
  const told = port === undefined || port === OWN_PORT[scheme] ? null : port;
  const query = request.query === undefined ? '' : `?${request.query}`;
  const path = `${modifyPath(request.path, filter.path, by)}${query}`;
  const location = `${scheme}://${hostname}${told === null ? '' : `:${told}`}${path}`;
  return { status: filter.statusCode, location, scheme, host: hostname, port: told, path };
}
