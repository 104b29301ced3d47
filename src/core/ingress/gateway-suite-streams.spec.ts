import { describe, expect, it } from 'vitest';
import {
  backend,
  backendRef as to,
  conditionLine,
  connectGateway,
  gateway,
  gatewayLine,
  gatewayObject,
  gatewayStatusOf,
  listener,
  parentLine,
} from '../../../test/support/gateway-cluster.js';
import { modelOf } from '../../../test/support/model.js';
import { lintRoutes } from '../../../test/support/route-lint.js';
import type { JsonObject } from '../kernel/json.js';
import type { NetworkModel } from '../model/network-model.js';
import type { KubernetesObject } from '../resources/kubernetes-object.js';

type Protocol = 'TCP' | 'UDP';
const PROTOCOLS = ['TCP', 'UDP'] as const;

/** A Service with a port 80 of each protocol, and an endpoint. */
const both = (name: string, namespace = 'shop'): readonly KubernetesObject[] => {
  const ports = (port: number): JsonObject[] => PROTOCOLS.map((protocol) => ({ name: protocol.toLowerCase(), port, protocol }));
  return backend(name, namespace).map((object) =>
    object.kind === 'Service' ? { ...object, spec: { clusterIP: '10.96.0.9', ports: ports(80) } } : { ...object, ports: ports(8080) },
  );
};
const route = (protocol: Protocol | 'TLS', name: string, backendRefs: JsonObject[], parent: JsonObject = {}, more: JsonObject = {}) =>
  gatewayObject(`${protocol}Route`, name, { parentRefs: [{ name: 'gw', ...parent }], rules: [{ backendRefs }], ...more });
const on = (protocol: Protocol, port: number, more: JsonObject = {}): JsonObject =>
  listener(protocol.toLowerCase(), { port, protocol, allowedRoutes: { kinds: [{ kind: `${protocol}Route` }] }, ...more });

const connect = (model: NetworkModel, protocol: Protocol, port: number) =>
  gatewayLine(connectGateway(model, protocol === 'TCP' ? 'tcp' : 'udp', port));
const listenersOf = (model: NetworkModel) =>
  (gatewayStatusOf(model, 'Gateway', 'shop/gw').listeners ?? []).map(({ name, attachedRoutes, supportedKinds, conditions }) =>
    [name, attachedRoutes, ...supportedKinds.map(({ kind }) => kind), conditionLine(conditions)].join(' '),
  );
const statusOf = (model: NetworkModel, kind: 'TCPRoute' | 'UDPRoute' | 'TLSRoute', name = 'r') => parentLine(model, kind, `shop/${name}`);

