import { describe, expect, it } from 'vitest';
import { AUTHORITIES } from '../../../test/support/certificates.js';
import {
  askGateway,
  authorityMap as authority,
  backend,
  connectGateway as connect,
  gateway,
  gatewayLine,
  gatewayObject,
  httpRoute,
  listener,
  rule,
  tlsSecret as secret,
} from '../../../test/support/gateway-cluster.js';
import { modelOf } from '../../../test/support/model.js';
import type { JsonObject } from '../kernel/json.js';
import type { KubernetesObject } from '../resources/kubernetes-object.js';
import { routeThroughGateway } from './route-through-gateway.js';

const BACKENDS = [...backend('win'), ...backend('lose')];
const stream = (kind: string, name: string, service: string, spec: JsonObject = {}, createdAt?: string) =>
  gatewayObject(
    kind,
    name,
    { parentRefs: [{ name: 'gw' }], rules: [{ backendRefs: [{ name: service, port: 80 }] }], ...spec },
    createdAt === undefined ? {} : { createdAt },
  );

/** `apis/v1/tlsroute_types.go`, and `gateway_types.go`: "TLS: The Listener Hostname MUST match the SNI." */
describe('connections of TLS', () => {
  const pass = (name: string, more: JsonObject = {}) =>
    listener(name, { port: 443, protocol: 'TLS', tls: { mode: 'Passthrough' }, ...more });
  const model = (listeners: JsonObject[], ...objects: KubernetesObject[]) => modelOf([...gateway(listeners), ...BACKENDS, ...objects]);
  const end = { mode: 'Terminate', certificateRefs: [{ name: 'cert' }] };

  // The same as of requests (G7 to G10 of the reference): another name, and a route that is not attached.
  it('are told what nearly took them', () => {
    const routes = [
      stream('TLSRoute', 'a', 'win', { hostnames: ['db.example.com', 'db.example.org'] }),
      stream('TLSRoute', 'b', 'lose', { parentRefs: [{ name: 'gw', port: 9000 }] }),
    ];
    const near = (sni: string | undefined) =>
      connect(model([pass('tls')], ...routes), 'tls', 443, sni).result.nearMisses.map(({ reason, object, fix }) => [reason, object, fix]);
    const detached = ['ROUTE_NOT_ATTACHED', 'TLSRoute shop/b', expect.stringContaining('NoMatchingParent')];
    const name = 'connect with the name `db.example.com` (SNI)';
    expect(near(undefined)).toEqual([['LISTENER_OTHER_NAME', 'TLSRoute shop/a', name], detached]);
    expect(near('dbb.example.com')).toEqual([
      ['HOST_NO_MATCH', null, expect.stringContaining('`db.example.com`')],
      ['LISTENER_OTHER_NAME', 'TLSRoute shop/a', `${name}, or add \`dbb.example.com\` to \`spec.hostnames\``],
      detached,
    ]);
    expect(near('db.example.org')).toEqual([]);
    expect(connect(model([pass('tls')], ...routes), 'tls', 443, 'db.example.org').result.backends[0]?.protocol).toBeNull();
  });

  it.each([
    ['a precise hostname before a wildcard', 'a.example.com', 'ROUTED win'],
    ['the wildcard for another name', 'b.example.com', 'ROUTED lose'],
    ['a name that no route has', 'example.org', 'CONNECTION_REFUSED'],
    ['no name', undefined, 'CONNECTION_REFUSED'],
    ['upper case', 'A.Example.COM', 'ROUTED win'],
  ])('%s', (_, sni, expected) => {
    const routes = [
      stream('TLSRoute', 'zz', 'win', { hostnames: ['a.example.com'] }),
      stream('TLSRoute', 'aa', 'lose', { hostnames: ['*.example.com'] }, '2020-01-01T00:00:00Z'),
    ];
    expect(gatewayLine(connect(model([pass('tls')], ...routes), 'tls', 443, sni))).toBe(expected);
  });

  it('passed through, the backend gets the client’s own TLS; ended, plain bytes and the certificate of the listener', () => {
    const route = stream('TLSRoute', 'r', 'win', { hostnames: ['a.example.com'] });
    expect(connect(model([pass('tls')], route), 'tls', 443, 'a.example.com').result).toMatchObject({
      certificate: null,
      backends: [{ tls: { sni: 'a.example.com', policy: null } }],
    });
    const own = {
      ...BACKENDS[0],
      metadata: { name: 'win', namespace: 'shop', annotations: { 'portolan/backend-certificate': 'own' } },
    } as KubernetesObject;
    const told = modelOf([...gateway([pass('tls')]), own, ...BACKENDS.slice(1), route, secret('own', AUTHORITIES.issuedByFirst)]);
    expect(connect(told, 'tls', 443, 'a.example.com').result.certificate).toMatchObject({ secret: 'own', covers: false });
    const ended = model([pass('tls', { tls: end })], route, secret('cert', AUTHORITIES.issuedByFirst));
    expect(connect(ended, 'tls', 443, 'a.example.com').result).toMatchObject({
      certificate: { secret: 'cert' },
      backends: [{ tls: null }],
    });
  });

  it('stand beside HTTPS on one port: the name in the hello tells them apart', () => {
    const https = listener('https', {
      port: 443,
      protocol: 'HTTPS',
      hostname: 'web.example.com',
      tls: { certificateRefs: [{ name: 'cert' }] },
    });
    const web = httpRoute('web', [rule({}, 'lose')], { hostnames: ['web.example.com'] });
    const db = stream('TLSRoute', 'db', 'win', { hostnames: ['db.example.com'] });
    const both = model([https, pass('tls', { hostname: 'db.example.com' })], web, db, secret('cert', AUTHORITIES.issuedByFirst));
    expect(gatewayLine(askGateway(both, 'https://web.example.com/', { sni: 'web.example.com' }))).toBe('ROUTED lose');
    const through = askGateway(both, 'https://db.example.com/x', { sni: 'db.example.com' });
    expect(gatewayLine(through)).toBe('ROUTED win');
    expect(through.result.forwarded).toMatchObject({ host: 'db.example.com', path: '/x' });
    expect(gatewayLine(connect(both, 'tls', 443, 'web.example.com'))).toBe('UNDEFINED LISTENER_SPEAKS_HTTP');
  });

  /** `TLSRouteRule.BackendRefs`: "When a TLSRoute is attached to a listener in Terminate mode, a BackendTLSPolicy can be used". */
  it('a BackendTLSPolicy is for TLS of the Gateway alone, not for what is passed through', () => {
    const route = stream('TLSRoute', 'r', 'win', { hostnames: ['a.example.com'] });
    const policy = gatewayObject('BackendTLSPolicy', 'p', {
      targetRefs: [{ group: '', kind: 'Service', name: 'win' }],
      validation: { hostname: 'win.example.com', caCertificateRefs: [{ group: '', kind: 'ConfigMap', name: 'gone' }] },
    });
    const through = connect(model([pass('tls')], route, policy), 'tls', 443, 'a.example.com');
    expect(through).toMatchObject({ verdict: 'ROUTED', result: { backends: [{ tls: { sni: 'a.example.com', policy: null } }] } });
    const ended = model([pass('tls', { tls: end })], route, policy, secret('cert', AUTHORITIES.issuedByFirst));
    expect(connect(ended, 'tls', 443, 'a.example.com').verdict).toBe('NO_BACKEND');
  });

  /** "[…] a nonexistent resource or a Service with no endpoints […] Request rejections must respect weight". */
  it('a backend without endpoints rejects its part, and the answer says so', () => {
    const empty = { apiVersion: 'v1', kind: 'Service', metadata: { name: 'empty', namespace: 'shop' }, spec: { clusterIP: '10.96.0.8', ports: [{ port: 80 }] } }; // prettier-ignore
    const backendRefs = [{ name: 'win', port: 80, weight: 2 }, { name: 'empty', port: 80, weight: 7 }, { name: 'gone', port: 80, weight: 1 }]; // prettier-ignore
    const route = stream('TLSRoute', 'r', 'win', { hostnames: ['a.example.com'], rules: [{ backendRefs }] });
    const { verdict, result } = connect(model([pass('tls')], route, empty), 'tls', 443, 'a.example.com');
    expect(verdict).toBe('ROUTED');
    expect(result.possibilities[0]?.why).toBe(
      'TLSRoute shop/r → shop/win:80 (20 %), shop/empty:80 (70 %); for 10 %, of backends that cannot be used, the connection is rejected; without a ready endpoint, so that the connection is rejected: shop/empty:80 (70 %)',
    );
  });

  /** `TLSRouteRule.BackendRefs`: "if an invalid backend is requested to have 80% of requests, then 80% of requests must be rejected instead". */
  it('an invalid backend rejects its part of the connections', () => {
    const backendRefs = [{ name: 'win', port: 80, weight: 2 }, { name: 'gone', port: 80, weight: 8 }]; // prettier-ignore
    const route = (refs: JsonObject[]) => stream('TLSRoute', 'r', 'win', { hostnames: ['a.example.com'], rules: [{ backendRefs: refs }] });
    expect(connect(model([pass('tls')], route(backendRefs)), 'tls', 443, 'a.example.com')).toMatchObject({
      verdict: 'ROUTED',
      result: { errorShare: 0.8, status: null },
    });
    const none = connect(model([pass('tls')], route([{ name: 'gone', port: 80 }])), 'tls', 443, 'a.example.com');
    expect(none).toMatchObject({ verdict: 'NO_BACKEND', result: { status: null } });
  });
});

