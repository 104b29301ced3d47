import { describe, expect, it } from 'vitest';
import { type AskedNginx, askNginx, routeNginx } from '../../../test/support/ask-ingress-nginx.js';
import type { KubernetesObject } from '../resources/kubernetes-object.js';

type Own = Readonly<Record<string, string>>;

const ROOT = 'a : foo.com Prefix / -> s';
const ask = (own: Own, asked: AskedNginx = {}) =>
  routeNginx(ROOT, { a: own }, 'http://foo.com/', { dialect: 'traefik-ingress-nginx', ...asked });

/** `buildBuffering`, `buildRetry` of traefik/traefik `pkg/provider/kubernetes/ingress-nginx/middleware.go`. */
describe("bodies and retries of Traefik's ingress-nginx provider", () => {
  const taken = (own: Own, options: AskedNginx['options'] = {}) =>
    ask(own, { options }).assumptions.map(({ message }) => message.replace('Ingress t/a ', ''));
  const BUFFERED = { 'proxy-request-buffering': 'on' };

  it.each<[own: Own, taken: readonly string[]]>([
    [{}, []],
    // requests are not buffered unless that is asked for (`SetDefaults`): nobody measures them
    [{ 'proxy-body-size': '8m' }, []],
    [{ ...BUFFERED, 'proxy-body-size': '8m' }, ['(proxy-body-size) is taken not to act: bodies larger than 8m are answered with 413']],
    [
      { ...BUFFERED, 'proxy-body-size': ' 20 K ' },
      ['(proxy-body-size) is taken not to act: bodies larger than 20 K are answered with 413'],
    ],
    // without bytes there is no limit, and what is no size leaves that of the provider
    [{ ...BUFFERED, 'proxy-body-size': '0' }, []],
    [
      { ...BUFFERED, 'proxy-body-size': '8mb' },
      ['(proxy-body-size) is taken not to act: bodies larger than 1048576 bytes are answered with 413'],
    ],
    [
      { 'proxy-next-upstream': 'error timeout http_503', 'proxy-next-upstream-tries': '2' },
      ['(proxy-next-upstream) is taken not to act: after error, timeout, http_503 the request is sent again, 2 times at most'],
    ],
    [
      { 'proxy-next-upstream-tries': '0' },
      ['(proxy-next-upstream-tries) is taken not to act: after error, timeout the request is sent again, once a server'],
    ],
    [{ 'proxy-next-upstream': 'off' }, []],
    [{ 'proxy-next-upstream': '' }, []],
    [{ 'proxy-next-upstream-tries': '-1' }, []],
  ])('of %o', (own, told) => {
    expect(taken(own)).toEqual(told);
  });

  it('are those of the provider where the Ingress says nothing', () => {
    const options = { proxyRequestBuffering: true, proxyBodySize: '2048', proxyNextUpstream: 'error', proxyNextUpstreamTries: '5' };
    expect(taken({}, options)).toEqual(['(proxy-body-size) is taken not to act: bodies larger than 2048 bytes are answered with 413']);
    expect(taken({}, { ...options, proxyBodySize: '0' })).toEqual([]);
    expect(taken({ 'proxy-request-buffering': 'off' }, options)).toEqual([]);
    expect(taken({ 'proxy-next-upstream': 'timeout', 'proxy-request-buffering': 'off' }, options)).toEqual([
      '(proxy-next-upstream) is taken not to act: after timeout the request is sent again, 5 times at most',
    ]);
  });
});

