import { describe, expect, it } from 'vitest';
import { type AskedNginx, askNginx, type NginxAnnotationsOf, routeNginx } from '../../../test/support/ask-ingress-nginx.js';
import type { JsonObject } from '../kernel/json.js';
import type { KubernetesObject } from '../resources/kubernetes-object.js';

type Row = [rules: string, annotations: NginxAnnotationsOf, url: string, expected: string, asked?: AskedNginx];

const ask = (rules: string, annotations: NginxAnnotationsOf, url: string, asked: AskedNginx = {}) =>
  askNginx(rules, annotations, url, { dialect: 'traefik-ingress-nginx', ...asked });
const answer = (rules: string, annotations: NginxAnnotationsOf, url: string, asked: AskedNginx = {}) =>
  routeNginx(rules, annotations, url, { dialect: 'traefik-ingress-nginx', ...asked });

const ROOT = 'a : foo.com Prefix / -> s';
const secret = (name: string, ...keys: readonly string[]): KubernetesObject => ({
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: { name, namespace: 't' },
  data: Object.fromEntries(keys.map((key) => [key, 'eA=='])),
});

/** `buildRule`, `buildPrefixRule` of traefik/traefik `pkg/provider/kubernetes/ingress-nginx/translator.go`; `pkg/muxer/http/mux.go` for priorities. */
const RULES: Row[] = [
  ['a : foo.com Prefix /x -> s', {}, 'http://foo.com/x/y', 'ROUTED s'],
  ['a : foo.com Prefix /x -> s', {}, 'http://foo.com/xy', 'NOT_FOUND 404'],
  ['a : foo.com Prefix /x/ -> s', {}, 'http://foo.com/x', 'ROUTED s'],
  ['a : foo.com Exact /x -> s', {}, 'http://foo.com/x/', 'NOT_FOUND 404'],
  ['a : foo.com Impl /x -> s', {}, 'http://foo.com/x/y', 'ROUTED s'],
  // `Path("/x")` is a shorter text than `(Path("/x") || PathPrefix("/x/"))`, and the longer rule goes first
  ['a : foo.com Exact /x -> e ; a : foo.com Prefix /x -> p', {}, 'http://foo.com/x', 'ROUTED p'],
  // the longer rule is that of the wildcard
  ['a : foo.com Prefix / -> s ; a : *.com Prefix /long -> w', {}, 'http://foo.com/long/x', 'ROUTED w'],
  ['a : any Prefix /x -> s', {}, 'http://anything/x', 'ROUTED s'],
  // regular expressions: as a Prefix is written, without case, open at the end
  ['a : foo.com Impl /x[0-9] -> s', { a: { 'use-regex': 'true' } }, 'http://foo.com/X1/y', 'ROUTED s'],
  ['a : foo.com Impl /x[0-9] -> s', { a: { 'use-regex': 'true' } }, 'http://foo.com/a/x1', 'NOT_FOUND 404'],
  ['a : foo.com Impl /x -> s ; b : foo.com Exact /y -> e', { a: { 'use-regex': 'true' } }, 'http://foo.com/yes', 'NOT_FOUND 404'],
  // booleans: `true` in any case, nothing else
  ['a : foo.com Impl /x[0-9] -> s', { a: { 'use-regex': '1' } }, 'http://foo.com/x1', 'NOT_FOUND 404'],
  ['a : foo.com Impl /x[0-9] -> s', { a: { 'use-regex': 'TRUE' } }, 'http://foo.com/x1', 'ROUTED s'],
  // RE2 has no lookahead: Traefik cannot make the router
  ['a : foo.com Impl /(?!x).* -> s', { a: { 'use-regex': 'true' } }, 'http://foo.com/y', 'NOT_FOUND 404'],
  [ROOT, { a: { 'server-alias': 'bar.com' } }, 'http://bar.com/', 'ROUTED s'],
  [ROOT, { a: { 'server-alias': '*.bar.com' } }, 'http://x.bar.com/', 'ROUTED s'],
];

