import type { NetworkModel } from '../../../model/network-model.js';
import type { BackendReference, RouteFilter } from '../../../resources/gateway-route.js';
import type { RouteRequest } from '../../route-request.js';
import type { RouteBackend, RouteMirror } from '../../route-result.js';
import { WHOLE_COPY } from '../outcomes.js';
import { askAuthServices } from './auth-services.js';
import { resolveBackend } from './backend-references.js';
import { isPreflight } from './cors.js';
import { type Decision, UNSENT } from './decision.js';
import { forwardRequest, redirectOf } from './forward-request.js';
import { UNAVAILABLE } from './grpc-match.js';
import type { GatewayDialect } from './gateway-dialect.js';
import type { HTTPCandidate } from './http-candidates.js';
import type { ReadRequest } from './http-match.js';
import type { JudgedListener } from './listener-status.js';
import { played, type RuleEnd, sessionNotes, withoutLimits } from './rule-limits.js';
import { filterStep, responseChanges, type StrangeFilter, strangeBackendFilter, strangeFilter } from './route-filters.js';
import { unsupportedFilter, unsupportedStep } from './unsupported-filter.js';
import { backendNames, percent, type TakingBackend, type WeightedBackends, weightedBackends } from './weighted-backends.js';

/** What a rule does with a request. */
export interface RuleOutcome extends Omit<Decision, 'candidates' | 'possibilities'> {
  readonly candidate: HTTPCandidate;
}

/** Takes a request through the filters and to the backends of the rule that was chosen (rules G25 to G33). */
export function followRule(
  model: NetworkModel,
  candidate: HTTPCandidate,
  request: RouteRequest,
  read: ReadRequest,
  listener: JudgedListener,
): RuleOutcome {
  const { route, rule, match } = candidate;
  const steps = rule.filters.map((filter) => filterStep(candidate, filter));
  const way = `${route.kind} ${route.namespace}/${route.ref.name} (${match.type} ${match.value})`;
  const plain = { ...UNSENT, candidate, responseHeaders: responseChanges(rule.filters, read), steps };
  const unsupported = unsupportedFilter(route, rule.filters, read.dialect);
  if (unsupported) return { ...plain, ...turnedDown(candidate, unsupported, way) };
  const odd = strangeFilter(model, route.namespace, rule.filters);
  if (odd) return { ...plain, ...strange(odd, way) };
  if (rule.filters.some(({ type }) => type === 'CORS') && isPreflight(read))
    return { ...plain, ...preflight(read.dialect.preflightStatus, way) };
  const { fails, passed, refusedBy, request: introduced } = askAuthServices(model, candidate, rule.filters, request);
  if (fails !== undefined) return { ...plain, ...strange({ missing: true, note: { code: 'FILTER_UNSPECIFIED', message: fails } }, way) };
  if (refusedBy !== undefined) return { ...plain, ...turnedAway(refusedBy, way) };
  const redirected = redirectedBy(rule.filters, candidate, request, listener, way);
  if (redirected) return { ...plain, ...redirected, assumptions: passed };
  const direct = rule.filters.find((filter) => filter.type === 'DirectResponse');
  if (direct) {
    const why = `${way} → the gateway answers ${direct.statusCode}`;
    return { ...plain, verdict: 'ANSWERED', status: direct.statusCode, why, assumptions: passed };
  }
  const foreign = rule.backends.find((one) => route.kind === 'HTTPRoute' && one.weight > 0 && read.dialect.isForeign(one));
  if (foreign) return { ...plain, ...unknownBackend(foreign, way) };
  const sent = toBackends(model, candidate, introduced, read, listener, way);
  return { ...plain, ...sent, assumptions: [...passed, ...(sent.assumptions ?? [])] };
}

function preflight(status: number, way: string): Pick<RuleOutcome, 'verdict' | 'status' | 'why'> {
  return { verdict: 'PREFLIGHT', status, why: `${way} → the gateway answers the preflight: ${status}` };
}

function unknownBackend({ name }: BackendReference, way: string): Pick<RuleOutcome, 'verdict' | 'status' | 'why' | 'unspecified'> {
  const message = `the service \`${name}\` is one of another provider`;
  return { verdict: 'UNDEFINED', status: null, why: `${way} → ${message}`, unspecified: [{ code: 'SERVICE_NOT_KNOWN', message }] };
}

