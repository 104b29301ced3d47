import { rangeText } from '../../../src/core/ipam/pool-view.js';
import {
  availableIn,
  isDuplicate,
  isInPopulated,
  type PrefixSpace,
  type UniqueItem,
  utilizationIn,
  usableOf,
} from '../../../src/core/ipam/prefix-space.js';
import { type PrefixWorld, readPrefixWorld } from '../../../src/core/ipam/simulate-prefix.js';
import { countAddresses } from '../../../src/core/ipam/usable-addresses.js';
import { intersectRanges } from '../../../src/core/ipam/free-space.js';
import { formatIp, parseIp } from '../../../src/core/net/ip.js';
import type { IpRange } from '../../../src/core/net/ip-set.js';
import { type Arguments, rangeIn } from './ipam-arguments.js';
import type { CallResult } from './ipam-set-functions.js';
import { type Json, textOf } from './ipam-vector.js';

/** Functions of the pack about prefixes and ranges of NetBox. */
export const PREFIX_FUNCTIONS: Readonly<Record<string, (input: Arguments) => CallResult>> = {
  availableAddresses: (input) => available(availableIn(spaceIn(input))),
  availableInRange: (input) => available(availableIn({ ...spaceIn(input), isPopulated: input.flag('populated') })),
  utilization: (input) => usage(spaceIn(input)),
  rangeUtilization: (input) => usage(spaceIn(input)),
  usableBounds: (input) => {
    const ranges = usableOf(spaceIn(input));
    const [first, last] = [ranges[0], ranges.at(-1)];
    return first && last
      ? [formatIp({ family: first.family, value: first.first }), formatIp({ family: last.family, value: last.last })]
      : null;
  },
  validateRange: (input) => {
    const [first, last] = [parseIp(input.text('start')), parseIp(input.text('end'))];
    if (!first || !last || first.family !== last.family || first.value > last.value) return { error: 'INVALID_RANGE' };
    const range = { family: first.family, first: first.value, last: last.value };
    const existing = (input.json('existing') as readonly (readonly string[])[]).map((pair) => rangeIn(pair.join('-')));
    return existing.some((one) => intersectRanges([one], [range]).length > 0) ? { error: 'RANGE_OVERLAP' } : { valid: true };
  },
  checkUnique: (input) => {
    const kind = input.text('kind') === 'prefix' ? 'prefix' : 'ip';
    const existing = input.json('existing') as unknown as readonly UniqueItem[];
    const candidate = input.json('candidate') as unknown as UniqueItem;
    return input.flag('enforceUnique') && isDuplicate(kind, existing, candidate) ? { error: 'DUPLICATE' } : { valid: true };
  },
  mayCreateAddress: (input) => {
    const ip = parseIp(input.text('address').split('/')[0] ?? '');
    if (!ip) return undefined;
    const vrf = input.isNull('vrf') ? null : input.text('vrf');
    return isInPopulated(spaceIn(input).ranges, ip, vrf) ? { error: 'IN_POPULATED_RANGE' } : { valid: true };
  },
};

function spaceIn(input: Arguments): PrefixSpace {
  const list = (name: string) => (input.isNull(name) ? [] : (input.json(name) as readonly Json[]));
  const text = (name: string) => (input.isNull(name) ? undefined : input.text(name));
  const world = {
    prefix: text('prefix'),
    start: text('start') ?? bare(text('address')),
    end: text('end') ?? bare(text('address')),
    isPool: input.flag('isPool'),
    vrf: input.isNull('vrf') ? null : input.text('vrf'),
    status: text('status') === 'container' ? 'container' : 'active',
    markUtilized: input.flag('markUtilized'),
    addresses: list('ips'),
    ranges: list('ranges'),
    children: list('children').map(textOf),
  };
  const space = readPrefixWorld(world as unknown as PrefixWorld);
  if (!space.ok) throw new Error(space.error.message);
  return space.value;
}

function bare(address: string | undefined): string | undefined {
  return address?.split('/')[0];
}

function usage(space: PrefixSpace): { readonly [name: string]: Json } {
  const { used, size } = utilizationIn(space);
  return { used: String(used), size: String(size) };
}

/** Free addresses: how many, the first, and all as ranges. */
function available(ranges: readonly IpRange[]): { readonly [name: string]: Json } {
  const [first] = ranges;
  return {
    available: {
      count: String(countAddresses(ranges)),
      first: first ? formatIp({ family: first.family, value: first.first }) : null,
      free: ranges.map(rangeText),
    },
  };
}
