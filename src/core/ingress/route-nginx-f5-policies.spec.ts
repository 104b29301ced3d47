import { describe, expect, it } from 'vitest';
import { modelOf } from '../../../test/support/model.js';
import { diffRoutes } from '../../../test/support/route-diff.js';
import { lintRoutes } from '../../../test/support/route-lint.js';
import { ask, header, line, object, OTHERS } from '../../../test/support/virtual-servers.js';
import type { JsonObject } from '../kernel/json.js';
import { parseIp } from '../net/ip.js';
import type { KubernetesObject } from '../resources/kubernetes-object.js';
import type { RouteRequest } from './route-request.js';

const ingress = (annotations: JsonObject, more: JsonObject = {}, name = 'i', path = '/'): KubernetesObject => ({
  apiVersion: 'networking.k8s.io/v1',
  kind: 'Ingress',
  metadata: { name, namespace: 't', creationTimestamp: '2026-01-01T00:00:00Z', annotations },
  spec: {
    ingressClassName: 'f5',
    rules: [
      {
        host: 'foo.com',
        ...(path === ''
          ? {}
          : { http: { paths: [{ path, pathType: 'Prefix', backend: { service: { name: 'a', port: { number: 80 } } } }] } }),
      },
    ],
    ...more,
  },
});
const policy = (name: string, spec: JsonObject): KubernetesObject => object('Policy', name, spec);
const named = (text: string): JsonObject => ({ 'nginx.org/policies': text });
const from = (address: string): Partial<RouteRequest> => ({ clientAddress: parseIp(address) });
const secret = (name: string, type = 'kubernetes.io/tls'): KubernetesObject => ({
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: { name, namespace: 't' },
  type,
});
const TLS = { tls: [{ hosts: ['foo.com'], secretName: 'cert' }] };
const URL = 'http://foo.com/';
const ALLOW = policy('allow', { accessControl: { allow: ['10.0.0.0/8'] } });
const DENY = policy('deny', { accessControl: { deny: ['10.0.0.1'] } });
const cors = (name: string, ...allowOrigin: readonly string[]) => policy(name, { cors: { allowOrigin: [...allowOrigin] } });
const answers = (objects: readonly KubernetesObject[], more: Partial<RouteRequest> = {}, url = URL) => {
  const { result } = ask(objects, url, more);
  return (result.backends[0]?.responseHeaders ?? result.responseHeaders).map(
    ({ action, name, value }) => `${action} ${name}: ${value ?? ''}`,
  );
};

