import type { RouteBackend } from '../../route-result.js';
import type { BackendOutcome } from '../backend-outcome.js';
import type { Outcome } from '../dialect.js';
import { backendKey, notFound } from '../outcomes.js';
import type { NginxAnnotations } from './annotations.js';
import { proxySslOf, securedByNginx } from './backend-tls.js';
import { clientHeaders } from './client-check.js';
import type { Context } from './context.js';
import { ownDefaultBackend, serviceInstead } from './default-backends.js';
import { errorPagesOf, pageHeaders } from './error-pages.js';
import { accessOf } from './forwarded-access.js';
import { mirrorOf } from './mirror.js';
import { upstreamBackend } from './nginx-backend.js';
import { refused, sourceOf, unknown } from './nginx-outcomes.js';
import { forwardedUri } from './rewrite.js';
import { escapeUri } from './uri.js';
import { shareRequests, type Shared } from './sharing.js';
import type { Upstream } from './upstreams.js';
import type { Visit } from './visit.js';

/** What a location passes a request on to. */
interface Passed {
  readonly reached: BackendOutcome;
  readonly shared: Shared;
  /** Headers beside those of the request. */
  readonly headers: readonly string[];
  /** Of what nothing could serve: 503, or 502 where the controller has an endpoint that nothing can be sent to. */
  readonly failure?: 502 | 503;
}

/** The backend of a location, its canary, and what is sent to them (rules B10, B19, B22, B23). */
export function proxied(context: Context, visit: Visit): Outcome {
  const { location, request } = visit;
  const { upstream, ingress } = location;
  const source = sourceOf(context.router, location);
  if (upstream?.isDeleted) {
    return refused(source, 503, 'CANARY_ALONE', 'a canary of the same Service found nothing to join, and the controller deleted it: 503');
  }
  const { page } = visit;
  const asked = page === undefined ? request : { ...request, path: escapeUri(page), query: undefined };
  const sent = forwardedUri(context, location, visit.uri, asked, visit.host.name);
  if ('unknown' in sent) return unknown(source, 'REWRITE_UNKNOWN', sent.unknown);
  const passed = upstream && ingress ? passOn(context, visit, upstream) : toOwnDefault(context);
  if (passed === undefined) return notFound(context.router);
  if (passed === 'unsupported')
    return unknown(source, 'PATTERN_UNSUPPORTED', 'the canary is picked by an expression that cannot be evaluated');
  return outcomeOf(context, visit, passed, sent);
}

/** To the Service of the path, or to the one that stands in for it where it has no endpoints. */
function passOn(context: Context, visit: Visit, upstream: Upstream): Passed | 'unsupported' {
  const { rule, ingress, annotations } = visit.location;
  const served = rule?.path === undefined ? 'DEFAULT_BACKEND' : 'ROUTED';
  const own = upstreamBackend(context, upstream, served);
  const failure = (own.backend?.endpoints.length ?? 0) > 0 ? 502 : 503;
  const instead =
    own.verdict === served || failure === 502 || !ingress
      ? undefined
      : serviceInstead(context.model, ingress, annotations?.errorPages.service ?? '');
  const reached = instead ? { ...instead, steps: [...own.steps, ...instead.steps] } : own;
  if (!reached.backend || reached.verdict === 'NO_ENDPOINTS') {
    return { reached, shared: { backends: reached.backend ? [reached.backend] : [], steps: [] }, headers: [], failure };
  }
  const { namespace, service } = reached.backend;
  const name = instead && `custom-default-backend-${namespace}-${service}`;
  const shared = shareRequests(context, visit, upstream, reached.backend, name);
  return shared === 'unsupported' ? shared : { reached, shared, headers: instead ? pageHeaders(context, visit, '503') : [] };
}

function secured(
  context: Context,
  visit: Visit,
  annotations: NginxAnnotations,
  backends: readonly RouteBackend[],
): readonly RouteBackend[] {
  const settings = proxySslOf(context, visit, annotations);
  return backends.map((one) => securedByNginx(one, context.model, annotations, settings, visit.request.scheme));
}

function toOwnDefault(context: Context): Passed | undefined {
  const reached = ownDefaultBackend(context);
  return reached?.backend && { reached, shared: { backends: [reached.backend], steps: [] }, headers: [] };
}

function outcomeOf(
  context: Context,
  visit: Visit,
  { reached, shared, headers, failure }: Passed,
  sent: { readonly uri: string; readonly rewritten: boolean },
): Outcome {
  const { router } = context;
  const { location, request } = visit;
  const { annotations, ingress } = location;
  const source = sourceOf(router, location);
  const prefix = sent.rewritten ? (annotations?.forwardedPrefix ?? '') : '';
  const ofClient = clientHeaders(context, visit.client);
  const replaced = new Set(['host', ...ofClient.map(([name]) => name)]);
  const others = request.headers.filter(([name]) => !replaced.has(name.toLowerCase()));
  const told = ofClient.filter(([, value]) => value !== '');
  const backends = annotations ? secured(context, visit, annotations, shared.backends) : shared.backends;
  const copied = failure ? undefined : mirrorOf(context, visit);
  return {
    router,
    because: null,
    place: ingress && { ingress, pointer: source.pointer },
    served: ingress ? source.served : 'default backend of the controller',
    key: failure ? `${reached.verdict} ${failure}` : `${backends.map((one) => `${backendKey(one)} ${one.share}`).join(' ')} ${sent.uri}`,
    reached: { ...reached, steps: [...reached.steps, ...shared.steps, ...(copied ? [copied.step] : [])] },
    mirrors: copied ? [copied.mirror] : [],
    errorPages: failure ? null : errorPagesOf(context, visit),
    backends,
    status: failure && reached.unspecified.length === 0 ? failure : null,
    forwarded: {
      method: visit.page === undefined || request.method === 'HEAD' ? request.method : 'GET',
      host: annotations?.upstreamVhost || accessOf(context.options, request).host,
      path: sent.uri,
      headers: [
        ...[...others, ...told].map(([name, value]) => `${name}: ${value}`),
        ...(prefix === '' ? [] : [`X-Forwarded-Prefix: ${prefix}`]),
        ...headers,
      ],
    },
    redirect: null,
  };
}
