import { err, ok, type Result } from '../kernel/result.js';
import { type Cidr, cidrContains, firstIp, formatCidr, lastIp, parseCidr } from '../net/cidr.js';
import { familyBits, formatIp, type Ip, parseIp } from '../net/ip.js';

/** A range as a CNI configuration writes it. */
export interface HostLocalRangeSpec {
  readonly subnet: string;
  readonly rangeStart?: string | undefined;
  readonly rangeEnd?: string | undefined;
  readonly gateway?: string | undefined;
}

/** A range of host-local, completed. */
export interface HostLocalRange {
  readonly subnet: Cidr;
  readonly rangeStart: Ip;
  readonly rangeEnd: Ip;
  /** Never handed out. */
  readonly gateway: Ip;
}

/** Ranges of one family that serve as one: a container gets one address of each set. */
export type HostLocalRangeSet = readonly HostLocalRange[];

/** Why a range is refused, in the words of host-local. */
export interface RangeRefusal {
  readonly code: 'INVALID_RANGE' | 'RANGE_OVERLAP';
  readonly message: string;
}

/**
 * Completes a range: from the first address after the network's to the last but the broadcast address, the first one being the gateway
 * (containernetworking/plugins `plugins/ipam/host-local/backend/allocator/range.go`, `Canonicalize`).
 */
export function canonicalRange(spec: HostLocalRangeSpec): Result<HostLocalRange, RangeRefusal> {
  const subnet = parseCidr(spec.subnet);
  if (!subnet) return invalid(`invalid CIDR address: ${spec.subnet}`);
  const text = formatCidr(subnet);
  if (subnet.prefix > familyBits(subnet.family) - 2) return invalid(`Network ${text} too small to allocate from`);
  if (parseIp(spec.subnet.slice(0, spec.subnet.indexOf('/')))?.value !== subnet.base) {
    return invalid(
      `Network has host bits set. For a subnet mask of length ${subnet.prefix} the network address is ${formatIp(firstIp(subnet))}`,
    );
  }
  const first: Ip = { family: subnet.family, value: subnet.base + 1n };
  const gateway = read(spec.gateway, first);
  const start = read(spec.rangeStart, first);
  const end = read(spec.rangeEnd, lastOf(subnet));
  if (!gateway || !start || !end) return invalid(`IP ${[spec.gateway, spec.rangeStart, spec.rangeEnd].find(isNoIp) ?? ''} not v4 nor v6`);
  if (!cidrContains(subnet, gateway)) return invalid(`gateway ${formatIp(gateway)} not in network ${text}`);
  const range = { subnet, rangeStart: start, rangeEnd: end, gateway };
  if (spec.rangeStart !== undefined && !(cidrContains(subnet, start) && start.value <= limitOf(spec, end))) {
    return invalid(`RangeStart ${formatIp(start)} not in network ${text}`);
  }
  if (spec.rangeEnd !== undefined && !rangeHolds(range, end)) return invalid(`RangeEnd ${formatIp(end)} not in network ${text}`);
  return ok(range);
}

/** Completes the ranges of a set: of one family, none meeting another. */
export function canonicalRangeSet(specs: readonly HostLocalRangeSpec[]): Result<HostLocalRangeSet, RangeRefusal> {
  if (specs.length === 0) return invalid('empty range set');
  const ranges: HostLocalRange[] = [];
  for (const spec of specs) {
    const range = canonicalRange(spec);
    if (!range.ok) return range;
    if (ranges[0] && ranges[0].subnet.family !== range.value.subnet.family) return invalid('mixed address families');
    ranges.push(range.value);
  }
  for (const [index, range] of ranges.entries()) {
    const other = ranges.slice(index + 1).find((one) => rangesMeet(range, one));
    if (other) return err({ code: 'RANGE_OVERLAP', message: `subnets ${rangeText(range)} and ${rangeText(other)} overlap` });
  }
  return ok(ranges);
}

/** Whether the address lies from the range's start to its end. */
export function rangeHolds({ subnet, rangeStart, rangeEnd }: HostLocalRange, ip: Ip): boolean {
  return cidrContains(subnet, ip) && ip.value >= rangeStart.value && ip.value <= rangeEnd.value;
}

/** Whether two ranges share an address. */
export function rangesMeet(a: HostLocalRange, b: HostLocalRange): boolean {
  return a.subnet.family === b.subnet.family && a.rangeStart.value <= b.rangeEnd.value && b.rangeStart.value <= a.rangeEnd.value;
}

/** The index of the range that has the address; undefined where none has. */
export function rangeIndexOf(set: HostLocalRangeSet, ip: Ip): number | undefined {
  const index = set.findIndex((range) => rangeHolds(range, ip));
  return index < 0 ? undefined : index;
}

/** `first-last` of each range. */
export function rangeSetText(set: HostLocalRangeSet): string {
  return set.map(rangeText).join(',');
}

/** What host-local says of an address that no range has. */
export function notInSet(text: string, set: HostLocalRangeSet): string {
  return `${text} not in range set ${rangeSetText(set)}`;
}

function rangeText({ rangeStart, rangeEnd }: HostLocalRange): string {
  return `${formatIp(rangeStart)}-${formatIp(rangeEnd)}`;
}

/** The last address but the broadcast address; IPv6 has none. */
function lastOf(subnet: Cidr): Ip {
  const { family, value } = lastIp(subnet);
  return { family, value: family === 4 ? value - 1n : value };
}

function limitOf({ rangeEnd }: HostLocalRangeSpec, end: Ip): bigint {
  return rangeEnd === undefined ? 2n ** 128n : end.value;
}

function read(text: string | undefined, otherwise: Ip): Ip | undefined {
  return text === undefined ? otherwise : parseIp(text);
}

function isNoIp(text: string | undefined): boolean {
  return text !== undefined && !parseIp(text);
}

function invalid(message: string): { readonly ok: false; readonly error: RangeRefusal } {
  return err({ code: 'INVALID_RANGE', message });
}
