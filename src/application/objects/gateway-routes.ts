import { z } from 'zod';
import { qualifiedName } from '../../core/kernel/object-ref.js';
import { ROUTE_KINDS } from '../../core/resources/gateway.js';
import type { ParentReference } from '../../core/resources/gateway-reference.js';
import type { BackendReference, GatewayRoute, GRPCMatch, HTTPMatch, NamedMatch } from '../../core/resources/gateway-route.js';
import { kindInput } from '../input/kind-input.js';
import { defineCollection } from './collection.js';
import { LABELS } from './view-schemas.js';

/** What a path calls a route's kind. */
export const ROUTE_KIND = kindInput(ROUTE_KINDS).describe('kind of the route, in any case');

const VIEW = z
  .object({
    kind: z.enum(ROUTE_KINDS),
    namespace: z.string(),
    name: z.string(),
    labels: LABELS,
    hostnames: z.array(z.string()).describe('empty: every host of the listener; TCP and UDP routes have none'),
    parents: z
      .array(z.string())
      .describe('`Gateway tides/quay, listener http, port 80`; whether they take it: the answer to `gateway-status`'),
    rules: z.array(
      z.object({
        pointer: z.string(),
        name: z.string().nullable(),
        matches: z.array(z.string()).describe('`GET PathPrefix /api, header x-canary = yes`; empty: everything'),
        filters: z.array(z.string()).describe('their types, in order'),
        backends: z.array(z.string()).describe('`Service shop/api:80, weight 1`'),
      }),
    ),
  })
  .meta({ id: 'ModelRoute' });

/** The routes of the Gateway API in a model, whatever their kind. */
export const ROUTES = defineCollection({
  noun: 'routes',
  singular: 'route',
  about: 'Routes of the Gateway API: HTTPRoutes, GRPCRoutes, TLSRoutes, TCPRoutes and UDPRoutes, defaulted as the API server does.',
  scope: 'kind',
  unknown: 'unknown-object',
  view: VIEW,
  fields: ['kind'],
  example: { cluster: 'fjord', kind: 'HTTPRoute', namespace: 'tides', name: 'forecast' },
  items: ({ gatewayApi }) => gatewayApi.routes,
  row: ({ kind, ref, namespace, labels }) => ({ kind, namespace, name: ref.name, labels }),
  field: ({ kind }) => kind,
  show: (route) => ({
    kind: route.kind,
    namespace: route.namespace,
    name: route.ref.name,
    labels: route.labels,
    hostnames: [...route.hostnames],
    parents: route.parentRefs.map((parent) => parentText(route, parent)),
    rules: rulesOf(route).map(({ pointer, name, matches, filters, backends }) => ({
      pointer,
      name: name ?? null,
      matches,
      filters: filters.map(({ type }) => type),
      backends: backends.map((backend) => backendText(route, backend)),
    })),
  }),
});

/** The rules with their matches as text; routes of connections have none. */
function rulesOf(route: GatewayRoute) {
  if (route.kind === 'HTTPRoute') return route.rules.map((rule) => ({ ...rule, matches: rule.matches.map(httpText) }));
  if (route.kind === 'GRPCRoute') return route.rules.map((rule) => ({ ...rule, matches: rule.matches.map(callText) }));
  return route.rules.map((rule) => ({ ...rule, matches: [] }));
}

function httpText({ method, path, headers, queryParams, fault }: HTTPMatch): string {
  if (fault !== undefined) return `nothing: ${fault}`;
  const line = `${method === undefined ? '' : `${method} `}${path.type} ${path.value}`;
  return [line, ...headers.map((one) => `header ${namedText(one)}`), ...queryParams.map((one) => `query ${namedText(one)}`)].join(', ');
}

function callText({ type, service, method, headers, fault }: GRPCMatch): string {
  if (fault !== undefined) return `nothing: ${fault}`;
  const called = service === undefined && method === undefined ? 'every call' : `${type} ${service ?? '*'}/${method ?? '*'}`;
  return [called, ...headers.map((one) => `header ${namedText(one)}`)].join(', ');
}

function namedText({ type, name, value }: NamedMatch): string {
  return `${name} ${type === 'Exact' ? '=' : '~'} ${value}`;
}

function parentText(route: GatewayRoute, { kind, name, namespace = route.namespace, sectionName, port }: ParentReference): string {
  const listener = sectionName === undefined ? '' : `, listener ${sectionName}`;
  return `${kind} ${qualifiedName({ namespace, name })}${listener}${port === undefined ? '' : `, port ${port}`}`;
}

function backendText(route: GatewayRoute, { kind, name, namespace = route.namespace, port, weight }: BackendReference): string {
  return `${kind} ${qualifiedName({ namespace, name })}${port === undefined ? '' : `:${port}`}, weight ${weight}`;
}
