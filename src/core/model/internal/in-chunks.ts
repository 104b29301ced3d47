const CHUNK = 1_000;

/** The items in slices of a thousand: between two of them the compiler lets others run. */
export function* inChunks<T>(items: readonly T[]): Generator<readonly T[]> {
  for (let start = 0; start < items.length; start += CHUNK) yield items.slice(start, start + CHUNK);
}
