import { describe, expect, it } from 'vitest';
import {
  askGateway,
  conditionLine,
  gateway,
  gatewayLine,
  gatewayObject,
  gatewayStatusOf,
  httpRoute,
  listener,
} from '../../../test/support/gateway-cluster.js';
import { CERTIFICATES } from '../../../test/support/certificates.js';
import { modelOf } from '../../../test/support/model.js';
import type { JsonObject } from '../kernel/json.js';
import type { KubernetesObject } from '../resources/kubernetes-object.js';

const inNamespace = (name: string, labels: JsonObject = {}): KubernetesObject => ({
  apiVersion: 'v1',
  kind: 'Namespace',
  metadata: { name, labels },
});
const listenerSet = (name: string, listeners: readonly JsonObject[]) =>
  gatewayObject('ListenerSet', name, { parentRef: { name: 'gw', namespace: 'shop' }, listeners: [...listeners] });
const acceptedSet = (model: ReturnType<typeof modelOf>, name: string) =>
  conditionLine(gatewayStatusOf(model, 'ListenerSet', name).conditions).split(', ')[0];

/** kubernetes-sigs/gateway-api `conformance/tests/listenerset-allowed-namespace-all.go`, `-same.go`, `-selector.go`; `AllowedListeners.Namespaces`. */
describe('namespaces from which ListenerSets are taken', () => {
  const accepted = 'Accepted=True Accepted';
  const refused = 'Accepted=False NotAllowed';
  it.each<[from: JsonObject, own: string, chosen: string, other: string]>([
    [{ from: 'All' }, accepted, accepted, accepted],
    [{ from: 'Same' }, accepted, refused, refused],
    [{ from: 'Selector', selector: { matchLabels: { allowed: 'true' } } }, refused, accepted, refused],
  ])('%j', (namespaces, ...expected) => {
    const sets = ['shop/own', 'chosen/set', 'other/set'].map((name, index) =>
      listenerSet(name, [listener('extra', { port: 8081 + index })]),
    );
    const model = modelOf([
      ...gateway([listener('http')], { allowedListeners: { namespaces } }),
      inNamespace('shop'),
      inNamespace('chosen', { allowed: 'true' }),
      inNamespace('other'),
      ...sets,
    ]);
    expect(['shop/own', 'chosen/set', 'other/set'].map((name) => acceptedSet(model, name))).toEqual(expected);
    const attached = expected.filter((one) => one === accepted).length;
    expect(gatewayStatusOf(model, 'Gateway', 'shop/gw').attachedListenerSets).toBe(attached);
  });
});

/** `CHANGELOG/1.6` (#4841, ListenerSetAllowedRoutesCrossNamespace): "a ListenerSet only allows routes in its own namespace by default"; not in that of its Gateway. */
describe('routes on a ListenerSet in another namespace', () => {
  const set = listenerSet('team/set', [listener('extra', { port: 8081 })]);
  const routeIn = (namespace: string) =>
    gatewayObject('HTTPRoute', `${namespace}/r`, { parentRefs: [{ kind: 'ListenerSet', name: 'set', namespace: 'team' }] });
  it.each([
    ['team', 'Accepted=True Accepted'],
    ['shop', 'Accepted=False NotAllowedByListeners'],
  ])('from namespace %s', (namespace, expected) => {
    const model = modelOf([
      ...gateway([listener('http')], { allowedListeners: { namespaces: { from: 'All' } } }),
      inNamespace('team'),
      set,
      routeIn(namespace),
    ]);
    const [parent] = gatewayStatusOf(model, 'HTTPRoute', `${namespace}/r`).parents ?? [];
    expect(conditionLine(parent?.conditions ?? []).split(', ')[0]).toBe(expected);
  });
});

/** `conformance/tests/listenerset-reference-grant.yaml`; `ListenerSet`, "ReferenceGrants applied to a Gateway are not inherited by child ListenerSets". */
describe('grants for certificates of ListenerSets', () => {
  const https = (name: string) =>
    listener(name, {
      port: 443,
      protocol: 'HTTPS',
      hostname: `${name}.com`,
      tls: { certificateRefs: [{ name: 'certificate', namespace: 'web' }] },
    });
  const grant = (kind: string): KubernetesObject =>
    gatewayObject('ReferenceGrant', `web/for-${kind.toLowerCase()}`, {
      from: [{ group: 'gateway.networking.k8s.io', kind, namespace: 'shop' }],
      to: [{ group: '', kind: 'Secret' }],
    });
  const secret: KubernetesObject = {
    apiVersion: 'v1',
    kind: 'Secret',
    type: 'kubernetes.io/tls',
    metadata: { name: 'certificate', namespace: 'web' },
    data: { 'tls.crt': Buffer.from(CERTIFICATES.alternativeNames).toString('base64'), 'tls.key': '' },
  };
  const resolved = (...grants: readonly KubernetesObject[]) => {
    const model = modelOf([
      ...gateway([https('gateway')], { allowedListeners: { namespaces: { from: 'All' } } }),
      inNamespace('elsewhere'),
      listenerSet('shop/with', [https('with')]),
      listenerSet('elsewhere/without', [https('without')]),
      secret,
      ...grants,
    ]);
    const of = (kind: 'Gateway' | 'ListenerSet', name: string) =>
      gatewayStatusOf(model, kind, name).listeners?.[0]?.conditions.find(({ type }) => type === 'ResolvedRefs')?.reason;
    return [of('Gateway', 'shop/gw'), of('ListenerSet', 'shop/with'), of('ListenerSet', 'elsewhere/without')];
  };

  it('are their own', () => {
    expect(resolved(grant('Gateway'))).toEqual(['ResolvedRefs', 'RefNotPermitted', 'RefNotPermitted']);
    expect(resolved(grant('Gateway'), grant('ListenerSet'))).toEqual(['ResolvedRefs', 'ResolvedRefs', 'RefNotPermitted']);
    expect(resolved(grant('ListenerSet'))).toEqual(['RefNotPermitted', 'ResolvedRefs', 'RefNotPermitted']);
  });
});

