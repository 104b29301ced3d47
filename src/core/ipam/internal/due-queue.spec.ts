import { array, assert, boolean, integer, property, tuple } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DueQueue } from './due-queue.js';

const TIME = integer({ min: 0, max: 50 });

describe('what falls due', () => {
  it('comes out in the order of its time, not before it, and not when it was taken out', () => {
    assert(
      property(array(tuple(TIME, boolean()), { maxLength: 100 }), TIME, (pushed, now) => {
        const queue = new DueQueue<object>();
        const timeOf = new Map<object, number>();
        const values = pushed.map(([time, stays]) => {
          const value = { stays };
          queue.push(time, value);
          timeOf.set(value, time);
          return value;
        });
        for (const value of values) if (!value.stays) queue.delete(value);
        const left = pushed.flatMap(([time, stays]) => (stays ? [time] : [])).sort((a, b) => a - b);
        expect(queue.size).toBe(left.length);
        const out: (number | undefined)[] = [];
        for (let next = queue.pop(now); next !== undefined; next = queue.pop(now)) out.push(timeOf.get(next));
        expect(out).toEqual(left.filter((time) => time <= now));
        expect(timeOf.get(queue.pop(50) ?? {})).toBe(left.find((time) => time > now));
      }),
    );
  });

  it('stays in order where the last one takes the place of one that is taken out, below a later one', () => {
    const queue = new DueQueue<number>();
    //              1
    //      10             2
    //   11    12        3   4
    // 20 21  13 14    5
    for (const at of [1, 10, 2, 11, 12, 3, 4, 20, 21, 13, 14, 5]) queue.push(at, at);
    queue.delete(11);
    expect(Array.from({ length: 12 }, () => queue.pop(50))).toEqual([1, 2, 3, 4, 5, 10, 12, 13, 14, 20, 21, undefined]);
  });

  it('comes out once, at the time that was told last', () => {
    const queue = new DueQueue<string>();
    for (const [at, value] of [
      [10, 'a'],
      [20, 'b'],
      [30, 'a'],
    ] as const)
      queue.push(at, value);
    expect([queue.size, queue.isDue(19), queue.pop(40), queue.pop(40), queue.pop(40)]).toEqual([2, false, 'b', 'a', undefined]);
  });
});