/** nginx/kubernetes-ingress (5.5) `internal/configs/ingress.go`, `TestGenerateNginxCfgFor…` of `ingress_test.go`; `internal/configs/version1/nginx-plus.ingress.tmpl`. */
describe('policies of Ingresses of the controller of NGINX Inc.', () => {
  it.each<[what: string, objects: readonly KubernetesObject[], more: Partial<RouteRequest>, expected: string]>([
    // TestGenerateNginxCfgForAccessControl
    ['let in', [ingress(named('allow')), ALLOW], from('10.1.1.1'), 'ROUTED a=1'],
    ['let nobody else in', [ingress(named('allow')), ALLOW], from('192.168.0.1'), 'REFUSED 403'],
    ['add up', [ingress(named('allow, t/deny')), ALLOW, DENY], from('10.0.0.1'), 'ROUTED a=1'],
    ['are looked for in their own namespace', [ingress(named('other/allow')), ALLOW], {}, 'REFUSED 500'],
    // TestGenerateNginxCfgWithMissingOrInvalidPolicy
    ['that are missing answer 500', [ingress(named('gone'))], {}, 'REFUSED 500'],
    ['of NGINX Plus that are missing answer 500', [ingress({ 'nginx.com/policies': 'gone' })], {}, 'REFUSED 500'],
    ['that are invalid answer 500', [ingress(named('odd')), policy('odd', { accessControl: {} })], {}, 'REFUSED 500'],
    // TestGenerateNginxCfgRejectsPoliciesRequiringPlusAnnotationFromNginxOrgPolicies
    ['of firewalls have no effect there', [ingress(named('waf')), policy('waf', { waf: { enable: true } })], {}, 'ROUTED a=1'],
    // `IsPolicySupportedOnIngress`: "generatePolicies() surfaces the error (ErrorReturn 500)"; the table of docs.nginx.com "Policy specification"
    ['of passwords answer 500', [ingress(named('basic')), policy('basic', { basicAuth: { secret: 'x' } })], {}, 'REFUSED 500'],
    ['of caches answer 500', [ingress(named('c')), policy('c', { cache: { cacheZoneName: 'z', cacheZoneSize: '1m' } })], {}, 'REFUSED 500'],
    ['of hsts answer 500', [ingress(named('h')), policy('h', { hsts: { maxAge: 60 } })], {}, 'REFUSED 500'],
    [
      'of OpenID Connect of NGINX Plus itself stand in the other annotation',
      [ingress(named('o')), policy('o', { oidcNative: { issuer: 'https://i/r', clientID: 'c' } })],
      { auth: { status: 401 } as never },
      'ROUTED a=1',
    ],
    [
      'of it act there',
      [ingress({ 'nginx.com/policies': 'o' }), policy('o', { oidcNative: { issuer: 'https://i/r', clientID: 'c' } })],
      { auth: { status: 401 } as never },
      'UNDEFINED ? NOT_EVALUATED',
    ],
    [
      'ask a service',
      [ingress(named('ask')), policy('ask', { externalAuth: { authURI: '/auth', authServiceName: 'a' } })],
      { auth: { status: 403 } as never },
      'REFUSED 403',
    ],
  ])('%s', (_what, objects, more, expected) => {
    expect(line(objects, URL, more)).toBe(expected);
  });

  // the template writes `return 500` before the redirect to https
  it('that are missing go before the redirect to https', () => {
    expect(line([ingress(named('gone'), TLS), secret('cert')], URL)).toBe('REFUSED 500');
    expect(line([ingress(named('allow'), TLS), secret('cert'), ALLOW], URL)).toBe('REDIRECTED 301 = https://foo.com:443/');
  });

  it('of firewalls act, by the annotation of NGINX Plus', () => {
    const waf = policy('waf', { waf: { enable: true } });
    const notes = (annotation: string) => ask([ingress({ [annotation]: 'waf' }), waf], URL).assumptions.map(({ code }) => code);
    expect(notes('nginx.com/policies')).toEqual(['MIDDLEWARE_CONDITION', 'NGINX_PLUS_ASSUMED']);
    expect(notes('nginx.org/policies')).toEqual([]);
  });

  // TestGenerateNginxCfgForCORSPolicy
  it('tell other origins, and answer OPTIONS', () => {
    const objects = [ingress(named('cors')), cors('cors', 'https://example.com')];
    expect(answers(objects)).toEqual(['add Vary: Origin', 'add Access-Control-Allow-Origin: https://example.com']);
    expect(line(objects, URL, { method: 'OPTIONS' })).toBe('PREFLIGHT 204');
  });

  // TestGenerateNginxCfgForEgressMTLSPolicy; "Egress mTLS on Ingress only configures TLS parameters"
  it('say by which TLS nginx speaks with backends that have it', () => {
    const egress = policy('egress', {
      egressMTLS: { tlsSecret: 'own', verifyServer: true, trustedCertSecret: 'ca', sslName: 'secure.app' },
    });
    const objects = [egress, secret('own'), secret('ca', 'nginx.org/ca')];
    const tlsOf = (annotations: JsonObject) =>
      ask([ingress({ ...named('egress'), ...annotations }), ...objects], URL).result.backends[0]?.tls;
    expect(tlsOf({ 'nginx.org/ssl-services': 'a' })).toEqual({
      sni: null,
      policy: 'Policy t/egress',
      names: ['secure.app'],
      clientCertificate: 't/own',
    });
    expect(tlsOf({})).toBeNull();
  });

  describe('and of minions', () => {
    const kind = (type: string, annotations: JsonObject = {}) => ({ 'nginx.org/mergeable-ingress-type': type, ...annotations });
    const merged = (master: JsonObject, minion: JsonObject, ...more: readonly KubernetesObject[]) => [
      ingress(kind('master', master), TLS, 'm', ''),
      ingress(kind('minion', minion), {}, 'x', '/x'),
      secret('cert'),
      ...more,
    ];
    const HTTPS = 'https://foo.com/x';

    // TestGenerateNginxCfgForMergeableIngressesCORSPolicy
    it('go before those of their master of the same type', () => {
      const both = [cors('of-master', 'https://master.example.com'), cors('own', 'https://coffee.example.com')];
      const origins = (...asked: Parameters<typeof merged>) =>
        answers(merged(...asked), {}, HTTPS).filter((text) => text.includes('Allow-Origin'));
      expect(origins(named('of-master'), {}, ...both)).toEqual(['add Access-Control-Allow-Origin: https://master.example.com']);
      expect(origins(named('of-master'), named('own'), ...both)).toEqual(['add Access-Control-Allow-Origin: https://coffee.example.com']);
      expect(line(merged(named('allow'), {}, ALLOW), HTTPS, from('192.168.0.1'))).toBe('REFUSED 403');
      expect(line(merged(named('allow'), named('deny'), ALLOW, DENY), HTTPS, from('192.168.0.1'))).toBe('ROUTED a=1');
    });

    // TestGenerateNginxCfgForMergeableIngressesMinionWithIngressMTLSPolicy: "is not allowed in the minion context"
    it('ask nobody for certificates', () => {
      const mtls = [policy('mtls', { ingressMTLS: { clientCertSecret: 'ca' } }), secret('ca', 'nginx.org/ca')];
      expect(line(merged({}, named('mtls'), ...mtls), HTTPS)).toBe('REFUSED 500');
      expect(line(merged(named('mtls'), {}, ...mtls), HTTPS)).toBe('ROUTED a=1');
      expect(line(merged({}, named('gone')), HTTPS)).toBe('REFUSED 500');
    });
  });

  it('leave open in route-diff whom they let in', () => {
    const model = modelOf([...OTHERS, ingress(named('allow')), ALLOW]);
    const side = { by: 'ingress', class: 'f5', dialect: undefined } as const;
    const { verdict, result } = diffRoutes({ a: model, b: model }, { a: side, b: side });
    expect(verdict).toBe('UNKNOWN');
    expect(result.doubts.map(({ code }) => code)).toContain('CONDITIONS_SAMPLED');
  });

  /** `validatePolicyNames` of `internal/k8s/validation.go`. */
  it.each(['a/b/c', 'Upper', 'a,', '/a', 'a/'])('are named: `%s` is refused', (text) => {
    expect(lintRoutes(modelOf([...OTHERS, ingress(named(text))])).rules.map(({ state }) => state)).toEqual(['unreachable']);
  });
});

