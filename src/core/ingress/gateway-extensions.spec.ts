import { describe, expect, it } from 'vitest';
import {
  askGateway,
  backend,
  conditionLine,
  gateway,
  gatewayLine,
  gatewayObject,
  gatewayStatusOf,
  httpRoute,
  listener,
  parentLine,
  rule,
} from '../../../test/support/gateway-cluster.js';
import { modelOf } from '../../../test/support/model.js';
import type { JsonObject } from '../kernel/json.js';
import type { KubernetesObject } from '../resources/kubernetes-object.js';
import { statusOfGatewayObject } from './gateway-status.js';
import type { GatewayDialectName } from './route-request.js';

const parameters = (group: string, kind: string): JsonObject => ({ group, kind, name: 'p', namespace: 'shop' });
const stored = (apiVersion: string, kind: string): KubernetesObject => ({ apiVersion, kind, metadata: { name: 'p', namespace: 'shop' } });
const classWith = (parametersRef: JsonObject): KubernetesObject => ({
  apiVersion: 'gateway.networking.k8s.io/v1',
  kind: 'GatewayClass',
  metadata: { name: 'web' },
  spec: { controllerName: 'example.com/web', parametersRef },
});

/** `apis/v1/gatewayclass_types.go`, `ParametersRef`, and `gateway_types.go`, `GatewayInfrastructure.ParametersRef`: "If the referent cannot be found […] `InvalidParameters`". */
describe('parameters of a class or a Gateway', () => {
  it.each([
    ['a ConfigMap', '', 'ConfigMap', 'v1'],
    ['a Secret', '', 'Secret', 'v1'],
    ['an object of the implementation', 'gateway.envoyproxy.io', 'EnvoyProxy', 'gateway.envoyproxy.io/v1alpha1'],
  ])('%s: accepted where it is stored, refused where it is not', (_, group, kind, apiVersion) => {
    const { namespace: _namespace, ...local } = parameters(group, kind);
    const own = gateway([listener('http')], { infrastructure: { parametersRef: local } });
    const lines = (...more: readonly KubernetesObject[]) => {
      const ofClass = gatewayStatusOf(modelOf([classWith(parameters(group, kind)), ...more]), 'GatewayClass', 'web');
      const ofGateway = gatewayStatusOf(modelOf([...own, ...more]), 'Gateway', 'shop/gw');
      return [conditionLine(ofClass.conditions), conditionLine(ofGateway.conditions.slice(0, 1))];
    };
    expect(lines(stored(apiVersion, kind))).toEqual(['Accepted=True Accepted', 'Accepted=True Accepted']);
    expect(lines()).toEqual(['Accepted=False InvalidParameters', 'Accepted=False InvalidParameters']);
  });

  it('are no parameters of another namespace', () => {
    const elsewhere: KubernetesObject = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'p', namespace: 'other' } };
    const { conditions } = gatewayStatusOf(modelOf([classWith(parameters('', 'ConfigMap')), elsewhere]), 'GatewayClass', 'web');
    expect(conditionLine(conditions)).toBe('Accepted=False InvalidParameters');
  });

  it('a request through a Gateway that is refused for them is answered with that doubt', () => {
    const parametersRef = { group: '', kind: 'ConfigMap', name: 'gone' };
    const objects = [
      ...gateway([listener('http')], { infrastructure: { parametersRef } }),
      ...backend('web'),
      httpRoute('r', [rule({}, 'web')]),
    ];
    const answer = askGateway(modelOf(objects), 'http://a.com/');
    expect(answer).toMatchObject({ verdict: 'ROUTED', confidence: 'ASSUMED', warnings: [{ code: 'GATEWAY_NOT_ACCEPTED' }] });
  });
});

describe('what an implementation attaches to a Gateway', () => {
  const objects = [...gateway([listener('http')]), ...backend('web'), httpRoute('r', [rule({}, 'web')])];

  it('is told, for it may change the answer', () => {
    const answer = askGateway(modelOf([...objects, stored('gateway.envoyproxy.io/v1alpha1', 'SecurityPolicy')]), 'http://a.com/');
    expect(answer).toMatchObject({ confidence: 'ASSUMED', warnings: [{ code: 'NOT_MODELLED' }] });
    expect(answer.warnings[0]?.message).toContain('1 object of kind SecurityPolicy');
    expect(askGateway(modelOf(objects), 'http://a.com/')).toMatchObject({ confidence: 'CERTAIN', warnings: [] });
  });

  it('a Gateway whose class does not exist says so, and which is near (rule G1)', () => {
    const [, own] = gateway([listener('http')]);
    const other = { ...classWith({}), metadata: { name: 'webb' }, spec: { controllerName: 'example.com/web' } };
    const answer = askGateway(modelOf([own as KubernetesObject, other]), 'http://a.com/');
    expect(answer.verdict).toBe('CONNECTION_REFUSED');
    expect(answer.summary).toBe('GET http://a.com/ → no GatewayClass `web` exists: nobody serves Gateway shop/gw');
    expect(answer.result.nearMisses).toMatchObject([{ reason: 'GATEWAY_CLASS_MISSING', fix: expect.stringContaining('webb') as unknown }]);
  });
});

