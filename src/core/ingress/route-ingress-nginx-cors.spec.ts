import { describe, expect, it } from 'vitest';
import { type AskedNginx, askNginx, routeNginx } from '../../../test/support/ask-ingress-nginx.js';

const RULES = 'a : foo.com Prefix / -> s';
const URL = 'http://foo.com/';

type Annotations = Readonly<Record<string, string>>;

const asking = (origin: string | undefined, method = 'GET'): AskedNginx => ({
  method,
  headers: origin === undefined ? [] : [['Origin', origin]],
});

/** Headers of the answer that are about other origins, by their names without `Access-Control-`. */
function saidTo(origin: string | undefined, annotations: Annotations, asked: AskedNginx = {}): Readonly<Record<string, string | null>> {
  const { result } = routeNginx(RULES, { a: { 'enable-cors': 'true', ...annotations } }, URL, { ...asking(origin), ...asked });
  const said = result.responseHeaders.filter(({ name }) => name.startsWith('Access-Control-'));
  return Object.fromEntries(said.map(({ name, value }) => [name.slice('Access-Control-'.length), value]));
}

/** kubernetes/ingress-nginx `internal/ingress/annotations/cors/main.go` and `main_test.go`. */
describe('CORS of ingress-nginx', () => {
  it('says what the controller is taken to mean where the Ingress says nothing', () => {
    // `test/e2e/annotations/cors.go`, "should enable cors"
    expect(saidTo(undefined, {})).toEqual({
      'Allow-Origin': '*',
      'Allow-Credentials': 'true',
      'Allow-Methods': 'GET, PUT, POST, DELETE, PATCH, OPTIONS',
      'Allow-Headers': 'DNT,Keep-Alive,User-Agent,X-Requested-With,If-Modified-Since,Cache-Control,Content-Type,Range,Authorization',
      'Max-Age': '1728000',
    });
    expect(saidTo(undefined, { 'enable-cors': 'false' })).toEqual({});
    expect(saidTo(undefined, { 'enable-cors': 'yes' })).toEqual({});
  });

  it('says what the Ingress asks for (TestIngressCorsConfigValid)', () => {
    const asked = {
      'cors-allow-headers': 'DNT,X-CustomHeader, Keep-Alive,User-Agent',
      'cors-allow-credentials': 'false',
      'cors-allow-methods': 'GET, PATCH',
      'cors-allow-origin': 'null, https://origin123.test.com:4443',
      'cors-expose-headers': '*, X-CustomResponseHeader',
      'cors-max-age': '600',
    };
    const said = {
      'Allow-Methods': 'GET, PATCH',
      'Allow-Headers': 'DNT,X-CustomHeader, Keep-Alive,User-Agent',
      'Expose-Headers': '*, X-CustomResponseHeader',
      'Max-Age': '600',
    };
    expect(saidTo('https://origin123.test.com:4443', asked)).toEqual({ 'Allow-Origin': 'https://origin123.test.com:4443', ...said });
    expect(saidTo('null', asked)).toEqual({ 'Allow-Origin': 'null', ...said });
  });

  it('leaves out what the validators refuse (TestIngressCorsConfigInvalid)', () => {
    const asked = {
      'cors-allow-headers': '@alright, #ingress',
      'cors-allow-credentials': 'no',
      'cors-allow-methods': 'GET, PATCH, $nginx',
      'cors-expose-headers': '@alright, #ingress',
      'cors-max-age': 'abcd',
    };
    expect(saidTo('https://x.org', asked)).toEqual(saidTo('https://x.org', {}));
    // Only an item without scheme is left of the list, and it is skipped: nobody is allowed.
    expect(saidTo('https://origin123.test.com:4443', { 'cors-allow-origin': 'origin123.test.com:4443' })).toEqual({});
  });

  it.each<[allowed: string, origin: string | undefined, said: string | undefined]>([
    // `test/e2e/annotations/cors.go`
    ['http://origin.cors.com:8080', 'http://origin.cors.com:8080', 'http://origin.cors.com:8080'],
    ['http://origin.cors.com:8080', 'http://origin.cors.com', undefined],
    ['http://origin.cors.com:8080', undefined, undefined],
    ['origin.cors.com:8080', 'http://origin.cors.com:8080', undefined],
    ['http://origin.cors.com:8080, https://origin2.com, http://origin.com', 'http://origin.com', 'http://origin.com'],
    ['http://origin.cors.com:8080, https://origin2.com, http://origin.com', 'https://origin2.com', 'https://origin2.com'],
    ['http://origin.cors.com:8080, https://origin2.com, http://origin.com', 'http://no.origin.com', undefined],
    ['http://*.origin.cors.com:8080', 'http://foo.origin.cors.com:8080', 'http://foo.origin.cors.com:8080'],
    ['http://*.origin.cors.com:8080', 'http://foo.origin.cors.com', undefined],
    ['http://*.origin.cors.com', 'http://bar-foo.origin.cors.com', 'http://bar-foo.origin.cors.com'],
    ['http://*.origin.cors.com', 'http://bar.foo.origin.cors.com', undefined],
    ['http://*.origin.cors.com', 'http://origin.cors.com', undefined],
    ['http://*.origin.com, http://*.foo.com:8080', 'http://a.foo.com:8080', 'http://a.foo.com:8080'],
    ['https://foo.bar.com', 'https://fooxbar.com', undefined],
    ['https://foo.bar.com', 'HTTPS://FOO.bar.com', 'HTTPS://FOO.bar.com'],
    ['*, foo.bar.com', 'https://x.org', '*'],
    ['*', undefined, '*'],
    ['', 'https://x.org', '*'],
    // TestIngressCorsConfigAllowOriginWithTrailingComma, …WithNonHttpProtocol
    [
      'https://origin123.test.com:4443,    ,https://origin321.test.com:4443,',
      'https://origin321.test.com:4443',
      'https://origin321.test.com:4443',
    ],
    ['https://origin123.test.com:4443,    ,https://origin321.test.com:4443,', 'https://x.org', undefined],
    ['test://localhost', 'test://localhost', 'test://localhost'],
    // The list as a whole is refused.
    ['https://a.com, https://b.com/path', 'https://x.org', '*'],
    // `buildCorsOriginRegex`: the expression has no `^`.
    ['https://a.com', 'evil+https://a.com', 'evil+https://a.com'],
  ])('allows `%s`: asked by %s', (allowed, origin, said) => {
    expect(saidTo(origin, { 'cors-allow-origin': allowed })['Allow-Origin']).toBe(said);
  });

  it('answers OPTIONS of origins that are allowed, before anything else', () => {
    const asked = { 'enable-cors': 'true' };
    const ask = (annotations: Annotations, origin?: string) => askNginx(RULES, { a: annotations }, URL, asking(origin, 'OPTIONS'));
    // `test/e2e/annotations/cors.go`, "should enable cors": OPTIONS without Origin gets 204
    expect(ask(asked)).toBe('PREFLIGHT 204');
    expect(ask({})).toBe('ROUTED s');
    expect(ask({ ...asked, 'cors-allow-origin': 'https://a.com' }, 'https://a.com')).toBe('PREFLIGHT 204');
    expect(ask({ ...asked, 'cors-allow-origin': 'https://a.com' }, 'https://b.com')).toBe('ROUTED s');
    // The rewrite phase comes before redirects to https and before access.
    expect(ask({ ...asked, 'force-ssl-redirect': 'true' })).toBe('PREFLIGHT 204');
    expect(ask({ ...asked, 'permanent-redirect': 'https://b.com' })).toBe('PREFLIGHT 204');
    expect(ask({ ...asked, 'denylist-source-range': '0.0.0.0/0' })).toBe('PREFLIGHT 204');
    // A location that is denied has nothing else in it.
    expect(ask({ ...asked, 'allowlist-source-range': 'nonsense' })).toBe('REFUSED 503');
  });

  it('tells the length of the answer to OPTIONS, which is none', () => {
    const { result } = routeNginx(RULES, { a: { 'enable-cors': 'true' } }, URL, asking('https://a.com', 'OPTIONS'));
    expect(result.responseHeaders.slice(-2)).toEqual([
      { action: 'set', name: 'Content-Type', value: 'text/plain charset=UTF-8' },
      { action: 'set', name: 'Content-Length', value: '0' },
    ]);
  });

  it('speaks in redirects and refusals of the location too, but not in pages that others write', () => {
    expect(saidTo(undefined, { 'force-ssl-redirect': 'true' })['Allow-Origin']).toBe('*');
    expect(saidTo(undefined, { 'denylist-source-range': '1.2.3.4' }, { client: '1.2.3.4' })['Allow-Origin']).toBe('*');
    const pages = { 'denylist-source-range': '1.2.3.4', 'custom-http-errors': '403' };
    expect(saidTo(undefined, pages, { client: '1.2.3.4' })).toEqual({});
  });
});
