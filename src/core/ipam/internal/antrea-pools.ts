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
      reserved: mergeRanges(pool.addresses.flatMap(({ ip }) => (ip.family === family ? [rangeOf(ip)] : []))),
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

/**
 * What Antrea gives of a range (antrea-io/antrea `pkg/ipam/poolallocator/allocator.go`, initIPAllocators; `pkg/ipam/ipallocator/allocator.go`). A gateway of a prefix and a broadcast address count where they are
 * not among its addresses, too (AllocateNext, `a.max-len(a.reservedIPs)`): as many are never reached.
 */
export function usableOfRange({ span, prefix, gateway, prefixLength }: AntreaRange): readonly IpRange[] {
  if (prefix === undefined) return antreaPart(span);
  const { family, first, last } = span;
  const broadcast = family === 4 && prefix === prefixLength ? [{ family, first: last, last }] : [];
  const kept = [...(gateway?.family === family ? [rangeOf(gateway)] : []), ...broadcast];
  const all = antreaPart({ family, first: first + 1n, last });
  const given = subtractRanges(all, mergeRanges(kept));
  const left = countAddresses(all) - countAddresses(given);
  return withoutLast(given, BigInt(1 + broadcast.length) - left);
}

function withoutLast(ranges: readonly IpRange[], count: bigint): readonly IpRange[] {
  const [range, before] = [ranges.at(-1), ranges.slice(0, -1)];
  if (!range || count === 0n) return ranges;
  const size = range.last - range.first + 1n;
  return size > count ? [...before, { ...range, last: range.last - count }] : withoutLast(before, count - size);
}

function declaredText({ span, prefix }: AntreaRange): string {
  if (prefix !== undefined) return formatCidr({ family: span.family, base: span.first, prefix });
  return span.first === span.last
    ? formatCidr({ family: span.family, base: span.first, prefix: familyBits(span.family) })
    : rangeText(span);
}