/** `apis/v1/tcproute_types.go`, `udproute_types.go`; reference 6.3: "oldest route of the listener, then name; all stay Accepted". */
describe('connections of TCP and UDP', () => {
  it.each(['TCP', 'UDP'] as const)('%s: the oldest route of the port', (protocol) => {
    const scheme = protocol === 'TCP' ? 'tcp' : 'udp';
    const services = ['win', 'lose'].map((name): KubernetesObject => ({
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name, namespace: 'shop' },
      spec: { clusterIP: '10.96.0.9', ports: [{ port: 80, protocol }] },
    }));
    const slices = BACKENDS.filter(({ kind }) => kind === 'EndpointSlice').map((slice) => ({
      ...slice,
      ports: [{ name: '', port: 80, protocol }],
    }));
    const routes = [
      stream(`${protocol}Route`, 'b', 'win', {}, '2025-01-01T00:00:00Z'),
      stream(`${protocol}Route`, 'a', 'lose', {}, '2026-01-01T00:00:00Z'),
    ];
    const model = modelOf([...gateway([listener('x', { port: 9000, protocol })]), ...services, ...slices, ...routes]);
    const answer = connect(model, scheme, 9000);
    expect(gatewayLine(answer)).toBe('ROUTED win');
    expect(answer.result.candidates.find(({ outcome }) => outcome === 'lost')).toMatchObject({ key: 'age', reason: 'YOUNGER' });
    expect(connect(model, scheme, 9001).verdict).toBe('CONNECTION_REFUSED');
  });
});

