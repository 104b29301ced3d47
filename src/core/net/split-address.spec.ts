import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseIp } from './ip.js';
import { type SplitAddress, splitAddress } from './split-address.js';

const split = (text: string): SplitAddress => splitAddress(parseIp(text)!);

describe('splitAddress', () => {
  it.each([
    ['10.0.0.1', { key: 0x0a00_0001, rest: 0, tail: 0 }],
    ['255.255.255.255', { key: 2 ** 32 - 1, rest: 0, tail: 0 }],
    ['::', { key: 0, rest: 0, tail: 0 }],
    ['::ffff', { key: 0, rest: 0, tail: 0xffff }],
    // The lowest bit of each member, and all bits.
    ['::40:0', { key: 0, rest: 1, tail: 0 }],
    ['0:0:0:800::', { key: 1, rest: 0, tail: 0 }],
    ['ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff', { key: 2 ** 53 - 1, rest: 2 ** 53 - 1, tail: 2 ** 22 - 1 }],
  ])('%s', (text, expected) => expect(split(text)).toEqual(expected));

  it.each([4, 6] as const)('keeps the order of addresses, and every bit (IPv%i)', (family) => {
    const bits = family === 4 ? 32 : 128;
    // Addresses that differ in a bit, which may be any.
    const value = fc.bigInt({ min: 0n, max: (1n << BigInt(bits)) - 1n });
    const bit = fc.integer({ min: 0, max: bits - 1 }).map((place) => 1n << BigInt(place));
    fc.assert(
      fc.property(value, bit, (one, other) => {
        const [a, b] = [splitAddress({ family, value: one & ~other }), splitAddress({ family, value: one | other })];
        expect(a.key - b.key || a.rest - b.rest || a.tail - b.tail).toBeLessThan(0);
      }),
    );
  });
});
