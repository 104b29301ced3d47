import { describe, expect, it } from 'vitest';
import { parseRequestUrl } from './request-url.js';

describe('parseRequestUrl', () => {
  it.each<[url: string, scheme: string, host: string, path: string, query?: string]>([
    ['http://foo.com', 'http', 'foo.com', '/'],
    ['https://foo.com/a/b?x=1&y=2#part', 'https', 'foo.com', '/a/b', 'x=1&y=2'],
    ['http://foo.com?x', 'http', 'foo.com', '/', 'x'],
    ['HTTP://Foo.COM./a', 'http', 'Foo.COM.', '/a'],
    ['http://foo.com:80/', 'http', 'foo.com', '/'],
    ['https://foo.com:443/', 'https', 'foo.com', '/'],
    ['https://foo.com:8443/', 'https', 'foo.com:8443', '/'],
    ['http://foo.com:/', 'http', 'foo.com', '/'],
    ['http://[2001:db8::1]:8080/', 'http', '[2001:db8::1]:8080', '/'],
    ['http://foo.com/a/../b//c/./%2F', 'http', 'foo.com', '/a/../b//c/./%2F'],
    ['http://foo.com/münchen/a b', 'http', 'foo.com', '/m%C3%BCnchen/a%20b'],
    ['http://foo.com/\ud800', 'http', 'foo.com', '/%EF%BF%BD'],
    ['http://münchen.example/', 'http', 'xn--mnchen-3ya.example', '/'],
    ['http://under_score.example/', 'http', 'under_score.example', '/'],
    ['http://foo.com/a?b?c#d?e', 'http', 'foo.com', '/a', 'b?c'],
  ])('%s', (url, scheme, host, path, query) => {
    expect(parseRequestUrl(url)).toMatchObject({ ok: true, value: { scheme, host, path, query } });
  });

  it.each<[url: string, message: RegExp, hint?: RegExp]>([
    ['foo.com/a', /no URL with a host/, /`http:\/\/foo.com\/a`/],
    ['foo.com', /no URL with a host/, /`http:\/\/foo.com`/],
    ['/a', /no URL with a host/],
    ['http:/foo.com', /no URL with a host/, /`http:\/\/foo.com`/],
    ['ftp://foo.com/a', /must be http or https/, /`http:\/\/foo.com\/a`/],
    ['//foo.com/a', /must be http or https/],
    ['http://', /names no host/],
    ['http://:80/', /names no host/],
    ['http://foo.com:0/', /port `0`/],
    ['http://foo.com:65536/', /port `65536`/],
    ['http://foo.com:x/', /port `x`/],
    ['http://ann:secret@foo.com/', /user name/],
    ['http://foo bar.com/', /no host name/],
    ['http://[::1/', /host|port/],
    ['', /no URL with a host/],
  ])('%s is refused', (url, message, hint = /^/) => {
    const parsed = parseRequestUrl(url);
    if (parsed.ok) throw new Error(`read as ${JSON.stringify(parsed.value)}`);
    expect(parsed.error.message).toMatch(message);
    expect(parsed.error.hint ?? '').toMatch(hint);
  });

  /** RFC 3986 §3.2.3: an empty or missing port is the scheme's own. */
  it.each([
    ['http://foo.com', 80],
    ['https://foo.com:/', 443],
    ['https://foo.com:80/', 80],
    ['http://[2001:db8::1]:8080/', 8080],
  ])('the port of %s is %d', (url, port) => {
    expect(parseRequestUrl(url)).toMatchObject({ ok: true, value: { port } });
  });
});
