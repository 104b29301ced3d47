import type { Steps } from './steps.js';

/** So many items are sorted in one go, which takes a few milliseconds. */
const RUN = 4096;

/** The items in order, equal ones as they stood: runs of them are sorted, then merged two by two. Yields after each run, and as often while it merges. */
export function* sortedInSteps<T extends object | bigint>(items: readonly T[], compare: (a: T, b: T) => number): Steps<T[]> {
  let runs: T[][] = [];
  for (let start = 0; start < items.length; start += RUN) {
    yield;
    runs.push(items.slice(start, start + RUN).sort(compare));
  }
  while (runs.length > 1) {
    const merged: T[][] = [];
    for (let at = 0; at < runs.length; at += 2) merged.push(yield* merge(runs[at] ?? [], runs[at + 1] ?? [], compare));
    runs = merged;
  }
  return runs[0] ?? [];
}

function* merge<T extends object | bigint>(a: readonly T[], b: readonly T[], compare: (a: T, b: T) => number): Steps<T[]> {
  const merged: T[] = [];
  let [left, right] = [0, 0];
  for (;;) {
    if (merged.length % RUN === 0) yield;
    const one = a[left];
    const other = b[right];
    if (one !== undefined && (other === undefined || compare(one, other) <= 0)) {
      merged.push(one);
      left++;
    } else if (other !== undefined) {
      merged.push(other);
      right++;
    } else return merged;
  }
}
