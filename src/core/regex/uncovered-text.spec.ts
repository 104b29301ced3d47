import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compileRegex } from './compile-regex.js';
import { matchRegex } from './match-regex.js';
import type { RegexProgram } from './regex-program.js';
import { uncoveredText } from './uncovered-text.js';

function program(text: string): RegexProgram {
  const compiled = compileRegex(text);
  if (!compiled.ok) throw new Error(compiled.error);
  return compiled.value;
}

const ANY = { preferred: 'a/b', admits: () => true };

function outcome(own: string, ...others: readonly string[]): string {
  const result = uncoveredText(program(own), others.map(program), ANY);
  return result.found === 'text' ? `text ${result.text}` : result.found;
}

describe('a text that one expression matches and others do not', () => {
  it.each([
    ['^/api/', ['^/api/(.*)'], 'none'],
    ['^/api', ['^/api/(.*)'], 'text /api'],
    ['^/a$', ['^/[a-z]$'], 'none'],
    ['^/[a-z]$', ['^/a$'], 'text /b'],
    // `.` takes no line feed (RE2 syntax, flag `s`)
    ['^/x', ['^/x$', '^/x.'], 'text /x\n'],
    ['^/x', ['^/x$', '^/xa', '^/x[^a]'], 'none'],
    ['^/(a|b)$', ['^/a$', '^/b$'], 'none'],
    ['(?i)^/a$', ['^/a$'], 'text /A'],
    ['^/a$^', [], 'none'],
    ['^/a\\b', [], 'unknown'],
    // what is no Latin-1 is a character as well
    ['^/[^a]$', ['^/[\u0000-\u00ff]$'], 'text /\u0100'],
    ['^/[^a]$', ['^/[\u0000-\uffff]$'], 'none'],
  ] as const)('%s without %j: %s', (own, others, expected) => {
    expect(outcome(own, ...others)).toBe(expected);
  });

  it('agrees with the matcher on what it finds, and on every short text where it finds none', () => {
    const atom = fc.constantFrom('a', 'b', '/', '.', '[ab]', '[^a]', '(a|b)', '(ab)');
    const pattern = fc
      .tuple(fc.array(fc.tuple(atom, fc.constantFrom('', '', '*', '+', '?')), { maxLength: 5 }), fc.boolean(), fc.boolean())
      .map(([parts, begin, end]) => `${begin ? '^' : ''}${parts.map(([one, times]) => one + times).join('')}${end ? '$' : ''}`);
    const texts = ['', 'a', 'b', '/', 'aa', 'ab', 'ba', 'bb', 'a/', '/a', 'abb', 'aba', '/ab', 'c', 'ac', 'abab'];
    fc.assert(
      fc.property(pattern, fc.array(pattern, { maxLength: 3 }), (own, others) => {
        const [first, rest] = [program(own), others.map(program)];
        const isUncovered = (text: string) => matchRegex(first, text) !== undefined && rest.every((one) => !matchRegex(one, text));
        const result = uncoveredText(first, rest, ANY);
        if (result.found === 'text') expect(isUncovered(result.text)).toBe(true);
        if (result.found === 'none') expect(texts.filter(isUncovered)).toEqual([]);
      }),
    );
  });
});