/** `apis/v1/grpcroute_types.go`, "MUST accept exactly one of these two routes" and `RouteReasonUnsupportedValue`; rule G38. */
describe('an HTTPRoute of which no rule can be served, beside a GRPCRoute of its hostname', () => {
  const faulty = (hostname: string) =>
    httpRoute('old', [rule({ path: { type: 'Nonsense', value: '/' } }, 'web')], { hostnames: [hostname] }, '2020-01-01T00:00:00Z');
  const grpc = gatewayObject('GRPCRoute', 'calls', {
    parentRefs: [{ name: 'gw' }],
    hostnames: ['a.com'],
    rules: [{ backendRefs: [{ name: 'web', port: 80 }] }],
  });
  const accepted = (hostname: string, kind: 'HTTPRoute' | 'GRPCRoute', name: string) => {
    const model = modelOf([...gateway([listener('http')]), ...backend('web'), faulty(hostname), grpc]);
    return conditionLine(gatewayStatusOf(model, kind, `shop/${name}`).parents?.[0]?.conditions.slice(0, 1) ?? []);
  };

  it.each(['a.com', '*.com'])('is not accepted, and does not take `%s` from it, however old it is', (hostname) => {
    expect(accepted(hostname, 'GRPCRoute', 'calls')).toBe('Accepted=True Accepted');
    expect(accepted(hostname, 'HTTPRoute', 'old')).toBe('Accepted=False UnsupportedValue');
  });

  it('calls reach the GRPCRoute', () => {
    const model = modelOf([...gateway([listener('http')]), ...backend('web'), faulty('a.com'), grpc]);
    const call = { method: 'POST', headers: [['content-type', 'application/grpc']] } as const;
    expect(gatewayLine(askGateway(model, 'http://a.com/shop.Cart/Add', call))).toBe('ROUTED web');
  });
});

/** Hostnames of routes of both kinds meet by the table of `HTTPRouteSpec.Hostnames`; rule G38. */
describe('an HTTPRoute and a younger GRPCRoute on one listener', () => {
  it.each([
    ['a.com', 'a.com', true],
    ['*.com', 'a.com', true],
    ['a.com', '*.com', true],
    ['*.b.com', '*.com', true],
    ['*.com', 'x.y.com', true],
    ['*.com', 'com', false],
    ['a.com', 'b.com', false],
    ['*.a.com', '*.b.com', false],
    ['*.a.com', 'a.com', false],
  ])('of `%s` and `%s` meet: %s', (http, calls, meet) => {
    const grpc = gatewayObject('GRPCRoute', 'calls', { parentRefs: [{ name: 'gw' }], hostnames: [calls], rules: [] });
    const old = httpRoute('old', [rule({}, 'web')], { hostnames: [http] }, '2020-01-01T00:00:00Z');
    const model = modelOf([...gateway([listener('http')]), ...backend('web'), old, grpc]);
    const { parents } = gatewayStatusOf(model, 'GRPCRoute', 'shop/calls');
    expect(conditionLine(parents?.[0]?.conditions.slice(0, 1) ?? [])).toBe(`Accepted=${meet ? 'False Conflicted' : 'True Accepted'}`);
  });
});

