import { assertNever } from '../../../kernel/assert-never.js';
import type { NetworkModel } from '../../../model/network-model.js';
import type { RouteRequest } from '../../route-request.js';
import { type BackendOutcome, backendOutcome } from '../backend-outcome.js';
import type { ClassRouter, Outcome } from '../dialect.js';
import { chooseLocation, type LocationChoice } from '../nginx/location-choice.js';
import { redirected, refused, sourceOf, unknown } from '../nginx/nginx-outcomes.js';
import { matchPattern } from '../nginx/patterns.js';
import { requestUri } from '../nginx/rewrite.js';
import type { Location } from '../nginx/servers.js';
import { bytesOf, escapeUri, normaliseUri } from '../nginx/uri.js';
import { backendKey, notFound } from '../outcomes.js';
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
  const { sslRedirect, redirectCode, notEvaluated } = f5Annotations(owner);
  const whole = { router, ingress: owner, pointer: '/spec/rules', served: `host ${server.host}` };
  const ended = (outcome: Outcome, location?: Location): F5Decision => ({ outcome, location });
  const uri = normaliseUri(request.path);
  if (uri === undefined) return ended(refused(whole, 400, 'PATH_LEAVES_ROOT', `nginx answers 400: \`${request.path}\` leaves the root`));
  if (request.scheme === 'https' && !server.tls) return ended(notFound(router));
  if (notEvaluated.length > 0) {
    return ended(unknown(whole, 'SNIPPET_NOT_EVALUATED', `\`${notEvaluated.join('`, `')}\` is not evaluated`));
  }
  if (request.scheme === 'http' && server.tls && sslRedirect) {
    const target = `https://${host.name}:443${requestUri(request)}`;
    const why = 'the host has TLS, and the controller redirects to it unless `ssl-redirect` is off';
    return ended(redirected({ ...whole, pointer: '/spec/tls' }, redirectCode, target, 'HTTPS_REDIRECT', why));
  }
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
      return ended(proxied(router, model, chosen.location, uri, request), chosen.location);
    default:
      return assertNever(chosen);
  }
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

function proxied(router: ClassRouter, model: NetworkModel, location: Location, uri: string, request: RouteRequest): Outcome {
  const { upstream, rule } = location;
  if (!upstream || !rule) return notFound(router);
  const { ingress, backend } = upstream;
  const source = sourceOf(router, location);
  const served = rule.path === undefined ? 'DEFAULT_BACKEND' : 'ROUTED';
  const reached = withStatus(backendOutcome(model, ingress, backend, served));
  const rewrite = backend.type === 'service' && 'rules' in ingress ? f5Annotations(ingress).rewrites.get(backend.name) : undefined;
  const path = forwardedPath(rewrite, location, uri, request);
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

/** `proxy_pass http://upstream/rewrite`: the path of the location gives way to the rewrite (nginx `ngx_http_proxy_module`). */
function forwardedPath(rewrite: string | undefined, { path }: Location, uri: string, request: RouteRequest): string {
  if (rewrite === undefined) return requestUri(request);
  const query = request.query === undefined ? '' : `?${request.query}`;
  return `${escapeUri(`${rewrite}${uri.slice(bytesOf(path).length)}`)}${query}`;
}
