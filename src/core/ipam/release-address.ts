import { didYouMeanHint } from '../kernel/did-you-mean.js';
import { type Problem, problem } from '../kernel/problem.js';
import { err, ok, type Result } from '../kernel/result.js';
import { formatIp } from '../net/ip.js';
import type { Allocation } from './allocation.js';
import type { AllocationBook } from './allocation-book.js';

/** What a caller gives back. */
export interface ReleaseRequest {
  readonly pool: string;
  readonly identifier: string;
  /** Of the allocation that is meant; undefined: whichever there is now. */
  readonly sequence: number | undefined;
}

/**
 * Decides what is given back. INVARIANT INV-IPAM-4: a release that names the sequence of an earlier allocation frees nothing. Fails with `unknown-allocation` and
 * `stale-sequence`.
 */
export function releaseAddress(book: AllocationBook, { pool, identifier, sequence }: ReleaseRequest): Result<Allocation, Problem> {
  const known = book.find(pool, identifier);
  if (!known) return err(unknownAllocation(book, pool, identifier));
  if (sequence === undefined || sequence === known.sequence) return ok(known);
  const message = `\`${identifier}\` is allocation ${known.sequence} (${formatIp(known.ip)}) now, not ${sequence}`;
  return err(problem('stale-sequence', message, { hint: 'read it again, then release it', extra: { current: known.sequence } }));
}

/** More identifiers are not compared with a wrong one: it would hold everybody up. */
const MOST_COMPARED = 2_000;

/** `unknown-allocation`, with the nearest identifier of the pool. */
export function unknownAllocation(book: AllocationBook, pool: string, identifier: string): Problem {
  const hint = didYouMeanHint(identifier, firstOf(book.identifiers(pool), MOST_COMPARED));
  return problem('unknown-allocation', `\`${identifier}\` has no address of pool \`${pool}\``, hint === undefined ? {} : { hint });
}

function* firstOf(texts: Iterable<string>, count: number): Generator<string> {
  let left = count;
  for (const text of texts) {
    if (left-- === 0) return;
    yield text;
  }
}
