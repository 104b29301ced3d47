import type { CorsSettings, HeadersAction, SecuritySettings } from '../../../resources/traefik-middleware.js';
import type { ResponseHeaderChange } from '../../route-result.js';
import { findInText } from './go-regexp.js';
import { headerValue, withHeader } from '../header-list.js';
import type { Passage } from './passage.js';
import type { Treated } from './treated.js';
import { type Changed, unsupported } from './treat-path.js';
import { redirectTo } from './treat-redirect.js';

/**
 * `headers` (`pkg/middlewares/headers/headers.go`, `header.go`): a preflight is answered first; then the request's headers are changed; then the checks of security see what has
 * become of it (`secure.go`, unrolled/secure). The answer passes them the other way round, so that what is nearer to the client has the last word.
 */
export function changeHeaders(passage: Passage, action: HeadersAction): Changed {
  const { cors, security } = action;
  if (cors && isPreflight(passage)) return answerPreflight(passage, cors);
  const changed = { ...passage, ...requestHeaders(passage, action) };
  const allowed = cors ? allowedOrigin(cors, headerValue(changed.headers, 'origin') ?? '') : null;
  if (allowed === undefined) return unsupported(cors?.allowOriginExpressions.join(', ') ?? '');
  const outer = [...customChanges(action), ...(cors ? corsChanges(cors, allowed) : []), ...passage.responseHeaders];
  const checked = security && checkSecurity(changed, security);
  if (checked && 'answer' in checked) return { ...checked, responseHeaders: outer };
  const { host, headers } = changed;
  return { host, headers, responseHeaders: [...(checked?.headers ?? []), ...outer], told: 'headers are set' };
}

const change = (name: string, value: string): ResponseHeaderChange =>
  value === '' ? { action: 'remove', name, value: null } : { action: 'set', name, value };

const setting = (name: string, value: string): ResponseHeaderChange => ({ action: 'set', name, value });

function customChanges({ response }: HeadersAction): readonly ResponseHeaderChange[] {
  return Object.entries(response).map(([name, value]) => change(name, value));
}

/** An empty value takes the header out; `Host` is the host that the backend is asked for. */
function requestHeaders({ host, headers }: Passage, { request }: HeadersAction): Pick<Passage, 'host' | 'headers'> {
  let [asked, list] = [host, headers];
  for (const [name, value] of Object.entries(request)) {
    if (name.toLowerCase() === 'host') asked = value === '' ? asked : value;
    else list = withHeader(list, name, value === '' ? undefined : value);
  }
  return { host: asked, headers: list };
}

type Checked =
  { readonly headers: readonly ResponseHeaderChange[] } | { readonly answer: NonNullable<Treated['answer']>; readonly told: string };

/** `processRequest` of unrolled/secure: the host, then TLS, then the headers of the answer. */
function checkSecurity({ scheme, host, path, query, headers }: Passage, security: SecuritySettings): Checked {
  const { allowedHosts, isDevelopment, ssl } = security;
  const proxied = security.hostsProxyHeaders.map((name) => headerValue(headers, name)).find((value) => value !== undefined && value !== '');
  const asked = proxied ?? host;
  const isListed = allowedHosts.some((one) => one.toLowerCase() === asked.toLowerCase());
  if (allowedHosts.length > 0 && !isDevelopment && !isListed) {
    return { answer: { status: 500, redirect: undefined }, told: `500: \`${asked}\` is not among \`allowedHosts\`` };
  }
  const isSecure =
    scheme === 'https' || Object.entries(security.sslProxyHeaders).some(([name, value]) => (headerValue(headers, name) ?? '') === value);
  const target = ssl.host === '' ? asked : ssl.host;
  if ((ssl.redirect && !isSecure && !isDevelopment) || (ssl.forceHost && target !== asked)) {
    const status = ssl.temporary ? 307 : 301;
    const redirect = redirectTo(status, `https://${target}${path}${query === undefined ? '' : `?${query}`}`);
    return { answer: { status, redirect }, told: `${status} to \`${redirect.location}\`` };
  }
  const overTls = (isSecure || security.forceSTSHeader) && !isDevelopment;
  return {
    headers: [
      ...Object.entries(security.headers),
      ...(overTls && security.sts !== '' ? [['Strict-Transport-Security', security.sts] as const] : []),
      ...(isSecure && !isDevelopment && security.publicKey !== '' ? [['Public-Key-Pins', security.publicKey] as const] : []),
    ].map(([name, value]) => setting(name, value)),
  };
}

