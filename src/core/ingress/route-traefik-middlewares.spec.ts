import { describe, expect, it } from 'vitest';
import { askTraefik, ingressRoute, to, traefikLine, traefikObject, TRUSTING } from '../../../test/support/traefik.js';
import type { JsonObject } from '../kernel/json.js';
import { parseIp } from '../net/ip.js';
import type { RouteRequest } from './route-request.js';

/** What a middleware makes of a request, as the tests beside each of them in traefik/traefik `pkg/middlewares` have it. */
const behind = (spec: JsonObject) => [
  ingressRoute('r', to('PathPrefix(`/`)', 'a', { middlewares: [{ name: 'm' }] })),
  traefikObject('Middleware', 'm', spec),
];
const through = (spec: JsonObject, url: string, more: Partial<RouteRequest> = {}) => askTraefik(behind(spec), url, more, TRUSTING);
const path = (spec: JsonObject, url: string) => through(spec, url).result.forwarded?.path;
const sent = (spec: JsonObject, url: string, name: string, more: Partial<RouteRequest> = {}) =>
  through(spec, url, more).result.forwarded?.headers.filter((one) => one.toLowerCase().startsWith(`${name.toLowerCase()}: `));
const answered = (spec: JsonObject, more: Partial<RouteRequest> = {}, url = 'http://foo.com/x?q=1') =>
  through(spec, url, more).result.responseHeaders.map(({ action, name, value }) => `${action} ${name}: ${value}`);

