import { describe, expect, it } from 'vitest';
import { parseCidr } from '../net/cidr.js';
import { type IpRange, rangeOfCidr } from '../net/ip-set.js';
import { utilizationOf } from './pool-utilization.js';

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
