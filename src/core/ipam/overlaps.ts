import { inMap } from '../kernel/in-map.js';
import type { IpRange } from '../net/ip-set.js';

/** A thing and one of its ranges. */
export interface RangeOf<T> {
  readonly range: IpRange;
  readonly of: T;
}

/** What one range shares with others that do not begin before it. */
export interface Overlaps<T> {
  readonly of: T;
  /** The first of them, by address. */
  readonly others: readonly { readonly of: T; readonly shared: IpRange }[];
  /** How many there are. */
  readonly count: number;
}

/** Which ranges are compared: those of two kinds that meet. */
export interface Comparison<T> {
  readonly kindOf: (of: T) => string;
  /** Told by any two things of the kinds. */
  readonly meets: (a: T, b: T) => boolean;
  /** Overlaps of one range with ranges of one kind that are named; the rest is counted. */
  readonly most: number;
}

interface Kind<T> {
  readonly example: T;
  /** Where in the sorted ranges it stands, ascending. */
  readonly places: number[];
}

/**
 * The ranges that share addresses, each pair told of the one that begins first, apart for each kind of the others. The work grows with the ranges, not with their pairs: thousands may
 * be one and the same.
 */
export function* overlapsOf<T>(entries: readonly RangeOf<T>[], { kindOf, meets, most }: Comparison<T>): Generator<Overlaps<T>> {
  const sorted = [...entries].sort(
    ({ range: a }, { range: b }) => a.family - b.family || compare(a.first, b.first) || compare(b.last, a.last),
  );
  const kinds = new Map<string, Kind<T>>();
  for (const [place, { of }] of sorted.entries()) inMap(kinds, kindOf(of), () => ({ example: of, places: [] })).places.push(place);
  for (const [place, { range, of }] of sorted.entries()) {
    const end = firstWhere(sorted.length, (index) => isBehind(sorted[index]?.range, range));
    if (end === place + 1) continue;
    for (const { example, places } of kinds.values()) {
      if (!meets(of, example)) continue;
      const [from, to] = [place + 1, end].map((bound) => firstWhere(places.length, (index) => (places[index] ?? 0) >= bound));
      const count = (to ?? 0) - (from ?? 0);
      if (count === 0) continue;
      const named = places.slice(from, (from ?? 0) + Math.min(count, most)).flatMap((other) => sorted[other] ?? []);
      yield { of, count, others: named.map((other) => ({ of: other.of, shared: sharedOf(range, other.range) })) };
    }
  }
}

/** `other` does not begin before. */
function sharedOf(range: IpRange, { family, first, last }: IpRange): IpRange {
  return { family, first, last: range.last < last ? range.last : last };
}

function isBehind(one: IpRange | undefined, range: IpRange): boolean {
  return one === undefined || one.family > range.family || (one.family === range.family && one.first > range.last);
}

/** The first index below `length` for which it holds, as it then does for all above; `length` where there is none. */
function firstWhere(length: number, holds: (index: number) => boolean): number {
  let [low, high] = [0, length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (holds(middle)) high = middle;
    else low = middle + 1;
  }
  return low;
}

function compare(a: bigint, b: bigint): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
