import type { NetworkModel } from '../../model/network-model.js';
import { formatCidr } from '../../net/cidr.js';
import { familyBits, type IpFamily } from '../../net/ip.js';
import { type IpRange, mergeRanges, subtractRanges } from '../../net/ip-set.js';
import type { AntreaIPPool, AntreaRange } from '../../resources/antrea-ip-pool.js';
import { rangeOf } from '../held-addresses.js';
import type { IpPool } from '../ip-pool.js';
import { rangeText } from '../pool-view.js';
import { antreaPart, countAddresses } from '../usable-addresses.js';

const FAMILIES: readonly IpFamily[] = [4, 6];

/** The pools of Antrea, one for each family: `pods.antrea.office.v4`. What their status says somebody has is given to nobody else. */
export function antreaPools({ antreaIPPools }: NetworkModel): readonly IpPool[] {
  return antreaIPPools.flatMap((pool) => FAMILIES.flatMap((family) => poolOf(pool, family)));
}

/** What the pool is called. */
export function antreaPoolName({ ref }: AntreaIPPool, family: IpFamily): string {
  return `pods.antrea.${ref.name}.v${family}`;
}

function poolOf(pool: AntreaIPPool, family: IpFamily): readonly IpPool[] {
  const ranges = pool.ranges.filter(({ span }) => span.family === family);
  if (ranges.length === 0) return [];
  return [
    {
      name: antreaPoolName(pool, family),
      plane: 'pod',
      family,
      declared: ranges.map(declaredText),
      span: mergeRanges(ranges.map(({ span }) => span)),
      usable: mergeRanges(ranges.flatMap(usableOfRange)),
      reserved: mergeRanges([
        ...pool.addresses.flatMap(({ ip }) => (ip.family === family ? [rangeOf(ip)] : [])),
        ...ranges.flatMap(byNameOnly),
      ]),
      usableRule: 'antrea',
      strategy: 'lowest',
      bands: null,
      layout: null,
      provenance: 'observed',
      why: 'an IPPool of Antrea, for pods that name it',
      source: pool.ref,
      pointer: '/spec/ipRanges',
    },
  ];
}

/** What Antrea gives of a range (antrea-io/antrea `pkg/ipam/poolallocator/allocator.go`, initIPAllocators; `pkg/ipam/ipallocator/allocator.go`). */
export function usableOfRange(range: AntreaRange): readonly IpRange[] {
  const { span, prefix } = range;
  return prefix === undefined ? antreaPart(span) : subtractRanges(partOfPrefix(span), mergeRanges(keptOf(range)));
}

/** The gateway of a prefix, and the broadcast address of one that is the whole subnet. */
function keptOf({ span: { family, last }, prefix, gateway, prefixLength }: AntreaRange): readonly IpRange[] {
  const broadcast = family === 4 && prefix === prefixLength ? [{ family, first: last, last }] : [];
  return [...(gateway?.family === family ? [rangeOf(gateway)] : []), ...broadcast];
}

function partOfPrefix({ family, first, last }: IpRange): readonly IpRange[] {
  return antreaPart({ family, first: first + 1n, last });
}

/**
 * What only a pod that names it gets: a prefix gives by itself as many addresses fewer as are kept of it, wherever those lie, even the gateway that it does not have (AllocateNext, `a.max-len(a.reservedIPs)`). Those are
 * the last ones, since the lowest come first.
 */
function byNameOnly(range: AntreaRange): readonly IpRange[] {
  const { span, prefix } = range;
  if (prefix === undefined) return [];
  const usable = usableOfRange(range);
  const isOfSubnet = span.family === 4 && prefix === range.prefixLength;
  const lost = BigInt(isOfSubnet ? 2 : 1) - (countAddresses(partOfPrefix(span)) - countAddresses(usable));
  return lastOf(usable, lost);
}

function lastOf(ranges: readonly IpRange[], count: bigint): readonly IpRange[] {
  const [range, before] = [ranges.at(-1), ranges.slice(0, -1)];
  if (!range || count <= 0n) return [];
  const size = range.last - range.first + 1n;
  return size >= count ? [{ ...range, first: range.last - count + 1n }] : [...lastOf(before, count - size), range];
}

function declaredText({ span, prefix }: AntreaRange): string {
  if (prefix !== undefined) return formatCidr({ family: span.family, base: span.first, prefix });
  return span.first === span.last
    ? formatCidr({ family: span.family, base: span.first, prefix: familyBits(span.family) })
    : rangeText(span);
}
