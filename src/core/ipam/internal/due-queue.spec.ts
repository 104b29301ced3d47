import { array, assert, integer, property } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DueQueue } from './due-queue.js';

describe('what falls due', () => {
  it('comes out in the order of its time, and not before it', () => {
    assert(
      property(array(integer({ min: 0, max: 50 }), { maxLength: 100 }), integer({ min: 0, max: 50 }), (times, now) => {
        const queue = new DueQueue<number>();
        for (const time of times) queue.push(time, time);
        const out: number[] = [];
        for (let next = queue.pop(now); next !== undefined; next = queue.pop(now)) out.push(next);
        expect(out).toEqual(times.filter((time) => time <= now).sort((a, b) => a - b));
        expect(queue.pop(50)).toBe(times.filter((time) => time > now).sort((a, b) => a - b)[0]);
      }),
    );
  });
});
