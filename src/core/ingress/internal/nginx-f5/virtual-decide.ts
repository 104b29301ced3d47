import type { Note } from '../../../kernel/answer.js';
import { assertNever } from '../../../kernel/assert-never.js';
import type { NetworkModel } from '../../../model/network-model.js';
import type { VirtualAction, VirtualSplit, VirtualUpstream } from '../../../resources/virtual-server.js';
import type { ResponseHeaderChange } from '../../route-result.js';
import type { ClassRouter, Outcome } from '../dialect.js';
import { answered, redirected, refused, type Source, sourceOf, unknown } from '../nginx/nginx-outcomes.js';
import { fill, type ForwardedUri, requestUri, rewrittenUri } from '../nginx/rewrite.js';
import type { Location } from '../nginx/servers.js';
import { bytesOf, escapeUri } from '../nginx/uri.js';
import type { F5Options } from './f5-options.js';
import { type F5Policies, grantedBy, type PolicySet } from './f5-policies.js';
import { secondOidc } from './f5-oidc.js';
import { passedOn, type Taken } from './f5-proxy.js';
import type { F5Server } from './f5-server.js';
import { backupGranted, spokenWith, upstreamNamed, upstreamOutcome } from './f5-upstream.js';
import { bodyLimit } from './body-limit.js';
import { admitted, corsOf, preflight } from './virtual-access.js';
import { chooseMatch } from './virtual-conditions.js';
import { withErrorPage } from './virtual-error-pages.js';
import { redirectsInside, type VirtualPlace } from './virtual-places.js';

/** What a controller knows besides the request. */
export interface F5Context {
  readonly router: ClassRouter;
  readonly model: NetworkModel;
  readonly options: F5Options;
  readonly policies: F5Policies;
}

/** Each outcome that a request may have at a route, and what is taken for granted. */
export interface VirtualDecision {
  readonly outcomes: readonly Outcome[];
  readonly assumptions: readonly Note[];
}

/** A route of a VirtualServer that took a request, and all that its actions need. */
interface Visit {
  readonly model: NetworkModel;
  readonly options: F5Options;
  readonly server: F5Server;
  readonly place: VirtualPlace;
  readonly location: Location;
  readonly source: Source;
  readonly taken: Taken;
  readonly policies: PolicySet;
  /** Its actions stand in locations of their own, to which nginx redirects inside (`matches`, `splits`). */
  readonly isInternal: boolean;
}

/** What a route of a VirtualServer makes of a request: policies, then the first match, or its own action, or parts to several. `ofServer`: the policies of all of it. */
export function decideVirtual(
  { router, model, policies, options }: F5Context,
  server: F5Server,
  place: VirtualPlace,
  location: Location,
  taken: Taken,
  ofServer: PolicySet,
): VirtualDecision {
  const { matches, splits } = place.route;
  const source = sourceOf(router, location);
  const alone = (outcome: Outcome): VirtualDecision => ({ outcomes: [outcome], assumptions: [] });
  if (place.hasSnippets) return alone(unknown(source, 'SNIPPET_NOT_EVALUATED', '`location-snippets` is not evaluated'));
  if (place.isOpen) return alone(unknown(source, 'NOT_EVALUATED', OPEN_ROUTES));
  const chosen = chooseMatch(matches, taken.request);
  if ('open' in chosen) return alone(unknown(source, 'VARIABLE_UNKNOWN', chosen.open));
  const ways = (chosen.match?.splits ?? splits).filter(({ weight }) => weight > 0);
  const pages = (outcome: Outcome) => (isProxied(ways) ? withErrorPage(source, place.errorPages, outcome, taken) : outcome);
  const own = policies.of(place.policies, server.endsTls);
  if (own.fault) return alone(pages(refused(source, 500, 'POLICY_UNUSABLE', `${own.fault.message}: nginx answers 500`)));
  const second = secondOidc(policies, server, own.set);
  if (second !== undefined) return alone(pages(refused(source, 500, 'POLICY_UNUSABLE', `${second}: nginx answers 500`)));
  const set: PolicySet = new Map([...ofServer, ...own.set]);
  const pointer = chosen.match?.pointer ?? source.pointer;
  const visit: Visit = {
    model,
    options,
    server,
    place,
    location,
    source: { ...source, pointer },
    taken,
    policies: set,
    isInternal: redirectsInside(place),
  };
  const [only] = ways;
  const served = ways.length === 1 && only ? act(visit, only.action) : shared(visit, ways);
  const outcomes = admitted(visit.source, set, taken.request, served, pages);
  const isPassed = served.reached.verdict !== 'PREFLIGHT' && (outcomes.includes(served) || outcomes.length > 1);
  return {
    outcomes,
    assumptions: isPassed ? [...grantedBy(set, taken.request, options), ...backupGranted(served, options), ...bodyLimits(visit, ways)] : [],
  };
}

