import { describe, expect, it } from 'vitest';
import { askTraefik, ingressRoute, to, traefikObject } from '../../../test/support/traefik.js';
import type { JsonObject } from '../kernel/json.js';

/** What comes behind a Middleware: the path and a header that it tells the backend, or the status and where the client is sent. */
function behind(spec: JsonObject, url: string, header = 'none', method = 'GET'): string {
  const route = ingressRoute('r', to('PathPrefix(`/`)', 'a', { middlewares: [{ name: 'm' }] }));
  const { result, verdict } = askTraefik([route, traefikObject('Middleware', 'm', spec)], url, { method });
  if (result.redirect) return `${result.redirect.status} ${result.redirect.location}`;
  if (!result.forwarded) return `${verdict} ${result.status ?? ''}`;
  const told = result.forwarded.headers.find((one) => one.toLowerCase().startsWith(`${header.toLowerCase()}: `));
  return [result.forwarded.path, ...(told === undefined ? [] : [told.slice(header.length + 2)])].join(' ');
}

/** traefik/traefik `pkg/middlewares/stripprefix/strip_prefix_test.go`. */
describe('stripPrefix', () => {
  it.each<[prefixes: string[], path: string, expected: string]>([
    [['/'], '/', '/ /'],
    [['/stat'], '/stat', '/ /stat'],
    [['/stat/'], '/stat/', '/ /stat/'],
    [['/stat/'], '/stat/us', '/us /stat/'],
    [['/stat/'], '/status', '/status'],
    [['/stat'], '/stat/', '/ /stat'],
    [['/stat', '/stat/us'], '/stat/us', '/us /stat'],
    [['/mismatch', '/stat'], '/stat', '/ /stat'],
    [['/stat'], '/status', '/us /stat'],
    [['/stat'], '/stat/a%2Fb', '/a%2Fb /stat'],
    [['/api/'], '/ap%69/a%2Fb', '/a%2Fb /api/'],
    [['/api'], '/api./foo', 'REFUSED 400'],
    [['/api'], '/api../foo', 'REFUSED 400'],
  ])('%j of %s: %s', (prefixes, path, expected) => {
    expect(behind({ stripPrefix: { prefixes } }, `http://foo.com${path}`, 'X-Forwarded-Prefix')).toBe(expected);
  });
});

/** `pkg/middlewares/stripprefixregex/strip_prefix_regex_test.go`. */
describe('stripPrefixRegex', () => {
  const regex = ['/a/api/', '/b/([a-z0-9]+)/', '/c/[a-z0-9]+/[0-9]+/'];
  it.each([
    ['/a/test/', '/a/test/'],
    ['/a/api/', '/ /a/api/'],
    ['/a/api/test/', '/test/ /a/api/'],
    ['/b/api/', '/ /b/api/'],
    ['/b/api', '/b/api'],
    ['/b/api2/test2', '/test2 /b/api2/'],
    ['/c/api/123/', '/ /c/api/123/'],
    ['/c/api/123', '/c/api/123'],
    ['/c/api/123/test3', '/test3 /c/api/123/'],
    ['/c/api/abc/test4', '/c/api/abc/test4'],
    ['/a/api/a%2Fb', '/a%2Fb /a/api/'],
  ])('%s: %s', (path, expected) => {
    expect(behind({ stripPrefixRegex: { regex } }, `http://foo.com${path}`, 'X-Forwarded-Prefix')).toBe(expected);
  });
});

/** `pkg/middlewares/replacepathregex/replace_path_regex_test.go`. */
describe('replacePathRegex', () => {
  it.each([
    ['/whoami', '/who-am-i', '/whoami/and/whoami', '/who-am-i/and/who-am-i /whoami/and/whoami'],
    ['/whoami', '', '/whoami/and/whoami', '/and /whoami/and/whoami'],
    ['/no-match', '/whoami', '/whoami/and/whoami', '/whoami/and/whoami'],
    [
      '^(?i)/downloads/([^/]+)/([^/]+)$',
      '/downloads/$1-$2',
      '/downloads/src/source.go',
      '/downloads/src-source.go /downloads/src/source.go',
    ],
    ['/aaa/bbb', '/foo%2Fbar', '/aaa/bbb', '/foo%2Fbar /aaa/bbb'],
    ['/aaa%2Fbbb', '/foo/bar', '/aaa%2Fbbb', '/foo/bar /aaa%2Fbbb'],
    ['/aaa/bbb', '/foo/bar', '/aaa%2Fbbb', '/aaa%2Fbbb'],
    ['^/foo/(.*)', '/$1', '/foo/%08bar', '/%08bar /foo/%08bar'],
  ])('%s by %s in %s: %s', (regex, replacement, path, expected) => {
    expect(behind({ replacePathRegex: { regex, replacement } }, `http://foo.com${path}`, 'X-Replaced-Path')).toBe(expected);
  });
});

/** `pkg/middlewares/redirect/redirect_scheme_test.go`; what a client says by `X-Forwarded-Proto` an entry point takes off first. */
describe('redirectScheme', () => {
  it.each([
    ['https', '', 'http://foo/', '302 https://foo/'],
    ['https', '', 'http://foo:8080/', '302 https://foo/'],
    ['https', '8443', 'http://foo/', '302 https://foo:8443/'],
    ['https', '8443', 'http://foo:8000/', '302 https://foo:8443/'],
    ['https', '8443', 'https://foo:8000/', '302 https://foo:8443/'],
    ['https', '', 'https://foo:8000/theother', '302 https://foo/theother'],
    ['http', '80', 'http://foo:80/', '/'],
    ['https', '443', 'https://foo:443/', '/'],
    ['wss', '9443', 'http://foo/', '302 wss://foo:9443/'],
    ['wss', '', 'http://foo:5678/', '302 wss://foo/'],
    ['https', '', 'http://foo:443/', '302 https://foo/'],
    ['http', '8181', 'http://foo:8080/', '302 http://foo:8181/'],
    ['https', '', 'https://foo:80/', '302 https://foo/'],
    ['https', '', 'http://[::1]/', '302 https://[::1]/'],
    ['https', '8443', 'http://[::1]:80/', '302 https://[::1]:8443/'],
  ])('to %s %s from %s: %s', (scheme, port, url, expected) => {
    expect(behind({ redirectScheme: { scheme, ...(port === '' ? {} : { port }) } }, url)).toBe(expected);
  });
});

/** `pkg/middlewares/redirect/redirect_regex_test.go`. */
describe('redirectRegex', () => {
  const withPort = String.raw`^(?:http?:\/\/)(foo)(\.com)(:\d+)(.*)$`;
  it.each([
    [withPort, 'https://${1}bar$2:443$4', 'http://foo.com:80/', 'GET', '302 https://foobar.com:443/'],
    [withPort, 'https://${1}bar$2:443$4', 'http://bar.com:80/', 'GET', '/'],
    ['https://foo', 'http://foo', 'https://foo/', 'GET', '302 http://foo/'],
    ['http://foo:80', 'https://foo:443', 'http://foo:80/', 'GET', '302 https://foo:443/'],
    ['http://foo:80', 'http://foo:88', 'http://foo:80/', 'GET', '302 http://foo:88/'],
    ['^(.*)$', 'http://192.168.0.%31/', 'http://foo.com:80/', 'GET', 'REFUSED 502'],
    ['^http://', 'https://$1', 'http://foo/', 'POST', '307 https://foo/'],
  ])('%s by %s in %s, %s: %s', (regex, replacement, url, method, expected) => {
    expect(behind({ redirectRegex: { regex, replacement } }, url, 'none', method)).toBe(expected);
  });
});
