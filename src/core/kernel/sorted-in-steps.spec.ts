import { array, assert, integer, property, record } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sortedInSteps } from './sorted-in-steps.js';
import { finished } from './steps.js';

describe('items sorted in steps', () => {
  const byKey = (a: { readonly key: number }, b: { readonly key: number }) => a.key - b.key;

  // ECMA-262, Array.prototype.sort: "the sort must be stable".
  it('stand as sorted in one go, equal ones as they stood', () => {
    assert(
      property(array(record({ key: integer({ min: 0, max: 20 }) }), { maxLength: 100 }), (some) => {
        const expected = some.toSorted(byKey);
        expect(finished(sortedInSteps(some, byKey)).every((one, at) => one === expected[at])).toBe(true);
      }),
    );
    const many = Array.from({ length: 10_000 }, (_, at) => ({ key: (at * 7919) % 101 }));
    const expected = many.toSorted(byKey);
    expect(finished(sortedInSteps(many, byKey)).every((one, at) => one === expected[at])).toBe(true);
  });

  it('are looked at a few thousand times between two pauses', () => {
    const many = Array.from({ length: 50_000 }, (_, at) => ({ key: (at * 7919) % 50_021 }));
    let [looks, most] = [0, 0];
    const steps = sortedInSteps(many, (a, b) => {
      looks++;
      return byKey(a, b);
    });
    for (;;) {
      looks = 0;
      const { done } = steps.next();
      most = Math.max(most, looks);
      if (done) break;
    }
    expect(most).toBeLessThan(4096 * 12);
    expect(most).toBeGreaterThan(4096);
  });
});
