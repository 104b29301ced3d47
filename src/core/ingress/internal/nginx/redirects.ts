import type { RouteRequest } from '../../route-request.js';
import type { Outcome } from '../dialect.js';
import type { RequestHost } from '../request-host.js';
import type { NginxAnnotations } from './annotations.js';
import type { Context } from './context.js';
import { accessOf } from './forwarded-access.js';
import { redirected, type Source, sourceOf, unknown } from './nginx-outcomes.js';
import { fill, requestUri } from './rewrite.js';
import type { Location, NginxServer } from './servers.js';
import type { Visit } from './visit.js';

/** `temporal-redirect` and `permanent-redirect` (rule B14). */
export function askedRedirect(context: Context, visit: Visit, { redirect }: NginxAnnotations): Outcome | undefined {
  if (!redirect) return undefined;
  const { location, request, host } = visit;
  const source = sourceOf(context.router, location);
  const filled = fill(redirect.url, [], request, host.name, context.options.joinsHeaders);
  if (filled !== undefined) {
    const [target, header] = redirectTarget(context, filled, location, request, host);
    return redirected(source, redirect.code, target, 'REDIRECT_ASKED', `an annotation redirects to \`${redirect.url}\``, header);
  }
  return unknown(
    source,
    'VARIABLE_UNKNOWN',
    `the redirect ${redirect.code} to \`${redirect.url}\` names a variable of nginx whose value is not known`,
  );
}

/** Where a redirect of nginx leads, and its Location header: nginx puts scheme and host before a path unless `absolute_redirect` is off. */
export function redirectTarget(
  { options }: Context,
  target: string,
  { annotations }: Location,
  request: RouteRequest,
  host: RequestHost,
): readonly [target: string, header: string] {
  if (target.startsWith('/')) {
    const absolute = `${request.scheme}://${host.name}${target}`;
    return [absolute, (annotations?.relativeRedirects ?? options.relativeRedirects) ? target : absolute];
  }
  return [target.includes('://') ? target : besidePath(request, host, target), target];
}

/** What a client makes of a Location header that is neither a URL nor a path (RFC 3986 §5.2). */
export function besidePath({ scheme, path }: RouteRequest, { name }: RequestHost, target: string): string {
  return `${scheme}://${name}${path.slice(0, path.lastIndexOf('/') + 1)}${target}`;
}

/** `ssl-redirect` and `force-ssl-redirect` (rule B13; `lua_ingress.lua`). */
export function httpsRedirect(
  { router, certificates, options }: Context,
  { location, request, host }: Visit,
  annotations: NginxAnnotations,
): Outcome | undefined {
  const { scheme, host: asked } = accessOf(options, request);
  if (scheme !== 'http' || options.noTlsRedirect.some((start) => location.path.startsWith(start))) return undefined;
  const isForced = annotations.forceSslRedirect ?? options.forceSslRedirect;
  if (!isForced && !((annotations.sslRedirect ?? options.sslRedirect) && certificates.isConfigured(host.name))) return undefined;
  const uri = requestUri(request);
  const isCut = uri.endsWith('/') && !(annotations.preserveTrailingSlash ?? options.preserveTrailingSlash);
  const port = (annotations.portInRedirects ?? options.portInRedirects) ? ':443' : '';
  const target = `https://${asked.split(':')[0] ?? ''}${port}${isCut ? uri.slice(0, -1) : uri}`;
  const why = isForced
    ? '`force-ssl-redirect` is set'
    : 'a certificate is configured for the host, and `ssl-redirect` is on unless set otherwise';
  return redirected(sourceOf(router, location), options.redirectCode, target, 'HTTPS_REDIRECT', why);
}

/** `ngx_srv_redirect.lua`. */
export function toOtherName({ options }: Context, source: Source, server: NginxServer, request: RouteRequest): Outcome {
  const uri = requestUri(request);
  const { scheme, port } = accessOf(options, request);
  const target = `${scheme}://${server.host}:${port}${uri.endsWith('/') ? uri.slice(0, -1) : uri}`;
  return redirected(source, options.redirectCode, target, 'WWW_REDIRECT', `\`from-to-www-redirect\` sends the name to \`${server.host}\``);
}
