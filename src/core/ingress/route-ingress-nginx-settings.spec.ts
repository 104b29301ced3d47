import { describe, expect, it } from 'vitest';
import { type AskedNginx, askNginx, routeNginx } from '../../../test/support/ask-ingress-nginx.js';

const ROOT = 'a : foo.com Prefix / -> s';
const URL = 'http://foo.com/x';

type Options = NonNullable<AskedNginx['options']>;
type Headers = NonNullable<AskedNginx['headers']>;
type Annotations = Readonly<Record<string, string>>;

const TRUSTING: Options = { 'use-forwarded-headers': 'true' };

/** kubernetes/ingress-nginx `rootfs/etc/nginx/lua/lua_ingress.lua`; `test/e2e/settings/forwarded_headers.go`. */
describe('a load balancer in front of ingress-nginx', () => {
  const FORCED = { 'force-ssl-redirect': 'true' };
  const ask = (options: Options, headers: Headers, annotations: Annotations = FORCED, url = URL) =>
    askNginx(ROOT, { a: annotations }, url, { options, headers });

  it.each<[options: Options, scheme: string, url: string, expected: string]>([
    [TRUSTING, 'https', URL, 'ROUTED s'],
    [TRUSTING, 'http', URL, 'REDIRECTED 308 = https://foo.com/x'],
    [TRUSTING, 'http', 'https://foo.com/x', 'REDIRECTED 308 = https://foo.com/x'],
    // What is neither is not sent anywhere.
    [TRUSTING, 'myproto', URL, 'ROUTED s'],
    [{}, 'https', URL, 'REDIRECTED 308 = https://foo.com/x'],
    [{ 'use-forwarded-headers': 'false' }, 'https', URL, 'REDIRECTED 308 = https://foo.com/x'],
    [{ 'enable-real-ip': 'true' }, 'https', URL, 'REDIRECTED 308 = https://foo.com/x'],
  ])('%o, `X-Forwarded-Proto: %s`: %s', (options, scheme, url, expected) => {
    expect(ask(options, [['X-Forwarded-Proto', scheme]], FORCED, url)).toBe(expected);
  });

  it('names the host of the client to the backend and in redirects, the first of several', () => {
    const headers: Headers = [['X-Forwarded-Host', 'myhost.com, another.host,example.net']];
    const hostOf = (options: Options) => routeNginx(ROOT, {}, URL, { options, headers }).result.forwarded?.host;
    expect(hostOf(TRUSTING)).toBe('myhost.com');
    expect(hostOf({})).toBe('foo.com');
    expect(ask(TRUSTING, headers)).toBe('REDIRECTED 308 = https://myhost.com/x');
    expect(ask({}, headers)).toBe('REDIRECTED 308 = https://foo.com/x');
  });

  /** nginx `ngx_http_get_forwarded_addr`: the last header first, as if all were one list; of other headers the realip module takes the first. */
  it('is believed about clients in each `X-Forwarded-For`, from the last one on', () => {
    const listed = { 'allowlist-source-range': '1.2.3.4/32' };
    const two = (name: string): Headers => [
      [name, '9.9.9.9, 1.2.3.4'],
      [name, '10.0.0.7'],
    ];
    const askFrom = (options: Options, headers: Headers) => askNginx(ROOT, { a: listed }, URL, { options, headers, client: '10.0.0.1' });
    const inside: Options = { ...TRUSTING, 'proxy-real-ip-cidr': '10.0.0.0/8' };
    expect(askFrom(inside, two('X-Forwarded-For'))).toBe('ROUTED s');
    expect(askFrom({ ...inside, 'enable-real-ip-recursive': 'false' }, two('X-Forwarded-For'))).toBe('REFUSED 403');
    expect(askFrom({ ...inside, 'forwarded-for-header': 'X-Client' }, two('X-Client'))).toBe('ROUTED s');
    const twice: Headers = [
      ['X-Forwarded-Proto', 'https'],
      ['X-Forwarded-Proto', 'http'],
    ];
    expect(ask(TRUSTING, twice)).toBe('ROUTED s');
  });

  /** ngx_http_realip_module; `test/e2e/settings/enable_real_ip.go`, `enable_real_ip_recursive.go`. */
  it.each<[options: Options, list: string, client: string | undefined, seen: string | undefined]>([
    [TRUSTING, '1.2.3.4', '10.0.0.1', '1.2.3.4'],
    [{ 'enable-real-ip': 'true' }, '1.2.3.4', '10.0.0.1', '1.2.3.4'],
    [{}, '1.2.3.4', '10.0.0.1', '10.0.0.1'],
    // Whoever wrote the list is trusted where every address of IPv4 is.
    [TRUSTING, '1.2.3.4', undefined, '1.2.3.4'],
    [TRUSTING, '1.2.3.4, 5.6.7.8', '10.0.0.1', '1.2.3.4'],
    [{ ...TRUSTING, 'enable-real-ip-recursive': 'false' }, '1.2.3.4, 5.6.7.8', '10.0.0.1', '5.6.7.8'],
    [{ ...TRUSTING, 'proxy-real-ip-cidr': '10.0.0.0/8' }, '1.2.3.4, 5.6.7.8', '10.0.0.1', '5.6.7.8'],
    [{ ...TRUSTING, 'proxy-real-ip-cidr': '10.0.0.0/8,5.6.7.8' }, '1.2.3.4, 5.6.7.8', '10.0.0.1', '1.2.3.4'],
    [{ ...TRUSTING, 'proxy-real-ip-cidr': '10.0.0.0/8' }, '1.2.3.4', '11.0.0.1', '11.0.0.1'],
    [{ ...TRUSTING, 'proxy-real-ip-cidr': '10.0.0.0/8' }, '1.2.3.4', undefined, undefined],
    [{ ...TRUSTING, 'use-proxy-protocol': 'true' }, '1.2.3.4', '10.0.0.1', '10.0.0.1'],
    [TRUSTING, 'nonsense', '10.0.0.1', '10.0.0.1'],
    [TRUSTING, 'nonsense, 5.6.7.8', '10.0.0.1', '5.6.7.8'],
    [TRUSTING, '1.2.3.4:80', '10.0.0.1', '1.2.3.4'],
    [TRUSTING, '1.2.3.4, [2001:db8::1]:80', '10.0.0.1', '2001:db8::1'],
    [TRUSTING, '1.2.3.4', '2001:db8::2', '2001:db8::2'],
    [TRUSTING, '', '10.0.0.1', '10.0.0.1'],
  ])('%o, `X-Forwarded-For: %s` from %s', (options, list, client, seen) => {
    const asked = { options, client, headers: [['X-Forwarded-For', list]] as const };
    const isIn = (source: string) => askNginx(ROOT, { a: { 'allowlist-source-range': source } }, URL, asked);
    if (seen === undefined) expect(isIn('1.2.3.4')).toMatch(/^UNDEFINED/);
    else expect(isIn(seen)).toBe('ROUTED s');
    if (seen !== undefined) expect(isIn('9.9.9.9')).toBe('REFUSED 403');
  });

  it('reads the address where the controller is told to', () => {
    const options = { ...TRUSTING, 'forwarded-for-header': 'CF-Connecting-IP' };
    const headers: Headers = [
      ['X-Forwarded-For', '9.9.9.9'],
      ['CF-Connecting-IP', '1.2.3.4'],
    ];
    expect(askNginx(ROOT, { a: { 'denylist-source-range': '1.2.3.4' } }, URL, { options, headers })).toBe('REFUSED 403');
  });
});

