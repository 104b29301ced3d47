import { describe, expect, it } from 'vitest';
import { CERTIFICATES } from '../../../test/support/certificates.js';
import { gateway, httpRoute, listener, rule } from '../../../test/support/gateway-cluster.js';
import { ingressCluster } from '../../../test/support/ingress-cluster.js';
import { modelOf } from '../../../test/support/model.js';
import { withNginx } from '../../../test/support/route-lint.js';
import { classSide, differenceLines, diffRoutes, gatewaySide } from '../../../test/support/route-diff.js';

type Asked = Partial<Parameters<typeof diffRoutes>[1]>;

const FROM_ALL = { allowedRoutes: { namespaces: { from: 'All' } } };
const TLS = { mode: 'Terminate', certificateRefs: [{ name: 'own' }] };
const PREFIX = rule({ path: { type: 'PathPrefix', value: '/' } }, 'w');
const GATEWAY = gateway([
  listener('http', FROM_ALL),
  listener('https', { port: 443, protocol: 'HTTPS', hostname: 'foo.com', tls: TLS, ...FROM_ALL }),
]);

const SECRET = {
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: { name: 'own', namespace: 'shop' },
  stringData: { 'tls.crt': CERTIFICATES.commonName, 'tls.key': 'x' },
};

const through = (sectionName: string) => ({ parentRefs: [{ name: 'gw', namespace: 'shop', sectionName }], hostnames: ['foo.com'] });

/** An Ingress with TLS, and what ingress2gateway makes of it: a route for each listener, the one of http to https. */
function migrated(
  redirect: Readonly<Record<string, string | number>>,
  asked: Asked = {},
  annotations: Readonly<Record<string, string>> = {},
): ReturnType<typeof diffRoutes> {
  const model = modelOf([
    ...withNginx(ingressCluster('a : foo.com Prefix / -> w\na : tls foo.com -> own'), { a: annotations }),
    ...GATEWAY,
    SECRET,
    httpRoute('t/plain', [{ filters: [{ type: 'RequestRedirect', requestRedirect: redirect }] }], through('http')),
    httpRoute('t/secure', [PREFIX], through('https')),
  ]);
  const aspects = asked.aspects ?? ['status', 'redirect', 'backend', 'path', 'host'];
  return diffRoutes({ a: model, b: model }, { a: classSide('ingress-nginx'), b: gatewaySide(), ...asked, aspects });
}

const TO_HTTPS = { scheme: 'https', statusCode: 308 };

describe('an Ingress with TLS, and the Gateway that is meant to replace it', () => {
  it('are alike: `https://foo.com`, where ingress-nginx sends clients, is `https://foo.com/` (RFC 9110 §4.2.3)', () => {
    expect(differenceLines(migrated(TO_HTTPS).result)).toEqual([]);
    expect(migrated(TO_HTTPS).verdict).toBe('EQUIVALENT');
    // `https://foo.com:443`
    expect(migrated(TO_HTTPS, {}, { 'use-port-in-redirects': 'true' }).verdict).toBe('EQUIVALENT');
  });

  it.each([
    [{ ...TO_HTTPS, statusCode: 301 }, '301 https://foo.com/'],
    [{ ...TO_HTTPS, port: 8443 }, '308 https://foo.com:8443/'],
    [{ ...TO_HTTPS, hostname: 'bar.com' }, '308 https://bar.com/'],
  ])('differ in where clients are sent: %j', (redirect, target) => {
    const lines = differenceLines(migrated(redirect).result);
    expect(lines).toContain(`GET http://foo.com/: redirect; REDIRECTED 308 https://foo.com, REDIRECTED ${target}`);
  });

  it('do not differ, unless that is asked for, in what becomes of names that neither serves: a certificate of its own and 404, or no connection', () => {
    const answer = migrated(TO_HTTPS, { aspects: ['unserved'] });
    expect([answer.verdict, ...differenceLines(answer.result)]).toEqual([
      'DIFFERENT',
      'GET https://witness.example.invalid/: unserved; NOT_FOUND 404, CONNECTION_REFUSED',
      'GET https://witness.example.invalid/witness: unserved; NOT_FOUND 404, CONNECTION_REFUSED',
    ]);
  });

  it('differ where only one of them serves', () => {
    const model = modelOf([...ingressCluster('a : foo.com Prefix / -> w'), ...GATEWAY]);
    const usual = diffRoutes({ a: model, b: model }, { a: classSide('ingress-nginx'), b: gatewaySide(), scheme: 'https' });
    expect(differenceLines(usual.result)).toEqual([
      'GET https://foo.com/: status; ROUTED w, CONNECTION_REFUSED',
      'GET https://foo.com/witness: status; ROUTED w, CONNECTION_REFUSED',
    ]);
    expect(usual.warnings.find(({ code }) => code === 'UNSERVED_DIFFERS')?.message).toBe(
      '2 of the requests are served by no rule of either side, and get 404 of one and no connection of the other, which is left out unless `aspect` names `unserved`',
    );
  });

  // `docs/user-guide/nginx-configuration/annotations.md`, "Rate limiting", "Custom max body size", "Custom NGINX upstream hashing"
  it.each([
    [{ 'limit-rps': '5' }, 1],
    [{ 'limit-connections': '0' }, 0],
    [{ 'proxy-body-size': '8m' }, 1],
    [{ 'proxy-body-size': '0' }, 0],
    [{ 'upstream-hash-by': '$request_uri' }, 1],
  ])('are not told alike where one of them has limits that a Gateway does not know: %j', (annotations, doubts) => {
    const objects = withNginx(ingressCluster('a : foo.com Prefix / -> w'), { a: annotations });
    const model = modelOf([...objects, ...gateway([listener('http', FROM_ALL)]), httpRoute('t/new', [PREFIX], { hostnames: ['foo.com'] })]);
    const diff = (b: ReturnType<typeof gatewaySide>, more: Asked = {}) =>
      diffRoutes({ a: model, b: model }, { a: classSide('ingress-nginx'), b, scheme: 'http', ...more });
    const codes = (answer: ReturnType<typeof diff>) => [answer.verdict, ...answer.result.doubts.map(({ code }) => code)];
    expect(codes(diff(gatewaySide()))).toEqual(doubts === 0 ? ['EQUIVALENT'] : ['UNKNOWN', 'LIMITS_NOT_COMPARED']);
    const told = diff(gatewaySide())
      .assumptions.filter(({ code }) => code === 'LIMIT_NOT_PLAYED')
      .map(({ message }) => message);
    expect(told).toEqual(
      doubts === 0 ? [] : [expect.stringContaining(`Ingress t/a (${Object.keys(annotations)[0]}) is taken not to act: `)],
    );
    // the same limits on both sides, or the question does not ask for them
    expect(codes(diff(classSide('ingress-nginx')))).toEqual(['EQUIVALENT']);
    expect(codes(diff(gatewaySide(), { aspects: ['status', 'backend'] }))).toEqual(['EQUIVALENT']);
  });
});
