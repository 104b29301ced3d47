import { describe, expect, it } from 'vitest';
import { SparseBitmap } from '../net/sparse-bitmap.js';
import type { AllocationStrategy } from './allocation-strategy.js';
import { chooseAddress, type ChoiceState } from './choose-address.js';
import { FreeSpace } from './free-space.js';
import { ReleaseQueue } from './release-queue.js';
import { SeededNumbers } from './seeded-numbers.js';

/** The numbers 10 to 15 and 20 to 22. */
const OFFERED = [
  { family: 4, first: 10n, last: 15n },
  { family: 4, first: 20n, last: 22n },
] as const;

/** Takes `count` numbers one after the other, after `takenFirst` were taken and `released` were given back in that order. */
function take(
  strategy: AllocationStrategy,
  count: number,
  options: { readonly released?: readonly number[]; readonly upperBand?: number; readonly seed?: string } = {},
): readonly string[] {
  const space = new FreeSpace(OFFERED, new SparseBitmap());
  const queue = new ReleaseQueue();
  for (const value of options.released ?? []) queue.push(BigInt(value));
  const state = {
    released: queue,
    upperBand: options.upperBand === undefined ? undefined : BigInt(options.upperBand),
    numbers: new SeededNumbers(options.seed ?? ''),
  };
  const got: string[] = [];
  let cursor: bigint | undefined;
  for (let turn = 0; turn < count; turn++) {
    const choice: ChoiceState = { ...state, cursor };
    const value = chooseAddress(space, strategy, choice);
    got.push(String(value ?? 'none'));
    if (value === undefined) break;
    space.take(value);
    queue.remove(value);
    cursor = value;
  }
  return got;
}

/** `shared/reference/ipam-dataplane.md` §1, "Strategies". */
describe('the strategies', () => {
  it('lowest: in order, then none', () => {
    expect(take('lowest', 10)).toEqual(['10', '11', '12', '13', '14', '15', '20', '21', '22', 'none']);
  });

  it('fifo: never used ones in order, then released ones in the order of their release (Calico, inside a block)', () => {
    expect(take('fifo', 10, { released: [21, 10, 13] })).toEqual(['11', '12', '14', '15', '20', '22', '21', '10', '13', 'none']);
  });

  it('roundRobin: the next after the last one, wrapping (host-local)', () => {
    const space = new FreeSpace(OFFERED, new SparseBitmap());
    const after = (cursor: bigint) =>
      chooseAddress(space, 'roundRobin', { cursor, released: new ReleaseQueue(), upperBand: undefined, numbers: new SeededNumbers('') });
    expect([after(12n), after(15n), after(22n), after(9n)]).toEqual([13n, 20n, 10n, 10n]);
  });

  it('banded: the upper band first, wrapping inside it; the lower one only when the upper is full (KEP-3070)', () => {
    for (const seed of ['a', 'b', 'c']) {
      const got = take('banded', 9, { upperBand: 14, seed });
      expect(new Set(got.slice(0, 5))).toEqual(new Set(['14', '15', '20', '21', '22']));
      expect(new Set(got.slice(5))).toEqual(new Set(['10', '11', '12', '13']));
    }
  });

  it('INV-IPAM-5: the same seed gives the same order, and seeds differ', () => {
    expect(take('random', 9, { seed: 'x' })).toEqual(take('random', 9, { seed: 'x' }));
    const starts = new Set(['a', 'b', 'c', 'd', 'e', 'f'].map((seed) => take('random', 1, { seed })[0]));
    expect(starts.size).toBeGreaterThan(1);
  });
});