/** The same table's cases of Services and default backends. */
const BACKENDS: Row[] = [
  ['a : foo.com Prefix / -> missing', {}, 'http://foo.com/', 'SERVICE_MISSING 503'],
  ['a : foo.com Prefix / -> empty', {}, 'http://foo.com/', 'NO_ENDPOINTS 503'],
  ['a : foo.com Prefix / -> s:81', {}, 'http://foo.com/', 'PORT_MISSING 503'],
  // "Service unavailable in HTTP": a redirect needs no Service
  [
    'a : foo.com Prefix / -> missing',
    { a: { 'permanent-redirect': 'https://foo.bar.com' } },
    'http://foo.com/',
    'REDIRECTED 301 = https://foo.bar.com',
  ],
  // "Default backend annotation"
  ['a : foo.com Prefix / -> empty ; b : bar.com Prefix / -> d', { a: { 'default-backend': 'd' } }, 'http://foo.com/', 'ROUTED d'],
  ['a : default -> d ; a : foo.com Prefix /x -> s', {}, 'http://foo.com/y', 'DEFAULT_BACKEND d'],
  ['a : default -> d ; a : foo.com Prefix /x -> s', {}, 'http://bar.com/y', 'NOT_FOUND 404'],
  ['a : default -> d', {}, 'http://bar.com/y', 'DEFAULT_BACKEND d'],
  ['a : default -> missing', {}, 'http://bar.com/y', 'SERVICE_MISSING 503'],
  // a default backend that has no endpoint either changes nothing
  [
    'a : foo.com Prefix / -> empty ; b : bar.com Prefix / -> empty2',
    { a: { 'default-backend': 'empty2' } },
    'http://foo.com/',
    'NO_ENDPOINTS 503',
  ],
  // `defaultBackendService`
  ['a : foo.com Prefix / -> s', {}, 'http://bar.com/', 'DEFAULT_BACKEND s', { options: { defaultBackendService: 't/s' } }],
  // one router name for the default backend of all hosts of an Ingress
  ['a : default -> d ; a : foo.com Prefix /x -> s ; a : bar.com Prefix /x -> s', {}, 'http://foo.com/y', 'UNDEFINED ? RULE_UNDECIDED'],
];

const TLS = 'a : foo.com Prefix / -> s ; a : tls foo.com -> cert';

/** `TestLoadIngresses`: "No annotation" (it has `spec.tls`), "Force SSL Redirect without Ingress TLS section", "Permanent Redirect", "Temporal Redirect"; `TestApplyFromToWwwRedirect`. */
const REDIRECTS: Row[] = [
  [TLS, {}, 'http://foo.com/x?q=1', 'REDIRECTED 308 = https://foo.com/x?q=1'],
  [TLS, {}, 'https://foo.com/x', 'ROUTED s'],
  // whatever the hosts of `spec.tls` are
  ['a : foo.com Prefix / -> s ; a : tls bar.com -> cert', {}, 'http://foo.com/', 'REDIRECTED 308 = https://foo.com/'],
  [TLS, { a: { 'ssl-redirect': 'false' } }, 'http://foo.com/', 'ROUTED s'],
  [ROOT, { a: { 'ssl-redirect': 'true' } }, 'http://foo.com/', 'ROUTED s'],
  [ROOT, { a: { 'force-ssl-redirect': 'true' } }, 'http://foo.com/', 'REDIRECTED 308 = https://foo.com/'],
  [TLS, { a: { 'ssl-redirect': 'false', 'force-ssl-redirect': 'true' } }, 'http://foo.com/', 'REDIRECTED 308 = https://foo.com/'],
  [ROOT, { a: { 'permanent-redirect': 'https://x.com/a' } }, 'http://foo.com/b?q=1', 'REDIRECTED 301 = https://x.com/a'],
  [
    ROOT,
    { a: { 'permanent-redirect': 'https://x.com', 'permanent-redirect-code': '308' } },
    'http://foo.com/',
    'REDIRECTED 308 = https://x.com',
  ],
  [
    ROOT,
    { a: { 'permanent-redirect': 'https://x.com', 'permanent-redirect-code': '500' } },
    'http://foo.com/',
    'REDIRECTED 301 = https://x.com',
  ],
  [
    ROOT,
    { a: { 'permanent-redirect': 'https://x.com', 'temporal-redirect': 'https://y.com' } },
    'http://foo.com/',
    'REDIRECTED 302 = https://y.com',
  ],
  // the redirect to https comes first
  [TLS, { a: { 'permanent-redirect': 'https://x.com' } }, 'http://foo.com/', 'REDIRECTED 308 = https://foo.com/'],
  ['a : foo.com Prefix /bar -> s', { a: { 'app-root': '/foo' } }, 'http://foo.com/', 'REDIRECTED 302 = http://foo.com/foo'],
  ['a : foo.com Prefix /bar -> s', { a: { 'app-root': '/foo' } }, 'http://foo.com/bar', 'ROUTED s'],
  // "App Root, shared host": the root of the other Ingress
  [
    'a : foo.com Prefix / -> s ; b : foo.com Prefix /bar -> t',
    { b: { 'app-root': '/foo' } },
    'http://foo.com/',
    'REDIRECTED 302 = http://foo.com/foo',
  ],
  ...(
    [
      ['/foo', '/foo'],
      ['/', '/'],
      ['/foo/', '/foo'],
      ['/foo/?bar=baz', '/foo/?bar=baz'],
    ] as const
  ).map(([from, to]): Row => [
    ROOT,
    { a: { 'from-to-www-redirect': 'true' } },
    `http://www.foo.com${from}`,
    `REDIRECTED 308 = http://foo.com${to}`,
  ]),
  // before its routers Traefik cleans the path
  [ROOT, { a: { 'from-to-www-redirect': 'true' } }, 'http://www.foo.com/foo//', 'REDIRECTED 308 = http://foo.com/foo'],
  [
    ROOT,
    { a: { 'from-to-www-redirect': 'true' } },
    'http://www.foo.com/foo//',
    'REDIRECTED 308 = http://foo.com/foo/',
    { options: { sanitizePath: false } },
  ],
  [ROOT, { a: { 'from-to-www-redirect': 'true' } }, 'http://www.foo.com:8080/foo', 'REDIRECTED 308 = http://foo.com:8080/foo'],
];

