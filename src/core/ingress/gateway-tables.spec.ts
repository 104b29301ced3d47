import { describe, expect, it } from 'vitest';
import { CERTIFICATES } from '../../../test/support/certificates.js';
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
  rule,
} from '../../../test/support/gateway-cluster.js';
import { modelOf } from '../../../test/support/model.js';
import type { JsonObject } from '../kernel/json.js';
import type { KubernetesObject } from '../resources/kubernetes-object.js';

const BACKENDS = ['v1', 'v2', 'v3'].flatMap((name) => backend(name));
const prefix = (value: string) => ({ path: { type: 'PathPrefix', value } });
const statusLine = (model: ReturnType<typeof modelOf>, kind: 'HTTPRoute' | 'ListenerSet', name: string) => {
  const { conditions, parents } = gatewayStatusOf(model, kind, `shop/${name}`);
  return conditionLine(parents?.[0]?.conditions ?? conditions);
};

/** kubernetes-sigs/gateway-api `conformance/tests/httproute-hostname-intersection.go`. */
describe('hostnames of routes and listeners', () => {
  const model = modelOf([
    ...gateway([
      listener('one', { hostname: 'very.specific.com' }),
      listener('two', { hostname: '*.wildcard.io' }),
      listener('three', { hostname: '*.anotherwildcard.io' }),
    ]),
    ...BACKENDS,
    httpRoute('s1', [rule(prefix('/s1'), 'v1')], { hostnames: ['non.matching.com', '*.nonmatchingwildcard.io', 'very.specific.com'] }),
    httpRoute('s2', [rule(prefix('/s2'), 'v2')], {
      hostnames: ['non.matching.com', 'wildcard.io', 'foo.wildcard.io', 'bar.wildcard.io', 'foo.bar.wildcard.io'],
    }),
    httpRoute('s3', [rule(prefix('/s3'), 'v3')], { hostnames: ['non.matching.com', '*.specific.com'] }),
    httpRoute('s4', [rule(prefix('/s4'), 'v1')], { hostnames: ['*.anotherwildcard.io'] }),
    httpRoute('s5', [rule(prefix('/s5'), 'v2')], { hostnames: ['specific.but.wrong.com', 'wildcard.io'] }),
  ]);

  it.each<[ends: string, urls: string]>([
    ['ROUTED v1', 'very.specific.com/s1 very.specific.com:1234/s1'],
    ['ROUTED v2', 'foo.wildcard.io/s2 bar.wildcard.io/s2 foo.bar.wildcard.io/s2'],
    ['ROUTED v3', 'very.specific.com/s3'],
    ['ROUTED v1', 'foo.anotherwildcard.io/s4 bar.anotherwildcard.io/s4 foo.bar.anotherwildcard.io/s4'],
    ['NOT_FOUND 404', 'non.matching.com/s1 foo.nonmatchingwildcard.io/s1 foo.wildcard.io/s1 very.specific.com/non-matching-prefix'],
    ['NOT_FOUND 404', 'non.matching.com/s2 wildcard.io/s2 very.specific.com/s2 foo.wildcard.io/non-matching-prefix'],
    ['NOT_FOUND 404', 'non.matching.com/s3 foo.specific.com/s3 foo.wildcard.io/s3'],
    ['NOT_FOUND 404', 'anotherwildcard.io/s4 foo.wildcard.io/s4 very.specific.com/s4 specific.but.wrong.com/s5 wildcard.io/s5'],
  ])('%s: %s', (ends, urls) => {
    for (const url of urls.split(' ')) expect(`${url} ${gatewayLine(askGateway(model, `http://${url}`))}`).toBe(`${url} ${ends}`);
  });

  it('a route that meets none is not attached, and not counted', () => {
    expect(statusLine(model, 'HTTPRoute', 's5')).toBe('Accepted=False NoMatchingListenerHostname, ResolvedRefs=True ResolvedRefs');
    const { listeners } = gatewayStatusOf(model, 'Gateway', 'shop/gw');
    expect((listeners ?? []).map(({ attachedRoutes }) => attachedRoutes)).toEqual([2, 1, 1]);
  });
});

/** `conformance/tests/httproute-header-matching.go`. */
describe('matches by headers', () => {
  const named = (...pairs: readonly (readonly [string, string])[]) => ({ headers: pairs.map(([name, value]) => ({ name, value })) });
  const rules = [
    { matches: [named(['version', 'one'])], backendRefs: [{ name: 'v1', port: 80 }] },
    { matches: [named(['version', 'two'])], backendRefs: [{ name: 'v2', port: 80 }] },
    { matches: [named(['version', 'two'], ['color', 'orange'])], backendRefs: [{ name: 'v1', port: 80 }] },
    { matches: [named(['color', 'blue']), named(['color', 'green'])], backendRefs: [{ name: 'v1', port: 80 }] },
    { matches: [named(['color', 'red']), named(['color', 'yellow'])], backendRefs: [{ name: 'v2', port: 80 }] },
  ];
  const model = modelOf([...gateway([listener('http')]), ...BACKENDS, httpRoute('r', rules)]);

  it.each<[headers: string, ends: string]>([
    ['Version=one', 'ROUTED v1'],
    ['Version=two', 'ROUTED v2'],
    ['Version=two Color=orange', 'ROUTED v1'],
    ['Version=two Color=blue', 'ROUTED v2'],
    ['Color=orange', 'NOT_FOUND 404'],
    ['Some-Other-Header=one', 'NOT_FOUND 404'],
    ['Color=green', 'ROUTED v1'],
    ['Color=red', 'ROUTED v2'],
    ['Color=yellow', 'ROUTED v2'],
    ['Color=purple', 'NOT_FOUND 404'],
  ])('%s: %s', (text, ends) => {
    const headers = text.split(' ').map((pair): [string, string] => [pair.split('=')[0] ?? '', pair.split('=')[1] ?? '']);
    expect(gatewayLine(askGateway(model, 'http://a.com/', { headers }))).toBe(ends);
  });
});

/** `conformance/tests/gateway-with-invalid-clientcertificate-validation.go`: each fault is that of the listeners of its port alone. */
describe('authorities for clients that cannot be used', () => {
  const validation = (...caCertificateRefs: JsonObject[]) => ({ validation: { caCertificateRefs } });
  const config = (name: string, namespace = 'shop'): KubernetesObject => ({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name, namespace },
    data: { 'ca.crt': CERTIFICATES.alternativeNames },
  });
  const perPort = [
    { port: 8443, tls: validation({ group: '', kind: 'ConfigMap', name: 'gone' }) },
    { port: 8444, tls: validation({ group: '', kind: 'Service', name: 'ca' }) },
    { port: 8445, tls: validation({ group: '', kind: 'ConfigMap', name: 'far', namespace: 'other' }) },
  ];
  const secret: KubernetesObject = {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: 's', namespace: 'shop' },
    data: { 'tls.crt': Buffer.from(CERTIFICATES.alternativeNames).toString('base64') },
  };
  const https = (port: number) => listener(`p${port}`, { port, protocol: 'HTTPS', tls: { certificateRefs: [{ name: 's' }] } });
  const frontend = { default: validation({ group: '', kind: 'ConfigMap', name: 'ca' }), perPort };
  const model = modelOf([
    ...gateway([443, 8443, 8444, 8445].map(https), { tls: { frontend } }),
    secret,
    config('ca'),
    config('far', 'other'),
  ]);

  it.each([
    ['p443', 'Accepted=True Accepted, Programmed=True Programmed, ResolvedRefs=True ResolvedRefs'],
    ['p8443', 'Accepted=False NoValidCACertificate, Programmed=False NoValidCACertificate, ResolvedRefs=False InvalidCACertificateRef'],
    ['p8444', 'Accepted=False NoValidCACertificate, Programmed=False NoValidCACertificate, ResolvedRefs=False InvalidCACertificateKind'],
    ['p8445', 'Accepted=False NoValidCACertificate, Programmed=False NoValidCACertificate, ResolvedRefs=False RefNotPermitted'],
  ])('%s', (name, expected) => {
    const found = gatewayStatusOf(model, 'Gateway', 'shop/gw').listeners?.find((one) => one.name === name);
    expect(conditionLine(found?.conditions ?? [])).toBe(`${expected}, Conflicted=False NoConflicts`);
  });
});

