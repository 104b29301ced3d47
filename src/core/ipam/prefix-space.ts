import { type Cidr, formatCidr, parseCidr } from '../net/cidr.js';
import { type Ip, parseIp } from '../net/ip.js';
import { type IpRange, mergeRanges, rangeContains, rangeOfCidr, subtractRanges } from '../net/ip-set.js';
import { intersectRanges } from './free-space.js';
import { countAddresses, usableAddresses } from './usable-addresses.js';

/** An address that is held, in a VRF; null is the global one. */
export interface HeldAddress {
  readonly ip: Ip;
  readonly vrf: string | null;
}

/** A range inside prefixes. */
export interface HeldRange {
  readonly range: IpRange;
  readonly vrf: string | null;
  /** Its addresses are not offered one by one. */
  readonly populated: boolean;
  /** All of it counts as used. */
  readonly utilized: boolean;
}

/** Where addresses are taken from: a prefix, or a range (`prefix` undefined). The rules are those of NetBox (netbox-community/netbox `netbox/ipam/models/ip.py`). */
export interface PrefixSpace {
  readonly span: IpRange;
  readonly prefix: Cidr | undefined;
  /** Of a prefix: the network and broadcast addresses are offered too. */
  readonly isPool: boolean;
  readonly vrf: string | null;
  /** A container holds prefixes; in the global VRF it sees what all VRFs hold. */
  readonly isContainer: boolean;
  readonly isMarkedUtilized: boolean;
  readonly isPopulated: boolean;
  readonly addresses: readonly HeldAddress[];
  readonly ranges: readonly HeldRange[];
  readonly children: readonly Cidr[];
}

/** The addresses that may be offered, whoever holds them. */
export function usableOf({ prefix, span, isPool }: Pick<PrefixSpace, 'prefix' | 'span' | 'isPool'>): readonly IpRange[] {
  if (!prefix) return [span];
  const usable = usableAddresses(isPool ? 'netbox-pool' : 'netbox', prefix);
  return 'ranges' in usable ? usable.ranges : [];
}

/** The addresses that nobody holds and no populated range has. */
export function availableIn(space: PrefixSpace): readonly IpRange[] {
  if (space.isPopulated) return [];
  const populated = rangesWithin(space).filter((one) => one.populated);
  return subtractRanges(usableOf(space), [...populated.map(({ range }) => range), ...heldIn(space)]);
}

/** The parts of the prefix that no child has, as few prefixes as possible, lowest first. */
export function freeOfChildren({ span, children }: Pick<PrefixSpace, 'span' | 'children'>): readonly IpRange[] {
  return subtractRanges([span], children.map(rangeOfCidr));
}

/** How much is used: of a container by its children, else by addresses and by ranges that count as used; an IPv6 prefix is counted whole. */
export function utilizationIn(space: PrefixSpace): { readonly used: bigint; readonly size: bigint } {
  const { span, prefix, isContainer, isMarkedUtilized } = space;
  const size = isContainer || span.family === 6 || !prefix ? countAddresses([span]) : countAddresses(usableOf(space));
  if (isMarkedUtilized) return { used: size, size };
  const utilized = rangesWithin(space).filter((one) => one.utilized);
  const used = isContainer ? space.children.map(rangeOfCidr) : [...utilized.map(({ range }) => range), ...heldIn(space)];
  return { used: countAddresses(intersectRanges([span], mergeRanges(used))), size };
}

/** Ranges of the same VRF, even for a container, that lie wholly in the prefix: one that leaves it is none of its own (`get_child_ranges`). */
function rangesWithin({ span, vrf, ranges }: PrefixSpace): readonly HeldRange[] {
  return ranges.filter((one) => one.vrf === vrf && subtractRanges([one.range], [span]).length === 0);
}

function heldIn(space: PrefixSpace): readonly IpRange[] {
  const seen = space.addresses.filter((address) => isSeen(space, address));
  return seen.map(({ ip }) => ({ family: ip.family, first: ip.value, last: ip.value }));
}

function isSeen(space: PrefixSpace, { vrf }: { readonly vrf: string | null }): boolean {
  return vrf === space.vrf || (space.isContainer && space.vrf === null);
}

/** Whether an address lies in a populated range of its VRF: it may not be made on its own. */
export function isInPopulated(ranges: readonly HeldRange[], ip: Ip, vrf: string | null): boolean {
  return ranges.some((one) => one.populated && one.vrf === vrf && rangeContains(one.range, ip));
}

/** An address or prefix that has to be the only one of its VRF. */
export interface UniqueItem {
  /** An address with or without prefix length, or a prefix. */
  readonly value: string;
  readonly vrf: string | null;
  readonly role: string | null;
}

/** Roles that several interfaces share (`IPADDRESS_ROLES_NONUNIQUE`): they may repeat among themselves. */
const SHARED_ROLES: ReadonlySet<string> = new Set(['anycast', 'vip', 'vrrp', 'hsrp', 'glbp', 'carp']);

/** Whether the candidate repeats one that exists. Addresses are compared without their prefix length. */
export function isDuplicate(kind: 'ip' | 'prefix', existing: readonly UniqueItem[], candidate: UniqueItem): boolean {
  const same = existing.filter(({ value, vrf }) => vrf === candidate.vrf && identity(kind, value) === identity(kind, candidate.value));
  if (same.length === 0) return false;
  const isShared = ({ role }: UniqueItem) => role !== null && SHARED_ROLES.has(role);
  return kind === 'prefix' || !isShared(candidate) || !same.every(isShared);
}

function identity(kind: 'ip' | 'prefix', text: string): string {
  if (kind === 'prefix') {
    const cidr = parseCidr(text);
    return cidr ? formatCidr(cidr) : text;
  }
  const ip = parseIp(text.split('/')[0] ?? '');
  return ip ? `${ip.family} ${ip.value}` : text;
}