/** kubernetes-sigs/gateway-api `conformance/tests/backendtlspolicy-normative.go`; `apis/v1/backendtlspolicy_types.go`: Hostname "MUST be used as the SNI"; "at least one Subject Alternate Name matching". */
describe('TLS with a backend', () => {
  const [service, slice] = backend('win');
  const annotated = {
    ...service,
    metadata: { ...service?.metadata, annotations: { 'portolan/backend-certificate': 'own' } },
  } as KubernetesObject;
  const ask = (
    validation: JsonObject,
    presented: string | undefined = AUTHORITIES.issuedByFirst,
    trusted = AUTHORITIES.first as string,
  ) => {
    const policy = gatewayObject('BackendTLSPolicy', 'p', {
      targetRefs: [{ group: '', kind: 'Service', name: 'win' }],
      validation: { hostname: 'web.example.com', caCertificateRefs: [{ group: '', kind: 'ConfigMap', name: 'ca' }], ...validation },
    });
    const objects = [annotated, ...(slice ? [slice] : []), policy, authority('ca', trusted), httpRoute('r', [rule({}, 'win')])];
    const own = presented === undefined ? [] : [secret('own', presented)];
    return askGateway(modelOf([...gateway([listener('http')]), ...objects, ...own]), 'http://a.com/');
  };
  const san = (value: JsonObject) => ({ subjectAltNames: [value] });

  it.each<[what: string, validation: JsonObject, verdict: string]>([
    ['the hostname is in the certificate', {}, 'ROUTED'],
    ['it is not', { hostname: 'api.example.com' }, 'NO_BACKEND'],
    [
      'alternative names go before the hostname',
      { hostname: 'api.example.com', ...san({ type: 'Hostname', hostname: 'web.example.com' }) },
      'ROUTED',
    ],
    ['none of them is in it', san({ type: 'Hostname', hostname: 'api.example.com' }), 'NO_BACKEND'],
    ['a URI', san({ type: 'URI', uri: 'spiffe://example.com/web' }), 'ROUTED'],
    ['another URI', san({ type: 'URI', uri: 'spiffe://example.com/api' }), 'NO_BACKEND'],
  ])('%s', (_, validation, verdict) => {
    expect(ask(validation).verdict).toBe(verdict);
  });

  /** `conformance/tests/backendtlspolicy-reencrypt.yaml`: a listener for HTTPS, and a policy for a port of the Service. */
  it('ends the TLS of the client and opens its own', () => {
    const named = {
      ...service,
      spec: { clusterIP: '10.96.0.9', ports: [{ name: 'btls', port: 443, targetPort: 8443 }] },
    } as KubernetesObject;
    const ports = { ...slice, ports: [{ name: 'btls', port: 8443 }] } as KubernetesObject;
    const policy = gatewayObject('BackendTLSPolicy', 'reencrypt', {
      targetRefs: [{ group: '', kind: 'Service', name: 'win', sectionName: 'btls' }],
      validation: { hostname: 'abc.example.com', caCertificateRefs: [{ group: '', kind: 'ConfigMap', name: 'ca' }] },
    });
    const https = listener('https', { port: 443, protocol: 'HTTPS', tls: { certificateRefs: [{ name: 'cert' }] } });
    const route = httpRoute('r', [{ backendRefs: [{ name: 'win', port: 443 }] }], { hostnames: ['https-listener.org'] });
    const objects = [named, ports, policy, route, authority('ca', AUTHORITIES.first), secret('cert', AUTHORITIES.issuedByFirst)];
    const answer = askGateway(modelOf([...gateway([https]), ...objects]), 'https://https-listener.org/', { sni: 'https-listener.org' });
    expect(answer).toMatchObject({
      verdict: 'ROUTED',
      result: { certificate: { secret: 'cert' }, backends: [{ service: 'win', tls: { sni: 'abc.example.com' } }] },
    });
  });

  it.each([
    ['by another authority', AUTHORITIES.other],
    ['by one of the same name and another key', AUTHORITIES.twin],
  ])('a certificate that was issued %s is refused', (_, trusted) => {
    expect(ask({}, AUTHORITIES.issuedByFirst, trusted).verdict).toBe('NO_BACKEND');
  });

  it('the policy tells the name in the hello; what is not known of the certificate is an assumption', () => {
    const answer = ask({}, undefined);
    expect(answer.result.backends[0]?.tls).toEqual({
      sni: 'web.example.com',
      policy: 'BackendTLSPolicy shop/p',
      names: ['web.example.com'],
      clientCertificate: null,
    });
    expect(answer).toMatchObject({ confidence: 'ASSUMED', assumptions: [{ code: 'BACKEND_CERTIFICATE_ASSUMED' }] });
  });
});

