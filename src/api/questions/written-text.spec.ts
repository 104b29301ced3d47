import { describe, expect, it } from 'vitest';
import { WrittenText } from './written-text.js';

describe('a text that is written piece by piece', () => {
  it.each([
    ['nothing', []],
    ['Latin-1 and more', ['a', 'é', '→', '😀', '']],
    ['more than it has room for at first', Array.from({ length: 50 }, (_, index) => `${index} ${'→'.repeat(9_999)}`)],
    ['one piece that is larger than all before', ['x', 'y'.repeat(1_000_000), 'z']],
  ])('has the bytes of the whole: %s', (_, pieces) => {
    const text = new WrittenText();
    for (const piece of pieces) text.add(piece);
    expect(text.body.equals(Buffer.from(pieces.join(''), 'utf8'))).toBe(true);
  });
});
