import { describe, expect, it } from 'vitest';
import { type AskedNginx, askNginx, routeNginx } from '../../../test/support/ask-ingress-nginx.js';

const RULES = 'm : foo.com Prefix / -> main ; c : foo.com Prefix / -> canary';
const URL = 'http://foo.com/';
const canary = (rules: Readonly<Record<string, string>>) => ({ c: { canary: 'true', ...rules } });
const BY_HEADER = canary({ 'canary-by-header': 'X-Canary' });
const BY_VALUE = canary({ 'canary-by-header': 'X-Canary', 'canary-by-header-value': 'a, b' });
const BY_PATTERN = canary({ 'canary-by-header': 'X-Canary', 'canary-by-header-pattern': '^a$' });

type Headers = NonNullable<AskedNginx['headers']>;

/** `balancer.lua` reads `ngx.var["http_" .. header]`; nginx 1.23 (CHANGES): "Change: now nginx variables `$http_...` … contain comma-separated values of all headers". */
describe('a header that is sent twice', () => {
  it.each<[rules: typeof BY_HEADER, headers: Headers, expected: string]>([
    [
      BY_HEADER,
      [
        ['X-Canary', 'always'],
        ['x-canary', 'never'],
      ],
      'ROUTED main',
    ],
    [
      BY_HEADER,
      [
        ['X-Canary', 'always'],
        ['X-Canary', 'always'],
      ],
      'ROUTED main',
    ],
    [BY_HEADER, [['X-Canary', 'always']], 'ROUTED canary'],
    [
      BY_PATTERN,
      [
        ['X-Canary', 'a'],
        ['X-Canary', 'b'],
      ],
      'ROUTED main',
    ],
    // ngx_http_core_variables: of these the first one counts
    [
      canary({ 'canary-by-header': 'User-Agent', 'canary-by-header-value': 'a' }),
      [
        ['User-Agent', 'a'],
        ['User-Agent', 'b'],
      ],
      'ROUTED canary',
    ],
    // of cookies each, joined by `; `
    [
      canary({ 'canary-by-header': 'Cookie', 'canary-by-header-pattern': '^a=1.*b=2$' }),
      [
        ['Cookie', 'a=1'],
        ['Cookie', 'b=2'],
      ],
      'ROUTED canary',
    ],
  ])('%j %j: %s', (rules, headers, expected) => {
    expect(askNginx(RULES, rules, URL, { headers })).toBe(expected);
  });

  it('has its first value alone before 1.10 of the controller, which comes with nginx 1.21', () => {
    const headers: Headers = [
      ['X-Canary', 'always'],
      ['x-canary', 'never'],
    ];
    const asked = (version: string) => askNginx(RULES, BY_HEADER, URL, { headers, options: { version } });
    expect([asked('1.9.6'), asked('1.10.0')]).toEqual(['ROUTED canary', 'ROUTED main']);
  });

  /** nginx 1.23 `ngx_http_process_header_line`, `ngx_http_variable_header`: "all non-unique input headers are now linked lists", `Referer` and `Via` among them; `User-Agent` keeps a handler of its own. */
  it('is read alike wherever a setting or an annotation reads it', () => {
    const twice = (name: string): Headers => [
      [name, 'a'],
      [name, 'b'],
    ];
    const asked = (annotations: Readonly<Record<string, string>>, name: string, options: Readonly<Record<string, string>>) =>
      askNginx('m : foo.com Prefix / -> main', { m: annotations }, URL, { headers: twice(name), options });
    const led = { 'temporal-redirect': 'http://x.com/$http_x_to' };
    expect(asked(led, 'X-To', { version: '1.9.6' })).toBe('REDIRECTED 302 = http://x.com/a');
    expect(asked(led, 'X-To', { version: '1.10.0' })).toBe('REDIRECTED 302 = http://x.com/a, b');
    const rewritten = { 'rewrite-target': '/$http_referer' };
    expect(asked(rewritten, 'Referer', { version: '1.9.6' })).toBe('ROUTED main > /a');
    expect(asked(rewritten, 'Referer', { version: '1.10.0' })).toBe('ROUTED main > /a,%20b');
    expect(asked({}, 'Referer', { version: '1.9.6', 'block-referers': 'a' })).toBe('REFUSED 403');
    expect(asked({}, 'Referer', { version: '1.10.0', 'block-referers': 'a' })).toBe('ROUTED main');
    expect(asked({}, 'Referer', { version: '1.10.0', 'block-referers': '~b$' })).toBe('REFUSED 403');
    expect(asked({}, 'User-Agent', { version: '1.10.0', 'block-user-agents': 'a' })).toBe('REFUSED 403');
  });

  it('has a value that no annotation can ask for: its validator takes no comma', () => {
    const headers: Headers = [
      ['X-Canary', 'a'],
      ['X-Canary', 'b'],
    ];
    expect(askNginx(RULES, BY_VALUE, URL, { headers })).toBe('ROUTED main');
  });
});

