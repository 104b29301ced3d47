import { describe, expect, it } from 'vitest';
import { parseCidr } from '../net/cidr.js';
import { type IpRange, rangeOfCidr } from '../net/ip-set.js';
import { fragmentationOf, utilizationOf } from './pool-utilization.js';

const rangeOf = (text: string): IpRange => {
  const cidr = parseCidr(text);
  if (!cidr) throw new Error(text);
  return rangeOfCidr(cidr);
};

/** Rows of projectcalico/calico `libcalico-go/lib/ipam/reserved_test.go`, `TestCountPoolSpace`; what its blocks hold is taken here. */
describe('how full a pool is', () => {
  it.each<[string, string, readonly string[], readonly string[], bigint, bigint, bigint]>([
    ['nothing', '10.0.0.0/24', [], [], 256n, 0n, 256n],
    ['a reservation', '10.0.0.0/24', ['10.0.0.32/30'], [], 256n, 4n, 252n],
    ['nested and repeated ones', '10.0.0.0/24', ['10.0.0.0/25', '10.0.0.5/32', '10.0.0.64/26', '10.0.0.0/25'], [], 256n, 128n, 128n],
    ['one of all', '10.0.0.0/24', ['10.0.0.0/16'], [], 256n, 256n, 0n],
    ['ones outside', '10.0.0.0/24', ['192.168.0.0/24', 'fd00::/120'], [], 256n, 0n, 256n],
    ['blocks', '10.0.0.0/24', [], ['10.0.0.0/26', '10.0.0.64/26'], 256n, 0n, 128n],
    ['a reservation in a block', '10.0.0.0/24', ['10.0.0.32/30'], ['10.0.0.0/26'], 256n, 4n, 192n],
    ['a reservation beside a block', '10.0.0.0/24', ['10.0.0.128/25'], ['10.0.0.0/26'], 256n, 128n, 64n],
    ['IPv6', 'fd00::/120', ['fd00::/126'], [], 256n, 4n, 252n],
    ['more than an int holds', 'fd00::/8', [], [], 2n ** 120n, 0n, 2n ** 120n],
  ])('%s', (_, cidr, reservations, blocks, capacity, reserved, available) => {
    const pool = { usable: [rangeOf(cidr)], span: [rangeOf(cidr)], reserved: reservations.map(rangeOf) };
    expect(utilizationOf(pool, blocks.map(rangeOf))).toMatchObject({ capacity, reserved, available });
  });
});

/** External fragmentation as allocators of memory know it: what is free, less the largest free piece, by what is free (the formula stands in the OpenAPI document). */
describe('how broken up free addresses are', () => {
  it.each<[string, bigint, bigint, number]>([
    ['not at all in one run', 256n, 256n, 0],
    ['not at all where none is left', 0n, 0n, 0],
    ['half, in two equal runs', 128n, 64n, 50],
    ['nearly wholly, in single addresses', 128n, 1n, 99.21],
    ['rounded down', 3n, 2n, 33.33],
    ['exactly, beyond 2^53', 2n ** 120n, 2n ** 119n, 50],
  ])('%s', (_, free, largest, percent) => {
    expect(fragmentationOf(free, largest)).toBe(percent);
  });

  it('by the free runs of a pool: every second address is taken', () => {
    const pool = { usable: [rangeOf('10.0.0.0/28')], span: [rangeOf('10.0.0.0/28')], reserved: [] };
    const taken = [0, 2, 4, 6, 8, 10, 12, 14].map((host) => rangeOf(`10.0.0.${host}/32`));
    const { available, largestFree, fragments } = utilizationOf(pool, taken);
    expect([fragments, fragmentationOf(available, largestFree)]).toEqual([8, 87.5]);
  });
});
