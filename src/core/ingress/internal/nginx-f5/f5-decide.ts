import { assertNever } from '../../../kernel/assert-never.js';
import type { NetworkModel } from '../../../model/network-model.js';
import type { IngressBackend } from '../../../resources/ingress.js';
import type { VirtualServer } from '../../../resources/virtual-server.js';
import type { RouteRequest } from '../../route-request.js';
import type { ClassRouter, Outcome } from '../dialect.js';
import { chooseLocation, type LocationChoice } from '../nginx/location-choice.js';
import { redirected, refused, sourceOf, unknown } from '../nginx/nginx-outcomes.js';
import { matchPattern } from '../nginx/patterns.js';
import { type ForwardedUri, requestUri, rewrittenUri } from '../nginx/rewrite.js';
import type { Location } from '../nginx/servers.js';
import { bytesOf, escapeUri, normaliseUri } from '../nginx/uri.js';
import { notFound } from '../outcomes.js';
import type { RoutingObject } from '../path-rule.js';
import type { RequestHost } from '../request-host.js';
import { f5Annotations } from './f5-annotations.js';
import { passedOn, type Taken } from './f5-proxy.js';
import type { F5Server } from './f5-servers.js';
import { decideVirtual } from './virtual-decide.js';

/** What becomes of a request, and the location that took it. */
export interface F5Decision {
  readonly outcome: Outcome;
  readonly location: Location | undefined;
}

/** The way of a request through a server of the controller: https, location, backend. */
export function decideF5(router: ClassRouter, model: NetworkModel, server: F5Server, request: RouteRequest, host: RequestHost): F5Decision {
  const { owner } = server;
  const whole = { router, ingress: owner, pointer: '/spec/rules', served: `host ${server.host}` };
  const ended = (outcome: Outcome, location?: Location): F5Decision => ({ outcome, location });
  const uri = normaliseUri(request.path);
  if (uri === undefined) return ended(refused(whole, 400, 'PATH_LEAVES_ROOT', `nginx answers 400: \`${request.path}\` leaves the root`));
  if (request.scheme === 'https' && !server.endsTls) return ended(notFound(router));
  const before = beforeLocations(router, server, request, host, uri);
  if (before) return ended(before);
  const chosen = choose(server, uri);
  switch (chosen.type) {
    case 'none':
      return ended(notFound(router));
    case 'unsupported': {
      const message = `the path \`${chosen.location.path}\` is an expression that cannot be evaluated`;
      return ended(unknown(sourceOf(router, chosen.location), 'PATTERN_UNSUPPORTED', message), chosen.location);
    }
    case 'slash': {
      const query = request.query === undefined ? '' : `?${request.query}`;
      const target = `${request.scheme}://${host.name}${chosen.location.path}${query}`;
      const message = `only \`${chosen.location.path}\` exists: nginx redirects to it`;
      return ended(redirected(sourceOf(router, chosen.location), 301, target, 'SLASH_ADDED', message), chosen.location);
    }
    case 'location':
      return ended(taken(router, model, server, chosen.location, { request, uri, hostName: host.name }), chosen.location);
    default:
      return assertNever(chosen);
  }
}

/** What the server answers by itself, in the order of its configuration (`internal/configs/version1/nginx.ingress.tmpl`). */
function beforeLocations(
  router: ClassRouter,
  server: F5Server,
  request: RouteRequest,
  host: RequestHost,
  uri: string,
): Outcome | undefined {
  const { owner } = server;
  if (owner.kind === 'VirtualServer') return beforeRoutes(router, owner, request, host);
  const { sslRedirect, redirectToHttps, redirectCode, serverSnippets, appRoot } = f5Annotations(owner);
  const whole = { router, ingress: owner, pointer: '/metadata/annotations', served: `host ${server.host}` };
  if (request.scheme === 'http' && server.endsTls && sslRedirect) {
    const target = `https://${host.name}:443${requestUri(request)}`;
    const why = 'the host has TLS, and the controller redirects to it unless `ssl-redirect` is off';
    return redirected({ ...whole, pointer: '/spec/tls' }, redirectCode, target, 'HTTPS_REDIRECT', why);
  }
  if (redirectToHttps && request.headers.some(([name, value]) => name.toLowerCase() === 'x-forwarded-proto' && value === 'http')) {
    const why = '`redirect-to-https`: the client came to the proxy before nginx by http';
    return redirected(whole, redirectCode, `https://${host.name}${requestUri(request)}`, 'HTTPS_REDIRECT', why);
  }
  if (serverSnippets) return unknown(whole, 'SNIPPET_NOT_EVALUATED', '`nginx.org/server-snippets` is not evaluated');
  if (appRoot === undefined || uri !== '/') return undefined;
  return redirected(whole, 302, `${request.scheme}://${request.host}${appRoot}`, 'APP_ROOT', '`app-root` sends `/` there');
}