/** nginx `ngx_http_parse.c`, `ngx_http_parse_multi_header_lines`, which `$cookie_name` is read by. */
describe('a canary by cookie', () => {
  const BY_COOKIE = canary({ 'canary-by-cookie': 'beta' });

  it.each<[expected: string, ...cookies: string[]]>([
    ['ROUTED canary', 'beta=always'],
    ['ROUTED canary', 'BETA = always'],
    ['ROUTED canary', 'a=1;beta=always;b=2'],
    ['ROUTED canary', 'a=1, beta=always'],
    ['ROUTED canary', 'a=1', 'beta=always'],
    // the first of the name
    ['ROUTED main', 'beta=never; beta=always'],
    ['ROUTED main', 'beta=never', 'beta=always'],
    // a value ends with `;` alone, and keeps its spaces
    ['ROUTED main', 'beta=always, a=1'],
    ['ROUTED main', 'beta=always ;a=1'],
    // other names
    ['ROUTED main', 'alphabeta=always'],
    ['ROUTED main', 'beta2=always'],
    // "the invalid header value": what follows the bare name is passed over with it
    ['ROUTED main', 'beta;beta=always'],
    ['ROUTED canary', 'beta;a=1;beta=always'],
    ['ROUTED main', 'beta'],
    ['ROUTED main', ''],
  ])('%s: %s %s', (expected, ...cookies) => {
    const headers = cookies.map((value) => ['Cookie', value] as const);
    expect(askNginx(RULES, BY_COOKIE, URL, { headers })).toBe(expected);
  });
});

/** nginx `ngx_http_parse.c`, `ngx_http_parse_header_line`, `underscores_in_headers`, `ignore_invalid_headers`; `config.go`: off, and on, unless they are told. */
describe('a header whose name nginx takes for none', () => {
  const always = (name: string): Headers => [[name, 'always']];

  it.each<[name: string, options: Readonly<Record<string, string>>, expected: string]>([
    ['X-Canary', {}, 'ROUTED canary'],
    ['x_canary', {}, 'ROUTED main'],
    ['x_canary', { 'enable-underscores-in-headers': 'true' }, 'ROUTED canary'],
    ['x_canary', { 'ignore-invalid-headers': 'false' }, 'ROUTED canary'],
  ])('`%s` %j: %s', (name, options, expected) => {
    expect(askNginx(RULES, BY_HEADER, URL, { headers: always(name), options })).toBe(expected);
  });

  it('does not come to the backend, and that is told', () => {
    const headers: Headers = [
      ['X-Good', '1'],
      ['x.y', '2'],
      ['a_b', '3'],
    ];
    const told = (options: Readonly<Record<string, string>> = {}) => {
      const { result, assumptions } = routeNginx(RULES, {}, URL, { headers, options });
      return [result.forwarded?.headers, assumptions.filter(({ code }) => code === 'HEADERS_LEFT_OUT').map(({ message }) => message)];
    };
    expect(told()).toEqual([['X-Good: 1'], [expect.stringContaining('`x.y`, `a_b`')]]);
    expect(told({ 'enable-underscores-in-headers': 'true' })).toEqual([['X-Good: 1', 'a_b: 3'], [expect.stringContaining('`x.y`')]]);
    expect(told({ 'ignore-invalid-headers': 'false' })).toEqual([['X-Good: 1', 'x.y: 2', 'a_b: 3'], []]);
  });
});
