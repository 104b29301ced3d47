import type { ObjectRef } from '../kernel/object-ref.js';
import type {
  GatewayRoute,
  GRPCRoute,
  HTTPMatch,
  HTTPRoute,
  RouteFilter,
  RouteRetry,
  RouteRule,
  RouteTimeouts,
  SessionPersistence,
  StreamRoute,
} from './gateway-route.js';
import type { ObjectReader } from './internal/object-reader.js';
import { readDuration } from './internal/read-duration.js';
import { readHostnames } from './internal/read-gateway-hostname.js';
import { readParentReferences } from './internal/read-gateway-reference.js';
import { readStatusedResource } from './internal/read-resource.js';
import { GRPC_FILTERS, readBackendReference, readRouteFilters } from './internal/read-route-filters.js';
import { readGRPCMatches, readHTTPMatches } from './internal/read-route-matches.js';

/** Reads an HTTPRoute (gateway-api `apis/v1/httproute_types.go`). */
export function normaliseHTTPRoute(root: ObjectReader, ref: ObjectRef): HTTPRoute {
  const route = readRoute(root, ref, readHTTPMatches);
  const isLeftOut = root.object('spec')?.has('rules') !== true;
  return { kind: 'HTTPRoute', ...route, rules: isLeftOut ? [ruleByDefault(root)] : route.rules };
}

/** Reads a GRPCRoute (gateway-api `apis/v1/grpcroute_types.go`). */
export function normaliseGRPCRoute(root: ObjectReader, ref: ObjectRef): GRPCRoute {
  return { kind: 'GRPCRoute', ...readRoute(root, ref, readGRPCMatches, GRPC_FILTERS) };
}

/** Reads a TLSRoute (gateway-api `apis/v1/tlsroute_types.go`). */
export function normaliseTLSRoute(root: ObjectReader, ref: ObjectRef): StreamRoute {
  return { kind: 'TLSRoute', ...readRoute(root, ref, () => []) };
}

/** Reads a TCPRoute (gateway-api `apis/v1alpha2/tcproute_types.go`). */
export function normaliseTCPRoute(root: ObjectReader, ref: ObjectRef): StreamRoute {
  return { kind: 'TCPRoute', ...readRoute(root, ref, () => []) };
}

/** Reads a UDPRoute (gateway-api `apis/v1alpha2/udproute_types.go`). */
export function normaliseUDPRoute(root: ObjectReader, ref: ObjectRef): StreamRoute {
  return { kind: 'UDPRoute', ...readRoute(root, ref, () => []) };
}

type Read<M> = Omit<GatewayRoute, 'kind' | 'rules'> & { readonly rules: readonly RouteRule<M>[] };

type ReadMatches<M> = (rule: ObjectReader) => readonly M[];
type FilterTypes = typeof GRPC_FILTERS;

function readRoute<M>(root: ObjectReader, ref: ObjectRef, readMatches: ReadMatches<M>, types?: FilterTypes): Read<M> {
  const spec = root.object('spec') ?? root.empty('spec');
  const resource = readStatusedResource(root, ref);
  return {
    ...resource,
    namespace: ref.namespace ?? 'default',
    parentRefs: readParentReferences(spec),
    usesDefaultGateways: spec.oneOf('useDefaultGateways', ['All', 'None']) === 'All',
    hostnames: readHostnames(spec, 'hostnames'),
    rules: spec.objects('rules').map((rule) => readRule(rule, readMatches, types)),
  };
}

/** An HTTPRoute without `rules` has one that matches everything and has no backend (the default of `HTTPRouteSpec.Rules`); other kinds have no such default. */
function ruleByDefault(root: ObjectReader): RouteRule<HTTPMatch> {
  return readRule((root.object('spec') ?? root.empty('spec')).empty('rules'), readHTTPMatches);
}

function readRule<M>(reader: ObjectReader, readMatches: ReadMatches<M>, types?: FilterTypes): RouteRule<M> {
  const matches = readMatches(reader);
  const filters = readRouteFilters(reader, types).map((filter) => checked(reader, filter));
  return {
    pointer: reader.pointer,
    name: reader.filledText('name'),
    matches,
    filters,
    backends: reader.objects('backendRefs').flatMap((backend) => readBackendReference(backend, types) ?? []),
    timeouts: readTimeouts(reader),
    retry: readRetry(reader),
    session: readSession(reader),
  };
}

/** Filters that answer by themselves, in words. */
const TERMINAL: Partial<Readonly<Record<RouteFilter['type'], string>>> = {
  RequestRedirect: 'a redirect',
  DirectResponse: 'a direct response',
};

/** The filter, unless the rule as a whole is refused for it (the validations of `HTTPRouteRule`). */
function checked(rule: ObjectReader, filter: RouteFilter): RouteFilter {
  const terminal = TERMINAL[filter.type];
  const fault = terminal && rule.objects('backendRefs').length > 0 ? `${terminal} has no backends` : prefixFault(rule, filter);
  if (fault === undefined) return filter;
  rule.error('invalid-value', 'filters', fault);
  return { pointer: filter.pointer, type: 'unknown', name: filter.type, fault };
}

/** A prefix can be replaced only where the rule has exactly one match, of type PathPrefix. */
function prefixFault(rule: ObjectReader, filter: RouteFilter): string | undefined {
  if (filter.type !== 'RequestRedirect' && filter.type !== 'URLRewrite') return undefined;
  if (filter.path?.type !== 'ReplacePrefixMatch') return undefined;
  const matches = rule.objects('matches');
  const path = matches[0]?.object('path');
  const isPrefix = path !== undefined && (path.raw('type') ?? 'PathPrefix') === 'PathPrefix';
  // Without `matches` the API server fills in one of type PathPrefix.
  if (!rule.has('matches') || (matches.length === 1 && isPrefix)) return undefined;
  return 'a prefix can be replaced only where the rule has exactly one match, of type PathPrefix';
}

function readTimeouts(rule: ObjectReader): RouteTimeouts {
  const timeouts = rule.object('timeouts');
  if (!timeouts) return { request: undefined, backendRequest: undefined };
  const [request, backendRequest] = [readDuration(timeouts, 'request'), readDuration(timeouts, 'backendRequest')];
  if (request !== undefined && request > 0 && backendRequest !== undefined && backendRequest > request) {
    timeouts.error('invalid-value', 'backendRequest', 'must not be longer than `request`');
  }
  return { request, backendRequest };
}

function readRetry(rule: ObjectReader): RouteRetry | undefined {
  const retry = rule.object('retry');
  if (!retry) return undefined;
  const codes = retry.raw('codes');
  const numbers = Array.isArray(codes) ? codes.filter((code) => typeof code === 'number') : [];
  return { codes: numbers, attempts: retry.integer('attempts', 0, 1_000) };
}

function readSession(rule: ObjectReader): SessionPersistence | undefined {
  const session = rule.object('sessionPersistence');
  return session && { type: session.oneOf('type', ['Cookie', 'Header']) ?? 'Cookie', name: session.filledText('sessionName') };
}
