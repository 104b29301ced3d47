import { describe, expect, it } from 'vitest';
import { traefikRuleQuestion } from './traefik-rule.js';

type Syntax = 'v3' | 'v2';

/** What becomes of one rule: `refused`, or whether it matches. */
function fate(syntax: Syntax, rule: string, url: string | undefined, more: object = {}): string {
  const given = traefikRuleQuestion.input.parse({ rule, syntax, ...(url === undefined ? {} : { url }), ...more });
  const asked = traefikRuleQuestion.ask(undefined as never, given);
  if (!asked.ok) throw new Error(asked.error.message);
  const [read] = asked.value.answer.result.rules;
  return read?.fault ? 'refused' : url === undefined ? 'read' : String(read?.matches);
}

/** `yes` and `no`: what follows the scheme of URLs that match, and of those that do not. */
type Row = readonly [syntax: Syntax, rule: string, yes: string, no: string];

function hold(rows: readonly Row[]): void {
  const wrong: string[] = [];
  for (const [syntax, rule, yes, no] of rows) {
    for (const [wanted, list] of [
      ['true', yes],
      ['false', no],
    ] as const) {
      for (const url of list.split(' ').filter((one) => one !== '')) {
        const is = fate(syntax, rule, `https://${url}`);
        if (is !== wanted) wrong.push(`${syntax} ${rule} ${url}: ${is}`);
      }
    }
  }
  expect(wrong).toEqual([]);
}