const rewriting = (path: string, target: string, url: string, expected: string): Row => [
  `a : foo.com Impl ${path} -> s`,
  { a: { 'rewrite-target': target } },
  url,
  expected,
];

/** `pkg/middlewares/ingressnginx/rewritetarget/rewrite_target_test.go`. */
const REWRITES: Row[] = [
  rewriting('/foo/(.*)', '/new/$1', 'http://foo.com/foo/bar', 'ROUTED s > /new/bar'),
  rewriting('/foo(/|$)(.*)', '/$2', 'http://foo.com/foo/bar?q=1', 'ROUTED s > /bar?q=1'),
  rewriting('/foo', '/new', 'http://foo.com/FOO/bar', 'ROUTED s > /new/bar'),
  // without the `/` that the target wants the path is what is written
  rewriting('/foo', 'https://bar.example.org/', 'http://foo.com/foo/x', 'REDIRECTED 302 = https://bar.example.org/'),
  rewriting('/foo', 'https://bar.example.org/', 'http://foo.com/foo?a=b', 'REDIRECTED 302 = https://bar.example.org/?a=b'),
  rewriting('/foo', 'https://bar.example.org/?own=1', 'http://foo.com/foo?a=b', 'REDIRECTED 302 = https://bar.example.org/?own=1'),
  rewriting('/foo(.*)', '/$1', 'http://foo.com/foo../bar', 'REFUSED 400'),
  // traefik/traefik #13455, in later releases of 3.7 alone: the last group is optional where the target is a whole URL
  rewriting('/foo/(.*)', 'https://bar.example.org/$1', 'http://foo.com/foo/x', 'REDIRECTED 302 = https://bar.example.org/x'),
  rewriting('/foo/(.*)', 'https://bar.example.org/$1', 'http://foo.com/foo', 'UNDEFINED ? RULE_UNDECIDED'),
  rewriting('/foo/(.*)', 'https://bar.example.org/$1', 'http://foo.com/bar', 'NOT_FOUND 404'),
  rewriting('/foo/(.*)', '/$1', 'http://foo.com/foo', 'NOT_FOUND 404'),
  // the target that is the path does nothing but make the host one of expressions
  rewriting('/foo', '/foo', 'http://foo.com/FOO/bar', 'ROUTED s'),
];

