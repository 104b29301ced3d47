/** An address family. */
export type IpFamily = 4 | 6;

/** An IP address as a number, v4 and v6 alike. Compare with {@link compareIps}; two equal addresses need not be the same object. */
export interface Ip {
  readonly family: IpFamily;
  /** 0 … 2^32−1 or 0 … 2^128−1. */
  readonly value: bigint;
}

/** Number of bits of a family's addresses. */
export function familyBits(family: IpFamily): 32 | 128 {
  return family === 4 ? 32 : 128;
}

const ENDS_IN_DIGIT = /\d$/;

function parseV4(text: string): bigint | undefined {
  if (!ENDS_IN_DIGIT.test(text)) return undefined; // a name, mostly: nothing is taken apart for it
  const parts = text.split('.');
  if (parts.length !== 4) return undefined;
  let value = 0;
  for (const part of parts) {
    // Leading zeros are dropped, as Kubernetes does (netutils ParseIPSloppy).
    if (!/^\d{1,3}$/.test(part) || Number(part) > 255) return undefined;
    value = value * 256 + Number(part);
  }
  return BigInt(value);
}

/** The 16-bit groups of one side of `::`; only the last group of the whole address may be written as IPv4. */
function groupsOf(text: string, endsAddress: boolean): number[] | undefined {
  if (text === '') return [];
  const groups: number[] = [];
  const parts = text.split(':');
  for (const [index, part] of parts.entries()) {
    if (part.includes('.')) {
      const v4 = endsAddress && index === parts.length - 1 ? parseV4(part) : undefined;
      if (v4 === undefined) return undefined;
      groups.push(Number(v4 >> 16n), Number(v4 & 0xffffn));
    } else if (/^[0-9a-fA-F]{1,4}$/.test(part)) groups.push(Number.parseInt(part, 16));
    else return undefined;
  }
  return groups;
}

function parseV6(text: string): bigint | undefined {
  const halves = text.split('::');
  if (halves.length > 2) return undefined;
  const head = groupsOf(halves[0] ?? '', halves.length === 1);
  const tail = halves.length === 2 ? groupsOf(halves[1] ?? '', true) : [];
  if (!head || !tail) return undefined;
  const missing = 8 - head.length - tail.length;
  if (halves.length === 2 ? missing < 1 : missing !== 0) return undefined;
  let value = 0n;
  for (const group of [...head, ...Array<number>(missing).fill(0), ...tail]) value = (value << 16n) | BigInt(group);
  return value;
}

/** Reads an address as Kubernetes does; undefined when it is none. An IPv4-mapped IPv6 address is the IPv4 address it carries. */
export function parseIp(text: string): Ip | undefined {
  if (!text.includes(':')) {
    const value = parseV4(text);
    return value === undefined ? undefined : { family: 4, value };
  }
  const value = parseV6(text);
  if (value === undefined) return undefined;
  return value >> 32n === 0xffffn ? { family: 4, value: value & 0xffffffffn } : { family: 6, value };
}

function formatV6(value: bigint): string {
  const groups = Array.from({ length: 8 }, (_, index) => Number((value >> BigInt(112 - 16 * index)) & 0xffffn));
  let best = { start: -1, length: 1 };
  for (let start = 0; start < 8; start++) {
    let length = 0;
    while (start + length < 8 && groups[start + length] === 0) length++;
    if (length > best.length) best = { start, length };
  }
  const hex = (part: number[]) => part.map((group) => group.toString(16)).join(':');
  if (best.start < 0) return hex(groups);
  return `${hex(groups.slice(0, best.start))}::${hex(groups.slice(best.start + best.length))}`;
}

/** Canonical text (RFC 5952). */
export function formatIp(ip: Ip): string {
  if (ip.family === 6) return formatV6(ip.value);
  const value = Number(ip.value);
  return `${value >>> 24}.${(value >>> 16) & 255}.${(value >>> 8) & 255}.${value & 255}`;
}

/** Canonical text of an address given as text; undefined when it is none. */
export function canonicalIp(text: string): string | undefined {
  const ip = parseIp(text);
  return ip && formatIp(ip);
}

/** Orders IPv4 before IPv6, then by number. */
export function compareIps(a: Ip, b: Ip): number {
  if (a.family !== b.family) return a.family - b.family;
  return a.value < b.value ? -1 : a.value > b.value ? 1 : 0;
}

/** Whether two addresses are the same. */
export function sameIp(a: Ip, b: Ip): boolean {
  return a.family === b.family && a.value === b.value;
}

/** The address `offset` further on; undefined beyond the end of the family's space. */
export function addToIp(ip: Ip, offset: bigint): Ip | undefined {
  const value = ip.value + offset;
  if (value < 0n || value >= 1n << BigInt(familyBits(ip.family))) return undefined;
  return { family: ip.family, value };
}

/** The name PTR questions ask for: `4.3.2.1.in-addr.arpa` or 32 nibbles under `ip6.arpa`, without a final dot. */
export function reverseName(ip: Ip): string {
  if (ip.family === 4) return `${formatIp(ip).split('.').toReversed().join('.')}.in-addr.arpa`;
  const nibbles = ip.value.toString(16).padStart(32, '0').split('').toReversed();
  return `${nibbles.join('.')}.ip6.arpa`;
}
