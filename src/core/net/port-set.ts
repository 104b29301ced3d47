/** An inclusive range of port numbers (or of other small numbers: ICMP types, protocols). */
export interface PortRange {
  readonly from: number;
  readonly to: number;
}

/** A set of ports in canonical form: sorted, disjoint, not touching. */
export type PortSet = readonly PortRange[];

/** Every port, 1 … 65535. */
export const ALL_PORTS: PortSet = [{ from: 1, to: 65535 }];

/** No port. */
export const NO_PORTS: PortSet = [];

/** Brings any ranges into canonical form. */
export function portSet(ranges: readonly PortRange[]): PortSet {
  const sorted = [...ranges].sort((a, b) => a.from - b.from);
  const merged: PortRange[] = [];
  for (const range of sorted) {
    const open = merged.at(-1);
    if (open && range.from <= open.to + 1) merged[merged.length - 1] = { from: open.from, to: Math.max(open.to, range.to) };
    else merged.push(range);
  }
  return merged;
}

/** Ports that are in either set. */
export function unionPorts(a: PortSet, b: PortSet): PortSet {
  if (a === b || b.length === 0) return a;
  return a.length === 0 ? b : portSet([...a, ...b]);
}

/** Ports that are in both sets. */
export function intersectPorts(a: PortSet, b: PortSet): PortSet {
  if (a === b || a.length === 0) return a;
  const both: PortRange[] = [];
  let start = 0;
  for (const left of a) {
    // Both are sorted: what ends before this range begins ends before the next one too.
    while ((b[start]?.to ?? Infinity) < left.from) start++;
    for (let at = start; ; at++) {
      const right = b[at];
      if (!right || right.from > left.to) break;
      both.push({ from: Math.max(left.from, right.from), to: Math.min(left.to, right.to) });
    }
  }
  return both;
}

/** Ports of `a` that are not in `b`. */
export function subtractPorts(a: PortSet, b: PortSet): PortSet {
  if (a === b) return NO_PORTS;
  if (b.length === 0) return a;
  const left: PortRange[] = [];
  let start = 0;
  for (const range of a) {
    let next = range.from;
    // Both are sorted: what ends before this range begins ends before the next one too.
    while ((b[start]?.to ?? Infinity) < range.from) start++;
    for (let at = start; ; at++) {
      const hole = b[at];
      if (!hole || hole.from > range.to) break;
      if (hole.from > next) left.push({ from: next, to: hole.from - 1 });
      next = hole.to + 1;
    }
    if (next <= range.to) left.push({ from: next, to: range.to });
  }
  return left;
}

/** Whether the two sets are the same. */
export function samePorts(a: PortSet, b: PortSet): boolean {
  if (a === b) return true;
  return a.length === b.length && a.every(({ from, to }, at) => b[at]?.from === from && b[at].to === to);
}

/** Whether the set has the port. */
export function hasPort(ports: PortSet, port: number): boolean {
  return ports.some((range) => range.from <= port && port <= range.to);
}

/** `80,443,8000-8010`. */
export function formatPorts(ports: PortSet): string {
  return ports.map((range) => (range.from === range.to ? `${range.from}` : `${range.from}-${range.to}`)).join(',');
}
