import type { Ingress, IngressBackend } from '../../../resources/ingress.js';
import { backendOutcome } from '../backend-outcome.js';
import type { Outcome } from '../dialect.js';
import { refused, type Source, sourceOf, unknown } from '../nginx/nginx-outcomes.js';
import { type ForwardedUri, requestUri, rewrittenUri } from '../nginx/rewrite.js';
import type { Location } from '../nginx/servers.js';
import type { Upstream } from '../nginx/upstreams.js';
import { bytesOf, escapeUri } from '../nginx/uri.js';
import { notFound } from '../outcomes.js';
import type { RoutingObject } from '../path-rule.js';
import { f5Annotations } from './f5-annotations.js';
import { withHsts } from './f5-hsts.js';
import { grantedBy, type PolicySet } from './f5-policies.js';
import { passedOn, type Taken } from './f5-proxy.js';
import type { F5Server } from './f5-server.js';
import { ingressAsks, ingressAssumptions, ingressBackend, withoutSecret } from './ingress-backend.js';
import { admitted, corsOf, preflight } from './virtual-access.js';
import type { F5Context, VirtualDecision } from './virtual-decide.js';

/** A location of an Ingress, or of a minion, that took a request. */
interface Visit {
  readonly context: F5Context;
  readonly master: Ingress;
  readonly location: Location;
  readonly upstream: Upstream;
  readonly source: Source;
  readonly taken: Taken;
  readonly policies: PolicySet;
  /** Why nobody is let in. */
  readonly locked: ReturnType<typeof withoutSecret>;
}

/** What a path of an Ingress makes of a request: policies, those of a minion before those of its master, then its backend. `ofServer`: the policies of the host. */
export function decideIngress(
  context: F5Context,
  master: Ingress,
  server: F5Server,
  location: Location,
  taken: Taken,
  ofServer: PolicySet,
): VirtualDecision {
  const { upstream, rule } = location;
  const source = sourceOf(context.router, location);
  const alone = (outcome: Outcome): VirtualDecision => ({
    outcomes: [withHsts(context, master, server, taken.request, outcome)],
    assumptions: [],
  });
  if (!upstream || !rule) return alone(notFound(context.router));
  const { ingress } = upstream;
  const own = ingress === master ? undefined : context.policies.ofIngress(ingress, 'minion');
  if (own?.fault)
    return alone(refused({ ...source, pointer: own.fault.pointer }, 500, 'POLICY_UNUSABLE', `${own.fault.message}: nginx answers 500`));
  // Those of a master hold for its minions, too (`minionInheritanceList`).
  if (f5Annotations(ingress).locationSnippets || f5Annotations(master).locationSnippets)
    return alone(unknown(source, 'SNIPPET_NOT_EVALUATED', '`nginx.org/location-snippets` is not evaluated'));
  const policies: PolicySet = new Map([...ofServer, ...(own?.set ?? [])]);
  const locked = withoutSecret(context, ingress, master);
  const visit: Visit = { context, locked, master, location, upstream, source, taken, policies };
  const { request } = taken;
  const outcomes = admitted(source, policies, request, served(visit), (outcome) => outcome);
  // A location that adds headers of its own has none of those of its server (`add_header` of nginx).
  const addsOwn = policies.has('cors') || f5Annotations(ingress).addsHeaders;
  return {
    outcomes: addsOwn ? outcomes : outcomes.map((outcome) => withHsts(context, master, server, request, outcome)),
    assumptions: locked
      ? []
      : [...ingressAssumptions(context.options, ingress, master, request), ...grantedBy(policies, request, context.options)],
  };
}

function served({ context, locked, master, location, upstream, source, taken, policies }: Visit): Outcome {
  const { ingress, backend } = upstream;
  const { request } = taken;
  const answer = preflight(source, policies, request);
  if (answer) return answer;
  const asks = ingressAsks(ingress, master);
  if (request.auth && (request.auth.status < 200 || request.auth.status > 299) && asks.length > 0)
    return refused(source, 401, 'AUTHENTICATION_FAILED', `the client does not pass \`${asks.join('`, `')}\`: 401`);
  if (locked) return refused(source, locked.status, 'POLICY_UNUSABLE', locked.message);
  const sent = forwardedPath(location, ingress, backend, taken);
  if ('unknown' in sent) return unknown(source, 'REWRITE_UNKNOWN', sent.unknown);
  const reached = backendOutcome(context.model, ingress, backend, location.rule?.path === undefined ? 'DEFAULT_BACKEND' : 'ROUTED');
  const outcome = passedOn(source, reached, request, sent.uri);
  const changes = corsOf(policies, request) ?? [];
  if (outcome.status !== null) return changes.length === 0 ? outcome : { ...outcome, responseHeaders: changes };
  if (backend.type !== 'service') return outcome;
  const host = location.rule?.host ?? '';
  return {
    ...outcome,
    backends: outcome.backends.map((one) => ({
      ...ingressBackend(one, ingress, backend, host, policies, context.options),
      responseHeaders: [...one.responseHeaders, ...changes],
    })),
  };
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
