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
  if (!known) return err(unknownAllocation(pool, identifier));
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

/** `unknown-allocation`. What is nearest to it is looked for by who tells it: see `nearestAllocation`. */
export function unknownAllocation(pool: string, identifier: string): Problem {
  return problem('unknown-allocation', `\`${identifier}\` has no address of pool \`${pool}\``);
}
