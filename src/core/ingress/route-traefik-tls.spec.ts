import { describe, expect, it } from 'vitest';
import { CERTIFICATES } from '../../../test/support/certificates.js';
import { askTraefik, to, traefikLine, traefikObject } from '../../../test/support/traefik.js';
import type { JsonObject } from '../kernel/json.js';
import type { KubernetesObject } from '../resources/kubernetes-object.js';

const secured = (name: string, host: string, service: string, tls: JsonObject = {}) =>
  traefikObject('IngressRoute', name, { routes: [to(host === '' ? 'PathPrefix(`/`)' : `Host(\`${host}\`)`, service)], tls });
const options = (name: string, spec: JsonObject, namespace = 't') => traefikObject('TLSOption', name, spec, namespace);
const named = (name: string): JsonObject => ({ options: { name } });
/** Made out to shop.example.com and *.foo.com. */
const CERTIFICATE: KubernetesObject = {
  apiVersion: 'v1',
  kind: 'Secret',
  type: 'kubernetes.io/tls',
  metadata: { name: 'shop', namespace: 't' },
  data: { 'tls.crt': Buffer.from(CERTIFICATES.alternativeNames).toString('base64'), 'tls.key': '' },
};
const REFUSED = 'CONNECTION_REFUSED';

/** traefik/traefik `pkg/tls/tlsmanager.go`, `GetCertificate` of the configuration. */
describe('sniStrict', () => {
  const objects = [
    CERTIFICATE,
    options('default', { sniStrict: true }),
    secured('r', 'shop.example.com', 'a', { secretName: 'shop' }),
    secured('other', 'other.com', 'b'),
  ];

  it('refuses the connection where no certificate is made out to the name, or there is no name', () => {
    expect(traefikLine(objects, 'https://shop.example.com/')).toBe('ROUTED a=1');
    expect(traefikLine(objects, 'https://other.com/')).toBe(REFUSED);
    expect(traefikLine(objects, 'https://shop.example.com/', { sni: undefined })).toBe(REFUSED);
    const { evidence, summary, result } = askTraefik(objects, 'https://other.com/');
    expect(evidence.map(({ reason }) => reason)).toContain('TLS_REFUSED');
    expect(summary).toContain('no certificate is made out to `other.com`, and `sniStrict` refuses the connection');
    expect(result).toMatchObject({ status: null, certificate: null, candidates: [] });
  });

  it('is that of the name, not of every name', () => {
    const strict = [secured('r', 'foo.com', 'a', named('strict')), secured('o', 'bar.com', 'b'), options('strict', { sniStrict: true })];
    expect(traefikLine(strict, 'https://foo.com/')).toBe(REFUSED);
    expect(traefikLine(strict, 'https://bar.com/')).toBe('ROUTED b=1');
  });
});

/** `buildTLSOptions` of `pkg/provider/kubernetes/crd/kubernetes.go`, and `mergeConfiguration` of `pkg/server/aggregator.go`, which then takes those it has built in. */
describe('TLSOptions named `default`', () => {
  it('cancel each other where there are several', () => {
    const two = [secured('r', 'foo.com', 'a'), options('default', { sniStrict: true }), options('default', { sniStrict: true }, 'other')];
    expect(traefikLine(two, 'https://foo.com/')).toBe('ROUTED a=1');
  });

  it('hold for connections of names that no router has', () => {
    const objects = [secured('r', '', 'a'), options('default', { sniStrict: true })];
    expect(traefikLine(objects, 'https://any.com/')).toBe(REFUSED);
  });
});

