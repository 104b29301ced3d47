import type { NetworkModel } from '../../model/network-model.js';
import { formatCidr } from '../../net/cidr.js';
import { familyBits, type IpFamily } from '../../net/ip.js';
import { type IpRange, mergeRanges, subtractRanges } from '../../net/ip-set.js';
import type { AntreaIPPool, AntreaRange } from '../../resources/antrea-ip-pool.js';
import { rangeOf } from '../held-addresses.js';
import type { IpPool } from '../ip-pool.js';
import { rangeText } from '../pool-view.js';
import { antreaPart } from '../usable-addresses.js';

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

/** What Antrea gives of a range (antrea-io/antrea `pkg/ipam/poolallocator/allocator.go`, initIPAllocators; `pkg/ipam/ipallocator/allocator.go`). */
export function usableOfRange({ span, prefix, gateway, prefixLength }: AntreaRange): readonly IpRange[] {
  if (prefix === undefined) return antreaPart(span);
  const { family, first, last } = span;
  const isSubnet = family === 4 && prefix === prefixLength;
  const kept = [...(gateway?.family === family ? [rangeOf(gateway)] : []), ...(isSubnet ? [{ family, first: last, last }] : [])];
  return subtractRanges(antreaPart({ family, first: first + 1n, last }), mergeRanges(kept));
}

function declaredText({ span, prefix }: AntreaRange): string {
  if (prefix !== undefined) return formatCidr({ family: span.family, base: span.first, prefix });
  return span.first === span.last
    ? formatCidr({ family: span.family, base: span.first, prefix: familyBits(span.family) })
    : rangeText(span);
}
