import type { IpRange } from '../net/ip-set.js';

/** The part of a set that lies in a range. `sorted`: in canonical form. Looks at the overlapping ranges only. */
export function clipRanges(sorted: readonly IpRange[], to: IpRange): readonly IpRange[] {
  return [...clippedRanges(sorted, to)];
}

/** The same, one after the other as they are taken. */
export function* clippedRanges(sorted: readonly IpRange[], to: IpRange): Generator<IpRange> {
  for (let index = firstNotBefore(sorted, to); ; index++) {
    const part = clipped(sorted[index], to);
    if (!part) return;
    yield part;
  }
}

/** The lowest of these parts; undefined: the set has nothing of the range. */
export function firstClipped(sorted: readonly IpRange[], to: IpRange): IpRange | undefined {
  return clipped(sorted[firstNotBefore(sorted, to)], to);
}

/** The part of a range that lies in another, which it does not lie before; undefined: there is none. */
function clipped(range: IpRange | undefined, to: IpRange): IpRange | undefined {
  if (!range || range.family !== to.family || range.first > to.last) return undefined;
  return {
    family: range.family,
    first: range.first > to.first ? range.first : to.first,
    last: range.last < to.last ? range.last : to.last,
  };
}

/** Index of the first range that does not lie wholly before. */
function firstNotBefore(sorted: readonly IpRange[], to: IpRange): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const range = sorted[middle];
    const before = range !== undefined && (range.family < to.family || (range.family === to.family && range.last < to.first));
    if (before) low = middle + 1;
    else high = middle;
  }
  return low;
}
