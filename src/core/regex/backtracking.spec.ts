import { describe, expect, it } from 'vitest';
import { backtracksWithoutBound } from './backtracking.js';

/** OWASP "Regular expression Denial of Service" and Weber and Seidl (criterion EDA) name the first five; a way back to the same place is what all have in common. */
describe('an expression for which an engine that backtracks takes time without bound', () => {
  it.each([
    ['(a+)+$'],
    ['([a-zA-Z]+)*$'],
    ['(a*)*$'],
    ['(a|aa)+$'],
    ['(a|a?)+$'],
    ['(.*a){11}$', false],
    ['/x(/[a-z]+)*(/[a-z]+)*/end', false],
    ['^/api/(([a-z])+.)+[A-Z]([a-z])+$'],
    ['/v([0-9]+)*/'],
    ['/(a?b?)*c'],
    ['/(\\w+\\s?)*$'],
    ['/(a|a)*b'],
  ])('%s', (expression, expected = true) => {
    expect(backtracksWithoutBound(expression)).toBe(expected);
  });

  it.each([
    ['/api(/|$)(.*)', 'one way for every text'],
    ['/something(/[^/]+)*$', 'a slash parts the repetitions'],
    ['(ab+)+$', 'an `a` parts the repetitions'],
    ['/(a?)*$', 'what matched nothing is not repeated'],
    ['/(a+)+', 'nothing behind it can fail'],
    ['/(a+)+.*', 'nothing behind it can fail'],
    ['/a*a*b', 'time grows with a power alone'],
    ['/(a{1,3})b', 'it is not repeated'],
    ['/(a', 'it cannot be read'],
  ])('%s is none: %s', (expression) => {
    expect(backtracksWithoutBound(expression)).toBe(false);
  });
});
