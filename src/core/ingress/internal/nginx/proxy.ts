import type { EvidenceStep } from '../../../kernel/evidence.js';
import type { NetworkModel } from '../../../model/network-model.js';
import type { RouteBackend } from '../../route-result.js';
import type { BackendOutcome } from '../backend-outcome.js';
import type { Outcome } from '../dialect.js';
import { backendKey, notFound } from '../outcomes.js';
import { securedByNginx } from './backend-tls.js';
import { canaryShare } from './canary.js';
import type { Context } from './context.js';
import { nginxBackend } from './nginx-backend.js';
import { mirrorOf } from './mirror.js';
import { refused, sourceOf, unknown } from './nginx-outcomes.js';
import { forwardedUri } from './rewrite.js';
import { CATCH_ALL, type Location, pathOf } from './servers.js';
import { belongsTo, keepSession } from './sticky-session.js';
import { type Upstream, upstreamName } from './upstreams.js';
import type { Visit } from './visit.js';

/** The backend of a location, its canary, and what is sent to them (rules B10, B19, B22, B23). */
export function proxied({ model, router }: Context, visit: Visit): Outcome {
  const { location, request } = visit;
  const { upstream, annotations, ingress } = location;
  if (!upstream || !ingress) return notFound(router);
  const source = sourceOf(router, location);
  const served = location.rule?.path === undefined ? 'DEFAULT_BACKEND' : 'ROUTED';
  if (upstream.isDeleted) {
    return refused(source, 503, 'CANARY_ALONE', 'a canary of the same Service found nothing to join, and the controller deleted it: 503');
  }
  const reached = replaced(model, location, nginxBackend(model, upstream.ingress, upstream.backend, served), served);
  const sent = forwardedUri(location, visit.uri, request, visit.host.name);
  if ('unknown' in sent) return unknown(source, 'REWRITE_UNKNOWN', sent.unknown);
  const fails = reached.verdict !== served;
  const shared = fails ? withoutSession(reached) : shares(model, visit, upstream, reached);
  if (shared === 'unsupported')
    return unknown(source, 'PATTERN_UNSUPPORTED', 'the canary is picked by an expression that cannot be evaluated');
  const prefix = annotations?.forwardedPrefix ?? '';
  const others = request.headers.filter(([name]) => name.toLowerCase() !== 'host').map(([name, value]) => `${name}: ${value}`);
  const headers = sent.rewritten && prefix !== '' ? [...others, `X-Forwarded-Prefix: ${prefix}`] : others;
  const vhost = annotations?.upstreamVhost ?? '';
  const backends = annotations ? shared.backends.map((one) => securedByNginx(one, model, annotations, request.scheme)) : shared.backends;
  const copied = fails ? undefined : mirrorOf(model, visit);
  return {
    router,
    because: null,
    place: { ingress, pointer: source.pointer },
    served: source.served,
    key: fails ? `${reached.verdict} 503` : `${backends.map((one) => `${backendKey(one)} ${one.share}`).join(' ')} ${sent.uri}`,
    reached: { ...reached, steps: [...reached.steps, ...shared.steps, ...(copied ? [copied.step] : [])] },
    mirrors: copied ? [copied.mirror] : [],
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

/** Who gets the requests, and what was found out about it. */
interface Shared {
  readonly backends: readonly RouteBackend[];
  readonly steps: readonly EvidenceStep[];
}

const withoutSession = ({ backend }: BackendOutcome): Shared => ({ backends: backend ? [backend] : [], steps: [] });

/** How the requests are shared between a backend and its first canary, and which endpoints the client gets (`balancer.lua`, `get_balancer`). */
function shares(model: NetworkModel, visit: Visit, upstream: Upstream, { backend }: BackendOutcome): Shared | 'unsupported' {
  if (!backend) return { backends: [], steps: [] };
  const main = { upstream, backend };
  const first = upstream.alternative;
  const canary = first && !first.isDeleted ? nginxBackend(model, first.ingress, first.backend, 'ROUTED') : undefined;
  if (!first || canary?.verdict !== 'ROUTED' || !canary.backend) return inSessions(visit, [main]);
  const other = { upstream: first, backend: canary.backend };
  const owner = [main, other].find((one) => belongsTo(upstreamName(one.upstream), one.upstream.affinity, visit.request));
  if (owner) return inSessions(visit, [owner]);
  const picked = canaryShare(first.canary, visit.request);
  if (picked === 'unsupported') return picked;
  const rest = Math.round((1 - picked.share) * 1e12) / 1e12;
  const parts = [
    { upstream, backend: { ...backend, share: rest } },
    { upstream: first, backend: { ...canary.backend, share: picked.share } },
  ];
  return inSessions(
    visit,
    parts.filter((part) => part.backend.share > 0),
  );
}

/** The endpoints that a client gets of each, and the cookies that it is given. */
function inSessions(
  { server, location, host, request }: Visit,
  parts: readonly { readonly upstream: Upstream; readonly backend: RouteBackend }[],
): Shared {
  const place = { request, server: server.host === CATCH_ALL ? CATCH_ALL : host.name, path: pathOf({ path: location.rule?.path }) };
  const kept = parts.map((part) => keepSession(part.backend, upstreamName(part.upstream), part.upstream.affinity, place));
  return { backends: kept.map((one) => one.backend), steps: kept.flatMap((one) => one.steps) };
}
