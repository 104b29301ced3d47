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
  ])('%s on %s', (pattern, text, expected) => {
    expect(match(pattern, text)).toEqual(expected);
  });

  it('takes no more steps than program times text where backtracking would not end', () => {
    const text = 'a'.repeat(250);
    expect(match('(a*)*(a*)*(a*)*(a|aa)+$b', text)).toBeUndefined();
    expect(match(`(${'a?'.repeat(100)})${'a'.repeat(100)}`, 'a'.repeat(100))?.[0]).toHaveLength(100);
  });
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
