import { describe, expect, it } from 'vitest';
import { conditionLine, gateway, gatewayObject, listener } from '../../../test/support/gateway-cluster.js';
import { requestFor } from '../../../test/support/ask-route.js';
import { modelOf } from '../../../test/support/model.js';
import type { JsonObject } from '../kernel/json.js';
import { ROUTE_KINDS, type RouteKind } from '../resources/gateway.js';
import type { KubernetesObject } from '../resources/kubernetes-object.js';
import { normaliseObject } from '../resources/normalise-object.js';
import { statusOfGatewayObject } from './gateway-status.js';
import type { ConnectionRequest } from './route-request.js';
import { routeThroughGateway } from './route-through-gateway.js';

const LISTENERS = [
  listener('http', { hostname: '*.example.com' }),
  listener('tls', { port: 443, protocol: 'TLS', hostname: '*.example.com', tls: { mode: 'Passthrough' } }),
  listener('tcp', { port: 90, protocol: 'TCP' }),
  listener('udp', { port: 91, protocol: 'UDP' }),
];
const OWN: Readonly<Record<RouteKind, string>> = {
  HTTPRoute: 'http',
  GRPCRoute: 'http',
  TLSRoute: 'tls',
  TCPRoute: 'tcp',
  UDPRoute: 'udp',
};
const PORTS: Readonly<Record<string, number>> = { http: 80, tls: 443, tcp: 90, udp: 91 };

function service(name: string, namespace: string): readonly KubernetesObject[] {
  const ports = ['TCP', 'UDP'].map((protocol) => ({ name: protocol.toLowerCase(), port: 80, protocol }));
  const labels = { 'kubernetes.io/service-name': name };
  return [
    { apiVersion: 'v1', kind: 'Service', metadata: { name, namespace }, spec: { ports } },
    {
      apiVersion: 'discovery.k8s.io/v1',
      kind: 'EndpointSlice',
      metadata: { name: `${name}-1`, namespace, labels },
      addressType: 'IPv4',
      ports,
      endpoints: [{ addresses: ['10.244.0.9'] }],
    },
  ];
}

/** What is wrong about a route. */
interface Change {
  readonly rule?: JsonObject;
  readonly spec?: JsonObject;
}

/** A route of a kind on all listeners of the Gateway that is right but for what is given. */
function routeOf(kind: RouteKind, { rule = {}, spec = {} }: Change): KubernetesObject {
  const named = kind === 'TCPRoute' || kind === 'UDPRoute' ? {} : { hostnames: ['a.example.com'] };
  const rules = [{ backendRefs: [{ name: 'web', port: 80 }], ...rule }];
  return gatewayObject(kind, 'r', { parentRefs: [{ name: 'gw' }], ...named, rules, ...spec });
}

function askedOf(kind: RouteKind) {
  if (kind === 'HTTPRoute') return requestFor('http://a.example.com/x');
  const headers = [['content-type', 'application/grpc']] as const;
  if (kind === 'GRPCRoute') return { ...requestFor('http://a.example.com/s.S/M'), method: 'POST', headers };
  const scheme: ConnectionRequest['scheme'] = kind === 'TLSRoute' ? 'tls' : kind === 'TCPRoute' ? 'tcp' : 'udp';
  return { scheme, host: 'a.example.com', sni: scheme === 'tls' ? 'a.example.com' : undefined };
}

/** Where import finds errors, the conditions under the parent, and what the Gateway answers. */
function outcome(kind: RouteKind, route: KubernetesObject): readonly [errors: readonly string[], conditions: string, answer: string] {
  const model = modelOf([...gateway(LISTENERS), ...service('web', 'shop'), ...service('web', 'other'), route]);
  const status = statusOfGatewayObject(model, { kind, namespace: 'shop', name: 'r' });
  const answer = routeThroughGateway(model, { request: askedOf(kind), gateway: 'shop/gw', port: PORTS[OWN[kind]] ?? 0 });
  if (!status.ok || !answer.ok) throw new Error('there is no such object');
  const { diagnostics } = normaliseObject(route);
  const { verdict, result } = answer.value;
  const parents = status.value.result.parents ?? [];
  return [
    diagnostics.filter(({ severity }) => severity === 'error').map(({ pointer = '' }) => pointer),
    parents.length === 0 ? status.value.verdict : conditionLine(parents.flatMap(({ conditions }) => conditions)),
    [verdict, result.status, ...(result.grpcStatus === null ? [] : [`grpc ${result.grpcStatus}`])]
      .filter((part) => part !== null)
      .join(' '),
  ];
}

