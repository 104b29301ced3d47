import { describe, expect, it } from 'vitest';
import { compileRegex } from './compile-regex.js';

/** What follows from the meaning of an expression alone: no text without it matches. */
describe('what every match of an expression contains', () => {
  it.each([
    ['/orders/(a|b)+/x', '/orders/'],
    ['^/p1(/|$)(.*)', '/p1'],
    ['a(bc)d', 'abcd'],
    ['ab?cd', 'cd'],
    ['a|b', ''],
    ['(?i)abc', ''],
    ['(?i)a1b', '1'],
    ['[a]b', 'ab'],
    ['.*', ''],
    ['(abc)*', ''],
    ['^$', ''],
  ])('%s: `%s`', (pattern, literal) => {
    const compiled = compileRegex(pattern);
    expect(compiled.ok && compiled.value.literal).toBe(literal);
  });
});
