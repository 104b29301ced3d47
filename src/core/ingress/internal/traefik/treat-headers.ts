import type { CorsSettings, HeadersAction } from '../../../resources/traefik-middleware.js';
import type { ResponseHeaderChange } from '../../route-result.js';
import { findInText } from './go-regexp.js';
import { headerValue, type Passage, withHeader } from './passage.js';
import { type Changed, unsupported } from './treat-path.js';

/** `headers` (`pkg/middlewares/headers/headers.go`): the checks of security, then a preflight, then the request's headers and the answer's. */
export function changeHeaders(passage: Passage, action: HeadersAction): Changed {
  const { allowedHosts, cors, security } = action;
  if (allowedHosts.length > 0 && !allowedHosts.some((one) => one.toLowerCase() === passage.host.toLowerCase())) {
    return { answer: { status: 500, redirect: undefined }, told: `500: \`${passage.host}\` is not among \`allowedHosts\`` };
  }
  const origin = headerValue(passage.headers, 'origin');
  const allowed = cors && origin !== undefined ? allowedOrigin(cors, origin) : null;
  if (allowed === undefined) return unsupported(cors?.allowOriginExpressions.join(', ') ?? '');
  if (cors && isPreflight(passage)) return answerPreflight(passage, cors, allowed);
  const secured = Object.entries(security).filter(([name]) => name !== 'Strict-Transport-Security' || passage.scheme === 'https');
  const changes = [
    ...secured.map(([name, value]) => change(name, value)),
    ...customChanges(action),
    ...(cors ? corsChanges(cors, allowed) : []),
  ];
  return { ...requestHeaders(passage, action), responseHeaders: [...passage.responseHeaders, ...changes], told: 'headers are set' };
}

const change = (name: string, value: string): ResponseHeaderChange =>
  value === '' ? { action: 'remove', name, value: null } : { action: 'set', name, value };

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

function isPreflight({ method, headers }: Passage): boolean {
  const asks = headerValue(headers, 'access-control-request-method') ?? '';
  return method === 'OPTIONS' && asks !== '' && (headerValue(headers, 'origin') ?? '') !== '';
}

/** What `Access-Control-Allow-Origin` says (`isOriginAllowed`); null: nothing, undefined: an expression cannot be evaluated. */
function allowedOrigin({ allowOrigins, allowOriginExpressions }: CorsSettings, origin: string): string | null | undefined {
  const listed = allowOrigins.find((one) => one === '*' || one === origin);
  if (listed !== undefined) return listed;
  let isOpen = false;
  for (const expression of allowOriginExpressions) {
    const found = findInText(expression, origin);
    if (found === undefined) isOpen = true;
    else if (found !== 'none') return origin;
  }
  return isOpen ? undefined : null;
}

/** `processCorsHeaders`: the answer is 200, whether the origin is allowed or not. */
function answerPreflight({ responseHeaders }: Passage, cors: CorsSettings, allowed: string | null): Changed {
  const [headers, methods] = [cors.allowHeaders.join(','), cors.allowMethods.join(',')];
  const changes = [
    ...(cors.allowCredentials ? [change('Access-Control-Allow-Credentials', 'true')] : []),
    ...(headers === '' ? [] : [change('Access-Control-Allow-Headers', headers)]),
    ...(methods === '' ? [] : [change('Access-Control-Allow-Methods', methods)]),
    ...(allowed === null ? [] : [change('Access-Control-Allow-Origin', allowed)]),
    change('Access-Control-Max-Age', String(cors.maxAge)),
  ];
  const told = '200: it answers the preflight of a browser itself';
  return { answer: { status: 200, redirect: undefined }, responseHeaders: [...responseHeaders, ...changes], told };
}

/** `PostRequestModifyResponseHeaders`. */
function corsChanges(cors: CorsSettings, allowed: string | null): readonly ResponseHeaderChange[] {
  return [
    ...(allowed === null ? [] : [change('Access-Control-Allow-Origin', allowed)]),
    ...(cors.allowCredentials ? [change('Access-Control-Allow-Credentials', 'true')] : []),
    ...(cors.exposeHeaders.length === 0 ? [] : [change('Access-Control-Expose-Headers', cors.exposeHeaders.join(','))]),
    ...(cors.addVaryHeader ? [{ action: 'add', name: 'Vary', value: 'Origin' } as const] : []),
  ];
}