/** traefik/traefik `pkg/muxer/http/matcher_test.go` and `mux_test.go`. */
describe('rules of v3', () => {
  it.each([
    'ClientIP(``)',
    'ClientIP(`127.0.0.1`, `192.168.1.0/24`)',
    'Method()',
    'Method(``)',
    'Method(`GET`, `POST`)',
    'Host(`a.com`, `b.com`)',
    'HostRegexp()',
    'HostRegexp(`🦭.com`)',
    'HostRegexp(`(a.com`)',
    'HostRegexp(`a.com`, `b.com`)',
    'Path(``)',
    'Path(`css`)',
    'Path(`/css`, `/js`)',
    'PathRegexp(``)',
    'PathPrefix(`css`)',
    'PathPrefix(`/css`, `/js`)',
    'Header()',
    'Header(`X-A`)',
    'Header(`X-A`, ``)',
    'HeaderRegexp()',
    'HeaderRegexp(``, `a`)',
    'HeaderRegexp(`X-A`, `(a`)',
    'HeaderRegexp(`X-A`, `a`, `b`)',
    'Query(``)',
    'Query(`q`, ``)',
    'Query(`q`, `a`, `b`)',
    'QueryRegexp(`q`, `a`, `b`)',
    'rulewithnotmatcher',
  ])('%s is refused', (rule) => {
    expect(fate('v3', rule, undefined)).toBe('refused');
  });

  it('match hosts', () => {
    hold([
      [
        'v3',
        'Host(`example.com`)',
        'example.com example.com:8080 EXAMPLE.COM/path example.com. example.com./path',
        'example.org example.org.',
      ],
      ['v3', 'Host(`example.com.`)', 'example.com example.com. example.com./path', 'example.org example.org.'],
      ['v3', 'Host(`EXAMPLE.COM`)', 'example.com example.com/path', 'example.org'],
      ['v3', 'Host(`xn--9t9h.com`)', 'xn--9t9h.com xn--9t9h.com/path', 'example.com'],
      ['v3', 'Host(`*`)', 'localhost example.com a.example.com:8080', ''], // rule T3; traefik/traefik#13460
      ['v3', 'Host(`**.example.com`)', '', 'example.com example.org'],
      ['v3', 'HostRegexp(`^[a-zA-Z-]+\\.com$`)', 'example.com example.com:8080/path', 'example.org'],
      ['v3', 'HostRegexp(`^[A-Z]+\\.com$`)', '', 'example.com EXAMPLE.com example.org/path'],
      ['v3', '!Host("example.com")', 'example.org', 'example.com'],
    ]);
    expect(fate('v3', 'Host(`xn--9t9h.com`)', 'https://a.com', { headers: ['Host: 🦭.com'] })).toBe('false');
  });

  it('match paths and parameters', () => {
    const v2Text = 'PathRegexp("/{path:(css|js)}")';
    const braced = ['{path:css}', '{path:css}/', '%7Bpath:css%7D', '%7Bpath:js%7D/', '{path:js}'].map((path) => `a.com/${path}`);
    hold([
      ['v3', 'Path(`/css`)', 'a.com/css b.com/css', 'a.com a.com/html a.com/css/ a.com/css/main.css'],
      ['v3', v2Text, braced.join(' '), 'a.com a.com/html a.com/css'],
      ['v3', 'QueryRegexp(`q`, `^(a|b)$`)', 'x?q=a x?r=1&q=b x?q=a&q=c x?q=c&q=b', 'x x?q=A x?Q=a x?r=a x?q=c'],
      ['v3', 'QueryRegexp(`q`, `^.*$`)', 'x?q=a x?q=A x?r=1&q=c', 'x x?Q=a x?r=a'],
      ['v3', 'QueryRegexp(`q`, `{value:(a|b)}`)', 'x?q={value:a}', 'x?q=a'],
      ['v3', '!Host("a.com") || !Path("/css")', 'a.com/js b.com/css', 'a.com/css'],
      ['v3', '(Host("a.com") && Path("/js")) || ((Host("b.com")) && Path("/css"))', 'a.com/js b.com/css', 'a.com/css b.com/js c.com/css'],
    ]);
  });

  /** The name in the request line counts; where it is empty the header does (Go's `http.ReadRequest`). */
  it.each([
    ['http://@/', 'example.com', true],
    ['http://example.com/', 'example.org', true],
    ['http://example.org/', 'example.com', false],
  ])('%s as a whole in the request line, and the header Host: %s', (url, host, matches) => {
    for (const matcher of ['Host', 'HostRegexp']) {
      const is = fate('v3', `${matcher}(\`example.com\`)`, url, { absoluteForm: true, headers: [`Host: ${host}`] });
      expect(is).toBe(String(matches));
    }
  });

  it.each([
    ['Method(`get`)', { method: 'GET' }, true],
    ['Method(`get`)', { method: 'get' }, false],
    ['Method(`GET`)', { method: 'POST' }, false],
    ['ClientIP(`127.0.0.1`)', { clientAddress: '192.168.1.1' }, false],
    ['ClientIP(`127.0.0.1`)', { clientAddress: '1' }, false],
    ['HeaderRegexp(`x-forwarded-proto`, `^https?$`)', { headers: ['X-Forwarded-Proto: ws', 'X-Forwarded-Proto: https'] }, true],
    ['HeaderRegexp(`x-forwarded-proto`, `^https?$`)', { headers: ['X-Forwarded-Proto: HTTPS'] }, false],
    ['HeaderRegexp(`X-Forwarded-Proto`, `http{secure:s?}`)', { headers: ['X-Forwarded-Proto: http{secure:}'] }, true],
    ['HeaderRegexp(`X-Forwarded-Proto`, `http{secure:s?}`)', { headers: ['X-Forwarded-Proto: https'] }, false],
  ])('%s with %o: %s', (rule, more, matches) => {
    expect(fate('v3', rule, 'https://example.com', more)).toBe(String(matches));
  });
});

