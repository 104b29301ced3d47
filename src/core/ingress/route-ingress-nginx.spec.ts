import { describe, expect, it } from 'vitest';
import { type AskedNginx, askNginx as ask, type NginxAnnotationsOf } from '../../../test/support/ask-ingress-nginx.js';
import { requestFor } from '../../../test/support/ask-route.js';
import { ingressCluster } from '../../../test/support/ingress-cluster.js';
import { modelOf } from '../../../test/support/model.js';
import { withNginx } from '../../../test/support/route-lint.js';
import { route } from './route.js';
import { routeConnection } from './route-connection.js';

type Row = [rules: string, annotations: NginxAnnotationsOf, url: string, expected: string, asked?: AskedNginx];

/** Reference B3 to B12: confirmed against a running nginx; kubernetes/ingress-nginx `internal/ingress/controller`, `rootfs/etc/nginx/template`. */
const LOCATIONS: Row[] = [
  ['a : foo.com Exact /x -> e ; a : foo.com Prefix /x -> p', {}, 'http://foo.com/x', 'ROUTED e'],
  ['a : foo.com Prefix /x -> p', {}, 'http://foo.com/x', 'ROUTED p'],
  ['a : foo.com Prefix /x -> p', {}, 'http://foo.com/x/y', 'ROUTED p'],
  ['a : foo.com Prefix /x -> p', {}, 'http://foo.com/xy', 'NOT_FOUND 404'],
  ['a : foo.com Impl /x -> p', {}, 'http://foo.com/x/y', 'ROUTED p'],
  ['a : foo.com Prefix /x/y -> long ; a : foo.com Prefix /x -> short', {}, 'http://foo.com/x/y/z', 'ROUTED long'],
  ['a : foo.com Prefix /p/ -> s', {}, 'http://foo.com/p//../p/q', 'ROUTED s'],
  ['a : foo.com Prefix / -> s', {}, 'http://foo.com/../x', 'REFUSED 400'],
  // the older one keeps the path
  ['b@2026-01-01 : foo.com Prefix /x -> old ; a@2026-01-02 : foo.com Prefix /x -> new', {}, 'http://foo.com/x', 'ROUTED old'],
  // of one age, names go down
  ['a : foo.com Prefix /x -> first ; b : foo.com Prefix /x -> second', {}, 'http://foo.com/x', 'ROUTED second'],
  // the server is chosen once: a precise host does not fall through to the wildcard's paths
  ['a : foo.com Prefix /x -> s ; a : *.com Prefix /y -> w', {}, 'http://foo.com/y', 'NOT_FOUND 404'],
  // an exact location goes before one of the same text that is open, whichever was written first
  ['a : foo.com Prefix /x/ -> p ; a : foo.com Exact /x/ -> e', {}, 'http://foo.com/x/', 'ROUTED e'],
  ['a : *.foo.com Prefix / -> w', {}, 'http://a.foo.com/', 'ROUTED w'],
  ['a : *.foo.com Prefix / -> w', {}, 'http://a.b.foo.com/', 'NOT_FOUND 404'],
];

const REGEX = { a: { 'use-regex': 'true' } };
const EXPRESSIONS: Row[] = [
  ['a : foo.com Impl /x[0-9] -> s', REGEX, 'http://foo.com/x1/y', 'ROUTED s'],
  ['a : foo.com Impl /x[0-9] -> s', REGEX, 'http://foo.com/X1', 'ROUTED s'],
  ['a : foo.com Impl /x[0-9] -> s', REGEX, 'http://foo.com/y/x1', 'NOT_FOUND 404'],
  // of one length, texts go down
  ['a : foo.com Impl /a. -> dot ; a : foo.com Impl /ab -> letter', REGEX, 'http://foo.com/ab', 'ROUTED letter'],
  // `controller.go`, `getBackendServers`, measures texts in bytes (Go's `len`): of these both have three
  ['a : foo.com Impl /.+ -> dots ; a : foo.com Impl /é -> letter', REGEX, 'http://foo.com/%C3%A9', 'ROUTED letter'],
  // one expression on a host, and Exact is an expression too, open at its end
  ['a : foo.com Impl /x.* -> s ; b : foo.com Exact /y -> e', REGEX, 'http://foo.com/yes', 'ROUTED e'],
  ['a : foo.com Impl /x.* -> s ; b : bar.com Exact /y -> e', REGEX, 'http://bar.com/yes', 'NOT_FOUND 404'],
  ['a : foo.com Impl /api(/|$)(.*) -> s', { a: { 'rewrite-target': '/$2' } }, 'http://foo.com/api/v1?q=1', 'ROUTED s > /v1?q=1'],
  ['a : foo.com Prefix /old -> s', { a: { 'rewrite-target': '/new' } }, 'http://foo.com/OLD/x', 'ROUTED s > /new'],
  // pcrepattern(3), "Lookahead assertions"
  ['a : foo.com Impl /(?!api/).* -> s', REGEX, 'http://foo.com/apis', 'ROUTED s'],
  ['a : foo.com Impl /(?!api/).* -> s', REGEX, 'http://foo.com/API/x', 'NOT_FOUND 404'],
  ['a : foo.com Impl /(?!api)(.*) -> s', { a: { 'rewrite-target': '/v1/$1' } }, 'http://foo.com/x/y', 'ROUTED s > /v1/x/y'],
  // "Circumflex and dollar": also in front of a line feed that ends the text
  ['a : foo.com Impl /x$ -> s', REGEX, 'http://foo.com/x%0A', 'ROUTED s'],
  ['a : foo.com Impl /x$ -> s', REGEX, 'http://foo.com/x%0Ay', 'NOT_FOUND 404'],
  ['a : foo.com Impl /[[:digit:][:punct:]]+x -> s', REGEX, 'http://foo.com/1-2x', 'ROUTED s'],
];