/** `buildCustomHTTPErrors`, `resolveHTTPErrorBackend`; `applyMiddlewares` of `translator.go`; traefik/traefik `pkg/middlewares/customerrors/custom_errors.go` (`forwardNginxHeaders`, `newCodeModifier`). */
describe("pages of errors of Traefik's ingress-nginx provider", () => {
  const RULES =
    'a : foo.com Prefix / -> s ; a : foo.com Prefix /gone -> missing ; b : bar.com Prefix / -> d ; b : bar.com Prefix /e -> empty';
  const URL = 'http://foo.com/x?y=1';
  const dialect = 'traefik-ingress-nginx' as const;
  const line = (own: Own, url = URL, asked: AskedNginx = {}) => askNginx(RULES, { a: own }, url, { dialect, ...asked });
  const result = (own: Own, url = URL, asked: AskedNginx = {}) => routeNginx(RULES, { a: own }, url, { dialect, ...asked }).result;
  const PAGES = { 'custom-http-errors': '404,500-502', 'default-backend': 'd' };

  it('are told, with what their Service is told of the error', () => {
    expect(result(PAGES, URL, { headers: [['Accept', 'text/html']] }).errorPages).toEqual({
      statuses: [404, 500, 501, 502],
      ofBackend: true,
      namespace: 't',
      service: 'd',
      port: 80,
      path: '/',
      headers: [
        'X-Namespaces: t',
        'X-Ingress-Name: a',
        'X-Service-Name: s',
        'X-Service-Port: 80',
        'X-Code: {status}',
        'X-Format: text/html',
        'X-Original-Uri: /x?y=1',
      ],
    });
    expect(result({ ...PAGES, 'rewrite-target': '/z' }).errorPages?.headers).toContain('X-Original-Uri: {uri}');
    expect(routeNginx(RULES, { a: PAGES }, URL, { dialect }).assumptions).toEqual([]);
  });

  it('stand for errors of what lies behind, without the headers of the request', () => {
    const denied = { ...PAGES, 'custom-http-errors': '403', 'whitelist-source-range': '10.0.0.0/8' };
    expect(line(denied, URL, { client: '11.1.1.1' })).toBe('DEFAULT_BACKEND d > /');
    expect(line({ ...denied, 'custom-http-errors': '404' }, URL, { client: '11.1.1.1' })).toBe('REFUSED 403');
    const { forwarded } = result(denied, URL, { client: '11.1.1.1', method: 'POST', headers: [['Cookie', 'a=b']] });
    expect(forwarded).toMatchObject({ method: 'GET', host: 'foo.com', path: '/' });
    expect(forwarded?.headers).toContain('X-Code: 403');
    expect(forwarded?.headers.join()).not.toContain('Cookie');
    // 503 of a Service that is not there; `default-backend` stands in only for one that has no endpoints
    expect(line({ ...PAGES, 'custom-http-errors': '503' }, 'http://foo.com/gone')).toBe('DEFAULT_BACKEND d > /');
    // the redirect to https comes first
    expect(line({ ...PAGES, 'custom-http-errors': '308', 'force-ssl-redirect': 'true' })).toMatch(/^REDIRECTED 308/);
  });

  it('are written by the Service of the provider where the Ingress names none, or no errors', () => {
    const options = { defaultBackendService: 't/d', customHTTPErrors: '404,503' };
    expect(result({}, URL, { options }).errorPages).toMatchObject({ statuses: [404, 503], service: 'd' });
    expect(result({ 'custom-http-errors': '500' }, URL, { options }).errorPages).toMatchObject({ statuses: [500], service: 'd' });
    expect(result({ 'default-backend': 's' }, URL, { options }).errorPages).toMatchObject({ statuses: [404, 503], service: 'd' });
    expect(result({}, URL, { options: { customHTTPErrors: '404' } }).errorPages).toBeNull();
    expect(result({ 'custom-http-errors': '404' }).errorPages).toBeNull();
  });

  // `types.NewHTTPCodeRanges`: `strings.Split` at every `-`, and `strconv.Atoi` of the first two parts
  it('are of codes and ranges, each told once, however often they are named', () => {
    const statuses = (codes: string) => result({ ...PAGES, 'custom-http-errors': codes }).errorPages?.statuses;
    expect(statuses('502-503,404,+502,503-502')).toEqual([502, 503, 404]);
    expect(statuses('500-501-599')).toEqual([500, 501]);
    const everything = Array.from({ length: 30_000 }, (_, index) => `${index % 100}-999999999`).join(',');
    const begun = performance.now();
    expect(statuses(everything)).toHaveLength(900);
    expect(performance.now() - begun).toBeLessThan(2_000);
  });

  it('make no router without their Service, or by what is no status', () => {
    expect(line({ ...PAGES, 'default-backend': 'nobody' })).toBe('NOT_FOUND 404');
    for (const codes of ['four', '404,-500', '404-', '4 04']) expect(line({ ...PAGES, 'custom-http-errors': codes })).toBe('NOT_FOUND 404');
    expect(line({}, URL, { options: { defaultBackendService: 't/nobody', customHTTPErrors: '404' } })).toBe('NOT_FOUND 404');
    // without endpoints nothing comes of the page, and the status stays
    expect(line({ ...PAGES, 'custom-http-errors': '503', 'default-backend': 'empty' }, 'http://foo.com/gone')).toBe('SERVICE_MISSING 503');
  });
});