/** traefik/traefik `pkg/muxer/http/matcher_v2_test.go`; the first table is that of the branch v2, `mux_test.go`. */
describe('rules of v2', () => {
  it.each([
    'Host()',
    'HostRegexp()',
    'HostRegexp(`🦭.com`)',
    'HostRegexp(`locàlhost`)',
    'Path(``)',
    'Path(`css`)',
    'PathPrefix()',
    'PathPrefix(``)',
    'PathPrefix(`css`)',
    'Headers()',
    'Headers(`X-A`, ``)',
    'Headers(``, `a`)',
    'Headers(`X-A`, `a`, `b`)',
    'HeaderRegexp()',
    'HeadersRegexp(`X-A`)',
    'HeadersRegexp(`X-A`, `a`, `b`)',
    'Query("titi={test")',
    'Host("a") && Path()',
    'Host("a") && Path("", "/b")',
    'rulewithnotmatcher',
  ])('%s is refused', (rule) => {
    expect(fate('v2', rule, undefined)).toBe('refused');
  });

  it('match hosts', () => {
    const bar = 'fooubar.com barucom barcom';
    hold([
      ['v2', 'Host(`a.com`)', 'a.com a.com:8080 A.COM/path', 'b.com b.com/path'],
      ['v2', 'HostRegexp(`(a.com`)', '', 'a.com a.com:8080 b.com'],
      ['v2', 'HostRegexp(`^[A-Z]+\\.com$`)', '', 'a.com A.com b.com'],
      ['v2', 'HostRegexp(`{domain:[a-zA-Z-]+\\.com}`)', 'a.com a.com/path', 'a.org'],
      ['v2', 'HostRegexp(`{dummy:[A-Za-z-]+\\.bar\\.com}`)', 'FOO.bar.com foo.bar.com', bar],
      ['v2', 'HostRegexp(`{dummy:[a-z-]+\\.bar\\.com}`)', 'FOO.bar.com foo.bar.com', bar],
      ['v2', 'HostRegexp(`foo.bar.com`)', 'FOO.bar.com foo.bar.com', bar],
      ['v2', 'Host(`localhost.`)', 'localhost./foo', 'nope/foo'],
      ['v2', 'Host(`nope`,`localhost`) && PathPrefix(`/foo`)', 'localhost/foo nope/foo', 'localhost/bar'],
      ['v2', 'Host(`nope,localhost`) && PathPrefix(`/bar`)', '', 'localhost/foo localhost/bar'],
      ['v2', '(host("a") && pathprefix("/t"))', 'a/t', 'a/p'],
    ]);
    expect(fate('v2', 'Host(`10::10`)', 'http://a/foo', { headers: ['Host: 10::10'] })).toBe('true');
  });

  it('match paths and parameters', () => {
    hold([
      ['v2', 'Path(`/css`, `/js`)', 'a.com/css a.com/js', 'a.com a.com/css/ a.com/css/main.css a.com/js/main.js'],
      ['v2', 'PathPrefix("/css")', 'a.com/css a.com/css/ a.com/css/main.css', 'a.com a.com/html'],
      ['v2', 'Query(`foo=bar`, `bar=baz`)', 'a/foo?foo=bar&bar=baz', 'a/foo?bar=baz'],
      ['v2', 'Host("a","b") && Path("/p", "/t")', 'a/p b/p a/t b/t', 'a/x b/x c/a'],
      ['v2', '!Path("/t")', 'a/p', 'a/t'],
      ['v2', '!(Host("a") && !Path("/t"))', 'a/t b/t', 'a/x'],
      ['v2', '!(!(Host("a") && Pathprefix("/t")))', 'a/t', 'a/p b/t'],
      ['v2', '!Host("a") && Pathprefix("/t")', 'b/t', 'a/t a/p b/p'],
    ]);
  });

  it.each([
    ['ClientIP(`192.168.1.0/24`)', '192.168.1.100', true],
    ['ClientIP(`192.168.1.0/24`)', '192.168.2.1', false],
    ['ClientIP(`10.10.1.1`)', '10.0.0.0', false],
    ['ClientIP(`10::10`)', '::1', false],
    ['ClientIP(`10.0.0.0`)', '10.0.0.0:8456', true],
    ['ClientIP(`10::10`)', '10::10', true],
    ['ClientIP(`10::10`)', '[10::10]:80', true],
    ['ClientIP(`10.0.0.1`, `10.0.0.0`)', '10.0.0.0', true],
    ['ClientIP(`11::/16`)', '10::', false],
    ['ClientIP(`11.0.0.0/16`, `10.0.0.0/16`)', '10.0.0.0', true],
    ['ClientIP(`11.0.0.0`, `10.0.0.0/16`)', '10.0.0.0', true],
  ])('%s from %s: %s', (rule, clientAddress, matches) => {
    expect(fate('v2', rule, 'http://a/t', { clientAddress })).toBe(String(matches));
  });

  it.each([
    ['Headers(`x-forwarded-proto`, `https`)', ['X-Forwarded-Proto: http', 'X-Forwarded-Proto: https'], true],
    ['Headers(`x-forwarded-proto`, `https`)', ['X-Forwarded-Host: https'], false],
    ['HeadersRegexp(`Content-Type`, `application/(text|json)`)', ['Content-Type: application/foo'], false],
    ['HeadersRegexp(`Content-Type`, `application/(text|json)`)', ['Content-Type: application/text'], true],
    ['HeadersRegexp(`x-forwarded-proto`, `^https?$`)', ['X-Forwarded-Proto: ws', 'X-Forwarded-Proto: http'], true],
  ])('%s with %s: %s', (rule, headers, matches) => {
    expect(fate('v2', rule, 'http://a/t', { headers })).toBe(String(matches));
  });
});
