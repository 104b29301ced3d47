import { describe, expect, it } from 'vitest';
import { CERTIFICATES } from '../../../test/support/certificates.js';
import { gateway, httpRoute, listener } from '../../../test/support/gateway-cluster.js';
import { ingressCluster } from '../../../test/support/ingress-cluster.js';
import { modelOf } from '../../../test/support/model.js';
import { classSide, differenceLines, diffRoutes, gatewaySide } from '../../../test/support/route-diff.js';
import { withNginx } from '../../../test/support/route-lint.js';
import { to, traefikObject } from '../../../test/support/traefik.js';
import type { JsonObject } from '../kernel/json.js';
import type { KubernetesObject } from '../resources/kubernetes-object.js';
import type { RouteAspect } from './route-diff-result.js';

function secret(name: string, stringData: JsonObject): KubernetesObject {
  const [namespace = '', own = ''] = name.split('/');
  return { apiVersion: 'v1', kind: 'Secret', metadata: { namespace, name: own }, stringData };
}

type Own = Readonly<Record<string, string>>;

const RULES = ingressCluster('a : foo.com Prefix / -> w');

/** Which clients hold which password or certificate is told by nothing that is stored: no request shows whom the other side lets in. */
describe('two sides that ask who the client is', () => {
  const diff = (a: Own, b: Own, aspects?: readonly RouteAspect[]) => {
    const [ofA, ofB] = [a, b].map((own) => modelOf(withNginx(RULES, { a: own })));
    if (!ofA || !ofB) throw new Error('two models');
    return diffRoutes({ a: ofA, b: ofB }, { a: classSide('ingress-nginx'), b: classSide('ingress-nginx'), aspects });
  };

  it.each<[what: string, a: Own, b: Own]>([
    ['the authorities', { 'auth-tls-secret': 't/ca' }, { 'auth-tls-secret': 't/other' }],
    [
      'the name',
      { 'auth-tls-secret': 't/ca', 'auth-tls-match-cn': 'CN=alice' },
      { 'auth-tls-secret': 't/ca', 'auth-tls-match-cn': 'CN=bob' },
    ],
    // ngx_http_ssl_module, `ssl_verify_client`: with `optional` a certificate that is shown has to be valid, with `optional_no_ca` it has not
    [
      'whether a certificate has to be valid',
      { 'auth-tls-secret': 't/ca', 'auth-tls-verify-client': 'optional' },
      { 'auth-tls-secret': 't/ca', 'auth-tls-verify-client': 'optional_no_ca' },
    ],
    ['the service that is asked', { 'auth-url': 'http://a.example/x' }, { 'auth-url': 'http://b.example/x' }],
  ])('are not told alike where they differ in %s', (_, a, b) => {
    const told = diff(a, b);
    expect([told.verdict, told.result.doubts.map(({ code }) => code)]).toEqual(['UNKNOWN', ['CLIENTS_NOT_COMPARED']]);
    for (const own of [a, b]) expect(diff(own, own).verdict).toBe('EQUIVALENT');
    // To whom a backend answers is no matter of which backend it is.
    expect([diff(a, b, ['status']).verdict, diff(a, b, ['backend']).verdict]).toEqual(['UNKNOWN', 'EQUIVALENT']);
  });

  const SERVICE = { 'auth-url': 'http://a.example/x' };
  const CA = { 'auth-tls-secret': 't/ca' };

  /** What becomes of clients that are turned away is known: kubernetes/ingress-nginx `test/e2e/annotations/auth.go`, `authtls.go`; ngx_http_auth_request_module hands on 401 and 403 alone. */
  it.each<[what: string, a: Own, b: Own, line: string]>([
    ['who is asked at all', SERVICE, {}, 'GET http://foo.com/ authStatus 401: status; REFUSED 401, ROUTED w'],
    ['who is asked at all', SERVICE, {}, 'GET http://foo.com/: conditions; ROUTED w, ROUTED w'],
    [
      'where to sign in',
      { ...SERVICE, 'auth-signin': 'http://a.example/in' },
      SERVICE,
      'GET http://foo.com/ authStatus 401: redirect; REDIRECTED 302 http://a.example/in?rd=http://foo.com%2F, REFUSED 401',
    ],
    [
      'passwords, and a service',
      { 'auth-type': 'basic', 'auth-secret': 's' },
      SERVICE,
      'GET http://foo.com/ authStatus 302: status; REFUSED 401, REFUSED 500',
    ],
    [
      'where those without certificate are led',
      { ...CA, 'auth-tls-error-page': 'http://foo.com/err' },
      CA,
      'GET https://foo.com/ without certificate: redirect; REDIRECTED 302 http://foo.com/err, REFUSED 400',
    ],
    ['certificates', CA, {}, 'GET https://foo.com/ without certificate: status; REFUSED 400, ROUTED w'],
  ])('differ in %s, by a request of somebody who is turned away', (_, a, b, line) => {
    const { verdict, result } = diff(a, b);
    expect(verdict).toBe('DIFFERENT');
    expect(differenceLines(result)).toContain(line);
  });

  it('are asked once for each answer: a client that nobody asks for a certificate is not tried without one', () => {
    // foo.com, and a name that nobody has: `/`, and a path below it, by http and by https
    const triedOf = (own: Own) => diff(own, own).result.requests.tried;
    expect(triedOf({})).toBe(8);
    expect(triedOf(SERVICE)).toBe(8 + 4 * 3);
    expect(triedOf(CA)).toBe(8 + 2);
  });

  // ForwardAuth (doc.traefik.io): "Otherwise, the response from the authentication server is returned"
  it('differ in what becomes of an answer of the service that is no refusal, by Traefik', () => {
    const objects = withNginx(RULES, { a: SERVICE });
    const auth = traefikObject('Middleware', 'auth', { forwardAuth: { address: 'http://a.example/x' } });
    const own = traefikObject('IngressRoute', 'new', { routes: [{ ...to('Host(`foo.com`)', 'w'), middlewares: [{ name: 'auth' }] }] });
    const models = { a: modelOf(objects), b: modelOf([...objects.filter(({ kind }) => !kind.startsWith('Ingress')), auth, own]) };
    const derived = { by: 'ingress', class: undefined, dialect: undefined } as const;
    const lines = differenceLines(diffRoutes(models, { a: classSide('ingress-nginx'), b: derived }).result);
    expect(lines).toContain('GET http://foo.com/ authStatus 302: status; REFUSED 500, REFUSED 302');
    expect(lines.filter((line) => line.includes('authStatus 401'))).toEqual([]);
  });

  /** `apis/v1/gateway_types.go`, `FrontendTLSValidation`: in mode AllowValidOnly a client without a valid certificate is not let in. */
  it('are alike behind a Gateway that asks for certificates, but for those who have none', () => {
    const frontend = { default: { validation: { caCertificateRefs: [{ kind: 'ConfigMap', name: 'ca' }] } } };
    const tls = { mode: 'Terminate', certificateRefs: [{ name: 'own' }] };
    const objects = [
      ...gateway([listener('https', { port: 443, protocol: 'HTTPS', tls, allowedRoutes: { namespaces: { from: 'All' } } })], {
        tls: { frontend },
      }),
      httpRoute('t/w', [{ matches: [{ path: { type: 'PathPrefix', value: '/' } }], backendRefs: [{ name: 'w', port: 80 }] }], {
        hostnames: ['foo.com'],
      }),
      secret('shop/own', { 'tls.crt': CERTIFICATES.commonName, 'tls.key': 'x' }),
      secret('t/ca', { 'ca.crt': 'x' }),
      { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'ca', namespace: 'shop' }, data: { 'ca.crt': CERTIFICATES.commonName } },
    ];
    const model = modelOf([...withNginx(RULES, { a: CA }), ...objects]);
    const { result } = diffRoutes(
      { a: model, b: model },
      { a: classSide('ingress-nginx'), b: gatewaySide(), host: 'foo.com', scheme: 'https', aspects: ['status', 'backend', 'conditions'] },
    );
    const lines = differenceLines(result);
    expect(lines).toContain('GET https://foo.com/ without certificate: status; REFUSED 400, CONNECTION_REFUSED');
    expect(lines.filter((line) => !line.includes('without certificate'))).toEqual([]);
  });

  // The Middleware has the same name on both sides, and asks for the passwords of another Secret.
  it.each(['IngressRoute', 'Ingress'])('are not told alike where a middleware of an %s asks for something else', (kind) => {
    const services = RULES.filter((one) => one.kind !== 'Ingress' && one.kind !== 'IngressClass');
    const behind = traefikObject('IngressRoute', 'new', { routes: [{ ...to('Host(`foo.com`)', 'w'), middlewares: [{ name: 'users' }] }] });
    const annotations = { 'traefik.ingress.kubernetes.io/router.middlewares': 't-users@kubernetescrd' };
    const named = RULES.map((one) => (one.kind === 'Ingress' ? { ...one, metadata: { ...one.metadata, annotations } } : one));
    const side = kind === 'Ingress' ? classSide('traefik') : ({ by: 'ingress', class: undefined, dialect: undefined } as const);
    const state = (secret: string) =>
      modelOf([
        ...(kind === 'Ingress' ? named : [...services, behind]),
        traefikObject('Middleware', 'users', { basicAuth: { secret } }),
        ...['some', 'others'].map((name) => ({
          apiVersion: 'v1',
          kind: 'Secret',
          metadata: { name, namespace: 't' },
          data: { users: 'YQ==' },
        })),
      ]);
    const told = (secret: string) => diffRoutes({ a: state('some'), b: state(secret) }, { a: side, b: side });
    expect(told('some').verdict).toBe('EQUIVALENT');
    expect(told('others').result.doubts.map(({ code }) => code)).toEqual(['CLIENTS_NOT_COMPARED']);
  });
});