function redirectedBy(
  filters: readonly RouteFilter[],
  { match }: HTTPCandidate,
  request: RouteRequest,
  { listener }: JudgedListener,
  way: string,
): Pick<RuleOutcome, 'verdict' | 'status' | 'redirect' | 'why'> | undefined {
  const redirecting = filters.find((filter) => filter.type === 'RequestRedirect');
  if (!redirecting) return undefined;
  const redirect = redirectOf(request, redirecting, listener.port, match.path);
  return { verdict: 'REDIRECTED', status: redirect.status, redirect, why: `${way} → ${redirect.status} to ${redirect.location}` };
}

/** A filter that the implementation does not have: it says which error is the answer. */
function turnedDown(
  { route, rule, ...candidate }: HTTPCandidate,
  unsupported: RouteFilter,
  way: string,
): Pick<RuleOutcome, 'verdict' | 'status' | 'grpcStatus' | 'why' | 'responseHeaders' | 'steps'> {
  const steps = rule.filters.map((one) =>
    one === unsupported ? unsupportedStep(route, one) : filterStep({ route, rule, ...candidate }, one),
  );
  const isCall = route.kind === 'GRPCRoute';
  const [status, grpcStatus, words] = isCall
    ? ([200, UNAVAILABLE, 'gRPC: Unavailable, grpc-status 14'] as const)
    : ([500, null, '500'] as const);
  return {
    verdict: 'FILTER_FAILED',
    status,
    grpcStatus,
    why: `${way} → its filter ${unsupported.type} is not supported: ${words}`,
    responseHeaders: [],
    steps,
  };
}

/** Nothing is guessed about a filter that cannot be applied; one that refers to nothing is answered with an error of no certain number. */
function strange(
  { missing, note }: Pick<StrangeFilter, 'missing' | 'note'>,
  way: string,
): Pick<RuleOutcome, 'verdict' | 'status' | 'why' | 'unspecified'> {
  const verdict = missing ? 'FILTER_FAILED' : 'UNDEFINED';
  return { verdict, status: null, why: `${way} → ${missing ? 'an error: ' : ''}${note.message}`, unspecified: [note] };
}

/** Which status a client sees that is not let through the text does not say. */
function turnedAway(service: string, way: string): Pick<RuleOutcome, 'verdict' | 'status' | 'why' | 'unspecified'> {
  const message = `the auth service ${service} does not let the client through; with which status is not described`;
  return { verdict: 'REFUSED', status: null, why: `${way} → ${message}`, unspecified: [{ code: 'FILTER_UNSPECIFIED', message }] };
}

/** What the backends of a rule make of a request. */
function toBackends(
  model: NetworkModel,
  candidate: HTTPCandidate,
  request: RouteRequest,
  read: ReadRequest,
  listener: JudgedListener,
  way: string,
) {
  const { route, rule, match } = candidate;
  const weighted = weightedBackends(model, listener.gateway, route, rule, read.dialect);
  const steps = [
    ...rule.filters.map((filter) => filterStep(candidate, filter)),
    ...weighted.backends.flatMap(({ reference }) => reference.filters.map((filter) => filterStep(candidate, filter))),
    ...weighted.steps,
  ];
  const stopped = stoppedByBackend(model, weighted, candidate, request, read, listener, way);
  if (stopped) return { ...stopped, steps };
  const only = onlyOf(weighted);
  const forwarded = (filters: readonly RouteFilter[]) => forwardRequest(request, [...rule.filters, ...filters], match.path);
  const backends = weighted.backends.map(({ reference: { filters }, backend }): RouteBackend => {
    if (filters.length === 0) return backend;
    return { ...backend, forwarded: forwarded(filters), responseHeaders: responseChanges(filters, read) };
  });
  const limited = read.dialect.keepsLimits ? rule : withoutLimits(rule);
  const { limits, verdict, status, end, unspecified } = played(limited, request, endOf(weighted, rule.backends, read.dialect));
  const isCall = route.kind === 'GRPCRoute' && status !== null;
  return {
    verdict,
    status: isCall ? 200 : status,
    grpcStatus: isCall ? UNAVAILABLE : null,
    why: `${way} → ${end}${isCall ? ' (gRPC: Unavailable, grpc-status 14)' : ''}`,
    limits,
    unspecified,
    warnings: sessionNotes(limited),
    backends,
    errorShare: weighted.errorShare,
    forwarded: verdict === 'ROUTED' ? forwarded(only?.reference.filters ?? []) : null,
    responseHeaders: [...responseChanges(rule.filters, read), ...responseChanges(only?.reference.filters ?? [], read)],
    mirrors: [
      ...mirrorsOf(model, candidate, rule.filters, 1),
      ...weighted.backends.flatMap((one) => mirrorsOfBackend(model, candidate, one)),
    ],
    nearMisses: weighted.nearMisses,
    assumptions: weighted.assumptions,
    steps,
  };
}

