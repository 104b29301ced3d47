import type { ObjectRef } from '../kernel/object-ref.js';
import type { GatewayRoute, GRPCRoute, HTTPRoute, RouteRetry, RouteRule, RouteTimeouts, StreamRoute } from './gateway-route.js';
import type { ObjectReader } from './internal/object-reader.js';
import { readDuration } from './internal/read-duration.js';
import { checkHostname } from './internal/read-gateway-hostname.js';
import { readParentReferences } from './internal/read-gateway-reference.js';
import { readResource } from './internal/read-resource.js';
import { readBackendReference, readRouteFilters } from './internal/read-route-filters.js';
import { readGRPCMatches, readHTTPMatches } from './internal/read-route-matches.js';

/** Reads an HTTPRoute (gateway-api `apis/v1/httproute_types.go`). */
export function normaliseHTTPRoute(root: ObjectReader, ref: ObjectRef): HTTPRoute {
  return { kind: 'HTTPRoute', ...readRoute(root, ref, readHTTPMatches) };
}

/** Reads a GRPCRoute (gateway-api `apis/v1/grpcroute_types.go`). */
export function normaliseGRPCRoute(root: ObjectReader, ref: ObjectRef): GRPCRoute {
  return { kind: 'GRPCRoute', ...readRoute(root, ref, readGRPCMatches) };
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

function readRoute<M>(root: ObjectReader, ref: ObjectRef, readMatches: (rule: ObjectReader) => readonly M[]): Read<M> {
  const spec = root.object('spec') ?? root.empty('spec');
  const resource = readResource(root, ref);
  return {
    ...resource,
    namespace: ref.namespace ?? 'default',
    parentRefs: readParentReferences(spec),
    hostnames: spec.texts('hostnames').flatMap((text, index) => checkHostname(spec, `hostnames/${index}`, text) ?? []),
    rules: rulesOf(spec).map((rule) => readRule(rule, readMatches)),
  };
}

/** An HTTPRoute without rules has one that matches everything and has no backend (`HTTPRouteSpec.Rules`, its default). */
function rulesOf(spec: ObjectReader): readonly ObjectReader[] {
  return spec.has('rules') ? spec.objects('rules') : [spec.empty('rules')];
}

function readRule<M>(reader: ObjectReader, readMatches: (rule: ObjectReader) => readonly M[]): RouteRule<M> {
  return {
    pointer: reader.pointer,
    name: reader.filledText('name'),
    matches: readMatches(reader),
    filters: readRouteFilters(reader),
    backends: reader.objects('backendRefs').flatMap((backend) => readBackendReference(backend) ?? []),
    timeouts: readTimeouts(reader),
    retry: readRetry(reader),
  };
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
  return { codes: numbers, attempts: retry.integer('attempts', 0, 1_000) ?? 1 };
}
