/** An inclusive range of port numbers. */
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
  return portSet([...a, ...b]);
}

/** Ports that are in both sets. */
export function intersectPorts(a: PortSet, b: PortSet): PortSet {
  const both: PortRange[] = [];
  for (const left of a) {
    for (const right of b) {
      const from = Math.max(left.from, right.from);
      const to = Math.min(left.to, right.to);
      if (from <= to) both.push({ from, to });
    }
  }
  return portSet(both);
}

/** Ports of `a` that are not in `b`. */
export function subtractPorts(a: PortSet, b: PortSet): PortSet {
  const left: PortRange[] = [];
  for (const range of a) {
    let next = range.from;
    for (const hole of b) {
      if (hole.to < next || hole.from > range.to) continue;
      if (hole.from > next) left.push({ from: next, to: hole.from - 1 });
      next = hole.to + 1;
    }
    if (next <= range.to) left.push({ from: next, to: range.to });
  }
  return left;
}

/** Whether the set has the port. */
export function hasPort(ports: PortSet, port: number): boolean {
  return ports.some((range) => range.from <= port && port <= range.to);
}

/** `80,443,8000-8010`. */
export function formatPorts(ports: PortSet): string {
  return ports.map((range) => (range.from === range.to ? `${range.from}` : `${range.from}-${range.to}`)).join(',');
}