/** `apis/v1/policy_types.go`, `PolicyStatus.Ancestors`: "A maximum of 16 ancestors"; `tlsroute_types.go`, `TLSRouteRule.BackendRefs`. */
describe('the ancestors of a BackendTLSPolicy', () => {
  const policy = gatewayObject('BackendTLSPolicy', 'p', {
    targetRefs: [{ group: '', kind: 'Service', name: 'web' }],
    validation: { hostname: 'web.com', wellKnownCACertificates: 'System' },
  });
  const tls = (mode: string) => listener('tls', { protocol: 'TLS', port: 443, tls: { mode, options: { 'example.com/any': 'x' } } });
  const tlsRoute = gatewayObject('TLSRoute', 't', {
    parentRefs: [{ name: 'gw' }],
    hostnames: ['a.com'],
    rules: [{ backendRefs: [{ name: 'web', port: 80 }] }],
  });

  it.each([
    ['Terminate', ['gw']],
    ['Passthrough', []],
  ])('a Gateway that does nothing but TLS of mode %s: %j', (mode, expected) => {
    const model = modelOf([...gateway([tls(mode)]), ...backend('web'), tlsRoute, policy]);
    expect(gatewayStatusOf(model, 'BackendTLSPolicy', 'shop/p').parents?.map(({ name }) => name)).toEqual(expected);
  });

  it('are 16 at most, and the rest is told', () => {
    const names = Array.from({ length: 17 }, (_, index) => `gw${10 + index}`);
    const [gatewayClass] = gateway([]);
    const gateways = names.map((name) => gatewayObject('Gateway', name, { gatewayClassName: 'web', listeners: [listener('http')] }));
    const route = httpRoute('r', [rule({}, 'web')], { parentRefs: names.map((name) => ({ name })) });
    const model = modelOf([gatewayClass as KubernetesObject, ...gateways, ...backend('web'), route, policy]);
    const answer = statusOfGatewayObject(model, { kind: 'BackendTLSPolicy', namespace: 'shop', name: 'p' });
    if (!answer.ok) throw new Error(answer.error.message);
    expect(answer.value.result.parents).toHaveLength(16);
    expect(answer.value).toMatchObject({
      verdict: 'PARTLY',
      evidence: [{ reason: 'MORE_ANCESTORS' }, ...Array.from({ length: 32 }, () => ({ stage: 'parent' }))],
    });
  });
});

/** `apis/v1/httproute_types.go`, `HTTPHeader.Name`: "Subsequent entries with an equivalent header name MUST be ignored". */
it.each(['set', 'add'])('of headers of one name that a filter %ss, whatever their case, the first counts', (action) => {
  const headers = [
    { name: 'X-Who', value: 'first' },
    { name: 'x-who', value: 'second' },
  ];
  const filters = [{ type: 'RequestHeaderModifier', requestHeaderModifier: { [action]: headers } }];
  const model = modelOf([...gateway([listener('http')]), ...backend('web'), httpRoute('r', [rule({}, 'web', { filters })])]);
  expect(askGateway(model, 'http://a.com/').result.forwarded?.headers).toEqual(['X-Who: first']);
});

/**
 * `apis/v1/httproute_types.go` and others, `BackendRefs`: "Support: Extended for Kubernetes ServiceImport"; gateway-api GEP-1748; KEP-1645: slices of the clusterset have the label
 * `multicluster.kubernetes.io/service-name`. Envoy Gateway: `internal/gatewayapi/route.go`, `processServiceImportDestinationSetting`.
 */
