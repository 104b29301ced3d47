import type { NetworkModel } from '../../../model/network-model.js';
import type { RouteRequest } from '../../route-request.js';
import type { RouteBackend } from '../../route-result.js';
import type { BackendOutcome } from '../backend-outcome.js';
import type { Outcome } from '../dialect.js';
import { backendKey, notFound } from '../outcomes.js';
import type { RequestHost } from '../request-host.js';
import { securedByNginx } from './backend-tls.js';
import { canaryShare } from './canary.js';
import type { Context } from './context.js';
import { nginxBackend } from './nginx-backend.js';
import { refused, sourceOf, unknown } from './nginx-outcomes.js';
import { forwardedUri } from './rewrite.js';
import type { Location } from './servers.js';
import type { Upstream } from './upstreams.js';

/** The backend of a location, its canary, and what is sent to them (rules B10, B19, B22, B23). */
export function proxied({ model, router }: Context, location: Location, uri: string, request: RouteRequest, host: RequestHost): Outcome {
  const { upstream, annotations, ingress } = location;
  if (!upstream || !ingress) return notFound(router);
  const source = sourceOf(router, location);
  const served = location.rule?.path === undefined ? 'DEFAULT_BACKEND' : 'ROUTED';
  if (upstream.isDeleted) {
    return refused(source, 503, 'CANARY_ALONE', 'a canary of the same Service found nothing to join, and the controller deleted it: 503');
  }
  const reached = replaced(model, location, nginxBackend(model, upstream.ingress, upstream.backend, served), served);
  const sent = forwardedUri(location, uri, request, host.name);
  if ('unknown' in sent) return unknown(source, 'REWRITE_UNKNOWN', sent.unknown);
  const fails = reached.verdict !== served;
  const shared = fails ? [] : shares(model, upstream, request, reached);
  if (shared === 'unsupported')
    return unknown(source, 'PATTERN_UNSUPPORTED', 'the canary is picked by an expression that cannot be evaluated');
  const prefix = annotations?.forwardedPrefix ?? '';
  const others = request.headers.filter(([name]) => name.toLowerCase() !== 'host').map(([name, value]) => `${name}: ${value}`);
  const headers = sent.rewritten && prefix !== '' ? [...others, `X-Forwarded-Prefix: ${prefix}`] : others;
  const vhost = annotations?.upstreamVhost ?? '';
  const sentTo = fails ? (reached.backend ? [reached.backend] : []) : shared;
  const backends = annotations ? sentTo.map((one) => securedByNginx(one, model, annotations, request.scheme)) : sentTo;
  return {
    router,
    because: null,
    place: { ingress, pointer: source.pointer },
    served: source.served,
    key: fails ? `${reached.verdict} 503` : `${backends.map((one) => `${backendKey(one)} ${one.share}`).join(' ')} ${sent.uri}`,
    reached,
    backends,
    status: fails && reached.unspecified.length === 0 ? 503 : null,
    forwarded: { method: request.method, host: vhost === '' ? request.host : vhost, path: sent.uri, headers },
    redirect: null,
  };
}

/** `default-backend` stands in for a backend without endpoints, where it has some of its own. */
function replaced(
  model: NetworkModel,
  { ingress, annotations }: Location,
  reached: BackendOutcome,
  served: 'ROUTED' | 'DEFAULT_BACKEND',
): BackendOutcome {
  const name = annotations?.defaultBackend ?? '';
  if (!ingress || name === '' || reached.verdict === served) return reached;
  const port = model.services.get(`${ingress.namespace}/${name}`)?.resource.ports[0]?.port;
  if (port === undefined) return reached;
  const pointer = '/metadata/annotations/nginx.ingress.kubernetes.io~1default-backend';
  const instead = nginxBackend(model, ingress, { type: 'service', name, port, pointer }, 'DEFAULT_BACKEND');
  return instead.verdict === 'DEFAULT_BACKEND' ? instead : reached;
}

/** How the requests are shared between a backend and its first canary. */
function shares(
  model: NetworkModel,
  upstream: Upstream,
  request: RouteRequest,
  { backend }: BackendOutcome,
): readonly RouteBackend[] | 'unsupported' {
  if (!backend) return [];
  const first = upstream.alternative;
  const canary = first && !first.isDeleted ? nginxBackend(model, first.ingress, first.backend, 'ROUTED') : undefined;
  if (!first || canary?.verdict !== 'ROUTED' || !canary.backend) return [backend];
  const picked = canaryShare(first.canary, request);
  if (picked === 'unsupported') return picked;
  const rest = Math.round((1 - picked.share) * 1e12) / 1e12;
  return [
    { ...backend, share: rest },
    { ...canary.backend, share: picked.share },
  ].filter(({ share }) => share > 0);
}
