import type { IpRange } from '../net/ip-set.js';

/** The part of a set that lies in a range. `sorted`: in canonical form. Looks at the overlapping ranges only. */
export function clipRanges(sorted: readonly IpRange[], to: IpRange): readonly IpRange[] {
  const clipped: IpRange[] = [];
  for (let index = firstNotBefore(sorted, to); index < sorted.length; index++) {
    const range = sorted[index];
    if (!range || range.family !== to.family || range.first > to.last) break;
    clipped.push({
      family: range.family,
      first: range.first > to.first ? range.first : to.first,
      last: range.last < to.last ? range.last : to.last,
    });
  }
  return clipped;
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
