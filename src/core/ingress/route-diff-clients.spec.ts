import { describe, expect, it } from 'vitest';
import { ingressCluster } from '../../../test/support/ingress-cluster.js';
import { modelOf } from '../../../test/support/model.js';
import { classSide, differenceLines, diffRoutes } from '../../../test/support/route-diff.js';
import { withNginx } from '../../../test/support/route-lint.js';
import { to, traefikObject } from '../../../test/support/traefik.js';
import type { RouteAspect } from './route-diff-result.js';

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
    [
      'where those without certificate are led',
      { 'auth-tls-secret': 't/ca', 'auth-tls-error-page': '/err' },
      { 'auth-tls-secret': 't/ca' },
    ],
    // ngx_http_ssl_module, `ssl_verify_client`: with `optional` a certificate that is shown has to be valid, with `optional_no_ca` it has not
    [
      'whether a certificate has to be valid',
      { 'auth-tls-secret': 't/ca', 'auth-tls-verify-client': 'optional' },
      { 'auth-tls-secret': 't/ca', 'auth-tls-verify-client': 'optional_no_ca' },
    ],
    ['the service that is asked', { 'auth-url': 'http://a.example/x' }, { 'auth-url': 'http://b.example/x' }],
    ['where to sign in', { 'auth-url': 'http://a.example/x', 'auth-signin': 'http://a.example/in' }, { 'auth-url': 'http://a.example/x' }],
    ['passwords, and a service', { 'auth-type': 'basic', 'auth-secret': 's' }, { 'auth-url': 'http://a.example/x' }],
  ])('are not told alike where they differ in %s', (_, a, b) => {
    const told = diff(a, b);
    expect([told.verdict, told.result.doubts.map(({ code }) => code)]).toEqual(['UNKNOWN', ['CLIENTS_NOT_COMPARED']]);
    for (const own of [a, b]) expect(diff(own, own).verdict).toBe('EQUIVALENT');
    // To whom a backend answers is no matter of which backend it is.
    expect([diff(a, b, ['status']).verdict, diff(a, b, ['backend']).verdict]).toEqual(['UNKNOWN', 'EQUIVALENT']);
  });

  it('differ where one of them does not ask', () => {
    const { verdict, result } = diff({ 'auth-url': 'http://a.example/x' }, {});
    expect([verdict, differenceLines(result)[0]]).toEqual(['DIFFERENT', 'GET http://foo.com/: conditions; ROUTED w, ROUTED w']);
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