/** `internal/configs/version1/nginx.ingress.tmpl`; tests `test_hsts.py` (max-age=2592000; preload). */
describe('`nginx.org/hsts`', () => {
  const HSTS = { 'nginx.org/hsts': 'true' };
  const of = (annotations: JsonObject, url: string, more: Partial<RouteRequest> = {}) =>
    answers([ingress({ 'nginx.org/ssl-redirect': 'false', ...annotations }, TLS), secret('cert')], more, url);

  it('is said over https, whatever the backend says', () => {
    expect(of(HSTS, 'https://foo.com/')).toEqual(['set Strict-Transport-Security: max-age=2592000; preload']);
    expect(of(HSTS, 'http://foo.com/')).toEqual(['remove Strict-Transport-Security: ']);
    expect(of({ ...HSTS, 'nginx.org/hsts-max-age': '60', 'nginx.org/hsts-include-subdomains': 'True' }, 'https://foo.com/')).toEqual([
      'set Strict-Transport-Security: max-age=60; includeSubDomains; preload',
    ]);
    expect(of({ 'nginx.org/hsts': 'false' }, 'https://foo.com/')).toEqual([]);
  });

  it('is said where the proxy before nginx had https', () => {
    const behind = { ...HSTS, 'nginx.org/hsts-behind-proxy': 'true' };
    expect(of(behind, 'http://foo.com/', header('X-Forwarded-Proto', 'https'))).toEqual([
      'set Strict-Transport-Security: max-age=2592000; preload',
    ]);
    expect(of(behind, 'https://foo.com/')).toEqual(['remove Strict-Transport-Security: ']);
    // neither TLS nor a proxy
    expect(answers([ingress(HSTS)])).toEqual([]);
  });

  it('is said in errors, too', () => {
    const { result } = ask(
      [ingress({ ...HSTS, 'nginx.org/mergeable-ingress-type': 'master' }, TLS, 'm', ''), secret('cert')],
      'https://foo.com/',
    );
    expect([result.status, result.responseHeaders]).toEqual([
      404,
      [{ action: 'add', name: 'Strict-Transport-Security', value: 'max-age=2592000; preload' }],
    ]);
  });

  // `add_header`: "inherited from the previous configuration level if and only if there are no add_header directives defined on the current level"
  it('is not said by locations with headers of their own', () => {
    const objects = [ingress({ ...HSTS, ...named('cors') }, TLS), secret('cert'), cors('cors', 'https://example.com')];
    expect(answers(objects, {}, 'https://foo.com/')).toEqual(['add Vary: Origin', 'add Access-Control-Allow-Origin: https://example.com']);
  });

  /** `validateRelatedAnnotation`, `validateInt64Annotation` (`TestValidateNginxIngressAnnotations`). */
  it.each<JsonObject>([
    { 'nginx.org/hsts-include-subdomains': 'true' },
    { 'nginx.org/hsts-max-age': '60' },
    { 'nginx.org/hsts-behind-proxy': 'true' },
    { ...HSTS, 'nginx.org/hsts-max-age': 'not_a_number' },
    // `strconv.ParseInt` of 64 bits
    { ...HSTS, 'nginx.org/hsts-max-age': '9223372036854775808' },
    { ...HSTS, 'nginx.org/hsts-behind-proxy': 'not_a_boolean' },
  ])('with %j is refused', (annotations) => {
    expect(line([ingress(annotations)], URL)).toBe('NOT_FOUND 404');
  });
});

/** `validateIngress` refuses it by the annotation that is wrong; what is written there may be long. */
it.each(['nginx.org/policies', 'nginx.com/policies'])('a name in `%s` that is none is told in brief, with its place', (annotation) => {
  const { verdict, summary } = ask([ingress({ [annotation]: `fine, ${'A'.repeat(100_000)}` })], 'http://foo.com/');
  expect([verdict, summary.length < 1_000]).toEqual(['NOT_FOUND', true]);
  expect(summary).toContain(`\`${annotation}\` names \`AAA`);
});