/** `buildCORS`, and `TestBuildCORS` of `middleware_test.go`; answers by `pkg/middlewares/headers/header.go`. */
describe("CORS of Traefik's ingress-nginx provider", () => {
  const preflight = (origin: string, own: Own = {}) => {
    const headers = [
      ['Origin', origin],
      ['Access-Control-Request-Method', 'PUT'],
    ] as const;
    const { result } = ask({ 'enable-cors': 'true', ...own }, { method: 'OPTIONS', headers });
    return Object.fromEntries(result.responseHeaders.map(({ name, value }) => [name.toLowerCase().replace('access-control-', ''), value]));
  };

  it('answers with what is usual where nothing is said', () => {
    expect(preflight('https://x.org')).toEqual({
      // with credentials `*` would mean nothing to a browser, so that the origin itself is named (`matchOrigin`)
      'allow-origin': 'https://x.org',
      'allow-credentials': 'true',
      'allow-headers': 'DNT,Keep-Alive,User-Agent,X-Requested-With,If-Modified-Since,Cache-Control,Content-Type,Range,Authorization',
      'allow-methods': 'GET,PUT,POST,DELETE,PATCH,OPTIONS',
      'max-age': '1728000',
    });
  });

  it('answers with what the annotations say', () => {
    const own = { 'cors-allow-credentials': 'false', 'cors-allow-methods': 'GET, PUT', 'cors-allow-headers': 'X-A', 'cors-max-age': '600' };
    expect(preflight('https://x.org', own)).toEqual({
      'allow-origin': '*',
      'allow-headers': 'X-A',
      'allow-methods': 'GET,PUT',
      'max-age': '600',
    });
  });

  it.each<[allowed: string, origin: string, answered: string | undefined]>([
    ['*', 'https://x.org', 'https://x.org'],
    ['https://example.com', 'https://example.com', 'https://example.com'],
    ['https://example.com', 'https://x.org', undefined],
    ['https://*.example.com', 'https://a.example.com', 'https://a.example.com'],
    ['https://*.example.com', 'https://a.b.example.com', undefined],
    ['https://*.example.com', 'http://a.example.com', undefined],
    ['https://*.example.com:8443', 'https://a.example.com:8443', 'https://a.example.com:8443'],
    ['https://*.foo.example.com', 'https://a.foo.example.com', 'https://a.foo.example.com'],
    ['https://*.example.com, https://exact.example.org', 'https://exact.example.org', 'https://exact.example.org'],
    // wildcards that are none
    ['https://*example.com', 'https://an-example.com', undefined],
    ['https://foo.*.example.com', 'https://foo.a.example.com', undefined],
    ['https://*.*.example.com', 'https://a.b.example.com', undefined],
    ['*.example.com', 'https://a.example.com', undefined],
    ['HTTPS://*.example.com', 'https://a.example.com', undefined],
    ['https://*.example.com/foo', 'https://a.example.com', undefined],
  ])('where `%s` is allowed, to `%s`', (allowed, origin, answered) => {
    expect(preflight(origin, { 'cors-allow-origin': allowed })['allow-origin']).toBe(answered);
  });
});