const REDIRECTS: Row[] = [
  ['a : foo.com Prefix / -> s', { a: { 'permanent-redirect': 'https://x.com' } }, 'http://foo.com/a', 'REDIRECTED 301 = https://x.com'],
  [
    'a : foo.com Prefix / -> s',
    { a: { 'permanent-redirect': 'https://x.com', 'temporal-redirect': 'https://y.com' } },
    'http://foo.com/a',
    'REDIRECTED 302 = https://y.com',
  ],
  // of wildcard names nginx takes the longest
  [
    'a : foo.com Prefix / -> short ; b : bar.com Prefix / -> long',
    { a: { 'server-alias': '*.x.org' }, b: { 'server-alias': '*.y.x.org' } },
    'http://z.y.x.org/',
    'ROUTED long',
  ],
  ['a : foo.com Prefix / -> s', { a: { 'app-root': '/app' } }, 'http://foo.com/', 'REDIRECTED 302 = http://foo.com/app'],
  ['a : foo.com Prefix / -> s', { a: { 'app-root': '/app' } }, 'http://foo.com/x', 'ROUTED s'],
  ['a : foo.com Prefix / -> s', { a: { 'force-ssl-redirect': 'true' } }, 'http://foo.com/x', 'REDIRECTED 308 = https://foo.com/x'],
  ['a : foo.com Exact /p/ -> s', {}, 'http://foo.com/p?q=1', 'REDIRECTED 301 = http://foo.com/p/?q=1'],
  ['a : foo.com Prefix / -> s', { a: { 'from-to-www-redirect': 'true' } }, 'http://www.foo.com/x', 'REDIRECTED 308 = http://foo.com:80/x'],
];

const ACCESS: Row[] = [
  ['a : foo.com Prefix / -> s', { a: { 'whitelist-source-range': '10.0.0.0/8' } }, 'http://foo.com/', 'ROUTED s', { client: '10.1.2.3' }],
  [
    'a : foo.com Prefix / -> s',
    { a: { 'whitelist-source-range': '10.0.0.0/8' } },
    'http://foo.com/',
    'REFUSED 403',
    { client: '192.0.2.1' },
  ],
  [
    'a : foo.com Prefix / -> s',
    { a: { 'denylist-source-range': '192.0.2.0/24' } },
    'http://foo.com/',
    'REFUSED 403',
    { client: '192.0.2.1' },
  ],
  ['a : foo.com Prefix / -> empty', {}, 'http://foo.com/', 'NO_ENDPOINTS empty 503'],
  ['a : foo.com Prefix / -> missing', {}, 'http://foo.com/', 'SERVICE_MISSING 503'],
];

/** Reference B22: `rootfs/etc/nginx/lua/balancer.lua`; rows of kubernetes/ingress-nginx `test/e2e/annotations/canary.go`. */
const CANARY = 'a : foo.com Prefix / -> main ; b@2026-01-02 : foo.com Prefix / -> canary';
const header = (value: string): AskedNginx => ({ headers: [['X-Canary', value]] });
const cookie = (value: string): AskedNginx => ({ headers: [['Cookie', `a=b; Canary-By-Cookie=${value}`]] });
/** A row for each value that a request carries. */
const canaryRows = (
  rules: Readonly<Record<string, string>>,
  expected: Readonly<Record<string, string>>,
  carry: (value: string) => AskedNginx,
) =>
  Object.entries(expected).map(([value, service]): Row => {
    return [CANARY, { b: { canary: 'true', ...rules } }, 'http://foo.com/', `ROUTED ${service}`, carry(value)];
  });