/** Nobody takes the request: 404 (`HTTPRouteRule.Matches`), Unimplemented (`GRPCRouteRule.Matches`), a connection that is rejected (`TLSRouteRule.BackendRefs` and the like). */
const NOTHING: Readonly<Record<RouteKind, string>> = {
  HTTPRoute: 'NOT_FOUND 404',
  GRPCRoute: 'NOT_FOUND 200 grpc 12',
  TLSRoute: 'CONNECTION_REFUSED',
  TCPRoute: 'CONNECTION_REFUSED',
  UDPRoute: 'CONNECTION_REFUSED',
};
/** The rule has no backend that can be used: 500 (`HTTPRouteRule.BackendRefs`), UNAVAILABLE (`GRPCRouteRule.BackendRefs`), a connection that is rejected. */
const BROKEN: Readonly<Record<RouteKind, string>> = {
  HTTPRoute: 'NO_BACKEND 500',
  GRPCRoute: 'NO_BACKEND 200 grpc 14',
  TLSRoute: 'NO_BACKEND',
  TCPRoute: 'NO_BACKEND',
  UDPRoute: 'NO_BACKEND',
};

const refused = (reason: string, resolved = 'True ResolvedRefs') => `Accepted=False ${reason}, ResolvedRefs=${resolved}`;
const unresolved = (reason: string) => `Accepted=True Accepted, ResolvedRefs=False ${reason}`;
const parent = (more: JsonObject): Change => ({ spec: { parentRefs: [{ name: 'gw', ...more }] } });
const backend = (more: JsonObject): Change => ({
  rule: { backendRefs: [{ name: 'web', port: 80, ...more }] },
});
const BACKEND = '/spec/rules/0/backendRefs/0';

/** The same of every kind: `apis/v1/shared_types.go`, the reasons of `RouteConditionAccepted` and `RouteConditionResolvedRefs`. */
const OF_ALL: readonly [fault: string, change: Change, errors: readonly string[], conditions: string, answers: typeof NOTHING][] = [
  // "parent references that cannot be resolved […] will not be added to this list"
  ['a parent that does not exist', parent({ name: 'gone' }), [], 'NOT_HANDLED', NOTHING],
  ['a section that the Gateway does not have', parent({ sectionName: 'gone' }), [], refused('NoMatchingParent'), NOTHING],
  ['a port that no listener has', parent({ port: 4711 }), [], refused('NoMatchingParent'), NOTHING],
  // what cannot be read never makes a reference wider
  ['a port that is none', parent({ port: 70_000 }), ['/spec/parentRefs/0/port'], refused('NoMatchingParent'), NOTHING],
  ['a Service that does not exist', backend({ name: 'gone' }), [], unresolved('BackendNotFound'), BROKEN],
  ['a port that the Service does not have', backend({ port: 81 }), [], unresolved('BackendNotFound'), BROKEN],
  ['no port', { rule: { backendRefs: [{ name: 'web' }] } }, [`${BACKEND}/port`], unresolved('BackendNotFound'), BROKEN],
  ['a port of a backend that is none', backend({ port: 70_000 }), [`${BACKEND}/port`], unresolved('BackendNotFound'), BROKEN],
  ['a kind that is no backend', backend({ kind: 'Pod' }), [], unresolved('InvalidKind'), BROKEN],
  ['a group that is none', backend({ group: 'nope.example.com', kind: 'Nope' }), [], unresolved('InvalidKind'), BROKEN],
  ['another namespace without a grant', backend({ namespace: 'other' }), [], unresolved('RefNotPermitted'), BROKEN],
  [
    'another namespace without a grant, nothing there',
    backend({ namespace: 'other', name: 'gone' }),
    [],
    unresolved('RefNotPermitted'),
    BROKEN,
  ],
];

describe.each(ROUTE_KINDS.map((kind) => [kind] as const))('%s', (kind) => {
  it('that is right is served', () => {
    expect(outcome(kind, routeOf(kind, {}))).toEqual([[], 'Accepted=True Accepted, ResolvedRefs=True ResolvedRefs', 'ROUTED']);
  });

  it.each(OF_ALL)('%s', (_, change, errors, conditions, answers) => {
    expect(outcome(kind, routeOf(kind, change))).toEqual([errors, conditions, answers[kind]]);
  });

  // "the Gateway has no Listener whose allowedRoutes criteria permit the route" (`RouteReasonNotAllowedByListeners`)
  it('on a listener of another protocol', () => {
    const sectionName = OWN[kind] === 'tcp' ? 'udp' : 'tcp';
    expect(outcome(kind, routeOf(kind, parent({ sectionName })))).toEqual([[], refused('NotAllowedByListeners'), NOTHING[kind]]);
  });
});

const RULE = '/spec/rules/0';
const match = (more: JsonObject) => ({ rule: { matches: [more] } });
const path = (type: string, value: string) => match({ path: { type, value } });
const filters = (...list: JsonObject[]) => ({ rule: { filters: list } });
const setting = (name: string): JsonObject => ({ type: 'RequestHeaderModifier', requestHeaderModifier: { set: [{ name, value: 'v' }] } });
const REFUSED = refused('UnsupportedValue');
const OPEN = 'UNDEFINED';

