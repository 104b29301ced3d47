import { didYouMean, didYouMeanHint } from '../kernel/did-you-mean.js';
import { type Problem, problem } from '../kernel/problem.js';
import { err, ok, type Result } from '../kernel/result.js';
import { type Allocation, placeText } from './allocation.js';
import type { AllocationBook } from './allocation-book.js';

/** What a caller gives back. */
export interface ReleaseRequest {
  readonly pool: string;
  readonly identifier: string;
  /** Of the allocation that is meant; undefined: whichever there is now. */
  readonly sequence: number | undefined;
  /** Who gives it back; another than who was given it has to name the sequence. Undefined: whoever may. */
  readonly by?: string | undefined;
}

/**
 * Decides what is given back: the allocation of the sequence, or all that the identifier has. INVARIANT INV-IPAM-4: a release that names the sequence of an earlier allocation
 * frees nothing. Fails with `unknown-allocation`, `stale-sequence` and `held-by-another`.
 */
export function releaseAddress(
  book: AllocationBook,
  { pool, identifier, sequence, by }: ReleaseRequest,
): Result<readonly Allocation[], Problem> {
  const members = book.members(pool, identifier);
  const [known] = members;
  if (!known) return err(unknownAllocation(book, pool, identifier));
  if (sequence === undefined) {
    const foreign = by === undefined ? undefined : members.find(({ allocatedBy }) => allocatedBy !== by);
    return foreign ? err(heldByAnother(foreign, by ?? '')) : ok(members);
  }
  const meant = members.find((member) => member.sequence === sequence);
  if (meant) return ok([meant]);
  const message = `\`${identifier}\` is allocation ${known.sequence} (${placeText(known)}) now, not ${sequence}`;
  return err(
    problem('stale-sequence', message, {
      hint: 'read it again: somebody has renewed it, or has it anew',
      extra: { current: known.sequence },
    }),
  );
}

function heldByAnother(allocation: Allocation, by: string): Problem {
  const { identifier, allocatedBy, sequence, owner } = allocation;
  const message = `\`${identifier}\` (${placeText(allocation)}) was handed out to \`${allocatedBy}\`, not to \`${by}\``;
  const hint = `who means it all the same sends its \`sequence\`, ${sequence}`;
  return problem('held-by-another', message, { hint, extra: { holder: allocatedBy, owner, current: sequence } });
}

/** More names are not compared with a wrong one: it would hold everybody up. */
const MOST_COMPARED = 2_000;

/** `unknown-allocation`, with what is nearest: the pool that the identifier has something of, else the pool or the identifier of nearly that name. */
export function unknownAllocation(book: AllocationBook, pool: string, identifier: string): Problem {
  const hint = nearestTo(book, pool, identifier);
  return problem('unknown-allocation', `\`${identifier}\` has no address of pool \`${pool}\``, hint === undefined ? {} : { hint });
}

function nearestTo(book: AllocationBook, pool: string, identifier: string): string | undefined {
  const pools = [...firstOf(book.pools(), MOST_COMPARED)];
  const holding = pools.filter((other) => book.find(other, identifier) !== undefined);
  const [first] = holding;
  if (first !== undefined) return `it has one of pool \`${didYouMean(pool, holding) ?? first}\``;
  if (pools.includes(pool)) return didYouMeanHint(identifier, firstOf(book.identifiers(pool), MOST_COMPARED));
  const near = didYouMean(pool, pools);
  return near === undefined ? undefined : `did you mean pool \`${near}\`?`;
}

function* firstOf(texts: Iterable<string>, count: number): Generator<string> {
  let left = count;
  for (const text of texts) {
    if (left-- === 0) return;
    yield text;
  }
}
