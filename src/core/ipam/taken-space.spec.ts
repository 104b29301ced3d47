import { array, assert, boolean, integer, property, record } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseCidr } from '../net/cidr.js';
import { type IpRange, rangeOfCidr } from '../net/ip-set.js';
import { TakenSpace } from './taken-space.js';

/** 16,384 addresses: large enough for prefixes that are marked address by address, and for wide ones. */
const SPACE_BITS = 14;
const ALL: IpRange = { family: 4, first: 0n, last: (1n << BigInt(SPACE_BITS)) - 1n };

const steps = array(
  record({ at: integer({ min: 0, max: (1 << SPACE_BITS) - 1 }), hostBits: integer({ min: 0, max: 12 }), isTaken: boolean() }),
  { maxLength: 40 },
);

describe('what is taken', () => {
  it('is what a list of all addresses says, in units of every size', () => {
    assert(
      property(steps, array(integer({ min: 0, max: 13 }), { minLength: 1, maxLength: 8 }), (list, sizes) => {
        const space = new TakenSpace(4);
        const owner = new Map<number, string>();
        const held = new Map<string, readonly [first: number, hostBits: number]>();
        for (const [index, { at, hostBits, isTaken }] of list.entries()) {
          const [before] = held;
          if (!isTaken && before) {
            const [name, [first, bits]] = before;
            space.giveBack(BigInt(first), bits);
            held.delete(name);
            for (let n = first; n < first + (1 << bits); n++) owner.delete(n);
          }
          const first = (at >> hostBits) << hostBits;
          const addresses = Array.from({ length: 1 << hostBits }, (_, offset) => first + offset);
          const isTouched = addresses.some((address) => owner.has(address));
          expect(space.isTouched(BigInt(first), hostBits)).toBe(isTouched);
          const lowest = addresses.find((address) => owner.has(address));
          const range = { family: 4, first: BigInt(first), last: BigInt(first + (1 << hostBits) - 1) } as const;
          expect(space.firstIn(range)).toBe(lowest === undefined ? undefined : BigInt(lowest));
          if (!isTouched) {
            space.take(BigInt(first), hostBits);
            held.set(`${index}`, [first, hostBits]);
            for (const address of addresses) owner.set(address, `${index}`);
          }
          // Sizes are kept from one change to the next, and made anew where there are too many.
          const size = sizes[index % sizes.length]!;
          const free = [...space.free([ALL], size).ranges()].flatMap(({ first: from, last: to }) => numbers(from, to));
          expect(free).toEqual(freeUnits(owner, size));
        }
        const taken = space.within(ALL).flatMap(({ first, last }) => numbers(first, last));
        expect(taken).toEqual([...owner.keys()].sort((a, b) => a - b));
      }),
      { numRuns: 60 },
    );
  });

  it('INV-IPAM-1: is taken once: neither an address of a prefix nor a prefix of an address', () => {
    const space = new TakenSpace(4);
    space.take(0n, 12);
    expect(() => space.take(17n, 0)).toThrow('INV-IPAM-1');
    expect(() => space.take(0n, 13)).toThrow('INV-IPAM-1');
    expect(() => space.take(16n, 4)).toThrow('INV-IPAM-1');
    space.take(5_000n, 0);
    expect(() => space.take(4_992n, 4)).toThrow('INV-IPAM-1');
    space.take(8_192n, 4);
    expect(() => space.take(8_200n, 0)).toThrow('INV-IPAM-1');
  });

  it('may be as large as an IPv6 prefix is', () => {
    const space = new TakenSpace(6);
    const site = rangeOfCidr(parseCidr('2001:db8::/48')!);
    space.take(site.first, 64);
    space.take(site.first + (2n << 64n), 64);
    const first = site.first >> 64n;
    expect(space.free([site], 64).next(first, first + 65_535n)).toBe(first + 1n);
    expect(space.free([site], 64).free).toBe(65_534n);
    expect(space.free([site], 66).next(first >> 2n, (first >> 2n) + 100n)).toBe((first >> 2n) + 1n);
    expect(space.free([site]).next(site.first, site.last)).toBe(site.first + (1n << 64n));
    expect(space.within({ family: 6, first: site.first + 5n, last: site.first + 9n })).toEqual([
      { family: 6, first: site.first + 5n, last: site.first + 9n },
    ]);
  });
});

function numbers(first: bigint, last: bigint): readonly number[] {
  return Array.from({ length: Number(last - first) + 1 }, (_, index) => Number(first) + index);
}

function freeUnits(owner: ReadonlyMap<number, string>, hostBits: number): readonly number[] {
  const touched = new Set([...owner.keys()].map((address) => address >> hostBits));
  return Array.from({ length: 1 << (SPACE_BITS - hostBits) }, (_, unit) => unit).filter((unit) => !touched.has(unit));
}
