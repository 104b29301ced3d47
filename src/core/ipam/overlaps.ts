import type { IpRange } from '../net/ip-set.js';

/** Two things that share addresses, and which. */
export interface Overlap<T> {
  readonly a: T;
  readonly b: T;
  readonly shared: IpRange;
}

/** Every pair of ranges that share addresses, in order of address. One pass: as long as it finds few, the work grows with the ranges, not with their pairs. */
export function* overlapsOf<T>(entries: readonly { readonly range: IpRange; readonly of: T }[]): Generator<Overlap<T>> {
  const sorted = [...entries].sort(
    ({ range: a }, { range: b }) => a.family - b.family || compare(a.first, b.first) || compare(b.last, a.last),
  );
  let open: typeof sorted = [];
  for (const entry of sorted) {
    const { family, first, last } = entry.range;
    open = open.filter(({ range }) => range.family === family && range.last >= first);
    for (const { range, of } of open) yield { a: of, b: entry.of, shared: { family, first, last: range.last < last ? range.last : last } };
    open.push(entry);
  }
}

function compare(a: bigint, b: bigint): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
