import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { type AskedNginx, askNginx, type NginxAnnotationsOf, routeNginx } from '../../../test/support/ask-ingress-nginx.js';
import type { KubernetesObject } from '../resources/kubernetes-object.js';
import { HashRing } from './internal/nginx/hash-ring.js';

const md5 = (text: string) => createHash('md5').update(text).digest('hex');
/** `backend_key` of `rootfs/etc/nginx/lua/balancer/sticky.lua`. */
const keyOf = (service: string) => md5(`${md5(`t-${service}-80`)}t-${service}-80`);

const COOKIE = { affinity: 'cookie', 'session-cookie-name': 'SERVERID' };
const cookie = (value: string): AskedNginx => ({ headers: [['Cookie', value]] });

function cookiesOf(rules: string, annotations: NginxAnnotationsOf, url: string, asked: AskedNginx = {}): readonly (string | null)[] {
  const { backends } = routeNginx(rules, annotations, url, asked).result;
  return backends.flatMap(({ responseHeaders }) => responseHeaders.filter(({ name }) => name === 'Set-Cookie').map(({ value }) => value));
}

/** Service `web` with two endpoints. */
const TWO: readonly KubernetesObject[] = [
  {
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: { name: 'web-1', namespace: 't', labels: { 'kubernetes.io/service-name': 'web' } },
    addressType: 'IPv4',
    ports: [{ name: 'http', protocol: 'TCP', port: 8080 }],
    endpoints: ['10.0.0.7', '10.0.0.8'].map((address) => ({ addresses: [address], conditions: { ready: true } })),
  },
];

const endpointsOf = (annotations: Readonly<Record<string, string>>, asked: AskedNginx) =>
  routeNginx('a : foo.com Prefix / -> web', { a: annotations }, 'http://foo.com/', { ...asked, objects: TWO }).result.backends.flatMap(
    ({ endpoints }) => endpoints.map(({ address }) => address),
  );

type Row = [rules: string, annotations: NginxAnnotationsOf, url: string, expected: string | undefined, asked?: AskedNginx];

const ROOT = 'a : foo.com Prefix / -> web';
const BAR = 'a : foo.com Prefix /bar -> web';
const set = (more: Readonly<Record<string, string>>): NginxAnnotationsOf => ({ a: { ...COOKIE, ...more } });
const START = `SERVERID={endpoint}|${keyOf('web')}`;

/** kubernetes/ingress-nginx `test/e2e/annotations/affinity.go`. */
const COOKIES: Row[] = [
  [ROOT, set({}), 'http://foo.com/', `${START}; Path=/; HttpOnly`],
  [ROOT, { a: { affinity: 'cookie' } }, 'http://foo.com/', `INGRESSCOOKIE={endpoint}|${keyOf('web')}; Path=/; HttpOnly`],
  ['a : foo.com Prefix /something -> web', set({}), 'http://foo.com/something', `${START}; Path=/something; HttpOnly`],
  // "does not set the path to / on the generated cookie if there's more than one rule referring to the same backend"
  [
    'a : foo.com Prefix /something -> web ; a : foo.com Prefix /somewhereelse -> web',
    set({}),
    'http://foo.com/somewhereelse',
    `${START}; Path=/somewhereelse; HttpOnly`,
  ],
  [
    ROOT,
    set({ 'session-cookie-expires': '172800', 'session-cookie-max-age': '259200' }),
    'http://foo.com/',
    `${START}; Expires={172800 seconds from now}; Max-Age=259200; Path=/; HttpOnly`,
  ],
  [ROOT, set({ 'session-cookie-max-age': 'soon' }), 'http://foo.com/', `${START}; Path=/; HttpOnly`],
  [ROOT, set({ 'session-cookie-domain': 'foo.com' }), 'http://foo.com/', `${START}; Domain=foo.com; Path=/; HttpOnly`],
  [
    'a : foo.com Impl /foo/.* -> web',
    set({ 'use-regex': 'true', 'session-cookie-path': '/foo/bar' }),
    'http://foo.com/foo/bar',
    `${START}; Path=/foo/bar; HttpOnly`,
  ],
  ['a : foo.com Impl /foo/.* -> web', set({ 'use-regex': 'true' }), 'http://foo.com/foo/bar', `${START}; Path=/foo/.*; HttpOnly`],
  // "should not set affinity across all server locations when using separate ingresses"
  ['a : foo.com Prefix /foo/bar -> web ; b : foo.com Prefix /foo -> web', set({}), 'http://foo.com/foo', undefined],
  [
    'a : foo.com Prefix /foo/bar -> web ; b : foo.com Prefix /foo -> web',
    set({}),
    'http://foo.com/foo/bar',
    `${START}; Path=/foo/bar; HttpOnly`,
  ],
  ['a : any Prefix / -> web', set({}), 'http://anything.com/', `${START}; Path=/; HttpOnly`],
  ['a : *.foo.com Prefix / -> web', set({}), 'http://dev.foo.com/', `${START}; Path=/; HttpOnly`],
  [BAR, set({ 'server-alias': 'a1.foo.com,a2.foo.com' }), 'http://a2.foo.com/bar', `${START}; Path=/bar; HttpOnly`],
  [BAR, set({ 'server-alias': '~^x.*$' }), 'http://xyz/bar', undefined],
  [BAR, set({ 'session-cookie-secure': 'true' }), 'http://foo.com/bar', `${START}; Path=/bar; Secure; HttpOnly`],
  [BAR, set({ 'session-cookie-secure': 'false' }), 'http://foo.com/bar', `${START}; Path=/bar; HttpOnly`],
  [BAR, set({ 'session-cookie-secure': 'false' }), 'https://foo.com/bar', `${START}; Path=/bar; Secure; HttpOnly`],
  [BAR, set({ 'session-cookie-partitioned': 'true' }), 'http://foo.com/bar', `${START}; Path=/bar; HttpOnly; Partitioned`],
  // no path is `/` (`store.go`, `syncIngress`)
  ['a : foo.com Impl -> web', set({}), 'http://foo.com/', `${START}; Path=/; HttpOnly`],
  // of several Ingresses the last one's cookie counts for the Service
  [
    'a@2026-01-01 : foo.com Prefix / -> web ; b@2026-01-02 : foo.com Prefix /b -> web',
    { a: COOKIE, b: { affinity: 'cookie', 'session-cookie-name': 'OTHER' } },
    'http://foo.com/',
    `OTHER={endpoint}|${keyOf('web')}; Path=/; HttpOnly`,
  ],
];

