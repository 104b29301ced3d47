import { assertNever } from '../../../kernel/assert-never.js';
import type { NetworkModel } from '../../../model/network-model.js';
import type { IngressBackend } from '../../../resources/ingress.js';
import type { VirtualAction, VirtualSplit } from '../../../resources/virtual-server.js';
import type { ResponseHeaderChange } from '../../route-result.js';
import type { ClassRouter, Outcome } from '../dialect.js';
import { answered, redirected, type Source, sourceOf, unknown } from '../nginx/nginx-outcomes.js';
import { fill, type ForwardedUri, requestUri, rewrittenUri } from '../nginx/rewrite.js';
import type { Location } from '../nginx/servers.js';
import { bytesOf, escapeUri } from '../nginx/uri.js';
import { passedOn, type Taken } from './f5-proxy.js';
import { chooseMatch } from './virtual-conditions.js';
import type { VirtualPlace } from './virtual-places.js';

/** A route of a VirtualServer that took a request, and all that its actions need. */
interface Visit {
  readonly router: ClassRouter;
  readonly model: NetworkModel;
  readonly place: VirtualPlace;
  readonly location: Location;
  readonly source: Source;
  readonly taken: Taken;
  /** Its actions stand in locations of their own, to which nginx redirects inside (`matches`, `splits`). */
  readonly isInternal: boolean;
}

/** What a route of a VirtualServer makes of a request: the first match, or its own action, or parts to several. */
export function decideVirtual(router: ClassRouter, model: NetworkModel, place: VirtualPlace, location: Location, taken: Taken): Outcome {
  const { matches, splits, hasSnippets } = place.route;
  const source = sourceOf(router, location);
  if (hasSnippets) return unknown(source, 'SNIPPET_NOT_EVALUATED', '`location-snippets` is not evaluated');
  const chosen = chooseMatch(matches, taken.request, taken.hostName);
  if ('open' in chosen) return unknown(source, 'VARIABLE_UNKNOWN', chosen.open);
  const ways = (chosen.match?.splits ?? splits).filter(({ weight }) => weight > 0);
  const isInternal = matches.length > 0 || splits.length > 1;
  const pointer = chosen.match?.pointer ?? source.pointer;
  const visit: Visit = { router, model, place, location, source: { ...source, pointer }, taken, isInternal };
  const [only] = ways;
  return ways.length === 1 && only ? act(visit, only.action) : shared(visit, ways);
}

/** Several backends by their weights (`split_clients`); where parts end in different ways one answer cannot tell them. */
function shared(visit: Visit, ways: readonly VirtualSplit[]): Outcome {
  const outcomes = ways.map(({ weight, action }) => ({ weight, outcome: act(visit, action) }));
  const [first] = outcomes;
  if (!first) return unknown(visit.source, 'NOT_EVALUATED', 'no part of the requests goes anywhere');
  if (outcomes.every(({ outcome }) => outcome.key === first.outcome.key)) return first.outcome;
  if (outcomes.some(({ outcome }) => outcome.reached.verdict !== 'ROUTED')) {
    const parts = outcomes.map(({ weight, outcome }) => `${weight} %: ${outcome.reached.verdict}`).join(', ');
    return unknown(visit.source, 'NOT_EVALUATED', `parts of the requests end in different ways (${parts})`);
  }
  const sent = (outcome: Outcome) => JSON.stringify(outcome.forwarded);
  const areAlike = outcomes.every(({ outcome }) => sent(outcome) === sent(first.outcome));
  const backends = outcomes.flatMap(({ weight, outcome }) =>
    outcome.backends.map((one) => ({ ...one, share: weight / 100, forwarded: areAlike ? null : (outcome.forwarded ?? null) })),
  );
  return {
    ...first.outcome,
    backends,
    key: outcomes.map(({ weight, outcome }) => `${weight} ${outcome.key}`).join(' '),
    reached: { ...first.outcome.reached, steps: outcomes.flatMap(({ outcome }) => outcome.reached.steps) },
  };
}

