import type { ObjectRef } from '../kernel/object-ref.js';
import type {
  BackendReference,
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
    rules: readRules(spec, readMatches, types),
  };
}

/** Rules may have names, each its own (`HTTPRouteRule.Name`: "MUST be unique within a Route"). */
function readRules<M>(spec: ObjectReader, readMatches: ReadMatches<M>, types?: FilterTypes): readonly RouteRule<M>[] {
  const names = new Set<string>();
  return spec.objects('rules').map((reader) => {
    const rule = readRule(reader, readMatches, types);
    if (rule.name !== undefined && names.has(rule.name))
      reader.error('duplicate', 'name', `an earlier rule is called \`${rule.name}\`, too`);
    if (rule.name !== undefined) names.add(rule.name);
    return rule;
  });
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
    backends: reader.objects('backendRefs').flatMap((backend) => readRuleBackend(reader, backend, types) ?? []),
    timeouts: readTimeouts(reader),
    retry: readRetry(reader),
    session: readSession(reader),
  };
}

/** A backend with its filters, in which a prefix can be replaced where it can in the rule ("Within backendRefs, when using […] replacePrefixMatch"). */
function readRuleBackend(rule: ObjectReader, backend: ObjectReader, types?: FilterTypes): BackendReference | undefined {
  const reference = readBackendReference(backend, types);
  return reference && { ...reference, filters: reference.filters.map((filter) => unless(prefixFault(rule, filter), backend, filter)) };
}

/** The filter, unless there is a fault: then its owner is told, and it cannot be applied. */
function unless(fault: string | undefined, owner: ObjectReader, filter: RouteFilter): RouteFilter {
  if (fault === undefined) return filter;
  owner.error('invalid-value', 'filters', fault);
  return { pointer: filter.pointer, type: 'unknown', name: filter.type, fault };
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
  return unless(fault, rule, filter);
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

/** `HTTPRouteRetry`. A code that is none is left out. */
function readRetry(rule: ObjectReader): RouteRetry | undefined {
  const retry = rule.object('retry');
  if (!retry) return undefined;
  const codes = retry.raw('codes');
  const numbers = (Array.isArray(codes) ? codes : []).flatMap((code, index) => {
    if (typeof code === 'number' && Number.isInteger(code) && code >= 400 && code <= 599) return [code];
    retry.elementError('out-of-range', 'codes', index, 'only answers of 400 to 599 can be tried again');
    return [];
  });
  return { codes: numbers, attempts: retry.integer('attempts', 0, 1_000), backoff: readDuration(retry, 'backoff') };
}

/** The validations of `SessionPersistence` (`apis/v1/shared_types.go`). */
function readSession(rule: ObjectReader): SessionPersistence | undefined {
  const session = rule.object('sessionPersistence');
  if (!session) return undefined;
  const [absolute] = [readDuration(session, 'absoluteTimeout'), readDuration(session, 'idleTimeout')];
  const lifetime = session.object('cookieConfig')?.oneOf('lifetimeType', ['Permanent', 'Session']);
  if (lifetime === 'Permanent' && absolute === undefined && !session.has('absoluteTimeout'))
    session.error('missing-field', 'absoluteTimeout', 'a permanent cookie needs `absoluteTimeout`');
  return { type: session.oneOf('type', ['Cookie', 'Header']) ?? 'Cookie', name: session.filledText('sessionName') };
}