const AGENT = (version: number): AskedNginx => ({
  headers: [
    ['User-Agent', `Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/${version}.0.2704.103 Safari/537.36`],
  ],
});

/** `rootfs/etc/nginx/lua/test/balancer/sticky_test.lua`, "SameSite settings". */
const SAME_SITE: Row[] = (
  [
    ['Strict', 'false', 'Strict', {}],
    ['Strict', 'true', 'Strict', {}],
    ['Lax', 'false', 'Lax', {}],
    ['Lax', 'true', 'Lax', {}],
    ['None', 'false', 'None', {}],
    ['None', 'true', 'None', AGENT(71)],
    ['None', 'true', '', AGENT(51)],
    // the module that writes the cookie knows no other spelling
    ['none', 'false', '', {}],
  ] as const
).map(([given, conditional, expected, asked]) => [
  ROOT,
  set({ 'session-cookie-samesite': given, 'session-cookie-conditional-samesite-none': conditional }),
  'http://foo.com/',
  `${START}; Path=/; HttpOnly${expected === '' ? '' : `; SameSite=${expected}`}`,
  asked,
]);

const CANARY = 'a : foo.com Prefix / -> web ; b : foo.com Prefix / -> canary';
const canary = (more: Readonly<Record<string, string>>): NginxAnnotationsOf => ({ a: COOKIE, b: { canary: 'true', ...more } });
const belongs = (service: string, header?: string): AskedNginx => ({
  headers: [['Cookie', `SERVERID=x|${keyOf(service)}`], ...(header === undefined ? [] : [['X-Canary', header] as const])],
});
const BY_HEADER = { 'canary-by-header': 'X-Canary' };

