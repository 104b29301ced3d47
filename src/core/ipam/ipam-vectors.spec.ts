import { describe, expect, it } from 'vitest';
import { finished } from '../kernel/steps.js';
import { formatCidr } from '../net/cidr.js';
import { SparseBitmap } from '../net/sparse-bitmap.js';
import type { CalicoBlockOperation } from './calico-simulation.js';
import { chooseAddress } from './choose-address.js';
import { largestPrefix } from './free-prefixes.js';
import { FreeSpace } from './free-space.js';
import { ReleaseQueue } from './release-queue.js';
import { SeededNumbers } from './seeded-numbers.js';
import { simulateCalicoBlock } from './simulate-calico-block.js';

/** One vector for each mistake in the order of addresses that no other spec notices (`npm run mutants`). */

const range = (first: number, last: number) => ({ family: 4, first: BigInt(first), last: BigInt(last) }) as const;
const space = (...ranges: readonly ReturnType<typeof range>[]) => new FreeSpace(ranges, new SparseBitmap());
const queue = (...values: readonly number[]) => {
  const released = new ReleaseQueue();
  for (const value of values) released.push(BigInt(value));
  return released;
};
const state = (released = queue(), wanted = 1) =>
  ({ cursor: undefined, released, upperBand: undefined, numbers: new SeededNumbers(''), wanted }) as const;

/** Reference `ipam-dataplane.md` §1, "Strategies". */
describe('strategies', () => {
  /** projectcalico/calico `ipam_block.go`, `autoAssign`: reserved ordinals are passed over and stay in the queue. */
  it('fifo: one that is not free now keeps its place', () => {
    const free = space(range(10, 12));
    for (const value of [10n, 11n, 12n]) free.take(value);
    free.giveBack(12n);
    expect(chooseAddress(free, 'fifo', state(queue(10, 11, 12)))).toBe(12n);
  });

  it('fifo: what is released again waits from then on', () => {
    expect(chooseAddress(space(range(10, 11)), 'fifo', state(queue(10, 11, 10)))).toBe(11n);
  });

  it('bestFit: where no run has room, the longest', () => {
    expect(chooseAddress(space(range(10, 12), range(20, 25)), 'bestFit', state(queue(), 7))).toBe(20n);
  });

  it('sparse: of runs of one length the first', () => {
    expect(chooseAddress(space(range(10, 12), range(20, 22)), 'sparse', state())).toBe(11n);
  });
});

it.each([
  ['10.0.0.8/29', [range(0x0a00_0001, 0x0a00_000f)]],
  ['10.0.0.0/30', [range(0x0a00_0000, 0x0a00_0003), range(0x0a00_0008, 0x0a00_000b)]],
])('the largest free prefix, of equal ones the lowest: %s', (expected, free) => {
  const found = largestPrefix(free);
  expect(found && formatCidr(found)).toBe(expected);
});

/** projectcalico/calico `libcalico-go/lib/ipam/ipam_block.go`: `autoAssign` takes from the head of `Unallocated`, and released ordinals are appended in ascending order. */
describe('a block of Calico', () => {
  const after = (...operations: readonly object[]) => {
    const steps = finished(
      simulateCalicoBlock(
        { cidr: '10.0.0.0/29', reserveStart: 0, reserveEnd: 0 },
        operations.map((one) => ({ repeat: 1, ...one }) as CalicoBlockOperation),
      ),
    );
    if (!steps.ok) throw new Error(steps.error.message);
    return steps.value.at(-1)?.state['queue'];
  };
  const next = (count: number) => ({ op: 'next', count, handle: 'h', reservations: [] });
  const release = (...ips: readonly string[]) => ({ op: 'release', items: ips.map((ip) => ({ ip })) });

  it('gives from the head', () => {
    expect(after(next(3))).toEqual([3, 4, 5, 6, 7]);
  });

  it('takes back at the tail, in ascending order', () => {
    const give = (ordinal: number) => ({ op: 'allocate', ordinals: [ordinal], handle: 'h' });
    expect(after(give(1), give(0), release('10.0.0.1', '10.0.0.0'))).toEqual([2, 3, 4, 5, 6, 7, 0, 1]);
  });
});