/** `buildServersTransport`, `certificateBlocks` of `build.go`: what cannot be made takes the HTTP side of the Ingress with it. */
describe("TLS to the backends of Traefik's ingress-nginx provider", () => {
  const secret = (name: string, ...keys: readonly string[]): KubernetesObject => ({
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name, namespace: name === 'foreign' ? 'u' : 't' },
    data: Object.fromEntries(keys.map((key) => [key, 'eA=='])),
  });
  const objects = [secret('keys', 'tls.crt', 'tls.key'), secret('ca', 'ca.crt'), secret('other', 'x'), secret('foreign', 'ca.crt')];
  const https = (own: Own) => ({ 'backend-protocol': 'HTTPS', ...own });

  it.each<[own: Own, answer: string, options?: AskedNginx['options']]>([
    [https({ 'proxy-ssl-secret': 't/keys' }), 'ROUTED s'],
    [https({ 'proxy-ssl-secret': 't/ca' }), 'ROUTED s'],
    [https({ 'proxy-ssl-secret': 't/missing' }), 'NOT_FOUND 404'],
    [https({ 'proxy-ssl-secret': 't/other' }), 'NOT_FOUND 404'],
    [https({ 'proxy-ssl-secret': 'keys' }), 'NOT_FOUND 404'],
    [https({ 'proxy-ssl-secret': 'u/foreign' }), 'NOT_FOUND 404'],
    [https({ 'proxy-ssl-secret': 'u/foreign' }), 'ROUTED s', { allowCrossNamespaceResources: true }],
    // plain HTTP asks for no Secret
    [{ 'proxy-ssl-secret': 't/missing' }, 'ROUTED s'],
    [{ 'backend-protocol': 'GRPCS', 'proxy-ssl-secret': 't/missing' }, 'NOT_FOUND 404'],
  ])('by %o: %s', (own, answer, options = {}) => {
    expect(askNginx(ROOT, { a: own }, 'http://foo.com/', { dialect: 'traefik-ingress-nginx', objects, options })).toBe(answer);
  });

  it.each<[own: Own, sni: string | null, names: readonly string[]]>([
    [{}, null, []],
    [{ 'proxy-ssl-name': 'in.org' }, 'in.org', []],
    [{ 'proxy-ssl-name': 'in.org', 'proxy-ssl-verify': 'ON' }, 'in.org', ['in.org']],
    // Traefik takes `proxy-ssl-server-name` for a name, where the other is missing
    [{ 'proxy-ssl-server-name': 'on' }, 'on', []],
    [{ 'proxy-ssl-name': 'in.org', 'proxy-ssl-server-name': 'on' }, 'in.org', []],
  ])('asks for the name of %o', (own, sni, names) => {
    expect(ask(https(own), { objects }).result.backends[0]?.tls).toMatchObject({ sni, names });
  });
});

/** traefik/traefik #13606: Go's expressions have no lookahead, so that the router is never made. */
it('a lookahead leaves a path without a router, and that is told', () => {
  const own = { 'use-regex': 'true', 'rewrite-target': '/$1' };
  const rules = 'a : foo.com Impl /api/((?!invitations|session).*) -> s';
  const { verdict, result } = routeNginx(rules, { a: own }, 'http://foo.com/api/customers', { dialect: 'traefik-ingress-nginx' });
  expect([verdict, result.nearMisses.map(({ reason }) => reason)]).toEqual(['NOT_FOUND', ['RULE_REFUSED']]);
});

/** `IPStrategy.Get` of traefik/traefik `pkg/config/dynamic/middlewares.go`: it makes no middleware of what is out of range, and so no router. */
describe("how Traefik's ingress-nginx provider knows clients", () => {
  it.each<[name: string, value: string, own: Own, expected: RegExp | undefined]>([
    ['ipv6Subnet', '999999999999999', { 'allowlist-source-range': '2001:db8::/64' }, /invalid IPv6 subnet 999999999999999/],
    ['ipv6Subnet', '0', { 'allowlist-source-range': '2001:db8::/64' }, /invalid IPv6 subnet 0/],
    ['excludedIPs', '10.0.0.0/8,proxy', { 'whitelist-source-range': '2001:db8::/64' }, /`whitelist-source-range`.*`proxy` is neither/],
    ['ipv6Subnet', '64', { 'allowlist-source-range': '2001:db8::/128' }, undefined],
    // nobody asks who the client is
    ['ipv6Subnet', '0', {}, undefined],
  ])('%s: %s with %o', (name, value, own, expected) => {
    const { verdict, evidence } = ask(own, { client: '2001:db8::1', options: { [`ipAllowListStrategy.${name}`]: value } });
    expect(verdict).toBe(expected ? 'NOT_FOUND' : 'ROUTED');
    if (expected) expect(evidence.map(({ message }) => message)).toContainEqual(expect.stringMatching(expected));
  });
});