function act(visit: Visit, action: VirtualAction): Outcome {
  const { source, taken } = visit;
  switch (action.type) {
    case 'return':
      return answered(source, action.code, `the route answers ${action.code} by itself`);
    case 'redirect': {
      const target = fill(action.url, [], taken.request, taken.hostName);
      if (target === undefined)
        return unknown(source, 'VARIABLE_UNKNOWN', `\`${action.url}\` names a variable of nginx whose value is not known`);
      return redirected(source, action.code, target, 'ROUTE_REDIRECT', 'the route sends clients elsewhere');
    }
    case 'invalid':
      return unknown(source, 'NOT_EVALUATED', action.why);
    case 'pass':
      return pass(visit, action);
    default:
      return assertNever(action);
  }
}

function pass(visit: Visit, action: Pass): Outcome {
  const { router, model, place, source, taken } = visit;
  const upstream = place.holder.upstreams.find(({ name }) => name === action.upstream);
  if (!upstream) return unknown(source, 'NOT_EVALUATED', `there is no upstream \`${action.upstream}\``);
  if (upstream.isPart)
    return unknown(source, 'NOT_EVALUATED', `which endpoints the \`subselector\` of upstream \`${upstream.name}\` leaves is not evaluated`);
  const sent = pathSent(visit, action.rewritePath);
  if ('unknown' in sent) return unknown(source, 'REWRITE_UNKNOWN', sent.unknown);
  const backend: IngressBackend = { type: 'service', pointer: upstream.pointer, name: upstream.service, port: upstream.port };
  const outcome = passedOn(router, model, source, { ingress: place.holder, backend, served: 'ROUTED' }, taken.request, sent.uri);
  if (outcome.status === 502 && place.route.hasErrorPages)
    return unknown(source, 'NOT_EVALUATED', 'the answer would be 502, and `errorPages` may take its place');
  const { forwarded, backends, status } = outcome;
  if (!forwarded) return outcome;
  const changes = status === null ? answerChanges(action, taken) : [];
  return {
    ...outcome,
    forwarded: { ...forwarded, headers: headersSent(action, taken, forwarded.headers) },
    backends: backends.map((one) => ({ ...one, responseHeaders: [...one.responseHeaders, ...changes] })),
  };
}

type Pass = Extract<VirtualAction, { type: 'pass' }>;

/** `proxy_hide_header`, and `add_header`, which stands behind what the backend says itself. */
function answerChanges({ addedHeaders, hiddenHeaders }: Pass, { request, hostName }: Taken): readonly ResponseHeaderChange[] {
  return [
    ...hiddenHeaders.map((name) => ({ action: 'remove', name, value: null }) as const),
    ...addedHeaders.map(([name, value]) => ({ action: 'add', name, value: fill(value, [], request, hostName) ?? value }) as const),
  ];
}

function headersSent({ setHeaders, passHeaders }: Pass, { request, hostName }: Taken, own: readonly string[]): readonly string[] {
  if (setHeaders.length === 0 && passHeaders) return own;
  const set = new Set(setHeaders.map(([name]) => name.toLowerCase()));
  const kept = passHeaders ? own.filter((text) => !set.has(text.slice(0, text.indexOf(':')).toLowerCase())) : [];
  return [...kept, ...setHeaders.map(([name, value]) => `${name}: ${fill(value, [], request, hostName) ?? value}`)];
}

/** `generateProxyPassRewrite` and `generateRewrites` of `internal/configs/virtualserver.go`. */
function pathSent(
  { place, location, taken: { request, uri, hostName }, isInternal }: Visit,
  rewritePath: string | undefined,
): ForwardedUri {
  if (rewritePath === undefined) return { uri: requestUri(request), rewritten: false };
  const { path } = place.route;
  const trimmed = path.replace(/^~\*?\s*/, '');
  if (path.startsWith('~'))
    return rewrittenUri(
      { pattern: `^${trimmed}`, ignoreCase: false, target: rewritePath },
      isInternal ? request.path : uri,
      request,
      hostName,
    );
  if (isInternal)
    return rewrittenUri({ pattern: `^${trimmed}(.*)$`, ignoreCase: false, target: `${rewritePath}$1` }, request.path, request, hostName);
  const query = request.query === undefined ? '' : `?${request.query}`;
  return {
    uri: `${escapeUri(`${rewritePath}${location.exact ? '' : uri.slice(bytesOf(location.path).length)}`)}${query}`,
    rewritten: true,
  };
}