describe('a ServiceImport as a backend', () => {
  const to = { group: 'multicluster.x-k8s.io', kind: 'ServiceImport', name: 'far', port: 80 };
  const objects = [...gateway([listener('http')]), ...backend('far'), httpRoute('r', [{ backendRefs: [to] }])];
  const imported = (port: JsonObject = {}): KubernetesObject => ({
    apiVersion: 'multicluster.x-k8s.io/v1alpha1',
    kind: 'ServiceImport',
    metadata: { name: 'far', namespace: 'shop' },
    spec: { type: 'ClusterSetIP', ports: [{ port: 80, protocol: 'TCP', ...port }] },
  });
  const slice = (name: string, address: string, more: JsonObject = {}): KubernetesObject => ({
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: { name, namespace: 'shop', labels: { 'multicluster.kubernetes.io/service-name': 'far', ...more } },
    addressType: 'IPv4',
    ports: [{ name: '', port: 8080 }],
    endpoints: [{ addresses: [address] }],
  });
  const slices = [
    slice('east', '10.1.0.7', { 'multicluster.kubernetes.io/source-cluster': 'east' }),
    slice('west', '10.2.0.7', { 'kubernetes.io/service-name': 'derived-far' }),
  ];
  const derived: KubernetesObject = {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'derived-far', namespace: 'shop' },
    spec: { clusterIP: '10.96.0.77', ports: [{ port: 80 }] },
  };

  it('leads to the endpoints that the clusters give it, and not to those of a Service of its name', () => {
    const answer = askGateway(modelOf([...objects, imported(), derived, ...slices]), 'http://a.com/');
    expect(gatewayLine(answer)).toBe('ROUTED far');
    expect(answer.result.backends[0]?.endpoints.map(({ address }) => address).toSorted()).toEqual(['10.1.0.7', '10.2.0.7']);
    expect([answer.confidence, ...answer.assumptions.map(({ code }) => code)]).toEqual(['ASSUMED', 'SERVICE_IMPORT_TAKEN']);
  });

  it.each<[what: string, more: readonly KubernetesObject[], line: string, condition: string]>([
    ['is there, without endpoints', [imported()], 'NO_ENDPOINTS 503', 'True ResolvedRefs'],
    ['has another port', [imported({ port: 81 }), ...slices], 'NO_BACKEND 500', 'False BackendNotFound'],
    ['does not exist', slices, 'NO_BACKEND 500', 'False BackendNotFound'],
  ])('that %s', (_, more, line, condition) => {
    const model = modelOf([...objects, ...more]);
    expect(gatewayLine(askGateway(model, 'http://a.com/'))).toBe(line);
    expect(parentLine(model, 'HTTPRoute', 'shop/r')).toBe(`Accepted=True Accepted, ResolvedRefs=${condition}`);
  });

  it('of another group is none', () => {
    const route = httpRoute('r', [{ backendRefs: [{ ...to, group: 'example.com' }] }]);
    const model = modelOf([...gateway([listener('http')]), route, imported(), ...slices]);
    expect(parentLine(model, 'HTTPRoute', 'shop/r')).toBe('Accepted=True Accepted, ResolvedRefs=False InvalidKind');
  });

  it('is told of by the status of its route, which rests on it', () => {
    const answer = statusOfGatewayObject(modelOf([...objects, imported()]), { kind: 'HTTPRoute', namespace: 'shop', name: 'r' });
    if (!answer.ok) throw new Error(answer.error.message);
    expect(answer.value.assumptions.map(({ code }) => code)).toEqual(['SERVICE_IMPORT_TAKEN']);
  });

  it('of another namespace needs a grant for its kind', () => {
    const there = { ...imported(), metadata: { name: 'far', namespace: 'team' } };
    const route = httpRoute('r', [{ backendRefs: [{ ...to, namespace: 'team' }] }]);
    const grantFor = (kind: string, group: string) =>
      gatewayObject('ReferenceGrant', 'team/g', {
        from: [{ group: 'gateway.networking.k8s.io', kind: 'HTTPRoute', namespace: 'shop' }],
        to: [{ group, kind }],
      });
    const reason = (grant: KubernetesObject) =>
      parentLine(modelOf([...gateway([listener('http')]), route, there, grant]), 'HTTPRoute', 'shop/r')
        .split(' ')
        .at(-1);
    expect([reason(grantFor('ServiceImport', to.group)), reason(grantFor('Service', ''))]).toEqual(['ResolvedRefs', 'RefNotPermitted']);
  });

  it('is checked by no BackendTLSPolicy for a Service of its name', () => {
    const policy = gatewayObject('BackendTLSPolicy', 'p', {
      targetRefs: [{ group: '', kind: 'Service', name: 'far' }],
      validation: { hostname: 'far.example.com', wellKnownCACertificates: 'System' },
    });
    const answer = askGateway(modelOf([...objects, imported(), ...slices, policy]), 'http://a.com/');
    expect(answer.result.backends.map(({ tls }) => tls)).toEqual([null]);
    expect(gatewayStatusOf(modelOf([...objects, imported(), policy]), 'BackendTLSPolicy', 'shop/p').parents).toEqual([]);
  });

  it('is one for Envoy Gateway without a doubt, and none for Traefik', () => {
    const model = modelOf([...objects, imported(), ...slices]);
    const ask = (dialect: GatewayDialectName) => askGateway(model, 'http://a.com/', { dialect });
    expect([gatewayLine(ask('envoy-gateway')), ask('envoy-gateway').assumptions]).toEqual(['ROUTED far', []]);
    expect(ask('traefik-gateway').verdict).toBe('NO_BACKEND');
  });
});

/** `apis/v1/gatewayclass_types.go`, `GatewayClassConditionStatusSupportedVersion`; `conformance/tests/gatewayclass-supported-version-condition.go`. */
describe('the version of the CRDs that a class supports', () => {
  const lineWith = (written: JsonObject | undefined) => {
    const [plain] = gateway([]);
    const status = written === undefined ? {} : { status: { conditions: [{ type: 'SupportedVersion', message: '', ...written }] } };
    const metadata = { name: 'web', generation: 2 };
    return conditionLine(
      gatewayStatusOf(modelOf([{ ...plain, ...status, metadata } as KubernetesObject]), 'GatewayClass', 'web').conditions,
    );
  };

  it.each<[written: JsonObject | undefined, line: string]>([
    [undefined, 'Accepted=True Accepted'],
    [
      { status: 'True', reason: 'SupportedVersion', observedGeneration: 2 },
      'Accepted=True Accepted, SupportedVersion=True SupportedVersion',
    ],
    [
      { status: 'False', reason: 'UnsupportedVersion', observedGeneration: 2 },
      'Accepted=True Accepted, SupportedVersion=False UnsupportedVersion',
    ],
    [{ status: 'True', reason: 'SupportedVersion', observedGeneration: 1 }, 'Accepted=True Accepted'],
  ])('is told as its controller has written it about the generation: %j', (written, line) => {
    expect(lineWith(written)).toBe(line);
  });
});