/** `buildEntryPointHandler` of `pkg/server/router/tcp/manager.go`: "special closing route … because broken TLS options". */
describe('broken TLS options', () => {
  it('close the hosts of the routers that name them', () => {
    const objects = [secured('r', 'foo.com', 'a', named('gone')), secured('all', '', 'b')];
    expect(traefikLine(objects, 'https://foo.com/')).toBe(REFUSED);
    expect(traefikLine(objects, 'https://bar.com/')).toBe('ROUTED b=1');
  });

  it('are those that check certificates of clients without an authority', () => {
    const mutual = (secretNames: string[]) => [
      secured('r', 'foo.com', 'a', named('mutual')),
      options('mutual', { clientAuth: { clientAuthType: 'RequireAndVerifyClientCert', secretNames } }),
      { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'ca', namespace: 't' }, data: { 'ca.crt': 'eA==' } },
      CERTIFICATE,
    ];
    expect(traefikLine(mutual([]), 'https://foo.com/')).toBe(REFUSED);
    expect(traefikLine(mutual(['gone']), 'https://foo.com/')).toBe(REFUSED);
    const answer = askTraefik(mutual(['ca']), 'https://foo.com/');
    expect(answer.verdict).toBe('ROUTED');
    expect(answer.assumptions.map(({ code }) => code)).toContain('CLIENT_CERTIFICATE_ASSUMED');
    // crypto/tls: "tls: client didn't provide a certificate"
    const none = { clientCertificate: { secret: undefined } };
    expect(traefikLine(mutual(['ca']), 'https://foo.com/', none)).toBe(REFUSED);
    expect(traefikLine(mutual(['ca']), 'https://foo.com/', { clientCertificate: { secret: 't/shop' } })).toBe('ROUTED a=1');
    expect(traefikLine([secured('r', 'foo.com', 'a')], 'https://foo.com/', none)).toBe('ROUTED a=1');
  });

  it('give way to the default ones where routers of one host ask for different ones; the router that names them is not built', () => {
    const path = (name: string, prefix: string, service: string, tls: JsonObject) =>
      traefikObject('IngressRoute', name, { routes: [to(`Host(\`foo.com\`) && PathPrefix(\`${prefix}\`)`, service)], tls });
    const objects = [path('r', '/a', 'a', named('gone')), path('s', '/b', 'b', {})];
    expect(traefikLine(objects, 'https://foo.com/a')).toBe('NOT_FOUND 404');
    expect(traefikLine(objects, 'https://foo.com/b')).toBe('ROUTED b=1');
  });
});

/** `resolveHTTPTLSOptions` of `pkg/server/aggregator.go`: "Found different TLS options for routers on the same host … so using the default TLS options instead". */
describe('TLS options that another router of the host does not ask for', () => {
  it('are not used, which is told', () => {
    const path = (name: string, prefix: string, tls: JsonObject) =>
      traefikObject('IngressRoute', name, { routes: [to(`Host(\`foo.com\`) && PathPrefix(\`${prefix}\`)`, 'a')], tls });
    const alone = [path('r', '/a', named('own')), options('own', {})];
    const warnings = (objects: Parameters<typeof askTraefik>[0]) =>
      askTraefik(objects, 'https://foo.com/a').warnings.filter(({ code }) => code === 'TLS_OPTIONS_NOT_USED');
    expect(warnings(alone)).toEqual([]);
    expect(warnings([...alone, path('s', '/b', {})])).toEqual([
      {
        code: 'TLS_OPTIONS_NOT_USED',
        message:
          'IngressRoute t/r asks for the TLS options t/own, and connections for `foo.com` get default: the routers of `foo.com` ask for different ones (default, t/own)',
      },
    ]);
  });
});

/** `pkg/middlewares/snicheck/snicheck.go`: domain fronting. */
describe('a request for another host than that of the TLS hello', () => {
  const objects = [
    secured('r', 'foo.com', 'a', named('own')),
    secured('s', 'bar.com', 'b'),
    secured('u', 'baz.com', 'b'),
    options('own', {}),
  ];

  it('is misdirected where their TLS options differ', () => {
    expect(traefikLine(objects, 'https://foo.com/', { sni: 'bar.com' })).toBe('MISDIRECTED 421');
    expect(traefikLine(objects, 'https://foo.com/', { sni: undefined })).toBe('MISDIRECTED 421');
    expect(traefikLine(objects, 'https://bar.com/', { sni: 'foo.com' })).toBe('MISDIRECTED 421');
    expect(traefikLine(objects, 'https://bar.com/', { sni: 'baz.com' })).toBe('ROUTED b=1');
    expect(traefikLine(objects, 'https://foo.com/', { sni: 'FOO.com' })).toBe('ROUTED a=1');
  });
});
