import { addressSpec } from '../../../src/core/net/address-spec.js';
import { FreeSpace, intersectRanges } from '../../../src/core/ipam/free-space.js';
import { inRanges, type PoolUtilization, utilizationOf } from '../../../src/core/ipam/pool-utilization.js';
import { rangeText } from '../../../src/core/ipam/pool-view.js';
import { countAddresses, usableAddresses, usableCount, type UsableRule } from '../../../src/core/ipam/usable-addresses.js';
import { type Cidr, cidrsOverlap, firstIp, formatCidr, lastIp, parseCidr } from '../../../src/core/net/cidr.js';
import { formatIp } from '../../../src/core/net/ip.js';
import { type IpRange, mergeRanges, rangeToCidrs, subtractRanges } from '../../../src/core/net/ip-set.js';
import { SparseBitmap } from '../../../src/core/net/sparse-bitmap.js';
import type { Arguments } from './ipam-arguments.js';
import { rangeIn } from './ipam-arguments.js';
import type { Json } from './ipam-vector.js';

/** What a call gives: a value, a failure, or undefined where `core/` has nothing for these arguments. */
export type CallResult = Json | { readonly error: string; readonly message?: string } | undefined;

/** The provider counts in a Go `int` (`internal/poolutil/pool.go`, `IPSetCount`); the product counts exactly. */
const LARGEST_INT = (1n << 63n) - 1n;

/** Functions of the pack about sets of addresses: each is a call of what `core/` has. */
export const SET_FUNCTIONS: Readonly<Record<string, (input: Arguments) => CallResult>> = {
  podRange: (input) => {
    const [range] = usable(input.flag('allowFirstLast') ? 'cilium-range-first-last' : 'cilium-range', input.cidr('cidr'));
    return range && { first: formatIp({ family: range.family, value: range.first }), count: String(countAddresses([range])) };
  },
  rangesIntersect: (input) => {
    const [a, b] = ['a', 'b'].map((name) => rangeIn(input.texts(name).join('-')));
    return a && b && intersectRanges([a], [b]).length > 0;
  },
  usableSize: (input) => counted(input.flag('isPool') ? 'netbox-pool' : 'netbox', input.cidr('prefix')),
  availablePrefixes: (input) => cidrTexts(subtractRanges([input.range('prefix')], input.ranges('children'))),
  rangeToCidrs: (input) => cidrTexts([rangeIn(`${input.text('first')}-${input.text('last')}`)]),
  mergeRanges: (input) => mergeRanges(input.ranges('ranges')).map(rangeText),
  removeCommon: (input) => {
    const [a, b] = [input.ranges('a'), input.ranges('b')];
    return { a: cidrTexts(subtractRanges(a, b)), b: cidrTexts(subtractRanges(b, a)) };
  },
  cidrsOverlap: (input) => cidrsOverlap(input.cidr('a'), input.cidr('b')),
  addressSetCount: (input) => {
    const count = countAddresses(mergeRanges(input.ranges('addresses')));
    return String(count < LARGEST_INT ? count : LARGEST_INT);
  },
  lbPoolCount: (input) => {
    const rule = input.flag('avoidBuggyIPs') ? 'metallb-avoid-buggy' : 'metallb';
    const cidrs = input.texts('cidrs').map((text) => parseCidr(text));
    const sum = (family: 4 | 6) => cidrs.reduce((all, cidr) => all + (cidr?.family === family ? BigInt(counted(rule, cidr)) : 0n), 0n);
    const capped = (count: bigint) => String(count < input.big('saturateAt') ? count : input.big('saturateAt'));
    return { total: capped(sum(4) + sum(6)), v4: capped(sum(4)), v6: capped(sum(6)) };
  },
  whereaboutsBounds: (input) => {
    const cidr = input.cidr('cidr');
    const [range] = usable('whereabouts', cidr);
    const text = (value: bigint | undefined) => (value === undefined ? null : formatIp({ family: cidr.family, value }));
    return {
      network: formatIp(firstIp(cidr)),
      last: formatIp(lastIp(cidr)),
      firstUsable: text(range?.first),
      lastUsable: text(range?.last),
    };
  },
  lowestFree: (input) => {
    const [range] = usable('whereabouts', input.cidr('cidr'));
    if (!range) return { error: 'TOO_SMALL' };
    const unread = input.texts('exclude').find((text) => !addressSpec(text));
    if (unread !== undefined) return { error: 'INVALID_RANGE', message: `could not parse exclude range ${unread}` };
    const bound = (name: string, within: IpRange, otherwise: bigint): bigint => {
      const value = input.isNull(name) ? otherwise : input.ip(name).value;
      return inRanges([within], range.family, value) ? value : otherwise;
    };
    const first = bound('rangeStart', range, range.first);
    // An end before the start is as good as none.
    const last = bound('rangeEnd', { ...range, first }, range.last);
    const space = new FreeSpace([range], new SparseBitmap()).narrowed(
      [{ ...range, first, last }],
      [...input.ranges('exclude'), ...input.ranges('used')],
    );
    const value = space.next(first, last);
    return value === undefined
      ? { error: 'POOL_EXHAUSTED', message: 'Could not allocate IP in range' }
      : formatIp({ family: range.family, value });
  },
  poolUtilization: (input) => {
    const one = (range: IpRange) =>
      calicoView(utilizationOf({ usable: [range], reserved: input.ranges('reservations'), span: [range] }, input.ranges('inUse')));
    return { pool: one(input.range('pool')), blocks: input.ranges('blocks').map(one) };
  },
  poolSpace: (input) => {
    const pool = input.range('pool');
    const counts = utilizationOf({ usable: [pool], reserved: input.ranges('reservations'), span: [pool] }, input.ranges('blocks'));
    const capped = (count: bigint) =>
      String(!input.isNull('saturateAt') && count > input.big('saturateAt') ? input.big('saturateAt') : count);
    return { capacity: capped(counts.capacity), reserved: capped(counts.reserved), availableOutsideBlocks: capped(counts.available) };
  },
  reservationCovers: (input) =>
    Object.fromEntries(
      input.texts('ask').map((text) => [text, subtractRanges([rangeIn(text)], input.ranges('reservations')).length === 0]),
    ),
};

function usable(rule: UsableRule, cidr: Cidr): readonly IpRange[] {
  const addresses = usableAddresses(rule, cidr);
  return 'ranges' in addresses ? addresses.ranges : [];
}

function counted(rule: UsableRule, cidr: Cidr): string {
  const count = usableCount(rule, cidr);
  return typeof count === 'string' ? '0' : String(count);
}

function cidrTexts(ranges: readonly IpRange[]): readonly string[] {
  return ranges.flatMap(rangeToCidrs).map(formatCidr);
}

function calicoView({ capacity, used, reserved, available }: PoolUtilization): Json {
  return { capacity: String(capacity), inUse: String(used), reserved: String(reserved), available: String(available) };
}
