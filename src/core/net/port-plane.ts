import { hasPort, NO_PORTS, type PortRange, type PortSet, samePorts } from './port-set.js';

/** Some values of the first coordinate, and for all of them the same values of the second. */
export interface PortBand extends PortRange {
  readonly across: PortSet;
}

/**
 * A set of pairs of small numbers: destination port and source port, ICMP type and code. Canonical: bands sorted by the first coordinate, disjoint, not empty,
 * and neighbours that touch differ in the second. Where the second coordinate is always everything, a plane is as long as the set of ports.
 */
export type PortPlane = readonly PortBand[];

/** Nothing. */
export const NO_PLANE: PortPlane = [];

/** The pairs of any value of `down` with any value of `across`. */
export function planeOf(down: PortSet, across: PortSet): PortPlane {
  return across.length === 0 ? NO_PLANE : down.map(({ from, to }) => ({ from, to, across }));
}

/** Combines two planes: what the operation makes of the second coordinates, wherever neither changes. The operation makes nothing of two empty sets. */
export function combinePlanes(a: PortPlane, b: PortPlane, operation: (a: PortSet, b: PortSet) => PortSet): PortPlane {
  if (a.length === 0 && b.length === 0) return NO_PLANE;
  const bands: PortBand[] = [];
  let [i, j, next] = [0, 0, 0];
  for (;;) {
    const [left, right] = [a[i], b[j]];
    if (!left && !right) return bands;
    const [leftFrom, rightFrom] = [Math.max(next, left?.from ?? Infinity), Math.max(next, right?.from ?? Infinity)];
    const from = Math.min(leftFrom, rightFrom);
    const [inLeft, inRight] = [leftFrom === from, rightFrom === from];
    const to = Math.min((inLeft ? left?.to : leftFrom - 1) ?? Infinity, (inRight ? right?.to : rightFrom - 1) ?? Infinity);
    append(bands, from, to, operation(inLeft && left ? left.across : NO_PORTS, inRight && right ? right.across : NO_PORTS));
    next = to + 1;
    if (left && left.to < next) i++;
    if (right && right.to < next) j++;
  }
}

function append(bands: PortBand[], from: number, to: number, across: PortSet): void {
  if (across.length === 0) return;
  const last = bands.at(-1);
  if (last && last.to === from - 1 && samePorts(last.across, across)) bands[bands.length - 1] = { ...last, to };
  else bands.push({ from, to, across });
}

/** Whether the two planes are the same. */
export function samePlanes(a: PortPlane, b: PortPlane): boolean {
  if (a === b) return true;
  return (
    a.length === b.length &&
    a.every(({ from, to, across }, at) => b[at]?.from === from && b[at].to === to && samePorts(across, b[at].across))
  );
}

/** Whether the plane has the pair. */
export function hasPair(plane: PortPlane, down: number, across: number): boolean {
  return plane.some((band) => band.from <= down && down <= band.to && hasPort(band.across, across));
}
