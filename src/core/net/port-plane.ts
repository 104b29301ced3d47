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

type Operation = (a: PortSet, b: PortSet) => PortSet;

const SOME: PortSet = [{ from: 0, to: 0 }];
/** From so many bands on it pays to look for those that the other plane cannot touch. */
const MANY = 16;

/**
 * Combines two planes: what the operation makes of the second coordinates, wherever neither changes. The operation makes nothing of two empty sets, and of an
 * empty and another one nothing or the other. Bands that lie before or behind all of the other plane are taken as they are, or not at all: it costs little to add
 * a port to very many.
 */
export function combinePlanes(a: PortPlane, b: PortPlane, operation: Operation): PortPlane {
  if (a.length + b.length < MANY) return combineAll(a, b, operation);
  const [left, right] = [splitAround(a, b), splitAround(b, a)];
  const keepsLeft = operation(SOME, NO_PORTS).length > 0;
  const keepsRight = operation(NO_PORTS, SOME).length > 0;
  const alone = (place: 'before' | 'behind') => [...(keepsLeft ? left[place] : NO_PLANE), ...(keepsRight ? right[place] : NO_PLANE)];
  return alone('before').concat(combineAll(left.beside, right.beside, operation), alone('behind'));
}

/** The bands that neither overlap nor touch what lies between the ends of the other plane, before and behind it, and those beside it. */
function splitAround(plane: PortPlane, other: PortPlane): Readonly<Record<'before' | 'beside' | 'behind', PortPlane>> {
  const [first, last] = [other[0], other.at(-1)];
  if (!first || !last) return { before: plane, beside: NO_PLANE, behind: NO_PLANE };
  const start = firstWhere(plane, ({ to }) => to >= first.from - 1);
  const end = Math.max(
    start,
    firstWhere(plane, ({ from }) => from > last.to + 1),
  );
  return { before: plane.slice(0, start), beside: plane.slice(start, end), behind: plane.slice(end) };
}

/** The position of the first band for which it holds, as it does for all behind that one. */
function firstWhere(plane: PortPlane, holds: (band: PortBand) => boolean): number {
  let [low, high] = [0, plane.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    const band = plane[middle];
    if (band && holds(band)) high = middle;
    else low = middle + 1;
  }
  return low;
}

function combineAll(a: PortPlane, b: PortPlane, operation: Operation): PortPlane {
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