/** The limits of bodies of the upstreams that a request may go to: their own, or that of the controller (`generateString(upstream.ClientMaxBodySize, …)` of `internal/configs/virtualserver.go`). */
function bodyLimits({ place, options }: Visit, ways: readonly VirtualSplit[]): readonly Note[] {
  const passed = ways.flatMap(({ action }) => (action.type === 'pass' ? (upstreamNamed(place.holder, action.upstream) ?? []) : []));
  const sizes = new Set(passed.map(({ maxBodySize }) => maxBodySize ?? options.defaults['nginx.org/client-max-body-size']));
  return [...sizes].flatMap(bodyLimit);
}

const OPEN_ROUTES =
  'several VirtualServerRoutes of one `routeSelector` have the same path, and which of them the controller leaves out depends on the order in which it happens to read them';

/** Locations of nginx that answer by themselves have no error pages. */
const isProxied = (ways: readonly VirtualSplit[]) => ways.every(({ action }) => action.type === 'pass');

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
      return {
        ...answered(source, action.code, `the route answers ${action.code} by itself`),
        responseHeaders: action.headers.map(([name, value]) => ({
          action: 'add',
          name,
          value: fill(value, [], taken.request, taken.hostName) ?? value,
        })),
      };
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
  const { model, options, place, source, taken, policies } = visit;
  const upstream = upstreamNamed(place.holder, action.upstream);
  if (!upstream) return unknown(source, 'NOT_EVALUATED', `there is no upstream \`${action.upstream}\``);
  const answer = preflight(source, policies, taken.request);
  if (answer) return { ...answer, responseHeaders: [...answerChanges(action, taken, false), ...(answer.responseHeaders ?? [])] };
  const sent = pathSent(visit, action.rewritePath);
  if ('unknown' in sent) return unknown(source, 'REWRITE_UNKNOWN', sent.unknown);
  const outcome = passedOn(source, upstreamOutcome(model, place.holder, upstream, options), taken.request, sent.uri);
  if (outcome.status !== null) return failed(visit, upstream, action, outcome);
  const { forwarded, backends } = outcome;
  const changes = [...answerChanges(action, taken, false), ...(corsOf(policies, taken.request) ?? [])];
  const proxyHost = `${upstreamPrefix(visit)}_${upstream.name}`;
  return {
    ...outcome,
    forwarded: forwarded && { ...forwarded, headers: headersSent(action, taken, forwarded.headers) },
    backends: backends.map((one) => ({
      ...spokenWith(one, upstream, proxyHost, policies),
      responseHeaders: [...one.responseHeaders, ...changes],
    })),
  };
}

/** nginx itself answers 502: an error page may stand for it, and a client of gRPC is told in its own words where HTTP/2 is on (`error_page` of the template). */
function failed({ source, place, taken, policies }: Visit, { isGrpc }: VirtualUpstream, action: Pass, outcome: Outcome): Outcome {
  if (!isGrpc) {
    const always = [...answerChanges(action, taken, true), ...(corsOf(policies, taken.request) ?? [])];
    return withErrorPage(source, place.errorPages, { ...outcome, responseHeaders: always }, taken);
  }
  const message = 'what a client of gRPC is told depends on `http2` of the ConfigMap of the controller';
  const unspecified = [...outcome.reached.unspecified, { code: 'STATUS_UNSPECIFIED', message }];
  return { ...outcome, status: null, reached: { ...outcome.reached, unspecified } };
}

/** How the controller calls upstreams (`NewUpstreamNamerForVirtualServer`, `…Route`). */
function upstreamPrefix({ server: { owner }, place: { holder } }: Visit): string {
  const prefix = `vs_${owner.namespace}_${owner.ref.name}`;
  return holder.kind === 'VirtualServer' ? prefix : `${prefix}_vsr_${holder.namespace}_${holder.ref.name}`;
}

type Pass = Extract<VirtualAction, { type: 'pass' }>;

/** `proxy_hide_header`, and `add_header`, which stands behind what the backend says itself; an error of nginx gets those that are there always. */
function answerChanges(
  { addedHeaders, hiddenHeaders }: Pass,
  { request, hostName }: Taken,
  isError: boolean,
): readonly ResponseHeaderChange[] {
  return [
    ...(isError ? [] : hiddenHeaders).map((name) => ({ action: 'remove', name, value: null }) as const),
    ...addedHeaders
      .filter(({ always }) => always || !isError)
      .map(({ name, value }) => ({ action: 'add', name, value: fill(value, [], request, hostName) ?? value }) as const),
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
    // The modifier `^~` stays in the expression, which then matches nothing.
    return rewrittenUri({ pattern: `^${trimmed}(.*)$`, ignoreCase: false, target: `${rewritePath}$1` }, request.path, request, hostName);
  const query = request.query === undefined ? '' : `?${request.query}`;
  return {
    uri: `${escapeUri(`${rewritePath}${location.exact ? '' : uri.slice(bytesOf(location.path).length)}`)}${query}`,
    rewritten: true,
  };
}
