import { comparable, didYouMean, didYouMeanHint } from '../kernel/did-you-mean.js';
import type { AllocationBook } from './allocation-book.js';

/** Pools that are asked for an identifier. */
const MOST_POOLS = 2_000;

/**
 * What is nearest to an allocation that there is none of: the pool that the identifier has something of, else the pool or the identifier of nearly that name. Not for who decides
 * about what is handed out: it takes a while, and others wait.
 */
export function nearestAllocation(book: AllocationBook, pool: string, identifier: string): string | undefined {
  const pools = [...firstOf(book.pools(), MOST_POOLS)];
  const holding = pools.filter((other) => book.find(other, identifier) !== undefined);
  const [first] = holding;
  if (first !== undefined) return `it has one of pool \`${didYouMean(pool, comparable(pool, holding)) ?? first}\``;
  if (pools.includes(pool)) return didYouMeanHint(identifier, comparable(identifier, book.identifiers(pool)));
  const near = didYouMean(pool, comparable(pool, pools));
  return near === undefined ? undefined : `did you mean pool \`${near}\`?`;
}

function* firstOf(texts: Iterable<string>, count: number): Generator<string> {
  let left = count;
  for (const text of texts) {
    if (left-- === 0) return;
    yield text;
  }
}