/** Who may come in: `buildIPAllowList`, `resolveBasicAuth`, `buildForwardAuth`; docs "Unsupported Annotations". */
const ACCESS: Row[] = [
  [ROOT, { a: { 'whitelist-source-range': '10.0.0.0/8' } }, 'http://foo.com/', 'ROUTED s', { client: '10.1.2.3' }],
  [ROOT, { a: { 'whitelist-source-range': '10.0.0.0/8' } }, 'http://foo.com/', 'REFUSED 403', { client: '11.1.2.3' }],
  [ROOT, { a: { 'whitelist-source-range': '192.168.20.1, 192.168.1.0/24' } }, 'http://foo.com/', 'ROUTED s', { client: '192.168.20.1' }],
  [
    ROOT,
    { a: { 'allowlist-source-range': '10.0.0.1', 'whitelist-source-range': '11.0.0.1' } },
    'http://foo.com/',
    'REFUSED 403',
    { client: '11.0.0.1' },
  ],
  [ROOT, { a: { 'whitelist-source-range': '10.0.0.0/8' } }, 'http://foo.com/', 'UNDEFINED ? CLIENT_ADDRESS_UNKNOWN'],
  // a denylist is not read
  [ROOT, { a: { 'denylist-source-range': '10.0.0.0/8' } }, 'http://foo.com/', 'ROUTED s', { client: '10.1.2.3' }],
  [ROOT, { a: { 'auth-type': 'basic', 'auth-secret': 'users' } }, 'http://foo.com/', 'ROUTED s', { objects: [secret('users', 'auth')] }],
  [
    ROOT,
    { a: { 'auth-type': 'basic', 'auth-secret': 'users' } },
    'http://foo.com/',
    'NOT_FOUND 404',
    { objects: [secret('users', 'other')] },
  ],
  [ROOT, { a: { 'auth-type': 'basic', 'auth-secret': 'other/users' } }, 'http://foo.com/', 'NOT_FOUND 404'],
  [
    ROOT,
    { a: { 'auth-type': 'oauth', 'auth-secret': 'users' } },
    'http://foo.com/',
    'NOT_FOUND 404',
    { objects: [secret('users', 'auth')] },
  ],
  // `custom-headers` whose headers nobody allows (`resolveCustomHeaders`), or of another namespace
  [ROOT, { a: { 'custom-headers': 't/headers' } }, 'http://foo.com/', 'REFUSED 503'],
  [ROOT, { a: { 'custom-headers': 't/headers' } }, 'http://foo.com/', 'ROUTED s', { options: { globalAllowedResponseHeaders: 'X-A' } }],
  [ROOT, { a: { 'custom-headers': 'u/headers' } }, 'http://foo.com/', 'REFUSED 503', { options: { globalAllowedResponseHeaders: 'X-A' } }],
  [
    ROOT,
    { a: { 'custom-headers': 'u/headers' } },
    'http://foo.com/',
    'ROUTED s',
    { options: { globalAllowedResponseHeaders: 'X-A', allowCrossNamespaceResources: true } },
  ],
  // a path that answers 503 leads nobody to another name (`translate`: `if !loc.Error`)
  [ROOT, { a: { 'custom-headers': 't/headers', 'from-to-www-redirect': 'true' } }, 'http://www.foo.com/', 'NOT_FOUND 404'],
];

const ALLOWED: AskedNginx = { options: { allowSnippetAnnotations: true } };
const TWO_PATHS = 'a : foo.com Prefix /a -> s ; b : foo.com Prefix /b -> t ; b : bar.com Prefix / -> t';

/** `serverSnippets` of `build.go`: the first one of a host is that of all its paths; `buildSnippetAuth`, where `auth-snippet` counts beside an authentication. */
const SNIPPETS: Row[] = [
  [TWO_PATHS, { a: { 'server-snippet': 'return 200;' } }, 'http://foo.com/a', 'UNDEFINED ? MIDDLEWARE_NOT_EVALUATED', ALLOWED],
  [TWO_PATHS, { a: { 'server-snippet': 'return 200;' } }, 'http://foo.com/b', 'UNDEFINED ? MIDDLEWARE_NOT_EVALUATED', ALLOWED],
  [TWO_PATHS, { a: { 'server-snippet': 'return 200;' } }, 'http://bar.com/b', 'ROUTED t', ALLOWED],
  // one that is passed over gives nobody its snippet
  [TWO_PATHS, { a: { 'server-snippet': 'return 200;' } }, 'http://foo.com/b', 'ROUTED t'],
  [TWO_PATHS, { a: { 'configuration-snippet': 'return 200;' } }, 'http://foo.com/a', 'UNDEFINED ? MIDDLEWARE_NOT_EVALUATED', ALLOWED],
  [TWO_PATHS, { a: { 'configuration-snippet': 'return 200;' } }, 'http://foo.com/b', 'ROUTED t', ALLOWED],
  [TWO_PATHS, { a: { 'auth-snippet': 'return 200;' } }, 'http://foo.com/a', 'ROUTED s', ALLOWED],
  [
    TWO_PATHS,
    { a: { 'auth-snippet': 'return 200;', 'auth-url': 'http://auth.org' } },
    'http://foo.com/a',
    'UNDEFINED ? MIDDLEWARE_NOT_EVALUATED',
    ALLOWED,
  ],
];