/** The same of a VirtualServer (`internal/configs/version2/nginx.virtualserver.tmpl`). */
function beforeRoutes(router: ClassRouter, owner: VirtualServer, request: RouteRequest, host: RequestHost): Outcome | undefined {
  const whole = { router, ingress: owner, pointer: owner.tls?.pointer ?? '/spec', served: `host ${owner.host}` };
  if (owner.hasListener)
    return unknown(
      { ...whole, pointer: '/spec/listener' },
      'NOT_EVALUATED',
      'it has a `listener` of its own, whose ports are not evaluated',
    );
  const redirect = owner.tls?.redirect;
  const isPlain =
    redirect?.basedOn === 'x-forwarded-proto'
      ? request.headers.some(([name, value]) => name.toLowerCase() === 'x-forwarded-proto' && value === 'http')
      : request.scheme === 'http';
  if (redirect && isPlain) {
    const why = `\`tls.redirect\`, by ${redirect.basedOn}`;
    return redirected(whole, redirect.code, `https://${host.name}${requestUri(request)}`, 'HTTPS_REDIRECT', why);
  }
  return owner.hasSnippets
    ? unknown({ ...whole, pointer: '/spec' }, 'SNIPPET_NOT_EVALUATED', '`server-snippets` is not evaluated')
    : undefined;
}

/** What the location makes of the request that it takes. */
function taken(router: ClassRouter, model: NetworkModel, server: F5Server, location: Location, request: Taken): Outcome {
  const place = server.places.get(location);
  return place ? decideVirtual(router, model, place, location, request) : proxied(router, model, server, location, request);
}

/** nginx tries `=` locations, then expressions in their order, then the longest prefix (`ngx_http_core_find_location`). */
function choose(server: F5Server, uri: string): LocationChoice {
  const plain = chooseLocation(server, uri);
  if (plain.type === 'slash' || (plain.type === 'location' && plain.location.exact)) return plain;
  for (const { location, ignoreCase, expression } of server.patterns) {
    const match = matchPattern(expression, uri, ignoreCase);
    if (match === 'unsupported') return { type: 'unsupported', location };
    if (match !== 'no-match') return { type: 'location', location };
  }
  return plain;
}

function proxied(router: ClassRouter, model: NetworkModel, { owner }: F5Server, location: Location, taken: Taken): Outcome {
  const { upstream, rule } = location;
  if (!upstream || !rule) return notFound(router);
  const { ingress, backend } = upstream;
  const source = sourceOf(router, location);
  // Those of a master hold for its minions, too (`minionInheritanceList`).
  if (f5Annotations(ingress).locationSnippets || f5Annotations(owner).locationSnippets)
    return unknown(source, 'SNIPPET_NOT_EVALUATED', '`nginx.org/location-snippets` is not evaluated');
  const sent = forwardedPath(location, ingress, backend, taken);
  if ('unknown' in sent) return unknown(source, 'REWRITE_UNKNOWN', sent.unknown);
  const served = rule.path === undefined ? 'DEFAULT_BACKEND' : 'ROUTED';
  return passedOn(router, model, source, { ingress, backend, served }, taken.request, sent.uri);
}

/** `rewrite pattern target break;` with the path as the expression (`makeRewritePattern`), or `proxy_pass http://upstream/rewrite`, where the path of the location gives way to the rewrite. */
function forwardedPath(
  location: Location,
  ingress: RoutingObject,
  backend: IngressBackend,
  { request, uri, hostName }: Taken,
): ForwardedUri {
  const { rewriteTarget, rewrites, pathRegex } = f5Annotations(ingress);
  if (rewriteTarget !== undefined) {
    const isAnchored = pathRegex === 'case_sensitive' || pathRegex === 'case_insensitive';
    const pattern = isAnchored ? `^${location.path}` : location.path;
    return rewrittenUri({ pattern, ignoreCase: pathRegex === 'case_insensitive', target: rewriteTarget }, uri, request, hostName);
  }
  const rewrite = backend.type === 'service' ? rewrites.get(backend.name) : undefined;
  if (rewrite === undefined) return { uri: requestUri(request), rewritten: false };
  const query = request.query === undefined ? '' : `?${request.query}`;
  return { uri: `${escapeUri(`${rewrite}${uri.slice(bytesOf(location.path).length)}`)}${query}`, rewritten: true };
}
