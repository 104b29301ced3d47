import { compareText } from '../../kernel/compare.js';

const BREATH = 1_000;

/**
 * The items by namespace, and by `compare` within one. Sorting a hundred thousand names in one go would hold up everybody else: this sorts one namespace
 * at a time.
 */
export function* inNamespaceOrder<T>(
  items: Iterable<T>,
  namespaceOf: (item: T) => string,
  compare: (a: T, b: T) => number,
): Generator<undefined, readonly T[]> {
  const namespaces = new Map<string, T[]>();
  let count = 0;
  for (const item of items) {
    const namespace = namespaceOf(item);
    const list = namespaces.get(namespace);
    if (list) list.push(item);
    else namespaces.set(namespace, [item]);
    if (++count % BREATH === 0) yield;
  }
  const ordered: T[] = [];
  let sinceBreath = 0;
  for (const namespace of [...namespaces.keys()].sort(compareText)) {
    const list = namespaces.get(namespace)?.sort(compare) ?? [];
    for (const item of list) ordered.push(item);
    sinceBreath += list.length;
    if (sinceBreath < BREATH) continue;
    sinceBreath = 0;
    yield;
  }
  return ordered;
}