const BOTH = 'a : foo.com Prefix / -> s ; b : foo.com Prefix / -> t';
const header = (name: string, value: string): AskedNginx => ({ headers: [[name, value]] });

/** The canary cases of `TestLoadIngresses`; `appendCanaryRule`, `appendNonCanaryRule`. */
const CANARIES: Row[] = [
  [BOTH, { b: { canary: 'true', 'canary-weight': '10' } }, 'http://foo.com/', 'ROUTED s 0.9 t 0.1'],
  [BOTH, { b: { canary: 'true', 'canary-weight': '10', 'canary-weight-total': '1000' } }, 'http://foo.com/', 'ROUTED s 0.99 t 0.01'],
  [BOTH, { b: { canary: 'true', 'canary-by-header': 'Foo' } }, 'http://foo.com/', 'ROUTED s'],
  [BOTH, { b: { canary: 'true', 'canary-by-header': 'Foo' } }, 'http://foo.com/', 'ROUTED t', header('Foo', 'always')],
  [
    BOTH,
    { b: { canary: 'true', 'canary-by-header': 'Foo', 'canary-weight': '50' } },
    'http://foo.com/',
    'ROUTED s',
    header('Foo', 'never'),
  ],
  [
    BOTH,
    { b: { canary: 'true', 'canary-by-header': 'Foo', 'canary-by-header-value': 'bar' } },
    'http://foo.com/',
    'ROUTED s',
    header('Foo', 'always'),
  ],
  [
    BOTH,
    { b: { canary: 'true', 'canary-by-header': 'Foo', 'canary-by-header-pattern': '^b' } },
    'http://foo.com/',
    'ROUTED t',
    header('Foo', 'bar'),
  ],
  [BOTH, { b: { canary: 'true', 'canary-by-cookie': 'c' } }, 'http://foo.com/', 'ROUTED t', header('Cookie', 'a=1; c=always')],
  // its middlewares are those of production
  [
    BOTH,
    { a: { 'app-root': '/x' }, b: { canary: 'true', 'canary-by-header': 'Foo' } },
    'http://foo.com/',
    'REDIRECTED 302 = http://foo.com/x',
    header('Foo', 'always'),
  ],
  // a Service that other paths share takes its canary along
  [
    'a : foo.com Prefix / -> s ; a : foo.com Prefix /x -> s ; b : foo.com Prefix / -> t',
    { b: { canary: 'true', 'canary-weight': '100' } },
    'http://foo.com/x',
    'ROUTED t',
  ],
  // one that joins nothing
  [
    'a : foo.com Prefix / -> s ; b : foo.com Prefix /x -> t',
    { b: { canary: 'true', 'canary-weight': '100' } },
    'http://foo.com/x',
    'ROUTED s',
  ],
  [
    'a : foo.com Prefix / -> s ; b : foo.com Prefix / -> empty',
    { b: { canary: 'true', 'canary-weight': '100' } },
    'http://foo.com/',
    'ROUTED s',
  ],
];

const SUITES: readonly [what: string, rows: readonly Row[]][] = [
  ['rules', RULES],
  ['backends', BACKENDS],
  ['redirects', REDIRECTS],
  ['rewrites', REWRITES],
  ['access', ACCESS],
  ['snippets', SNIPPETS],
  ['canaries', CANARIES],
];

describe.each(SUITES)("Traefik's ingress-nginx provider: %s", (_, rows) => {
  it.each(rows)('%s %o, %s: %s', (rules, annotations, url, expected, asked) => {
    expect(ask(rules, annotations, url, asked)).toBe(expected);
  });
});

