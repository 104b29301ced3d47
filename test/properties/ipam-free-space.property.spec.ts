import { type Arbitrary, array, assert, boolean, constantFrom, integer, property, record, tuple, uniqueArray } from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { AllocationStrategy } from '../../src/core/ipam/allocation-strategy.js';
import { chooseAddress } from '../../src/core/ipam/choose-address.js';
import { clipRanges } from '../../src/core/ipam/clip-ranges.js';
import { freePrefixes, largestPrefix } from '../../src/core/ipam/free-prefixes.js';
import { FreeSpace } from '../../src/core/ipam/free-space.js';
import { utilizationOf } from '../../src/core/ipam/pool-utilization.js';
import { ReleaseQueue } from '../../src/core/ipam/release-queue.js';
import { SeededNumbers } from '../../src/core/ipam/seeded-numbers.js';
import { type IpRange, mergeRanges } from '../../src/core/net/ip-set.js';
import { SparseBitmap } from '../../src/core/net/sparse-bitmap.js';

/** Sets of addresses against sets of numbers. */

const range: Arbitrary<IpRange> = tuple(integer({ min: 0, max: 40 }), integer({ min: 0, max: 12 })).map(([first, length]) => ({
  family: 4,
  first: BigInt(first),
  last: BigInt(first + length),
}));
const ranges = array(range, { maxLength: 5 });
const numbers = uniqueArray(integer({ min: 0, max: 60 }), { maxLength: 30 });

function members(list: readonly IpRange[]): Set<number> {
  const set = new Set<number>();
  for (const { first, last } of list) for (let value = first; value <= last; value++) set.add(Number(value));
  return set;
}

const ascending = (set: Iterable<number>) => [...set].sort((a, b) => a - b);

describe('free space', () => {
  it('is what is offered and not taken', () => {
    assert(
      property(ranges, numbers, integer({ min: 0, max: 60 }), (offered, taken, from) => {
        const bitmap = new SparseBitmap();
        for (const value of taken) bitmap.add(BigInt(value));
        const space = new FreeSpace(offered, bitmap);
        const free = ascending(members(offered)).filter((value) => !taken.includes(value));
        expect(space.free).toBe(BigInt(free.length));
        expect(ascending(members([...space.ranges()]))).toEqual(free);
        expect(space.next(BigInt(from), 60n)).toBe(optional(free.find((value) => value >= from)));
        expect(space.largestRun()).toBe(BigInt(longestRun(free)));
      }),
    );
  });

  it.each<AllocationStrategy>(['lowest', 'fifo', 'roundRobin', 'banded', 'random'])(
    '%s hands out every free address once, then none',
    (strategy) => {
      assert(
        property(ranges, numbers, integer({ min: 0, max: 40 }), constantFrom('a', 'b', 'c'), (offered, released, upperBand, seed) => {
          const space = new FreeSpace(offered, new SparseBitmap());
          const queue = new ReleaseQueue();
          for (const value of released) queue.push(BigInt(value));
          const state = { released: queue, upperBand: BigInt(upperBand), numbers: new SeededNumbers(seed) };
          const got: number[] = [];
          let cursor: bigint | undefined;
          for (;;) {
            const value = chooseAddress(space, strategy, { ...state, cursor });
            if (value === undefined) break;
            expect(space.take(value)).toBe(true);
            queue.remove(value);
            cursor = value;
            got.push(Number(value));
          }
          expect(ascending(got)).toEqual(ascending(members(offered)));
          const upper = ascending(members(offered)).filter((value) => value >= upperBand).length;
          if (strategy === 'banded') expect(got.slice(0, upper).every((value) => value >= upperBand)).toBe(true);
          if (strategy === 'lowest') expect(got).toEqual(ascending(got));
        }),
        { numRuns: 60 },
      );
    },
  );
});

describe('free prefixes', () => {
  it('are the aligned blocks that are wholly free, lowest first', () => {
    assert(
      property(ranges, integer({ min: 0, max: 6 }), integer({ min: 1, max: 8 }), (list, hostBits, count) => {
        const free = members(list);
        const size = 2 ** hostBits;
        const starts = Array.from({ length: 64 / size }, (_, index) => index * size);
        const whole = starts.filter((start) =>
          Array.from({ length: size }, (_, offset) => start + offset).every((value) => free.has(value)),
        );
        const found = freePrefixes(mergeRanges(list), 32 - hostBits, count);
        expect(found.map(({ base, prefix }) => [Number(base), prefix])).toEqual(
          whole.slice(0, count).map((start) => [start, 32 - hostBits]),
        );
      }),
    );
  });
});

describe('the largest free prefix', () => {
  /** About the edges of words and of what the set of taken addresses keeps together. */
  const edge = tuple(constantFrom(0, 32, 1_024, 32_768, 65_536, 98_304, 262_144), integer({ min: -20, max: 20 })).map(([place, by]) =>
    Math.max(place + by, 0),
  );
  const stretch = tuple(edge, edge).map(([one, other]) => ({
    family: 4 as const,
    first: BigInt(Math.min(one, other)),
    last: BigInt(Math.max(one, other)),
  }));
  const change = record({ stretch, on: boolean() });

  it('is the largest of those that the free ranges are made of, also after a change', () => {
    assert(
      property(array(stretch, { minLength: 1, maxLength: 4 }), array(change, { maxLength: 8 }), (offered, changes) => {
        const bitmap = new SparseBitmap();
        const space = new FreeSpace(offered, bitmap);
        for (const { stretch: of, on } of changes) {
          if (on) bitmap.add(of.first, of.last);
          else bitmap.delete(of.first, of.last);
          expect(space.largestPrefix()).toEqual(largestPrefix([...space.ranges()]));
        }
      }),
      { numRuns: 300 },
    );
  });
});

describe('utilisation', () => {
  it('INV-IPAM-3: counts sets: what is used and reserved is left out once', () => {
    assert(
      property(record({ usable: ranges, reserved: ranges, taken: ranges, more: ranges }), ({ usable, reserved, taken, more }) => {
        const span = [...usable, ...more];
        const counts = utilizationOf({ usable, reserved, span }, taken);
        const [all, kept, held] = [members(usable), members(reserved), members(taken)];
        const count = (admits: (value: number) => boolean) => BigInt([...all].filter(admits).length);
        expect(counts).toMatchObject({
          capacity: BigInt(all.size),
          used: count((value) => held.has(value)),
          reserved: count((value) => kept.has(value)),
          available: count((value) => !held.has(value) && !kept.has(value)),
          unusableInUse: BigInt([...members(span)].filter((value) => !all.has(value) && held.has(value)).length),
          largestFree: BigInt(longestRun(ascending(all).filter((value) => !held.has(value) && !kept.has(value)))),
        });
      }),
    );
  });

  it('the part of a set inside a range is the set’s members there', () => {
    assert(
      property(ranges, range, (list, to) => {
        const inside = ascending(members(list)).filter((value) => BigInt(value) >= to.first && BigInt(value) <= to.last);
        expect(ascending(members(clipRanges(mergeRanges(list), to)))).toEqual(inside);
      }),
    );
  });
});

function optional(value: number | undefined): bigint | undefined {
  return value === undefined ? undefined : BigInt(value);
}

function longestRun(sorted: readonly number[]): number {
  let [longest, run] = [0, 0];
  for (const [index, value] of sorted.entries()) {
    run = index > 0 && sorted[index - 1] === value - 1 ? run + 1 : 1;
    longest = Math.max(longest, run);
  }
  return longest;
}