/** `test/e2e/settings/global_access_block.go`. */
describe('what ingress-nginx refuses everywhere', () => {
  const AGENTS = { 'block-user-agents': String.raw`~*chrome\/68\.0\.3440\.106\ safari\/537\.36,AlphaBot` };
  const REFERERS = { 'block-referers': String.raw`~*example\.com,qwerty` };

  it.each<[options: Options, header: string, value: string, expected: string]>([
    [
      AGENTS,
      'User-Agent',
      'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/68.0.3440.106 Safari/537.36',
      'REFUSED 403',
    ],
    [AGENTS, 'User-Agent', 'AlphaBot', 'REFUSED 403'],
    [AGENTS, 'User-Agent', 'alphabot', 'REFUSED 403'],
    [AGENTS, 'User-Agent', 'AlphaBot/2', 'ROUTED s'],
    [
      AGENTS,
      'User-Agent',
      'Mozilla/5.0 (iPhone; CPU iPhone OS 11_4_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/11.0 Mobile/15E148 Safari/604.1',
      'ROUTED s',
    ],
    [REFERERS, 'Referer', 'example.com', 'REFUSED 403'],
    [REFERERS, 'Referer', 'qwerty', 'REFUSED 403'],
    [REFERERS, 'Referer', 'qwerty123', 'ROUTED s'],
    [REFERERS, 'X-Other', 'qwerty', 'ROUTED s'],
    [{ 'block-user-agents': '~a(?=b)' }, 'User-Agent', 'xab', 'REFUSED 403'],
    [{ 'block-user-agents': String.raw`~(a)\1` }, 'User-Agent', 'x', 'UNDEFINED ? PATTERN_UNSUPPORTED'],
  ])('%o, `%s: %s`', (options, header, value, expected) => {
    expect(askNginx(ROOT, {}, 'http://foo.com/', { options, headers: [[header, value]] })).toBe(expected);
  });

  it('is refused before redirects, on every host', () => {
    const asked = { options: AGENTS, headers: [['User-Agent', 'AlphaBot']] as const };
    expect(askNginx(ROOT, { a: { 'force-ssl-redirect': 'true' } }, URL, asked)).toBe('REFUSED 403');
    expect(askNginx(ROOT, { a: { 'app-root': '/app' } }, 'http://foo.com/', asked)).toBe('REFUSED 403');
    expect(askNginx(ROOT, {}, 'http://other.com/', asked)).toBe('REFUSED 403');
  });

  it('are addresses, where the location has no list of its own', () => {
    const options = { 'block-cidrs': '172.16.0.0/12,192.168.0.0/16,10.0.0.0/8' };
    const ask = (client: string, annotations: Annotations = {}, url = URL) => askNginx(ROOT, { a: annotations }, url, { options, client });
    expect(ask('10.1.2.3')).toBe('REFUSED 403');
    expect(ask('11.1.2.3')).toBe('ROUTED s');
    expect(ask('10.1.2.3', {}, 'http://other.com/')).toBe('REFUSED 403');
    expect(ask('11.1.2.3', {}, 'http://other.com/')).toBe('NOT_FOUND 404');
    // `ngx_http_access_merge_loc_conf`: the rules of the location take the place of those above.
    expect(ask('10.1.2.3', { 'allowlist-source-range': '10.0.0.0/8' })).toBe('ROUTED s');
    expect(ask('10.1.2.3', { 'denylist-source-range': '1.1.1.1' })).toBe('ROUTED s');
  });
});