describe("what Traefik's ingress-nginx provider makes of an Ingress", () => {
  it('is told where an annotation does nothing', () => {
    const { warnings } = answer(ROOT, { a: { 'denylist-source-range': '10.0.0.0/8', 'enable-modsecurity': 'true' } }, 'http://foo.com/');
    expect(warnings.map(({ code }) => code)).toContain('ANNOTATION_NOT_SUPPORTED');
    expect(warnings.find(({ code }) => code === 'ANNOTATION_NOT_SUPPORTED')?.message).toBe(
      'Traefik does not read `denylist-source-range`, `enable-modsecurity` of Ingress t/a: it has no effect',
    );
  });

  it('is told where it is passed over', () => {
    const { result, evidence, summary } = answer(ROOT, { a: { 'server-snippet': 'return 200;' } }, 'http://foo.com/');
    expect(result.candidates.map(({ outcome, reason }) => [outcome, reason])).toEqual([['excluded', 'ROUTER_REFUSED']]);
    expect(evidence.map(({ message }) => message).join()).toContain('`server-snippet`, which needs `allowSnippetAnnotations`');
    expect(result.nearMisses).toMatchObject([{ reason: 'ROUTER_REFUSED', object: 'Ingress t/a', pointer: '/spec/rules/0/http/paths/0' }]);
    expect(summary).toContain('nearest: Ingress t/a');
  });

  it('speaks with its backend as `backend-protocol` and `proxy-ssl-…` say', () => {
    const backendOf = (own: Readonly<Record<string, string>>, ...objects: readonly KubernetesObject[]) =>
      answer(ROOT, { a: own }, 'http://foo.com/', { objects }).result.backends[0];
    expect(backendOf({ 'backend-protocol': 'GRPC' })?.protocol).toBe('H2C');
    expect(backendOf({ 'backend-protocol': 'HTTPS', 'proxy-ssl-name': 'in.foo.com', 'proxy-ssl-verify': 'on' })?.tls).toEqual({
      sni: 'in.foo.com',
      policy: null,
      names: ['in.foo.com'],
      clientCertificate: null,
    });
    const keys = secret('keys', 'tls.crt', 'tls.key');
    expect(backendOf({ 'backend-protocol': 'HTTPS', 'proxy-ssl-secret': 't/keys' }, keys)?.tls?.clientCertificate).toBe('t/keys');
  });

  it('goes to the address of a Service by `service-upstream`, and to an external name', () => {
    const service = (spec: JsonObject): KubernetesObject => ({
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 's', namespace: 't' },
      spec,
    });
    const addressed = service({ clusterIP: '10.96.0.7', ports: [{ name: 'http', port: 80, targetPort: 8080 }] });
    const endpointsOf = (own: Readonly<Record<string, string>>, object: KubernetesObject, options: AskedNginx['options'] = {}) =>
      answer(ROOT, { a: own }, 'http://foo.com/', { objects: [object], options }).result.backends.flatMap(({ endpoints }) =>
        endpoints.map(({ address, port }) => `${address}:${port}`),
      );
    expect(endpointsOf({ 'service-upstream': 'true' }, addressed)).toEqual(['10.96.0.7:80']);
    expect(endpointsOf({}, addressed)).toEqual(['10.0.0.1:8080']);
    const external = service({ type: 'ExternalName', externalName: 'out.org', ports: [{ port: 80, targetPort: 443 }] });
    expect(endpointsOf({}, external)).toEqual(['out.org:443']);
    expect(endpointsOf({}, external, { disableSvcExternalName: true })).toEqual([]);
  });

  it('says what is taken for granted: sessions, limits, authentication, pages for errors', () => {
    const codes = (own: Readonly<Record<string, string>>, options: AskedNginx['options'] = {}) =>
      answer(ROOT, { a: own }, 'http://foo.com/', { options }).assumptions.map(({ code }) => code);
    expect(codes({ affinity: 'cookie' })).toEqual(['SESSION_NOT_KNOWN']);
    expect(codes({ 'limit-rps': '5' })).toEqual(['MIDDLEWARE_CONDITION']);
    expect(codes({ 'auth-url': 'http://auth.org' })).toEqual(['AUTHENTICATION_PASSED']);
    expect(codes({ 'custom-http-errors': '404', 'default-backend': 's' })).toEqual([]);
    expect(codes({ 'custom-http-errors': '404' })).toEqual([]);
    expect(codes({ 'custom-headers': 't/headers' }, { globalAllowedResponseHeaders: 'X-A' })).toEqual(['MIDDLEWARE_CONDITION']);
    expect(codes({}, { globalAuthURL: 'http://auth.org' })).toEqual(['AUTHENTICATION_PASSED']);
    expect(codes({ 'enable-global-auth': 'false' }, { globalAuthURL: 'http://auth.org' })).toEqual([]);
  });

  it('asks the backend for the host that `upstream-vhost` says, its variables filled in', () => {
    const hostOf = (vhost: string) => answer(ROOT, { a: { 'upstream-vhost': vhost } }, 'http://foo.com/').result.forwarded?.host;
    expect(hostOf('in.foo.com')).toBe('in.foo.com');
    expect(hostOf('$service_name.$namespace.svc')).toBe('s.t.svc');
  });

  it('answers preflights where `enable-cors` says so (`TestBuildCORS`)', () => {
    const asked = (origin: string, own: Readonly<Record<string, string>> = {}) =>
      answer(ROOT, { a: { 'enable-cors': 'true', ...own } }, 'http://foo.com/', {
        method: 'OPTIONS',
        headers: [
          ['Origin', origin],
          ['Access-Control-Request-Method', 'PUT'],
        ],
      });
    expect(asked('https://x.org').verdict).toBe('PREFLIGHT');
    const origins = (origin: string) =>
      asked(origin, { 'cors-allow-origin': 'https://*.example.com' }).result.responseHeaders.filter(
        ({ name }) => name.toLowerCase() === 'access-control-allow-origin',
      );
    expect(origins('https://app.example.com').map(({ value }) => value)).toEqual(['https://app.example.com']);
    expect(origins('https://a.b.example.com')).toEqual([]);
  });

  it('is that of another Traefik where the profile tells one', () => {
    const codes = (version: string) => answer(ROOT, {}, 'http://foo.com/', { options: { version } }).warnings.map(({ code }) => code);
    expect(codes('3.7.1')).toEqual([]);
    expect(codes('3.6.2')).toEqual(['VERSION_NOT_MODELLED']);
  });

  it('claims by class as the settings say', () => {
    expect(ask('a# : foo.com Prefix / -> s ; b : bar.com Prefix / -> t', {}, 'http://foo.com/')).toBe('NOT_FOUND 404');
    const options = { watchIngressWithoutClass: true };
    expect(ask('a# : foo.com Prefix / -> s ; b : bar.com Prefix / -> t', {}, 'http://foo.com/', { options })).toBe('ROUTED s');
  });
});