/** `conformance/tests/listenerset-protocol-conflict.go`: the first of the list keeps the port. */
describe('ListenerSets that speak another protocol', () => {
  const set = (name: string, ...listeners: JsonObject[]) => gatewayObject('ListenerSet', name, { parentRef: { name: 'gw' }, listeners });
  const tcp = (name: string) => listener(name, { protocol: 'TCP' });
  const http = (name: string) => listener(name, { hostname: `${name}.com` });
  const model = modelOf([
    ...gateway([http('own'), http('clash')], { allowedListeners: { namespaces: { from: 'Same' } } }),
    set('a', http('a1'), tcp('clash'), http('later')),
    set('b', tcp('clash')),
    set('c', http('c1'), tcp('later')),
    set('d', tcp('later')),
  ]);

  it.each([
    ['a', 'Accepted=True', 'NoConflicts ProtocolConflict NoConflicts'],
    ['b', 'Accepted=False ListenersNotValid', 'ProtocolConflict'],
    ['c', 'Accepted=True', 'NoConflicts ProtocolConflict'],
    ['d', 'Accepted=False ListenersNotValid', 'ProtocolConflict'],
  ])('%s', (name, accepted, conflicts) => {
    expect(statusLine(model, 'ListenerSet', name)).toContain(accepted);
    const own = gatewayStatusOf(model, 'ListenerSet', `shop/${name}`).listeners ?? [];
    const reasons = own.map(({ conditions }) => conditions.find(({ type }) => type === 'Conflicted')?.reason);
    expect(reasons.join(' ')).toBe(conflicts);
  });

  it('two of four are attached, and the listeners of the Gateway stand', () => {
    const { attachedListenerSets, listeners } = gatewayStatusOf(model, 'Gateway', 'shop/gw');
    expect(attachedListenerSets).toBe(2);
    expect((listeners ?? []).every(({ conditions }) => conditionLine(conditions).startsWith('Accepted=True Accepted'))).toBe(true);
  });
});