const CANARIES: Row[] = [
  [CANARY, { b: { canary: 'true', 'canary-weight': '25' } }, 'http://foo.com/', 'ROUTED main 0.75 canary 0.25'],
  [CANARY, { b: { canary: 'true', 'canary-by-header': 'X-Canary' } }, 'http://foo.com/', 'ROUTED canary', header('always')],
  [CANARY, { b: { canary: 'true', 'canary-by-header': 'X-Canary' } }, 'http://foo.com/', 'ROUTED main', header('never')],
  [
    CANARY,
    { b: { canary: 'true', 'canary-by-header': 'X-Canary', 'canary-by-header-value': 'v2' } },
    'http://foo.com/',
    'ROUTED canary',
    header('v2'),
  ],
  [
    CANARY,
    { b: { canary: 'true', 'canary-by-header': 'X-Canary', 'canary-by-header-value': 'v2' } },
    'http://foo.com/',
    'ROUTED main',
    header('always'),
  ],
  // "if headerPattern is broken, we remove this alternative_backend from further processing": no weight counts then.
  ...canaryRows(
    { 'canary-by-header': 'X-Canary', 'canary-by-header-pattern': '[[][**da?$&*', 'canary-weight': '100' },
    { DoCanary: 'main' },
    header,
  ),
  ...canaryRows({ 'canary-by-header': 'X-Canary', 'canary-by-header-pattern': '^Do(?=C)' }, { DoCanary: 'canary', Do: 'main' }, header),
  // what cannot be matched in time that grows with the text alone is left open
  [
    CANARY,
    { b: { canary: 'true', 'canary-by-header': 'X-Canary', 'canary-by-header-pattern': '^(D)o\\1' } },
    'http://foo.com/',
    'UNDEFINED ? PATTERN_UNSUPPORTED',
    header('DoCanary'),
  ],
  // `parser.IsValidRegex` refuses a space: there is no pattern, and `always` counts
  ...canaryRows(
    { 'canary-by-header': 'X-Canary', 'canary-by-header-pattern': '^Do Canary$' },
    { always: 'canary', 'Do Canary': 'main' },
    header,
  ),
  ...canaryRows({ 'canary-by-header': 'X-Canary' }, { always: 'canary', never: 'main', badheadervalue: 'main' }, header),
  ...canaryRows(
    { 'canary-by-header': 'X-Canary', 'canary-by-header-value': 'DoCanary' },
    { DoCanary: 'canary', always: 'main', never: 'main', otherheadervalue: 'main' },
    header,
  ),
  ...canaryRows({ 'canary-by-header': 'X-Canary', 'canary-by-header-pattern': '^Do[A-Z]' }, { DoCanary: 'canary', always: 'main' }, header),
  ...canaryRows({ 'canary-by-cookie': 'Canary-By-Cookie' }, { always: 'canary', never: 'main', badcookievalue: 'main' }, cookie),
  ...canaryRows(
    { 'canary-by-header': 'X-Canary', 'canary-by-header-value': 'DoCanary', 'canary-by-cookie': 'Canary-By-Cookie' },
    { always: 'canary', never: 'main' },
    (value) => ({ headers: [['X-Canary', 'otherheadervalue'], ...(cookie(value).headers ?? [])] }),
  ),
  [CANARY, { b: { canary: 'true', 'canary-weight': '0' } }, 'http://foo.com/', 'ROUTED main'],
  [CANARY, { b: { canary: 'true', 'canary-weight': '100' } }, 'http://foo.com/', 'ROUTED canary'],
  [CANARY, { b: { 'canary-weight': '100' } }, 'http://foo.com/', 'ROUTED main'],
  // without an endpoint of the main one: 503, whoever is asked for; without one of the canary, the main one takes all
  [CANARY.replace('main', 'empty'), { b: { canary: 'true', 'canary-weight': '100' } }, 'http://foo.com/', 'NO_ENDPOINTS empty 503'],
  [CANARY.replace('canary', 'empty'), { b: { canary: 'true', 'canary-weight': '100' } }, 'http://foo.com/', 'ROUTED main'],
  ['a : bar.com Prefix / -> main ; b : foo.com Prefix / -> canary', { b: { canary: 'true' } }, 'http://foo.com/', 'NOT_FOUND 404'],
  // a canary alone makes no host
  ['b : foo.com Prefix / -> canary', { b: { canary: 'true', 'canary-weight': '100' } }, 'http://foo.com/', 'NOT_FOUND 404'],
];