/** `buildClientAuthTLSOption`, and the cases "Auth TLS …" of `kubernetes_test.go`; `build.go` for TLS that is passed through. */
describe("TLS of Traefik's ingress-nginx provider", () => {
  const objects = [secret('ca', 'ca.crt')];
  const asking = { 'auth-tls-secret': 't/ca' };
  const PATHS = 'a : foo.com Prefix / -> s ; b : foo.com Prefix /x -> t';
  const codes = (rules: string, annotations: NginxAnnotationsOf) => {
    const { verdict, assumptions, warnings } = answer(rules, annotations, 'https://foo.com/', { objects });
    return [verdict, ...[...assumptions, ...warnings].map(({ code }) => code)];
  };

  it('asks clients for certificates, where every Ingress of the host asks alike', () => {
    expect(codes(ROOT, { a: asking })).toEqual(['ROUTED', 'CLIENT_CERTIFICATE_ASSUMED']);
    expect(codes(ROOT, { a: { ...asking, 'auth-tls-verify-client': 'optional' } })).toEqual(['ROUTED']);
    // `clientAuthTypeFromString`: whatever else it is called, a certificate is needed
    expect(codes(ROOT, { a: { ...asking, 'auth-tls-verify-client': 'constructor' } })).toEqual(['ROUTED', 'CLIENT_CERTIFICATE_ASSUMED']);
    expect(codes(PATHS, { a: asking, b: asking })).toEqual(['ROUTED', 'CLIENT_CERTIFICATE_ASSUMED']);
    expect(codes(PATHS, { a: asking })).toEqual(['ROUTED', 'TLS_OPTIONS_NOT_USED']);
    expect(codes(PATHS, { a: asking, b: { ...asking, 'auth-tls-verify-client': 'optional' } })).toEqual(['ROUTED', 'TLS_OPTIONS_NOT_USED']);
  });

  it('is passed through to the backend of `/`, for connections and requests', () => {
    const passing = { a: { 'ssl-passthrough': 'true' } };
    const { verdict, result } = answer(ROOT, passing, 'https://foo.com/x');
    expect([verdict, result.backends.map(({ service }) => service), result.backends[0]?.tls?.sni]).toEqual(['ROUTED', ['s'], 'foo.com']);
    expect(ask(ROOT, passing, 'http://foo.com/x')).toBe('ROUTED s');
    expect(ask(ROOT, { a: { 'ssl-passthrough': 'true', 'force-ssl-redirect': 'true' } }, 'http://foo.com/x')).toBe(
      'REDIRECTED 308 = https://foo.com/x',
    );
    expect(ask('a : foo.com Prefix /x -> s', passing, 'https://foo.com/x')).toBe('NOT_FOUND 404');
    expect(ask('a : foo.com Prefix / -> missing', passing, 'https://foo.com/')).toBe('NOT_FOUND 404');
  });
});

