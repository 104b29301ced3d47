import { describe, expect, it } from 'vitest';
import { type AskedNginx, askNginx, routeNginx } from '../../../test/support/ask-ingress-nginx.js';

const ROOT = 'a : foo.com Prefix / -> s';
type Options = NonNullable<AskedNginx['options']>;
type Annotations = Readonly<Record<string, string>>;

/** kubernetes/ingress-nginx `rootfs/etc/nginx/lua/lua_ingress.lua`, header; `config.go`; `test/e2e/settings/tls.go`, "should configure HSTS policy header". */
describe('`Strict-Transport-Security` of ingress-nginx', () => {
  const saidBy = (url: string, options: Options = {}, annotations: Annotations = {}, asked: AskedNginx = {}, rules = ROOT) =>
    routeNginx(rules, { a: annotations }, url, { ...asked, options })
      .result.responseHeaders.filter(({ name }) => name === 'Strict-Transport-Security')
      .map(({ action, value }) => `${action} ${value}`);
  const DEFAULT = ['set max-age=31536000; includeSubDomains'];

  it.each<[options: Options, expected: readonly string[]]>([
    [{}, DEFAULT],
    [{ 'hsts-max-age': '86400' }, ['set max-age=86400; includeSubDomains']],
    [{ 'hsts-max-age': '86400', 'hsts-include-subdomains': 'false' }, ['set max-age=86400']],
    [{ 'hsts-max-age': '86400', 'hsts-include-subdomains': 'false', 'hsts-preload': 'true' }, ['set max-age=86400; preload']],
    [{ hsts: 'false' }, []],
  ])('%j: %j', (options, expected) => {
    expect(saidBy('https://foo.com/', options)).toEqual(expected);
  });

  it('is said over TLS to the controller itself alone, with or without a certificate of the host', () => {
    expect(saidBy('http://foo.com/')).toEqual([]);
    const behind: AskedNginx = { headers: [['X-Forwarded-Proto', 'https']] };
    expect(saidBy('http://foo.com/', { 'use-forwarded-headers': 'true' }, {}, behind)).toEqual([]);
    expect(saidBy('https://foo.com/', {}, {}, {}, `${ROOT} ; a : tls foo.com -> cert`)).toEqual(DEFAULT);
  });

  it('is said by locations, whatever they answer', () => {
    expect(saidBy('https://foo.com/', {}, { 'permanent-redirect': 'http://x.com' })).toEqual(DEFAULT);
    expect(saidBy('https://foo.com/', {}, { 'denylist-source-range': 'nonsense' })).toEqual(DEFAULT);
    expect(saidBy('https://foo.com/', {}, { 'enable-cors': 'true' }, { method: 'OPTIONS' })).toEqual(DEFAULT);
    expect(saidBy('https://foo.com/p', {}, {}, {}, 'a : foo.com Exact /p/ -> s')).toEqual(DEFAULT);
    // what a server answers itself is none of a location (`nginx.tmpl`, `app-root` and the servers of redirects)
    expect(saidBy('https://foo.com/', {}, { 'app-root': '/x' })).toEqual([]);
    expect(saidBy('https://www.foo.com/', {}, { 'from-to-www-redirect': 'true' })).toEqual([]);
    // nor is the page of an error (`CUSTOM_ERRORS`)
    expect(saidBy('https://foo.com/', { 'custom-http-errors': '503' }, { 'denylist-source-range': 'nonsense' })).toEqual([]);
  });
});

/** `internal/ingress/annotations/customheaders/main.go`; `test/e2e/annotations/customheaders.go`. */
describe('`custom-headers` of ingress-nginx', () => {
  const HEADERS = { 'custom-headers': 't/custom-headers' };

  it('deny the location unless the controller allows headers', () => {
    expect(askNginx(ROOT, { a: HEADERS }, 'http://foo.com/')).toBe('REFUSED 503');
    const options = { 'global-allowed-response-headers': 'My-Custom-Header,My-Custom-Header-Dollar' };
    expect(askNginx(ROOT, { a: HEADERS }, 'http://foo.com/', { options })).toBe('ROUTED s');
    const { warnings } = routeNginx(ROOT, { a: HEADERS }, 'http://foo.com/', { options });
    expect(warnings.map(({ code, message }) => [code, message.includes('`custom-headers`')])).toEqual([['ANNOTATION_NOT_MODELLED', true]]);
  });

  it('whose name is none count as not said', () => {
    expect(askNginx(ROOT, { a: { 'custom-headers': 't/custom headers;' } }, 'http://foo.com/')).toBe('ROUTED s');
  });
});

/** `rootfs/etc/nginx/lua/nginx/ngx_srv_redirect.lua`. */
describe('`from-to-www-redirect` of ingress-nginx behind a load balancer', () => {
  const ask = (headers: AskedNginx['headers'], options: Options = { 'use-forwarded-headers': 'true' }) =>
    askNginx(ROOT, { a: { 'from-to-www-redirect': 'true' } }, 'http://www.foo.com/x/', { options, headers });

  it('goes by the scheme and the port that it names', () => {
    expect(ask([])).toBe('REDIRECTED 308 = http://foo.com:80/x');
    expect(ask([['X-Forwarded-Proto', 'https']])).toBe('REDIRECTED 308 = https://foo.com:80/x');
    expect(
      ask([
        ['X-Forwarded-Proto', 'https'],
        ['X-Forwarded-Port', '8443'],
      ]),
    ).toBe('REDIRECTED 308 = https://foo.com:8443/x');
    expect(ask([['X-Forwarded-Proto', 'https']], {})).toBe('REDIRECTED 308 = http://foo.com:80/x');
  });
});

/** `internal/ingress/annotations/serviceupstream/main.go`; `test/e2e/annotations/serviceupstream.go`, "when using the default value (false)", "when enabling in the configmap". */
describe('`service-upstream` of ingress-nginx', () => {
  const endpoints = (options: Options, annotations: Annotations) =>
    routeNginx(ROOT, { a: annotations }, 'http://foo.com/', { options }).evidence.some(({ message }) =>
      message.includes('`service-upstream`'),
    );

  it.each<[options: Options, annotations: Annotations, atService: boolean]>([
    [{}, {}, false],
    [{}, { 'service-upstream': 'true' }, true],
    [{ 'service-upstream': 'true' }, {}, true],
    [{ 'service-upstream': 'true' }, { 'service-upstream': 'false' }, false],
    // a value that is none is `false`
    [{ 'service-upstream': 'true' }, { 'service-upstream': 'on' }, false],
  ])('%j, %j: at the address of the Service %s', (options, annotations, atService) => {
    expect(endpoints(options, annotations)).toBe(atService);
  });
});