type Row = [fault: string, kind: RouteKind, change: Change, errors: readonly string[], conditions: string, answer: string];

/** Of which no rule can be served: `apis/v1/httproute_types.go` and `grpcroute_types.go`, their validations, and "unknown values here must result in […] `UnsupportedValue`". */
const OF_REQUESTS: Row[] = [
  ['`//` in a path', 'HTTPRoute', path('PathPrefix', '/a//b'), [`${RULE}/matches/0/path/value`], REFUSED, NOTHING.HTTPRoute],
  ['a path without `/`', 'HTTPRoute', path('Exact', 'x'), [`${RULE}/matches/0/path/value`], REFUSED, NOTHING.HTTPRoute],
  [
    'an expression that is none',
    'HTTPRoute',
    path('RegularExpression', '/x('),
    [`${RULE}/matches/0/path/value`],
    REFUSED,
    NOTHING.HTTPRoute,
  ],
  ['a type of path that is none', 'HTTPRoute', path('Suffix', '/x'), [`${RULE}/matches/0/path/type`], REFUSED, NOTHING.HTTPRoute],
  ['a method that is none', 'HTTPRoute', match({ method: 'FETCH' }), [`${RULE}/matches/0/method`], REFUSED, NOTHING.HTTPRoute],
  [
    'a header without name',
    'HTTPRoute',
    match({ headers: [{ value: 'v' }] }),
    [`${RULE}/matches/0/headers/0/name`],
    REFUSED,
    NOTHING.HTTPRoute,
  ],
  // "the filter MUST NOT be skipped": an error, or no rule at all
  ['a filter that nobody knows', 'HTTPRoute', filters({ type: 'Sparkle' }), [`${RULE}/filters/0/type`], REFUSED, OPEN],
  ['a filter twice', 'HTTPRoute', filters(setting('a'), setting('b')), [`${RULE}/filters/1/type`], REFUSED, OPEN],
  ['a filter of HTTP alone', 'GRPCRoute', filters({ type: 'CORS', cors: {} }), [`${RULE}/filters/0/type`], REFUSED, OPEN],
  [
    'a service that is none',
    'GRPCRoute',
    match({ method: { service: 's/S' } }),
    [`${RULE}/matches/0/method/service`],
    REFUSED,
    NOTHING.GRPCRoute,
  ],
  [
    'an expression that is none',
    'GRPCRoute',
    match({ method: { type: 'RegularExpression', method: '[' } }),
    [`${RULE}/matches/0/method/method`],
    REFUSED,
    NOTHING.GRPCRoute,
  ],
];

const OTHER_NAME = refused('NoMatchingListenerHostname');
const elsewhere = (kind: RouteKind): Row[] => [
  ['a hostname of another domain', kind, { spec: { hostnames: ['a.example.org'] } }, [], OTHER_NAME, NOTHING[kind]],
  ['a hostname that is none', kind, { spec: { hostnames: ['a.*.com'] } }, ['/spec/hostnames/0'], OTHER_NAME, NOTHING[kind]],
  ['an address for a hostname', kind, { spec: { hostnames: ['192.0.2.1'] } }, ['/spec/hostnames/0'], OTHER_NAME, NOTHING[kind]],
];
const TWO = { rules: [{ backendRefs: [{ name: 'web', port: 80 }] }, { backendRefs: [{ name: 'web', port: 80 }] }] };
const ACCEPTED = 'Accepted=True Accepted, ResolvedRefs=True ResolvedRefs';
/** One rule with a backend (`MinItems=1`, `MaxItems=1` of `TCPRouteSpec.Rules` and the like): of two it is not described which one counts. */
const ofStreams = (kind: RouteKind): Row[] => [
  ['no rule', kind, { spec: { rules: [] } }, ['/spec/rules'], ACCEPTED, BROKEN[kind]],
  ['no backend', kind, { rule: { backendRefs: [] } }, [`${RULE}/backendRefs`], ACCEPTED, BROKEN[kind]],
  ['two rules', kind, { spec: TWO }, ['/spec/rules'], ACCEPTED, OPEN],
];

describe('a route with', () => {
  it.each([
    ...OF_REQUESTS,
    ...(['HTTPRoute', 'GRPCRoute', 'TLSRoute'] as const).flatMap(elsewhere),
    ...(['TLSRoute', 'TCPRoute', 'UDPRoute'] as const).flatMap(ofStreams),
  ])('%s: %s', (_, kind, change, errors, conditions, answer) => {
    expect(outcome(kind, routeOf(kind, change))).toEqual([errors, conditions, answer]);
  });
});