/** kubernetes-sigs/gateway-api `conformance/tests/udproute-*.go`, `tcproute-*.go`. */
describe.each(PROTOCOLS)('%s', (protocol) => {
  const other = protocol === 'TCP' ? 'UDP' : 'TCP';
  const kind = `${protocol}Route` as const;

  it('listeners of both protocols: the route is attached to the one that it names', () => {
    const model = modelOf([
      ...gateway([on('TCP', 9300), on('UDP', 5300)]),
      ...both('v1'),
      route(protocol, 'r', [to('v1')], { sectionName: protocol.toLowerCase() }),
    ]);
    const conditions = 'Accepted=True Accepted, Programmed=True Programmed, ResolvedRefs=True ResolvedRefs, Conflicted=False NoConflicts';
    expect(listenersOf(model)).toEqual(
      PROTOCOLS.map((own) => `${own.toLowerCase()} ${own === protocol ? 1 : 0} ${own}Route ${conditions}`),
    );
    expect(statusOf(model, kind)).toBe('Accepted=True Accepted, ResolvedRefs=True ResolvedRefs');
  });

  it('listeners of both protocols on one port stand beside each other', () => {
    const routes = [route('TCP', 't', [to('v1')], { sectionName: 'tcp' }), route('UDP', 'u', [to('v2')], { sectionName: 'udp' })];
    const model = modelOf([...gateway([on('TCP', 5300), on('UDP', 5300)]), ...both('v1'), ...both('v2'), ...routes]);
    expect(connect(model, protocol, 5300)).toBe(protocol === 'TCP' ? 'ROUTED v1' : 'ROUTED v2');
  });

  it.each([other, 'HTTP'] as const)('a route that names a listener of %s is not accepted', (wrong) => {
    const model = modelOf([
      ...gateway([listener('wrong', { port: 9000, protocol: wrong })]),
      ...both('v1'),
      route(protocol, 'r', [to('v1')], { sectionName: 'wrong' }),
    ]);
    expect(statusOf(model, kind)).toContain('Accepted=False NotAllowedByListeners');
    expect(listenersOf(model)[0]).toMatch(/^wrong 0 /);
  });

  it('a backend that does not exist', () => {
    const model = modelOf([...gateway([on(protocol, 9000)]), route(protocol, 'r', [to('gone')])]);
    expect(statusOf(model, kind)).toBe('Accepted=True Accepted, ResolvedRefs=False BackendNotFound');
  });

  it.each<[what: string, from: JsonObject, granted: JsonObject, reason: string]>([
    ['for routes of this kind and namespace', { kind, namespace: 'shop' }, { kind: 'Service' }, 'True ResolvedRefs'],
    ['for this Service', { kind, namespace: 'shop' }, { kind: 'Service', name: 'v1' }, 'True ResolvedRefs'],
    ['of another namespace', { kind, namespace: 'other' }, { kind: 'Service' }, 'False RefNotPermitted'],
    ['of another kind of route', { kind: 'HTTPRoute', namespace: 'shop' }, { kind: 'Service' }, 'False RefNotPermitted'],
    ['for another kind of target', { kind, namespace: 'shop' }, { kind: 'Secret' }, 'False RefNotPermitted'],
    ['for another Service', { kind, namespace: 'shop' }, { kind: 'Service', name: 'v2' }, 'False RefNotPermitted'],
  ])('a ReferenceGrant %s', (_, from, granted, reason) => {
    const grant = gatewayObject('ReferenceGrant', 'backend/grant', {
      from: [{ group: 'gateway.networking.k8s.io', ...from }],
      to: [{ group: '', ...granted }],
    });
    const objects = [...both('v1', 'backend'), grant, route(protocol, 'r', [to('v1', { namespace: 'backend' })])];
    const model = modelOf([...gateway([on(protocol, 9000)]), ...objects]);
    expect(statusOf(model, kind)).toBe(`Accepted=True Accepted, ResolvedRefs=${reason}`);
    expect(connect(model, protocol, 9000)).toBe(reason.startsWith('True') ? 'ROUTED v1' : 'NO_BACKEND');
  });

  it('weights share the connections, and a weight of zero gets none', () => {
    const weighted = [to('v1', { weight: 70 }), to('v2', { weight: 30 }), to('v3', { weight: 0 })];
    const objects = [...both('v1'), ...both('v2'), ...both('v3'), route(protocol, 'r', weighted)];
    expect(connect(modelOf([...gateway([on(protocol, 9000)]), ...objects]), protocol, 9000)).toBe('ROUTED v1 0.7, v2 0.3');
  });
});

/** `conformance/tests/tlsroute-invalid-*.go`, `tlsroute-hostname-intersection.go`. */
describe('TLS', () => {
  const pass = (more: JsonObject = {}) => listener('tls', { port: 443, protocol: 'TLS', tls: { mode: 'Passthrough' }, ...more });
  const status = (listeners: JsonObject[], ref: JsonObject, hostnames = ['abc.example.com'], parent: JsonObject = {}) =>
    statusOf(
      modelOf([...gateway(listeners), ...both('v1'), ...both('v1', 'backend'), route('TLS', 'r', [ref], parent, { hostnames })]),
      'TLSRoute',
    );

  it.each<[what: string, listeners: JsonObject[], ref: JsonObject, hostnames: string[], conditions: string]>([
    ['a Service', [pass()], to('v1'), ['abc.example.com'], 'Accepted=True Accepted, ResolvedRefs=True ResolvedRefs'],
    ['no Service', [pass()], to('gone'), ['abc.example.com'], 'Accepted=True Accepted, ResolvedRefs=False BackendNotFound'],
    [
      'an unknown kind',
      [pass()],
      to('v1', { group: 'unknown.example.com', kind: 'Nothing' }),
      ['abc.example.com'],
      'Accepted=True Accepted, ResolvedRefs=False InvalidKind',
    ],
    [
      'no grant',
      [pass()],
      to('v1', { namespace: 'backend' }),
      ['abc.example.com'],
      'Accepted=True Accepted, ResolvedRefs=False RefNotPermitted',
    ],
    [
      'another hostname',
      [pass({ hostname: 'other.example.com' })],
      to('v1'),
      ['abc.example.com'],
      'Accepted=False NoMatchingListenerHostname, ResolvedRefs=True ResolvedRefs',
    ],
    [
      'a name below the wildcard of the listener',
      [pass({ hostname: '*.example.com' })],
      to('v1'),
      ['abc.example.com'],
      'Accepted=True Accepted, ResolvedRefs=True ResolvedRefs',
    ],
    [
      'the wildcard is not its own suffix',
      [pass({ hostname: '*.example.com' })],
      to('v1'),
      ['example.com'],
      'Accepted=False NoMatchingListenerHostname, ResolvedRefs=True ResolvedRefs',
    ],
    [
      'a listener of HTTP',
      [listener('tls')],
      to('v1'),
      ['abc.example.com'],
      'Accepted=False NotAllowedByListeners, ResolvedRefs=True ResolvedRefs',
    ],
  ])('%s', (_, listeners, ref, hostnames, conditions) => {
    expect(status(listeners, ref, hostnames, { sectionName: 'tls' })).toBe(conditions);
  });
});

