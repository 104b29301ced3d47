import { setImmediate as nextTurn } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { Pace } from './pace.js';

it('lets one of many go on in each turn of the event loop, in their order', async () => {
  const turns: string[] = [];
  const work = async (name: string) => {
    const pace = new Pace();
    for (let stretch = 0; stretch < 3; stretch++) {
      await pace.rest();
      turns.push(name);
    }
  };
  const all = Promise.all(['a', 'b', 'c'].map(work));
  const seen: number[] = [];
  while (turns.length < 9) {
    await nextTurn();
    seen.push(turns.length);
  }
  await all;
  expect(turns.join('')).toBe('abcabcabc');
  expect(seen.every((count, index) => count - (seen[index - 1] ?? 0) <= 1)).toBe(true);
});