/** `conformance/tests/gateway-unsupported-route-kind.go`. */
describe('kinds of routes that a protocol does not carry', () => {
  it.each<[kinds: readonly string[], supported: readonly string[]]>([
    [['UDPRoute'], []],
    [['UDPRoute', 'HTTPRoute'], ['HTTPRoute']],
  ])('%j', (kinds, supported) => {
    const http = listener('http', { allowedRoutes: { namespaces: { from: 'All' }, kinds: kinds.map((kind) => ({ kind })) } });
    const [status] = gatewayStatusOf(modelOf(gateway([http])), 'Gateway', 'shop/gw').listeners ?? [];
    expect(status?.supportedKinds.map(({ kind }) => kind)).toEqual(supported);
    expect(status?.conditions.find(({ type }) => type === 'ResolvedRefs')).toMatchObject({ status: 'False', reason: 'InvalidRouteKinds' });
  });
});

/** `conformance/tests/httproute-service-types.yaml`: endpoints by a selector or by hand, with an address of the Service or without. */
describe('backends of every type of Service', () => {
  const service = (name: string, more: JsonObject): KubernetesObject => ({
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name, namespace: 'shop' },
    spec: { ports: [{ name: 'first-port', protocol: 'TCP', port: 8080, targetPort: 3000 }], ...more },
  });
  const endpoints = (name: string): KubernetesObject => ({
    apiVersion: 'v1',
    kind: 'Endpoints',
    metadata: { name, namespace: 'shop' },
    subsets: [{ addresses: [{ ip: '10.244.0.7' }], ports: [{ name: 'first-port', port: 3000, protocol: 'TCP' }] }],
  });
  const slice = (name: string): KubernetesObject => ({
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: { name, namespace: 'shop', labels: { 'kubernetes.io/service-name': name } },
    addressType: 'IPv4',
    ports: [{ name: 'first-port', port: 3000, protocol: 'TCP' }],
    endpoints: [{ addresses: ['10.244.0.7'] }],
  });
  const pod: KubernetesObject = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'p', namespace: 'shop', labels: { app: 'infra-backend-v1' } },
    spec: { nodeName: 'n', containers: [{ name: 'c', image: 'i' }] },
    status: { phase: 'Running', podIP: '10.244.0.7', podIPs: [{ ip: '10.244.0.7' }], conditions: [{ type: 'Ready', status: 'True' }] },
  };
  const names = ['manual-endpoints', 'manual-endpointslices', 'headless', 'headless-manual-endpoints', 'headless-manual-endpointslices'];
  const model = modelOf([
    ...gateway([listener('http')]),
    pod,
    service('manual-endpoints', { clusterIP: '10.96.0.7' }),
    endpoints('manual-endpoints'),
    service('manual-endpointslices', { clusterIP: '10.96.0.8' }),
    slice('manual-endpointslices'),
    service('headless', { clusterIP: 'None', selector: { app: 'infra-backend-v1' } }),
    service('headless-manual-endpoints', { clusterIP: 'None' }),
    endpoints('headless-manual-endpoints'),
    service('headless-manual-endpointslices', { clusterIP: 'None' }),
    slice('headless-manual-endpointslices'),
    httpRoute(
      'r',
      names.map((name) => ({ matches: [{ path: { type: 'Exact', value: `/${name}` } }], backendRefs: [{ name, port: 8080 }] })),
    ),
  ]);

  it.each(names)('%s', (name) => {
    const answer = askGateway(model, `http://a.com/${name}`);
    expect(gatewayLine(answer)).toBe(`ROUTED ${name}`);
    expect(answer.result.backends[0]?.endpoints.map(({ address, port }) => `${address}:${port}`)).toEqual(['10.244.0.7:3000']);
  });
});
