import { describe, expect, it } from 'vitest';
import { firstFew } from './first-few.js';

describe('firstFew', () => {
  it.each([
    [[], 2, undefined, ''],
    [['a', 'b'], 2, undefined, 'a, b'],
    [['a', 'b', 'c', 'd'], 2, undefined, 'a, b and 2 more'],
    [['a', 'b'], 2, 7, 'a, b and 5 more'],
    [['a', 'b', 'c'], 2, 7, 'a, b and 5 more'],
  ] as const)('of %j at most %i, of %s', (texts, most, count, expected) => {
    expect(firstFew(texts, most, count)).toBe(expected);
  });
});