describe('session affinity of ingress-nginx', () => {
  it.each([...COOKIES, ...SAME_SITE])('gives a cookie: %s %j %s', (rules, annotations, url, expected, asked) => {
    expect(cookiesOf(rules, annotations, url, asked)).toEqual(expected === undefined ? [] : [expected]);
  });

  // `test/e2e/annotations/affinitymode.go`; `lua/util/nodemap.lua`
  it('leads a client back to the endpoint that its cookie names, or starts anew', () => {
    const persistent = { ...COOKIE, 'affinity-mode': 'persistent' };
    expect(endpointsOf(persistent, cookie(`SERVERID=${md5('t-web-8010.0.0.8:8080')}|${keyOf('web')}`))).toEqual(['10.0.0.8']);
    const gone = cookie(`SERVERID=${md5('t-web-8010.0.0.9:8080')}|${keyOf('web')}`);
    expect(endpointsOf(persistent, gone)).toEqual(['10.0.0.7', '10.0.0.8']);
    expect(cookiesOf(ROOT, { a: persistent }, 'http://foo.com/', gone)).toEqual([`${START}; Path=/; HttpOnly`]);
  });

  it('leads a client to the endpoint that its key comes to, whatever the key', () => {
    const ring = new HashRing(new Map(['10.0.0.7:8080', '10.0.0.8:8080'].map((endpoint) => [endpoint, 1])));
    for (const key of ['1710000000.123.45.678', 'x', '']) {
      const asked = cookie(`other=1; SERVERID=first; SERVERID=${key}|${keyOf('web')}`);
      expect(endpointsOf(COOKIE, asked)).toEqual([ring.find(key)?.split(':')[0]]);
      expect(cookiesOf(ROOT, { a: COOKIE }, 'http://foo.com/', asked)).toEqual([]);
    }
    expect(endpointsOf(COOKIE, cookie('serverid=x'))).toEqual(['10.0.0.7', '10.0.0.8']);
  });

  // `balancer.lua`, `route_to_alternative_balancer`; `controller.go`, `mergeAlternativeBackend`; `test/e2e/annotations/canary.go`, "session affinity"
  it.each<[annotations: NginxAnnotationsOf, asked: AskedNginx, expected: string]>([
    [canary({ 'canary-weight': '30' }), {}, 'ROUTED web 0.7 canary 0.3'],
    [canary({ 'canary-weight': '100' }), belongs('web'), 'ROUTED web'],
    [canary({ 'canary-weight': '0' }), belongs('canary'), 'ROUTED canary'],
    [canary(BY_HEADER), belongs('web', 'always'), 'ROUTED web'],
    [canary(BY_HEADER), belongs('canary', 'never'), 'ROUTED canary'],
    [canary({ ...BY_HEADER, 'affinity-canary-behavior': 'sticky' }), belongs('canary', 'never'), 'ROUTED canary'],
    [canary({ ...BY_HEADER, 'affinity-canary-behavior': 'legacy' }), belongs('canary', 'never'), 'ROUTED web'],
    [canary({ ...BY_HEADER, 'affinity-canary-behavior': 'legacy' }), belongs('canary', 'always'), 'ROUTED canary'],
    // a cookie of somebody else's, or one without the key of a Service, says nothing
    [canary(BY_HEADER), { headers: [...(belongs('other').headers ?? []), ['X-Canary', 'always']] }, 'ROUTED canary'],
    [
      canary(BY_HEADER),
      {
        headers: [
          ['Cookie', 'SERVERID=x'],
          ['X-Canary', 'always'],
        ],
      },
      'ROUTED canary',
    ],
    // the canary's own `affinity` counts for nothing
    [{ a: {}, b: { canary: 'true', ...COOKIE, ...BY_HEADER } }, belongs('canary', 'never'), 'ROUTED web'],
  ])('keeps a client with a canary or without: %j %j', (annotations, asked, expected) => {
    expect(askNginx(CANARY, annotations, 'http://foo.com/', asked)).toBe(expected);
  });

  it('gives the canary’s clients the canary’s cookie', () => {
    expect(cookiesOf(CANARY, canary({ 'canary-weight': '30' }), 'http://foo.com/')).toEqual([
      `${START}; Path=/; HttpOnly`,
      `SERVERID={endpoint}|${keyOf('canary')}; Path=/; HttpOnly`,
    ]);
    expect(cookiesOf(CANARY, canary({ 'canary-weight': '100', 'affinity-canary-behavior': 'legacy' }), 'http://foo.com/')).toEqual([]);
  });

  it('says what the cookie does', () => {
    const reasons = (asked: AskedNginx) => routeNginx(ROOT, { a: COOKIE }, 'http://foo.com/', asked).evidence.map(({ reason }) => reason);
    expect(reasons({})).toContain('SESSION_STARTED');
    expect(reasons(belongs('web'))).toContain('SESSION_KEPT');
    expect(routeNginx(ROOT, { a: COOKIE }, 'http://foo.com/').warnings).toEqual([]);
  });
});

/** Where each name had each path, 3,000 paths and 6,000 names took 19 s and 750 MB, so that these would find no end. */
it('hosts with thousands of names and paths give cookies as others do, and cost no more than both together', () => {
  const rules = Array.from({ length: 5000 }, (_, index) => `a : foo.com Prefix /p${index} -> s`).join(' ; ');
  const aliases = Array.from({ length: 10_000 }, (_, index) => `alias-${index}.example.com`).join(',');
  const { result } = routeNginx(rules, { a: { affinity: 'cookie', 'server-alias': aliases } }, 'http://alias-7.example.com/p1');
  expect(result.backends[0]?.responseHeaders.map(({ name }) => name)).toEqual(['Set-Cookie']);
});
