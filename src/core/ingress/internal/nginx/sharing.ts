import type { EvidenceStep } from '../../../kernel/evidence.js';
import type { RouteBackend } from '../../route-result.js';
import { canaryShare } from './canary.js';
import type { Context } from './context.js';
import { upstreamBackend } from './nginx-backend.js';
import { CATCH_ALL, pathOf } from './servers.js';
import { belongsTo, keepSession } from './sticky-session.js';
import { type Upstream, upstreamName } from './upstreams.js';
import type { Visit } from './visit.js';

/** Who gets the requests, and what was found out about it. */
export interface Shared {
  readonly backends: readonly RouteBackend[];
  readonly steps: readonly EvidenceStep[];
}

/** A backend of an upstream, and the name by which its balancer is known. */
interface Part {
  readonly name: string;
  readonly upstream: Upstream;
  readonly backend: RouteBackend;
}

/** How the requests are shared between a backend and its first canary, and which endpoints the client gets (`balancer.lua`, `get_balancer`; rule B22). */
export function shareRequests(
  context: Context,
  visit: Visit,
  upstream: Upstream,
  backend: RouteBackend,
  name = upstreamName(upstream),
): Shared | 'unsupported' {
  const main = { name, upstream, backend };
  const first = upstream.alternative;
  const canary = first && !first.isDeleted ? upstreamBackend(context, first, 'ROUTED') : undefined;
  if (!first || canary?.verdict !== 'ROUTED' || !canary.backend) return inSessions(visit, [main]);
  const other = { name: upstreamName(first), upstream: first, backend: canary.backend };
  const owner = [main, other].find((one) => belongsTo(one.name, one.upstream.affinity, visit.request));
  if (owner) return inSessions(visit, [owner]);
  const picked = canaryShare(first.canary, visit.request, context.options.joinsHeaders);
  if (picked === 'unsupported') return picked;
  const rest = Math.round((1 - picked.share) * 1e12) / 1e12;
  const parts = [withShare(main, rest), withShare(other, picked.share)].filter((part) => part.backend.share > 0);
  return inSessions(visit, parts);
}

const withShare = (part: Part, share: number): Part => ({ ...part, backend: { ...part.backend, share } });

/** The endpoints that a client gets of each, and the cookies that it is given. */
function inSessions({ server, location, host, request }: Visit, parts: readonly Part[]): Shared {
  const place = { request, server: server.host === CATCH_ALL ? CATCH_ALL : host.name, path: pathOf({ path: location.rule?.path }) };
  const kept = parts.map(({ backend, name, upstream }) => keepSession(backend, name, upstream.affinity, place));
  return { backends: kept.map((one) => one.backend), steps: kept.flatMap((one) => one.steps) };
}