/** `apis/v1/gateway_types.go`, `FrontendValidationModeType`: AllowValidOnly, AllowInsecureFallback; `perPort` goes before `default`. */
describe('certificates of clients', () => {
  const https = (port: number) => listener(`https-${port}`, { port, protocol: 'HTTPS', tls: { certificateRefs: [{ name: 'cert' }] } });
  const by = (name: string, more: JsonObject = {}) => ({
    validation: { caCertificateRefs: [{ group: '', kind: 'ConfigMap', name }], ...more },
  });
  const model = (frontend: JsonObject) =>
    modelOf([
      ...gateway([https(443), https(8443)], { tls: { frontend } }),
      ...BACKENDS,
      httpRoute('r', [rule({}, 'win')]),
      secret('cert', AUTHORITIES.issuedByFirst),
      authority('first', AUTHORITIES.first),
      authority('other', AUTHORITIES.other),
    ]);
  const ask = (frontend: JsonObject, port: number, clientCertificate?: string) => {
    const request = {
      scheme: 'https',
      host: 'a.com',
      method: 'GET',
      path: '/',
      query: undefined,
      headers: [],
      sni: 'a.com',
      clientAddress: undefined,
    } as const;
    return routeThroughGateway(model(frontend), { request, gateway: 'shop/gw', port, clientCertificate });
  };
  const perPort = { default: by('first'), perPort: [{ port: 8443, tls: by('other') }] };

  it.each<[what: string, frontend: JsonObject, port: number, certificate: string | undefined, verdict: string]>([
    ['of a trusted authority', { default: by('first') }, 443, 'shop/cert', 'ROUTED'],
    ['of another', { default: by('other') }, 443, 'shop/cert', 'CONNECTION_REFUSED'],
    ['none', { default: by('first') }, 443, undefined, 'CONNECTION_REFUSED'],
    ['none, where nobody asks', {}, 443, undefined, 'ROUTED'],
    ['by the default of another port', perPort, 443, 'shop/cert', 'ROUTED'],
    ['by the port', perPort, 8443, 'shop/cert', 'CONNECTION_REFUSED'],
    ['of another, with the fallback', { default: by('other', { mode: 'AllowInsecureFallback' }) }, 443, 'shop/cert', 'ROUTED'],
  ])('%s', (_, frontend, port, certificate, verdict) => {
    expect(ask(frontend, port, certificate)).toMatchObject({ ok: true, value: { verdict } });
  });

  it('a Secret that does not exist is a problem', () => {
    expect(ask({}, 443, 'shop/gone')).toMatchObject({ ok: false, error: { kind: 'unknown-object' } });
  });
});
