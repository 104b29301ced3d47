import type { RouteRequest } from '../../route-request.js';
import type { Context } from './context.js';
import { headerVariable } from './heard-request.js';
import { matchPattern } from './patterns.js';
import type { Location } from './servers.js';
import { bytesOf, escapeUri } from './uri.js';

/** The path and query as the client sent them. */
export function requestUri({ path, query }: RouteRequest): string {
  return query === undefined ? path : `${path}?${query}`;
}

/** Values of nginx's variables that are known of a request; undefined: not known. */
function variable(name: string, request: RouteRequest, hostName: string, joinsHeaders: boolean): string | undefined {
  switch (name) {
    case 'request_uri':
      return requestUri(request);
    case 'host':
      return hostName;
    case 'http_host':
      return request.host;
    case 'scheme':
      return request.scheme;
    case 'args':
    case 'query_string':
      return request.query ?? '';
    default:
      return name.startsWith('http_') ? (headerVariable(name.slice('http_'.length), request, joinsHeaders) ?? '') : undefined;
  }
}

/** Fills a text of nginx's configuration; undefined where it names a variable that is not known. An nginx before 1.23 does not join headers of one name. */
export function fill(
  text: string,
  groups: readonly string[],
  request: RouteRequest,
  hostName: string,
  joinsHeaders = true,
): string | undefined {
  let known = true;
  const filled = text.replace(/\$(?:(\d)|(\w+)|\{(\w+)\})/g, (_, digit: string | undefined, name?: string, braced?: string) => {
    if (digit !== undefined) return groups[Number(digit)] ?? '';
    const value = variable(name ?? braced ?? '', request, hostName, joinsHeaders);
    if (value === undefined) known = false;
    return value ?? '';
  });
  return known ? filled : undefined;
}

/** What is sent on: the request's own URI, a rewritten one, or one that is not known. */
export type ForwardedUri = { readonly uri: string; readonly rewritten: boolean } | { readonly unknown: string };

/** What a location of ingress-nginx sends on (rule B10). */
export function forwardedUri(
  { options }: Context,
  { annotations, path }: Location,
  uri: string,
  request: RouteRequest,
  hostName: string,
): ForwardedUri {
  const target = annotations?.rewriteTarget ?? '';
  if (target === '' || target === path) return { uri: requestUri(request), rewritten: false };
  return rewrittenUri({ pattern: path, ignoreCase: true, target }, uri, request, hostName, options.joinsHeaders);
}

/** `rewrite "pattern" target break;` */
export interface Rewrite {
  readonly pattern: string;
  readonly ignoreCase: boolean;
  readonly target: string;
}

/** What a rewrite makes of a request (nginx `ngx_http_rewrite_module`): one that does not match changes nothing. */
export function rewrittenUri(
  { pattern, ignoreCase, target }: Rewrite,
  uri: string,
  request: RouteRequest,
  hostName: string,
  joinsHeaders = true,
): ForwardedUri {
  const match = matchPattern(bytesOf(pattern), uri, ignoreCase);
  if (match === 'unsupported') return { unknown: `the expression \`${pattern}\` cannot be evaluated` };
  if (match === 'no-match') return { uri: requestUri(request), rewritten: false };
  if (/^(?:https?:\/\/|\$scheme)/.test(target)) return { unknown: `the rewrite target \`${target}\` is a redirect` };
  const filled = fill(bytesOf(target), match, request, hostName, joinsHeaders);
  if (filled === undefined) return { unknown: `the rewrite target \`${target}\` names a variable of nginx whose value is not known` };
  const at = filled.indexOf('?');
  const newPath = escapeUri(at < 0 ? filled : filled.slice(0, at));
  if (newPath === '') return { unknown: `the rewrite target \`${target}\` makes an empty path, which nginx refuses` };
  const own = at < 0 ? '' : filled.slice(at + 1);
  const dropsQuery = at >= 0 && own === '';
  const query = [own, dropsQuery ? '' : (request.query ?? '')].filter((part) => part !== '').join('&');
  return { uri: query === '' ? newPath : `${newPath}?${query}`, rewritten: true };
}
