import { describe, expect, it } from 'vitest';
import { compileRegex } from './compile-regex.js';
import { matchRegex } from './match-regex.js';

function match(pattern: string, text: string): readonly string[] | undefined {
  const program = compileRegex(pattern);
  if (!program.ok) throw new Error(program.error);
  return matchRegex(program.value, text);
}

/** Where JavaScript's own expressions have Perl's meaning, as Go's have (golang.org/pkg/regexp), they are the reference. */
const PATTERNS = [
  '(.*)-(us-west-1)\\.example\\.org',
  '(.*).coredns.rocks',
  '^(core)\\.(dns)\\.(rocks)\\.(nl)\\.$',
  'a|b|',
  '(a|ab)(c|bcd)(d*)',
  '(a+)+$',
  'x*',
  '(?:a{2,3})(a*)',
  'a{2,3}?(a*)',
  '[^.]+\\.',
  '([a-z0-9-]+)\\.svc',
  '\\bweb\\b',
  '[\\w-]+?\\.(\\d+)',
  '(a*)*b',
  '^$',
  '[]a]+',
  'a-[.-]b',
];
const TEXTS = [
  '',
  'a',
  'ab',
  'abcd',
  'aaaa',
  'aaaab',
  'ftp-us-west-1.example.org.',
  'foo.coredns.rocks.',
  'core.dns.rocks.nl.',
  'web.t.svc.7.',
  'a web b',
  'a-.b',
];

describe('a match', () => {
  it.each(PATTERNS)('of %s is that of Perl', (pattern) => {
    // An opening bracket right behind `[` is a member in RE2; JavaScript has to be told.
    const reference = new RegExp(pattern.replace('[]', '[\\]'));
    for (const text of TEXTS) {
      const expected = reference.exec(text)?.map((group: string | undefined) => group ?? '');
      expect([text, match(pattern, text)]).toEqual([text, expected]);
    }
  });

  it.each([
    ['(?i)WEB', 'web', ['web']],
    ['(?P<name>w.b)', 'web', ['web', 'web']],
    ['[[:alpha:]]+', '12web', ['web']],
    ['\\Aweb\\z', 'web', ['web']],
    ['(?is)A.b(?-i)C', 'a\nBC', ['a\nBC']],
    ['(?is)A.b(?-i)C', 'a\nBc', undefined],
    ['a.b', 'a\nb', undefined],
    ['[[:^alpha:]]+', 'ab12', ['12']],
    ['[[:punct:]]+', 'a-._~', ['-._~']],
    ['[[:space:][:cntrl:]]', 'a\u000b', ['\u000b']],
    ['\\s', '\u000b', undefined],
    ['\\x41\\t\\x{2f}', 'A\t/', ['A\t/']],
    ['b$', 'ab\n', undefined],
  ])('%s on %s', (pattern, text, expected) => {
    expect(match(pattern, text)).toEqual(expected);
  });

  it('takes no more steps than program times text where backtracking would not end', () => {
    const text = 'a'.repeat(250);
    expect(match('(a*)*(a*)*(a*)*(a|aa)+$b', text)).toBeUndefined();
    expect(match(`(${'a?'.repeat(100)})${'a'.repeat(100)}`, 'a'.repeat(100))?.[0]).toHaveLength(100);
  });
});

/** pcrepattern(3): "Assertions", "Circumflex and dollar" ("or immediately before a newline at the end of the string"), "Generic character types" (`\\s` with the vertical tab). */
describe('an expression of PCRE', () => {
  const pcre = (pattern: string, text: string) => {
    const program = compileRegex(pattern, 'pcre');
    if (!program.ok) throw new Error(program.error);
    return matchRegex(program.value, text);
  };

  it.each([
    '^/(?!api|admin)(.*)',
    '/(?=[a-z]+/v\\d)(\\w+)',
    '^(?!.*\\.php$)/.*',
    '(?=.*a)(?=.*b)..+',
    '(?!(?!a))a+',
    'a(?=b)b?',
    '(?:(?!/x).)*$',
    '\\w+(?!\\d)',
    '(?=a|ab)(ab*)',
    '(?![^/]{2,3}/)[^/]+/',
  ])('%s looks ahead as JavaScript does', (pattern) => {
    const reference = new RegExp(pattern);
    for (const text of ['', 'a', 'ab', 'abb', '/api/x', '/apix', '/users/v1', '/a/b.php', '/a/x', 'ba', 'xyz12', 'abc/', 'abcd/', '/x']) {
      const expected = reference.exec(text)?.map((group: string | undefined) => group ?? '');
      expect([text, pcre(pattern, text)]).toEqual([text, expected]);
    }
  });

  it.each([
    ['b$', 'ab\n', ['b']],
    ['b\\Z', 'ab\n', ['b']],
    ['b\\z', 'ab\n', undefined],
    ['b$', 'ab\nc', undefined],
    ['\\s', '\u000b', ['\u000b']],
    ['\\xff', '\u00ff', ['\u00ff']],
  ])('%s on %j', (pattern, text, expected) => {
    expect(pcre(pattern, text)).toEqual(expected);
  });

  it('looks at each place once: time grows with expression and text alone', () => {
    const text = 'a'.repeat(8_000);
    expect(pcre('(?:(?=a*b|a*c)a|x)+$', text)).toBeUndefined();
    expect(pcre('^(?:(?=a*$)a)+$', text)?.[0]).toHaveLength(8_000);
    expect(pcre('^(?:(?!(?!a*$))a)+$', text)?.[0]).toHaveLength(8_000);
  });

  it.each(['(?=(a))', '(?=(?:a*)*)', '(?<=a)b', '(?>a)', '(a)\\1', 'a++', '(?R)', '\\C', '\\x{100}', '(?=a', `(?=${'a'.repeat(2_000)})`])(
    '%s is refused',
    (pattern) => {
      expect(compileRegex(pattern, 'pcre').ok).toBe(false);
    },
  );
});

describe('an expression', () => {
  it.each([
    '(',
    ')',
    'a**',
    '*a',
    '[z-a]',
    '(?=a)',
    '(?<!a)',
    '\\1',
    'a{1001}',
    '[a',
    '\\',
    '(?m)a',
    '[[:nothing:]]',
    '(((a{100}){100}){100})',
    '('.repeat(200),
  ])('%s is refused', (pattern) => {
    expect(compileRegex(pattern).ok).toBe(false);
  });
});