/**
 * `conformance/tests/tlsroute-multiple-routes-attachment-same-hostname-intersection.go` (1.7): the newer serves, for its hostname as it is written is the more specific one. The text of 1.6 does not
 * say so (kubernetes-sigs/gateway-api#5120, divergence D26), as of routes of requests.
 */
describe('TLSRoutes that meet the listener in one hostname', () => {
  const at = (name: string, hostname: string, createdAt: string) =>
    gatewayObject(
      'TLSRoute',
      name,
      { parentRefs: [{ name: 'gw' }], hostnames: [hostname], rules: [{ backendRefs: [to(name)] }] },
      { createdAt },
    );

  it.each([
    ['abc.example.com', '*.example.com', 'abc.example.com', 'UNDEFINED HOSTNAME_RANK_UNSPECIFIED', 'v1 undecided, v2 undecided'],
    ['*.example.com', '*.com', '*.example.com', 'UNDEFINED HOSTNAME_RANK_UNSPECIFIED', 'v1 undecided, v2 undecided'],
    // both readings end alike
    ['*.example.com', '*.example.com', '*.com', 'ROUTED v1', 'v1 live, v2 shadowed'],
    ['*.example.com', '*.example.com', '*.example.com', 'ROUTED v1', 'v1 live, v2 shadowed'],
    ['*.example.com', '*.com', 'abc.example.com', 'ROUTED v2', 'v1 live, v2 live'],
  ])('on `%s`: `%s` against a newer `%s`', (hostname, older, newer, served, linted) => {
    const pass = listener('tls', { port: 443, protocol: 'TLS', tls: { mode: 'Passthrough' }, hostname });
    const routes = [at('v1', older, '2025-01-01T00:00:00Z'), at('v2', newer, '2026-01-01T00:00:00Z')];
    const model = modelOf([...gateway([pass]), ...both('v1'), ...both('v2'), ...routes]);
    const answer = connectGateway(model, 'tls', 443, 'abc.example.com');
    expect(gatewayLine(answer)).toBe(served);
    if (answer.verdict === 'UNDEFINED')
      expect(answer.result.possibilities.map(({ object }) => object)).toEqual(['TLSRoute shop/v1', 'TLSRoute shop/v2']);
    const rules = lintRoutes(model).rules.map(({ object, state }) => `${object.name} ${state}`);
    expect(rules.join(', ')).toBe(linted);
  });
});

/** `conformance/tests/listenerset-parent-not-accepted.go`; `apis/v1/listenerset_types.go`: the reasons of each condition. */
describe('a ListenerSet of a Gateway that is not accepted', () => {
  it('is not accepted, and none of its listeners counts', () => {
    const parametersRef = { group: '', kind: 'ConfigMap', name: 'gone' };
    const model = modelOf([
      ...gateway([listener('http')], { infrastructure: { parametersRef }, allowedListeners: { namespaces: { from: 'Same' } } }),
      gatewayObject('ListenerSet', 'set', { parentRef: { name: 'gw' }, listeners: [listener('extra', { hostname: 'extra.com' })] }),
    ]);
    expect(gatewayStatusOf(model, 'Gateway', 'shop/gw')).toMatchObject({ attachedListenerSets: 0 });
    expect(conditionLine(gatewayStatusOf(model, 'ListenerSet', 'shop/set').conditions)).toBe(
      'Accepted=False ParentNotAccepted, Programmed=False ParentNotProgrammed',
    );
  });
});