describe('Middlewares', () => {
  it('change the path', () => {
    expect(path({ stripPrefix: { prefixes: ['/stat'] } }, 'http://foo.com/stat/x?q=1')).toBe('/x?q=1');
    expect(path({ stripPrefix: { prefixes: ['/stat'] } }, 'http://foo.com/stat')).toBe('/');
    expect(path({ stripPrefix: { prefixes: ['/stat'] } }, 'http://foo.com/status')).toBe('/us');
    expect(path({ stripPrefix: { prefixes: ['/stat'] } }, 'http://foo.com/stat/a%2Fb')).toBe('/a%2Fb');
    expect(path({ stripPrefixRegex: { regex: ['/b/([a-z0-9]+)/'] } }, 'http://foo.com/b/api/test')).toBe('/test');
    expect(path({ addPrefix: { prefix: '/a' } }, 'http://foo.com/b')).toBe('/a/b');
    expect(path({ replacePath: { path: '/replacement' } }, 'http://foo.com/b?q=1')).toBe('/replacement?q=1');
    const regex = { regex: '^/whoami/(.*)', replacement: '/who-am-i/$1' };
    expect(path({ replacePathRegex: regex }, 'http://foo.com/whoami/and/whoami')).toBe('/who-am-i/and/whoami');
  });

  it('redirect', () => {
    const where = (spec: JsonObject, url: string, method = 'GET') => {
      const { redirect } = through(spec, url, { method }).result;
      return redirect && `${redirect.status} ${redirect.location}`;
    };
    const https = { redirectScheme: { scheme: 'https' } };
    expect(where(https, 'http://foo.com:80/x?y')).toBe('302 https://foo.com/x?y');
    expect(where(https, 'http://foo.com/', 'POST')).toBe('307 https://foo.com/');
    expect(where({ redirectScheme: { scheme: 'https', port: '8443', permanent: true } }, 'http://foo.com/')).toBe(
      '301 https://foo.com:8443/',
    );
    expect(where(https, 'https://foo.com/')).toBeNull();
    const regex = { regex: '^http://(.*)$', replacement: 'https://www.$1' };
    expect(where({ redirectRegex: regex }, 'http://foo.com/a')).toBe('302 https://www.foo.com/a');
  });

  it('set headers, and answer a preflight', () => {
    const headers = { customRequestHeaders: { 'X-A': '1', 'X-Gone': '' }, customResponseHeaders: { Server: '' }, frameDeny: true };
    const { result } = through({ headers }, 'http://foo.com/', { headers: [['x-gone', 'yes']] });
    expect(result.forwarded?.headers).toEqual(['X-A: 1']);
    expect(result.responseHeaders).toEqual([
      { action: 'set', name: 'X-Frame-Options', value: 'DENY' },
      { action: 'remove', name: 'Server', value: null },
    ]);
    const cors = { accessControlAllowOriginList: ['https://a.b'], accessControlAllowMethods: ['GET', 'PUT'], accessControlMaxAge: 600 };
    const asked = {
      method: 'OPTIONS',
      headers: [
        ['Origin', 'https://a.b'],
        ['Access-Control-Request-Method', 'GET'],
      ],
    } as const;
    const preflight = through({ headers: cors }, 'http://foo.com/', asked);
    expect(preflight.verdict).toBe('PREFLIGHT');
    expect(preflight.result.responseHeaders.map(({ name, value }) => `${name}: ${value}`)).toEqual([
      'Access-Control-Allow-Methods: GET,PUT',
      'Access-Control-Allow-Origin: https://a.b',
      'Access-Control-Max-Age: 600',
    ]);
  });

  it('are named by the summary where they refuse', () => {
    const answer = through({ ipAllowList: { sourceRange: ['10.0.0.0/8'] } }, 'http://foo.com/?a=b', {
      clientAddress: parseIp('192.0.2.1'),
    });
    expect([answer.verdict, answer.result.status]).toEqual(['REFUSED', 403]);
    expect(answer.summary).toMatch(/^GET http:\/\/foo\.com\/\?a=b → .* \(ipAllowList\): 403: the client's address is not listed/);
  });

  it('leave open what they do not tell', () => {
    expect(through({ plugin: { x: {} } }, 'http://foo.com/').verdict).toBe('UNDEFINED');
    expect(through({ ipAllowList: { sourceRange: ['10.0.0.0/8'] } }, 'http://foo.com/').verdict).toBe('UNDEFINED');
    expect(through({ rateLimit: { average: 1 } }, 'http://foo.com/').assumptions.map(({ code }) => code)).toContain('MIDDLEWARE_CONDITION');
  });
});

/** `strip_prefix_test.go`, `strip_prefix_regex_test.go`, `replace_path_test.go`, `replace_path_regex_test.go`, `add_prefix_test.go` beside the middlewares. */
describe('a path through a middleware', () => {
  const strip = (...prefixes: string[]) => ({ stripPrefix: { prefixes } });

  it.each([
    [strip(), '/noprefixes', '/noprefixes', undefined],
    [strip('/'), '/', '/', '/'],
    [strip('/stat/'), '/stat/', '/', '/stat/'],
    [strip('/stat/'), '/stat/us', '/us', '/stat/'],
    [strip('/stat/'), '/status', '/status', undefined],
    [strip('/stat', '/stat/us'), '/stat/us', '/us', '/stat'],
    [strip('/mismatch', '/stat'), '/stat', '/', '/stat'],
    [strip('/api/'), '/ap%69/a%2Fb', '/a%2Fb', '/api/'],
    [{ stripPrefixRegex: { regex: ['/a/api/'] } }, '/a/api/a%2Fb', '/a%2Fb', '/a/api/'],
    [{ stripPrefixRegex: { regex: ['/c/[a-z0-9]+/[0-9]+/'] } }, '/c/api/abc/test4', '/c/api/abc/test4', undefined],
  ])('%j cuts %s to %s', (spec, from, to, prefix) => {
    expect(path(spec, `http://foo.com${from}`)).toBe(to);
    expect(sent(spec, `http://foo.com${from}`, 'X-Forwarded-Prefix')).toEqual(
      prefix === undefined ? [] : [`X-Forwarded-Prefix: ${prefix}`],
    );
  });

  it('is refused with 400 where what is left holds dot segments', () => {
    expect(traefikLine(behind(strip('/api')), 'http://foo.com/api./foo')).toBe('REFUSED 400');
    expect(traefikLine(behind(strip('/api')), 'http://foo.com/api../foo')).toBe('REFUSED 400');
  });

  it('begins with one slash by `forceSlash`', () => {
    expect(path({ stripPrefix: { prefixes: ['/stat'], forceSlash: true } }, 'http://foo.com/stat/us')).toBe('/us');
    expect(path({ stripPrefix: { prefixes: ['/stat'], forceSlash: true } }, 'http://foo.com/stat')).toBe('/');
  });

  const replace = (made: string) => ({ replacePath: { path: made } });
  const byRegex = (regex: string, replacement: string) => ({ replacePathRegex: { regex, replacement } });

  it.each([
    [replace('/replacement-path'), '/foo%2Fbar', '/replacement-path'],
    [replace('/foo%2Fbar'), '/path', '/foo%2Fbar'],
    [replace('/path/%08bar'), '/path/%08bar', '/path/%08bar'],
    [byRegex('/whoami', '/who-am-i'), '/whoami/and/whoami', '/who-am-i/and/who-am-i'],
    [byRegex('/whoami', ''), '/whoami/and/whoami', '/and'],
    [byRegex('^(?i)/downloads/([^/]+)/([^/]+)$', '/downloads/$1-$2'), '/downloads/src/source.go', '/downloads/src-source.go'],
    [byRegex('/aaa/bbb', '/foo%2Fbar'), '/aaa/bbb', '/foo%2Fbar'],
    [byRegex('/aaa%2Fbbb', '/foo/bar'), '/aaa%2Fbbb', '/foo/bar'],
    [byRegex('^/foo/(.*)', '/$1'), '/foo/%08bar', '/%08bar'],
  ])('%j makes of %s %s, and tells the old one without its query', (spec, from, to) => {
    expect(path(spec, `http://foo.com${from}?q=1`)).toBe(`${to}?q=1`);
    const [theirs, own] = sent(spec, `http://foo.com${from}?q=1`, 'X-Replaced-Path', { headers: [['X-Replaced-Path', '/told']] }) ?? [];
    expect([theirs, own]).toEqual(['X-Replaced-Path: /told', `X-Replaced-Path: ${from}`]);
  });

  it('goes on untouched where the expression does not match', () => {
    expect(path(byRegex('/aaa/bbb', '/foo/bar'), 'http://foo.com/aaa%2Fbbb')).toBe('/aaa%2Fbbb');
    expect(sent(byRegex('/no-match', '/x'), 'http://foo.com/whoami', 'X-Replaced-Path')).toEqual([]);
  });

  it('fails with 500 where the replacement is not encoded rightly', () => {
    expect(traefikLine(behind(replace('/100%')), 'http://foo.com/')).toBe('REFUSED 500');
  });

  it('keeps what is encoded behind an added prefix', () => {
    expect(path({ addPrefix: { prefix: '/a' } }, 'http://foo.com/b%2Fc')).toBe('/a/b%2Fc');
    expect(path({ addPrefix: { prefix: 'a' } }, 'http://foo.com/b')).toBe('/a/b');
  });
});

const origin = (value: string, ...more: (readonly [string, string])[]) => ({ headers: [['Origin', value] as const, ...more] });
const preflight = (value: string, ...more: (readonly [string, string])[]) => ({
  method: 'OPTIONS',
  ...origin(value, ['Access-Control-Request-Method', 'PUT'], ...more),
});

/** `pkg/middlewares/headers/headers.go`, `header.go`, `secure.go`, and unrolled/secure `secure.go`, `processRequest`. */
describe('the middleware `headers`', () => {
  it('answers a preflight before it looks at the host', () => {
    const spec = { headers: { allowedHosts: ['other.com'], accessControlAllowMethods: ['PUT'] } };
    expect(traefikLine(behind(spec), 'http://foo.com/')).toBe('REFUSED 500');
    expect(traefikLine(behind(spec), 'http://foo.com/', preflight('https://a.b'))).toBe('PREFLIGHT 200');
  });

  it('looks at the host that `customRequestHeaders` makes, or a proxy tells, and at none in development', () => {
    const ask = (spec: JsonObject, more: Partial<RouteRequest> = {}) => through({ headers: spec }, 'http://foo.com/', more).verdict;
    const allowedHosts = ['Bar.com'];
    expect(ask({ allowedHosts, customRequestHeaders: { Host: 'bar.com' } })).toBe('ROUTED');
    expect(ask({ allowedHosts, hostsProxyHeaders: ['X-Forwarded-Host'] }, { headers: [['x-forwarded-host', 'bar.com']] })).toBe('ROUTED');
    expect(ask({ allowedHosts, hostsProxyHeaders: ['X-Forwarded-Host'] })).toBe('REFUSED');
    expect(ask({ allowedHosts, isDevelopment: true })).toBe('ROUTED');
  });

  it('tells `Strict-Transport-Security` over TLS, behind a proxy that ended it, or by force', () => {
    const sts = { stsSeconds: 60, stsIncludeSubdomains: true, stsPreload: true };
    const told = 'set Strict-Transport-Security: max-age=60; includeSubDomains; preload';
    expect(answered({ headers: sts })).toEqual([]);
    expect(answered({ headers: sts }, {}, 'https://foo.com/')).toEqual([told]);
    expect(answered({ headers: { ...sts, forceSTSHeader: true } })).toEqual([told]);
    expect(answered({ headers: { ...sts, forceSTSHeader: true, isDevelopment: true } })).toEqual([]);
    const proxied = { ...sts, sslProxyHeaders: { 'X-Forwarded-Proto': 'https' } };
    expect(answered({ headers: proxied }, { headers: [['X-Forwarded-Proto', 'https']] })).toEqual([told]);
    expect(answered({ headers: proxied }, { headers: [['X-Forwarded-Proto', 'http']] })).toEqual([]);
  });

  it('redirects to TLS', () => {
    const url = 'http://foo.com/x?q=1';
    expect(traefikLine(behind({ headers: { sslRedirect: true } }), url)).toBe('REDIRECTED 301 https://foo.com/x?q=1');
    expect(traefikLine(behind({ headers: { sslRedirect: true, sslTemporaryRedirect: true, sslHost: 'secure.com' } }), url)).toBe(
      'REDIRECTED 307 https://secure.com/x?q=1',
    );
    expect(traefikLine(behind({ headers: { sslRedirect: true } }), 'https://foo.com/')).toBe('ROUTED a=1');
    const forced = behind({ headers: { sslForceHost: true, sslHost: 'secure.com' } });
    expect(traefikLine(forced, 'https://foo.com/')).toBe('REDIRECTED 301 https://secure.com/');
    expect(traefikLine(forced, 'https://secure.com/')).toBe('ROUTED a=1');
  });

  it('allows origins by value, by expression and by `*`, which credentials turn into the origin', () => {
    const allow = (spec: JsonObject, value: string) =>
      answered({ headers: spec }, origin(value)).filter((one) => one.includes('Allow-Origin'));
    expect(allow({ accessControlAllowOriginList: ['https://a.b'] }, 'https://a.b')).toEqual([
      'set Access-Control-Allow-Origin: https://a.b',
    ]);
    expect(allow({ accessControlAllowOriginList: ['https://a.b'] }, 'https://c.d')).toEqual([]);
    expect(allow({ accessControlAllowOriginListRegex: ['^https://.*\\.b$'] }, 'https://a.b')).toEqual([
      'set Access-Control-Allow-Origin: https://a.b',
    ]);
    expect(allow({ accessControlAllowOriginList: ['*'] }, 'https://a.b')).toEqual(['set Access-Control-Allow-Origin: *']);
    expect(allow({ accessControlAllowOriginList: ['*'], accessControlAllowCredentials: true }, 'https://a.b')).toEqual([
      'set Access-Control-Allow-Origin: https://a.b',
    ]);
    expect(answered({ headers: { accessControlAllowOriginList: ['*'] } })).toEqual(['set Access-Control-Allow-Origin: *']);
  });

  it('answers a preflight with what is asked for where `*` stands beside credentials', () => {
    const spec = { accessControlAllowCredentials: true, accessControlAllowHeaders: ['*'], accessControlAllowMethods: ['*'] };
    expect(answered({ headers: spec }, preflight('https://a.b', ['Access-Control-Request-Headers', 'X-A']))).toEqual([
      'set Access-Control-Allow-Credentials: true',
      'set Access-Control-Allow-Headers: X-A',
      'set Access-Control-Allow-Methods: PUT',
    ]);
  });

  it('lets the middleware that is nearer to the client have the last word', () => {
    const middlewares = [{ name: 'outer' }, { name: 'inner' }];
    const setting = (name: string) => traefikObject('Middleware', name, { headers: { customResponseHeaders: { 'X-By': name } } });
    const objects = [ingressRoute('r', to('PathPrefix(`/`)', 'a', { middlewares })), setting('outer'), setting('inner')];
    expect(askTraefik(objects, 'http://foo.com/').result.responseHeaders.map(({ value }) => value)).toEqual(['inner', 'outer']);
  });

  it('makes no router where nothing is set, or an expression is broken', () => {
    for (const spec of [{ frameDeny: false }, { accessControlAllowOriginListRegex: ['a('] }]) {
      expect(traefikLine(behind({ headers: spec }), 'http://foo.com/')).toBe('NOT_FOUND 404');
    }
  });
});

/** Each kind of `traefikio/v1alpha1/middleware.go` of Traefik 3.7 and 3.8, and what it comes to where nothing more is told of the request. */
describe('every kind of Middleware', () => {
  it.each<[kind: string, spec: JsonObject, verdict: string, code: string | undefined]>([
    ['encodedCharacters', {}, 'ROUTED', undefined],
    ['rateLimit', { average: 1 }, 'ROUTED', 'MIDDLEWARE_CONDITION'],
    ['rateLimit', {}, 'ROUTED', undefined], // "It defaults to 0, which means no rate limiting"
    ['inFlightReq', { amount: 10 }, 'ROUTED', 'MIDDLEWARE_CONDITION'],
    ['inFlightReq', {}, 'REFUSED', undefined], // `acquire` of vulcand/oxy `connlimit`: 0 connections are not fewer than 0
    ['circuitBreaker', { expression: 'NetworkErrorRatio() > 0.3' }, 'ROUTED', 'MIDDLEWARE_CONDITION'],
    ['buffering', { maxRequestBodyBytes: 1 }, 'ROUTED', 'MIDDLEWARE_CONDITION'],
    ['retry', { attempts: 2 }, 'ROUTED', 'MIDDLEWARE_CONDITION'],
    ['compress', {}, 'ROUTED', undefined],
    ['contentType', {}, 'ROUTED', undefined],
    ['grpcWeb', { allowOrigins: ['*'] }, 'ROUTED', 'MIDDLEWARE_CONDITION'],
    ['passTLSClientCert', { pem: true }, 'ROUTED', 'MIDDLEWARE_CONDITION'],
    ['tap', { request: { service: { name: 'b', port: 80 } } }, 'ROUTED', undefined],
    ['tap', { request: { service: { name: 'b', port: 80 }, failClosed: true } }, 'ROUTED', 'MIDDLEWARE_CONDITION'],
    ['plugin', { own: {} }, 'UNDEFINED', undefined],
  ])('%s %j', (kind, spec, verdict, code) => {
    const answer = through({ [kind]: spec }, 'http://foo.com/');
    expect([answer.verdict, answer.assumptions.map((one) => one.code).find((one) => one.startsWith('MIDDLEWARE'))]).toEqual([
      verdict,
      code,
    ]);
  });

  // doc.traefik.io "EncodedCharacters": each is refused unless it is allowed; migration to 3.6.4: 400
  it.each([
    ['%2f', 'allowEncodedSlash'],
    ['%5C', 'allowEncodedBackSlash'],
    ['%00', 'allowEncodedNullCharacter'],
    ['%3B', 'allowEncodedSemicolon'],
    ['%25', 'allowEncodedPercent'],
    ['%3F', 'allowEncodedQuestionMark'],
    ['%23', 'allowEncodedHash'],
  ])('encodedCharacters answers a path with %s 400, unless %s is set', (code, field) => {
    const asked = (spec: JsonObject) => {
      const { verdict, result } = through({ encodedCharacters: spec }, `http://foo.com/a${code}b?q=${code}`);
      return [verdict, result.status];
    };
    expect(asked({})).toEqual(['REFUSED', 400]);
    expect(asked({ [field]: true })).toEqual(['ROUTED', null]);
    expect(through({ encodedCharacters: {} }, `http://foo.com/a%20b?q=${code}`).verdict).toBe('ROUTED');
  });
});
