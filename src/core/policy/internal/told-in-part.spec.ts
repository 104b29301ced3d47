import { describe, expect, it } from 'vitest';
import { toldInPart } from './told-in-part.js';

const isEven = (number: number) => number % 2 === 0;

describe('what is told of many things', () => {
  it.each([
    ['all of a few', [1, 2, 3], 3, [1, 2, 3], 0],
    ['of both kinds as many, in order', [1, 2, 3, 4, 5, 6], 2, [1, 2, 3, 4], 2],
    ['what matters, however far behind', [1, 3, 5, 7, 9, 2], 1, [1, 2], 4],
    ['not all of what matters', [2, 4, 6, 8], 3, [2, 4, 6], 1],
  ])('%s', (_, all, most, told, untold) => expect(toldInPart(all, isEven, most)).toEqual({ told, untold }));
});
