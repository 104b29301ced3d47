import type { RouteFilter } from '../../../resources/gateway-route.js';
import type { ReadRequest } from './http-match.js';

type Cors = Extract<RouteFilter, { type: 'CORS' }>;
type Header = readonly [name: string, value: string];

/** Whether a request is the question of a browser before the real one (fetch standard, "CORS-preflight request"). */
export function isPreflight({ method, headers }: ReadRequest): boolean {
  return method === 'OPTIONS' && headers.has('origin') && headers.has('access-control-request-method');
}

/** The headers a CORS filter adds to an answer, none where the origin is not allowed (rule G33; `apis/v1/httproute_types.go`, `HTTPCORSFilter`). */
export function corsHeaders(filter: Cors, request: ReadRequest): readonly Header[] {
  const origin = request.headers.get('origin');
  if (origin === undefined || !filter.allowOrigins.some((allowed) => originAllowed(allowed, origin))) return [];
  const anybody = filter.allowOrigins.includes('*') && !filter.allowCredentials;
  const always: readonly Header[] = [
    ['access-control-allow-origin', anybody ? '*' : origin],
    ...(filter.allowCredentials ? [['access-control-allow-credentials', 'true'] as const] : []),
    ...listed('access-control-expose-headers', exposed(filter)),
  ];
  if (!isPreflight(request)) return always;
  return [
    ...always,
    ...asked(
      'access-control-allow-methods',
      filter.allowMethods,
      filter.allowCredentials,
      request.headers.get('access-control-request-method'),
    ),
    ...asked(
      'access-control-allow-headers',
      filter.allowHeaders,
      filter.allowCredentials,
      request.headers.get('access-control-request-headers'),
    ),
    ['access-control-max-age', String(filter.maxAge)],
  ];
}

/** With credentials a `*` "cannot" be used: it would mean a header of that name. */
function exposed({ exposeHeaders, allowCredentials }: Cors): readonly string[] {
  return allowCredentials ? exposeHeaders.filter((name) => name !== '*') : exposeHeaders;
}

function listed(name: string, values: readonly string[]): readonly Header[] {
  return values.length === 0 ? [] : [[name, values.join(', ')]];
}

/** A `*` means nothing to a browser that sends credentials: what it asks for is repeated instead. */
function asked(name: string, allowed: readonly string[], credentials: boolean, request: string | undefined): readonly Header[] {
  if (!allowed.includes('*') || !credentials) return listed(name, allowed);
  return request === undefined ? [] : [[name, request]];
}

/** Equal, `*`, or a wildcard host for any number of labels: `https://*.bar.com`; a port that is left out is the scheme's own, beside a wildcard, too. */
function originAllowed(allowed: string, origin: string): boolean {
  if (allowed === '*' || allowed.toLowerCase() === origin.toLowerCase()) return true;
  const [own, given] = [readOrigin(allowed), readOrigin(origin)];
  return (
    own !== undefined && given !== undefined && own.scheme === given.scheme && own.port === given.port && hostFits(own.host, given.host)
  );
}

function hostFits(allowed: string, host: string): boolean {
  const star = allowed.indexOf('*');
  if (star < 0) return allowed === host;
  const [before, after] = [allowed.slice(0, star), allowed.slice(star + 1)];
  return host.length > before.length + after.length && host.startsWith(before) && host.endsWith(after);
}

const ORIGIN = /^([a-z][a-z0-9+.-]*):\/\/(\[[^\]]*\]|[^:/?#]*)(?::(\d+))?$/;
const OWN_PORT: ReadonlyMap<string, string> = new Map([
  ['http', '80'],
  ['https', '443'],
]);

function readOrigin(text: string): { readonly scheme: string; readonly host: string; readonly port: string | undefined } | undefined {
  const [, scheme = '', host = '', port] = ORIGIN.exec(text.toLowerCase()) ?? [];
  return scheme === '' ? undefined : { scheme, host, port: port ?? OWN_PORT.get(scheme) };
}
