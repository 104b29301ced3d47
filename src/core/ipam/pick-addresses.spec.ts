import { describe, expect, it } from 'vitest';
import { SparseBitmap } from '../net/sparse-bitmap.js';
import type { AllocationStrategy } from './allocation-strategy.js';
import { FreeSpace } from './free-space.js';
import { pickAddresses } from './pick-addresses.js';
import { ReleaseQueue } from './release-queue.js';
import { SeededNumbers } from './seeded-numbers.js';

/** Places 0 to 31, of which these runs are free: 2-3, 6-9, 12-31. */
function space() {
  const taken = new SparseBitmap();
  for (const [first, last] of [
    [0n, 1n],
    [4n, 5n],
    [10n, 11n],
  ] as const)
    taken.add(first, last);
  return new FreeSpace([{ family: 4, first: 0n, last: 31n }], taken);
}

const pick = (strategy: AllocationStrategy, count: number, wanted?: bigint, cursor?: bigint) => {
  const state = { cursor, released: new ReleaseQueue(), upperBand: undefined, numbers: new SeededNumbers('') };
  const free = space();
  const picked = pickAddresses(free, strategy, count, state, wanted);
  expect(free.free).toBe(26n);
  return picked.map(Number);
};

// Best fit and the centre of the largest gap: netbox-operator#99, RFC 3531.
describe('the next addresses', () => {
  it.each<[strategy: AllocationStrategy, count: number, picked: readonly number[]]>([
    ['bestFit', 1, [2]],
    ['bestFit', 2, [2, 3]],
    ['bestFit', 3, [6, 7, 8]],
    ['bestFit', 5, [12, 13, 14, 15, 16]],
    ['lowest', 3, [2, 3, 6]],
    // 12 to 31 has the middle 21; then 22 to 31, which is longer than 12 to 20, has 26.
    ['sparse', 2, [21, 26]],
  ])('%s, %i at once', (strategy, count, picked) => expect(pick(strategy, count)).toEqual(picked));

  it('go round from the last one', () => expect(pick('roundRobin', 2, undefined, 31n)).toEqual([2, 3]));
  it('begin with the preferred one, where it is free', () => {
    expect(pick('lowest', 2, 20n)).toEqual([20, 2]);
    expect(pick('lowest', 2, 10n)).toEqual([2, 3]);
  });
  it('are as many as there are', () => expect(pick('lowest', 40)).toHaveLength(26));
});