describe('ingress-nginx', () => {
  it.each([...LOCATIONS, ...EXPRESSIONS, ...REDIRECTS, ...ACCESS, ...CANARIES])('%s %j %s', (rules, annotations, url, expected, asked) => {
    expect(ask(rules, annotations, url, asked)).toBe(expected);
  });

  it.each<readonly [rules: string, url: string, expected: string]>([
    // kubernetes/ingress-nginx controller.go: of a host that is passed through only the backend of `/` counts
    ['a : foo.com Prefix / -> root ; a : foo.com Prefix /x -> x', 'https://foo.com/x', 'ROUTED root TLS'],
    ['a : foo.com Prefix / -> root ; a : foo.com Prefix /x -> x', 'http://foo.com/x', 'ROUTED x'],
    // nobody but the default backend serves `/`: the annotation is ignored
    ['a : foo.com Prefix /x -> x', 'https://foo.com/x', 'ROUTED x'],
    // pkg/tcpproxy/tcp.go compares whole names: no wildcard
    ['a : *.foo.com Prefix / -> root ; a : *.foo.com Prefix /x -> x', 'https://a.foo.com/x', 'ROUTED x'],
    // the Ingress that names the host first decides, and it is the other one
    ['a@2026-01-02 : foo.com Prefix / -> root ; b@2026-01-01 : foo.com Prefix /x -> x', 'https://foo.com/x', 'ROUTED x'],
    ['a : foo.com Prefix / -> empty ; a : foo.com Prefix /x -> x', 'https://foo.com/x', 'NO_ENDPOINTS empty TLS'],
    // nginx.go, OnUpdate: "Missing Service for SSL Passthrough backend": nginx ends the TLS, as that of any other host
    ['a : foo.com Prefix / -> missing ; a : foo.com Prefix /x -> x', 'https://foo.com/x', 'ROUTED x'],
  ])('passes TLS through: %s, %s', (rules, url, expected) => {
    const model = modelOf(withNginx(ingressCluster(rules.replaceAll(' ; ', '\n')), { a: { 'ssl-passthrough': 'true' } }));
    const answer = route(model, { request: requestFor(url), class: 'c', dialect: 'ingress-nginx' });
    if (!answer.ok) throw new Error(answer.error.message);
    const [backend] = answer.value.result.backends;
    expect([answer.value.verdict, backend?.service, ...(backend?.tls ? ['TLS'] : [])].join(' ')).toBe(expected);
    const isAssumed = answer.value.assumptions.some(({ code }) => code === 'SSL_PASSTHROUGH_ENABLED');
    expect(isAssumed).toBe(backend?.tls !== null);
  });

  it('takes a connection of which nothing but the name is known, where it is passed through', () => {
    const model = modelOf(withNginx(ingressCluster('a : foo.com Prefix / -> root'), { a: { 'ssl-passthrough': 'true' } }));
    const through = { class: 'c', dialect: 'ingress-nginx' } as const;
    const passed = routeConnection(model, { scheme: 'tls', host: 'foo.com', sni: 'foo.com' }, 443, through);
    expect(passed).toMatchObject({ ok: true, value: { verdict: 'ROUTED', result: { forwarded: null, certificate: null } } });
    expect(passed.ok && passed.value.summary).toMatch(/^tls:\/\/foo\.com → Ingress t\/a/);
    const ended = routeConnection(model, { scheme: 'tls', host: 'bar.com', sni: 'bar.com' }, 443, through);
    expect(ended).toMatchObject({ ok: false, error: { kind: 'invalid-request', hint: 'ask with an https URL' } });
  });

  it('does not guess who the client is, nor what a snippet does', () => {
    const rules = 'a : foo.com Prefix / -> s';
    expect(ask(rules, { a: { 'whitelist-source-range': '10.0.0.0/8' } }, 'http://foo.com/')).toMatch(/^UNDEFINED /);
    expect(ask(rules, { a: { 'configuration-snippet': 'return 418;' } }, 'http://foo.com/')).toMatch(/^UNDEFINED /);
  });

  it('says that nginx refuses a configuration, which is then nobody’s', () => {
    // B6: both become location /x/
    expect(ask('a : foo.com Prefix /x -> s ; a : foo.com Prefix /x/ -> t', {}, 'http://foo.com/x')).toMatch(/^UNDEFINED /);
    // `pcre2_compile() failed: missing closing parenthesis` of one host stops them all; where no host is one of expressions it is a text like any other
    const broken = 'a : foo.com Impl /x( -> s ; b : bar.com Prefix / -> t';
    expect(ask(broken, REGEX, 'http://bar.com/')).toBe('UNDEFINED ? CONFIGURATION_REJECTED');
    expect(ask(broken, {}, 'http://bar.com/')).toBe('ROUTED t');
  });
});