/** `buildHostRule` of `translator.go`: the aliases of an Ingress stand in the rule of each of its paths, and the longest rule goes first. */
describe('Ingresses with many names', () => {
  const names = (count: number) => Array.from({ length: count }, (_, index) => `alias-${index}.example.com`);
  const aliases = (count: number) => ({ 'server-alias': names(count).join(',') });
  const TWO = 'a : foo.com Prefix / -> s ; b : foo.com Prefix /long/path -> t';

  it.each([20, 600])('are served by each of their %i, and their rule is as long as Traefik writes it', (count) => {
    const asked = { a: aliases(count) };
    expect(ask(TWO, asked, 'http://alias-19.example.com/x')).toBe('ROUTED s');
    expect(ask(TWO, asked, 'http://alias-600.example.com/x')).toBe('NOT_FOUND 404');
    expect(ask(TWO, asked, 'http://foo.com/long/path')).toBe('ROUTED s');
    expect(ask(TWO, {}, 'http://foo.com/long/path')).toBe('ROUTED t');
    const canary = 'a : foo.com Prefix / -> s ; b : foo.com Prefix / -> t';
    const always = { headers: [['Foo', 'always']] } as const;
    expect(ask(canary, { ...asked, b: { canary: 'true', 'canary-by-header': 'Foo' } }, 'http://alias-3.example.com/', always)).toBe(
      'ROUTED t',
    );
    const app = { a: { ...aliases(count), 'app-root': '/x' } };
    expect(ask('a : foo.com Prefix /x -> s', app, 'http://alias-3.example.com/')).toBe('REDIRECTED 302 = http://alias-3.example.com/x');
    expect(ask('a : foo.com Prefix /x -> s', app, 'http://alias-3.example.com/y')).toBe('NOT_FOUND 404');
  });

  it('ask for certificates by each of them', () => {
    const asked = { a: { ...aliases(600), 'auth-tls-secret': 't/ca' } };
    const { assumptions } = answer(TWO, asked, 'https://alias-19.example.com/', { objects: [secret('ca', 'ca.crt')] });
    expect(assumptions.map(({ code }) => code)).toEqual(['CLIENT_CERTIFICATE_ASSUMED']);
  });

  it('are not served where Traefik refuses one of them', () => {
    const asked = { a: { 'server-alias': [...names(600), ''].join(',') } };
    expect(ask(TWO, asked, 'http://alias-19.example.com/x')).toBe('NOT_FOUND 404');
  });

  /** Where each path had each name, half of them took 20 s and a gigabyte, so that these would find no end. */
  it('cost no more than their names and their paths together', () => {
    const paths = Array.from({ length: 4000 }, (_, index) => `a : foo.com Prefix /p${index} -> s`).join(' ; ');
    expect(ask(paths, { a: aliases(8000) }, 'http://alias-19.example.com/p7')).toBe('ROUTED s');
  });
});