/** The backend that takes every request. */
function onlyOf({ backends }: WeightedBackends): TakingBackend | undefined {
  return backends.find(({ backend }) => backend.share === 1);
}

/** What filters of backends make of a request before it is forwarded: an outcome that is open, or an answer of the gateway. */
function stoppedByBackend(
  model: NetworkModel,
  weighted: WeightedBackends,
  candidate: HTTPCandidate,
  request: RouteRequest,
  read: ReadRequest,
  listener: JudgedListener,
  way: string,
): Pick<RuleOutcome, 'verdict' | 'status' | 'why'> | undefined {
  const { route, rule } = candidate;
  for (const { reference, backend } of weighted.backends) {
    const odd =
      backend.share > 0 ? strangeBackendFilter(model, route.namespace, reference.filters, rule.filters, backend.share) : undefined;
    if (odd) return strange(odd, `${way} → ${backend.namespace}/${backend.service}`);
  }
  const only = onlyOf(weighted);
  return only && answeredFor(only, candidate, request, read, listener, way);
}

/** What filters of the one backend that takes all requests make the gateway answer by itself; one that no request can be forwarded to has no say (`HTTPBackendRef.Filters`). */
function answeredFor(
  { reference: { filters }, backend: { endpoints } }: TakingBackend,
  candidate: HTTPCandidate,
  request: RouteRequest,
  read: ReadRequest,
  listener: JudgedListener,
  way: string,
): Pick<RuleOutcome, 'verdict' | 'status' | 'why' | 'responseHeaders'> | undefined {
  if (endpoints.length === 0) return undefined;
  const responseHeaders = responseChanges([...candidate.rule.filters, ...filters], read);
  if (filters.some(({ type }) => type === 'CORS') && isPreflight(read))
    return { ...preflight(read.dialect.preflightStatus, way), responseHeaders };
  const redirected = redirectedBy(filters, candidate, request, listener, way);
  return redirected && { ...redirected, responseHeaders };
}

function endOf(
  { backends, errorShare }: WeightedBackends,
  asked: readonly BackendReference[],
  { weightlessStatus }: GatewayDialect,
): RuleEnd {
  if (asked.every(({ weight }) => weight === 0)) {
    const what = asked.length === 0 ? 'the rule has no backend' : 'every backend of the rule has the weight 0';
    return ['NO_BACKEND', weightlessStatus, `${what}: ${weightlessStatus}`];
  }
  if (errorShare === 1) return ['NO_BACKEND', 500, 'no backend of the rule can be used: 500'];
  const taking = backends.map(({ backend }) => backend).filter(({ share }) => share > 0);
  const empty = taking.filter(({ endpoints }) => endpoints.length === 0);
  if (empty.length === taking.length) return ['NO_ENDPOINTS', 503, `${backendNames(taking)} → no ready endpoint: 503`];
  const rest = errorShare > 0 ? `; ${percent(errorShare)} get 500` : '';
  const unready = empty.length > 0 ? `; without a ready endpoint: ${backendNames(empty)}` : '';
  return ['ROUTED', null, `${backendNames(taking)}${rest}${unready}`];
}

/** Copies of the requests that a backend with filters of its own gets. */
function mirrorsOfBackend(model: NetworkModel, candidate: HTTPCandidate, { reference, backend }: TakingBackend): readonly RouteMirror[] {
  return backend.share > 0 ? mirrorsOf(model, candidate, reference.filters, backend.share) : [];
}

function mirrorsOf(model: NetworkModel, { route }: HTTPCandidate, filters: readonly RouteFilter[], share: number): readonly RouteMirror[] {
  return filters.flatMap((filter): readonly RouteMirror[] => {
    if (filter.type !== 'RequestMirror' || !filter.backend) return [];
    const resolved = resolveBackend(model, route, filter.backend);
    if (!resolved.ok) return []; // skipped, and told by ResolvedRefs (rule G32)
    const { owner, port } = resolved;
    return [{ namespace: owner.namespace, service: owner.name, port: port.port, percent: filter.percent * share, ...WHOLE_COPY }];
  });
}
