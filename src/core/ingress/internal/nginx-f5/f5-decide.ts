import { assertNever } from '../../../kernel/assert-never.js';
import type { NetworkModel } from '../../../model/network-model.js';
import type { IngressBackend } from '../../../resources/ingress.js';
import type { RouteRequest } from '../../route-request.js';
import { type BackendOutcome, backendOutcome } from '../backend-outcome.js';
import type { ClassRouter, Outcome } from '../dialect.js';
import { chooseLocation, type LocationChoice } from '../nginx/location-choice.js';
import { redirected, refused, sourceOf, unknown } from '../nginx/nginx-outcomes.js';
import { matchPattern } from '../nginx/patterns.js';
import { type ForwardedUri, requestUri, rewrittenUri } from '../nginx/rewrite.js';
import type { Location } from '../nginx/servers.js';
import { bytesOf, escapeUri, normaliseUri } from '../nginx/uri.js';
import { backendKey, notFound } from '../outcomes.js';
import type { RoutingObject } from '../path-rule.js';
import type { RequestHost } from '../request-host.js';
import { f5Annotations } from './f5-annotations.js';
import type { F5Server } from './f5-servers.js';

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
  if (request.scheme === 'https' && !server.tls) return ended(notFound(router));
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
      return ended(proxied(router, model, server, chosen.location, { request, uri, hostName: host.name }), chosen.location);
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
  const { sslRedirect, redirectToHttps, redirectCode, serverSnippets, appRoot } = f5Annotations(owner);
  const whole = { router, ingress: owner, pointer: '/metadata/annotations', served: `host ${server.host}` };
  if (request.scheme === 'http' && server.tls && sslRedirect) {
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

/** nginx tries `=` locations, then expressions in their order, then the longest prefix (`ngx_http_core_find_location`). */
function choose(server: F5Server, uri: string): LocationChoice {
  const plain = chooseLocation(server, uri);
  if (plain.type === 'slash' || (plain.type === 'location' && plain.location.exact)) return plain;
  for (const { location, ignoreCase } of server.patterns) {
    const match = matchPattern(`^${location.text}`, uri, ignoreCase);
    if (match === 'unsupported') return { type: 'unsupported', location };
    if (match !== 'no-match') return { type: 'location', location };
  }
  return plain;
}

/** A request as a location gets it: `uri` is the path that nginx compares. */
interface Taken {
  readonly request: RouteRequest;
  readonly uri: string;
  readonly hostName: string;
}

function proxied(router: ClassRouter, model: NetworkModel, { owner }: F5Server, location: Location, taken: Taken): Outcome {
  const { request } = taken;
  const { upstream, rule } = location;
  if (!upstream || !rule) return notFound(router);
  const { ingress, backend } = upstream;
  const source = sourceOf(router, location);
  // Those of a master hold for its minions, too (`minionInheritanceList`).
  if (f5Annotations(ingress).locationSnippets || f5Annotations(owner).locationSnippets)
    return unknown(source, 'SNIPPET_NOT_EVALUATED', '`nginx.org/location-snippets` is not evaluated');
  const served = rule.path === undefined ? 'DEFAULT_BACKEND' : 'ROUTED';
  const reached = withStatus(backendOutcome(model, ingress, backend, served));
  const sent = forwardedPath(location, ingress, backend, taken);
  if ('unknown' in sent) return unknown(source, 'REWRITE_UNKNOWN', sent.unknown);
  const path = sent.uri;
  const fails = reached.verdict !== served;
  const others = request.headers.filter(([name]) => name.toLowerCase() !== 'host').map(([name, value]) => `${name}: ${value}`);
  const backends = reached.backend ? [reached.backend] : [];
  return {
    router,
    because: null,
    place: { ingress, pointer: source.pointer },
    served: source.served,
    key: fails ? `${reached.verdict} 502` : `${backends.map(backendKey).join(' ')} ${path}`,
    reached,
    backends,
    status: FAILED.includes(reached.verdict) ? 502 : null,
    forwarded: { method: request.method, host: request.host, path, headers: others },
    redirect: null,
  };
}

/** What the controller answers with 502: an upstream without servers gets one that always fails. */
const FAILED: readonly BackendOutcome['verdict'][] = ['NO_ENDPOINTS', 'SERVICE_MISSING', 'PORT_MISSING'];

function withStatus(reached: BackendOutcome): BackendOutcome {
  return { ...reached, unspecified: reached.unspecified.filter(({ code }) => code !== 'STATUS_UNSPECIFIED') };
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
