import { familyBits, formatIp, type Ip, type IpFamily, parseIp } from './ip.js';

/** A prefix. `base` has its host bits cleared. */
export interface Cidr {
  readonly family: IpFamily;
  readonly base: bigint;
  /** Prefix length in bits. */
  readonly prefix: number;
}

/** Builds a prefix from any address inside it. */
export function cidrOf(ip: Ip, prefix: number): Cidr {
  const hostBits = BigInt(familyBits(ip.family) - prefix);
  return { family: ip.family, base: (ip.value >> hostBits) << hostBits, prefix };
}

/** Reads `10.0.0.0/8` or `fd00::/64`, clearing host bits; undefined when it is no prefix. A bare address is none. */
export function parseCidr(text: string): Cidr | undefined {
  const slash = text.indexOf('/');
  if (slash < 0) return undefined;
  const ip = parseIp(text.slice(0, slash));
  const length = text.slice(slash + 1);
  if (!ip || !/^\d{1,3}$/.test(length) || Number(length) > familyBits(ip.family)) return undefined;
  return cidrOf(ip, Number(length));
}

/** Canonical text, `10.0.0.0/8`. */
export function formatCidr(cidr: Cidr): string {
  return `${formatIp(firstIp(cidr))}/${cidr.prefix}`;
}

/** How many addresses the prefix spans. */
export function cidrSize(cidr: Cidr): bigint {
  return 1n << BigInt(familyBits(cidr.family) - cidr.prefix);
}

/** The network address. */
export function firstIp(cidr: Cidr): Ip {
  return { family: cidr.family, value: cidr.base };
}

/** The all-ones address. */
export function lastIp(cidr: Cidr): Ip {
  return { family: cidr.family, value: cidr.base + cidrSize(cidr) - 1n };
}

/** Whether the address lies in the prefix. */
export function cidrContains(cidr: Cidr, ip: Ip): boolean {
  return (
    cidr.family === ip.family &&
    ip.value >> BigInt(familyBits(cidr.family) - cidr.prefix) === cidr.base >> BigInt(familyBits(cidr.family) - cidr.prefix)
  );
}

/** Whether `inner` lies wholly in `outer`. */
export function cidrCovers(outer: Cidr, inner: Cidr): boolean {
  return outer.prefix <= inner.prefix && cidrContains(outer, firstIp(inner));
}

/** Whether two prefixes share an address. */
export function cidrsOverlap(a: Cidr, b: Cidr): boolean {
  return cidrCovers(a, b) || cidrCovers(b, a);
}

/** Orders by family, base, then shorter prefix first. */
export function compareCidrs(a: Cidr, b: Cidr): number {
  if (a.family !== b.family) return a.family - b.family;
  if (a.base !== b.base) return a.base < b.base ? -1 : 1;
  return a.prefix - b.prefix;
}

/** The prefixes that lie in no other one; of equal ones one is left. In order. */
export function outermostCidrs(cidrs: readonly Cidr[]): readonly Cidr[] {
  const outermost: Cidr[] = [];
  // In order, whatever covers a prefix comes before it, and what lies between lies in the same.
  for (const cidr of [...cidrs].sort(compareCidrs)) {
    const last = outermost.at(-1);
    if (!last || !cidrCovers(last, cidr)) outermost.push(cidr);
  }
  return outermost;
}