/** `test/e2e/settings/global_external_auth.go`, `no_auth_locations.go`. */
describe('who ingress-nginx asks about clients everywhere', () => {
  const RULES = 'a : foo.com Prefix /foo -> s ; b : foo.com Prefix /bar -> s';
  const passes = (options: Options, annotations: Annotations, url: string) =>
    routeNginx(RULES, { b: annotations }, url, { options }).assumptions.flatMap(({ code, message }) =>
      code === 'AUTHENTICATION_PASSED' ? (/`([^`]*)`/.exec(message)?.[1] ?? []) : [],
    );
  const GLOBAL = { 'global-auth-url': 'http://auth.t.svc.cluster.local:80/status/401' };
  const BAR = 'http://foo.com/bar';

  it.each<[options: Options, annotations: Annotations, url: string, expected: readonly string[]]>([
    [GLOBAL, {}, 'http://foo.com/foo', ['global-auth-url']],
    [GLOBAL, {}, BAR, ['global-auth-url']],
    [{ ...GLOBAL, 'no-auth-locations': '/bar' }, {}, BAR, []],
    [{ ...GLOBAL, 'no-auth-locations': '/bar' }, {}, 'http://foo.com/foo', ['global-auth-url']],
    [GLOBAL, { 'enable-global-auth': 'false' }, BAR, []],
    [GLOBAL, { 'enable-global-auth': 'true' }, BAR, ['global-auth-url']],
    // `template_test.go`, TestShouldApplyGlobalAuth: a location that asks a service of its own does not ask this one
    [GLOBAL, { 'auth-url': 'http://own/' }, BAR, ['auth-url']],
    [{}, { 'auth-url': 'http://own/' }, BAR, ['auth-url']],
    [{ 'no-auth-locations': '/bar' }, { 'auth-url': 'http://own/' }, BAR, []],
    // The default location carries what the Ingress asks that names its host first.
    [GLOBAL, {}, 'http://foo.com/other', ['global-auth-url']],
    [GLOBAL, {}, 'http://other.com/', []],
  ])('%o, %o: %s', (options, annotations, url, expected) => {
    expect(passes(options, annotations, url)).toEqual(expected);
  });
});

describe('snippets of ingress-nginx', () => {
  const RULES = 'a : foo.com Prefix /foo -> s ; b : foo.com Prefix /bar -> s ; c : other.com Prefix / -> s';
  const ask = (b: Annotations, url: string, options: Options = {}) => askNginx(RULES, { b }, url, { options });
  const UNKNOWN = 'UNDEFINED ? SNIPPET_NOT_EVALUATED';

  it('of a server are run whatever location takes the request (`createServers`)', () => {
    const snippet = { 'server-snippet': 'return 418;' };
    expect(ask(snippet, 'http://foo.com/bar')).toBe(UNKNOWN);
    expect(ask(snippet, 'http://foo.com/foo')).toBe(UNKNOWN);
    expect(ask(snippet, 'http://foo.com/none')).toBe(UNKNOWN);
    expect(ask(snippet, 'http://other.com/')).toBe('ROUTED s');
    const ignored = { 'allow-snippet-annotations': 'false', 'annotations-risk-level': 'Critical' };
    expect(ask(snippet, 'http://foo.com/foo', ignored)).toBe('ROUTED s');
    expect(ask({ ...snippet, 'allowlist-source-range': 'nonsense' }, 'http://foo.com/bar')).toBe(UNKNOWN);
  });

  it('of a location are run there alone', () => {
    const snippet = { 'configuration-snippet': 'return 418;' };
    expect(ask(snippet, 'http://foo.com/bar')).toBe(UNKNOWN);
    expect(ask(snippet, 'http://foo.com/foo')).toBe('ROUTED s');
    // `return 503` of a location that is denied is all that is in it.
    expect(ask({ ...snippet, 'allowlist-source-range': 'nonsense' }, 'http://foo.com/bar')).toBe('REFUSED 503');
  });

  it('of connections, and for the service that is asked about clients, change nothing of the way', () => {
    expect(ask({ 'stream-snippet': 'server { listen 8000; }' }, 'http://foo.com/bar')).toBe('ROUTED s');
    expect(ask({ 'auth-url': 'http://own/', 'auth-snippet': 'proxy_set_header Foo 42;' }, 'http://foo.com/bar')).toBe('ROUTED s');
  });
});