function isPreflight({ method, headers }: Passage): boolean {
  const asks = headerValue(headers, 'access-control-request-method') ?? '';
  return method === 'OPTIONS' && asks !== '' && (headerValue(headers, 'origin') ?? '') !== '';
}

/** What `Access-Control-Allow-Origin` says (`matchOrigin`); null: nothing, undefined: an expression cannot be evaluated. */
function allowedOrigin(
  { allowOrigins, allowOriginExpressions, allowCredentials }: CorsSettings,
  origin: string,
): string | null | undefined {
  const listed = allowOrigins.find((one) => one === '*' || one === origin);
  if (listed !== undefined) return listed === '*' && allowCredentials ? origin : listed;
  let isOpen = false;
  for (const expression of allowOriginExpressions) {
    const found = findInText(expression, origin);
    if (found === undefined) isOpen = true;
    else if (found !== 'none') return origin;
  }
  return isOpen ? undefined : null;
}

/** `processCorsHeaders`: the answer is 200, whether the origin is allowed or not. Beside credentials `*` is no value that browsers take: what they ask for stands in for it. */
function answerPreflight({ headers, responseHeaders }: Passage, cors: CorsSettings): Changed {
  const origin = allowedOrigin(cors, headerValue(headers, 'origin') ?? '');
  if (origin === undefined) return unsupported(cors.allowOriginExpressions.join(', '));
  const asked = (name: string, list: readonly string[]) =>
    cors.allowCredentials && list.includes('*') ? (headerValue(headers, name) ?? '') : list.join(',');
  const allowedHeaders = asked('access-control-request-headers', cors.allowHeaders);
  const allowedMethods = asked('access-control-request-method', cors.allowMethods);
  const changes = [
    ...(cors.allowCredentials ? [setting('Access-Control-Allow-Credentials', 'true')] : []),
    ...(allowedHeaders === '' ? [] : [setting('Access-Control-Allow-Headers', allowedHeaders)]),
    ...(allowedMethods === '' ? [] : [setting('Access-Control-Allow-Methods', allowedMethods)]),
    ...(origin === null ? [] : [setting('Access-Control-Allow-Origin', origin)]),
    ...(cors.maxAge === undefined ? [] : [setting('Access-Control-Max-Age', String(cors.maxAge))]),
    ...exposed(cors),
  ];
  const told = '200: it answers the preflight of a browser itself';
  return { answer: { status: 200, redirect: undefined }, responseHeaders: [...changes, ...responseHeaders], told };
}

function exposed({ exposeHeaders, allowCredentials }: CorsSettings): readonly ResponseHeaderChange[] {
  if (exposeHeaders.length === 0 || (allowCredentials && exposeHeaders.includes('*'))) return [];
  return [setting('Access-Control-Expose-Headers', exposeHeaders.join(','))];
}

/** `PostRequestModifyResponseHeaders`. */
function corsChanges(cors: CorsSettings, allowed: string | null): readonly ResponseHeaderChange[] {
  return [
    ...(allowed === null ? [] : [setting('Access-Control-Allow-Origin', allowed)]),
    ...(cors.allowCredentials ? [setting('Access-Control-Allow-Credentials', 'true')] : []),
    ...exposed(cors),
    ...(cors.addVaryHeader ? [{ action: 'add', name: 'Vary', value: 'Origin' } as const] : []),
  ];
}
