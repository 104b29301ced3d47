import type { Problem } from '../kernel/problem.js';
import { ok, type Result } from '../kernel/result.js';
import type { Allocation } from './allocation.js';
import type { AllocationBook } from './allocation-book.js';
import { releaseAddress, type ReleaseRequest } from './release-address.js';

/** An allocation that is to end later, or sooner, than it would have. */
export interface Renewal {
  readonly allocation: Allocation;
  /** From now on. */
  readonly leaseSeconds: number;
}

/**
 * Decides which leases begin anew: that of the sequence, or all that the identifier has. Who may give an address back may renew it, so a renewal that names the sequence of an
 * earlier allocation renews nothing. Fails with `unknown-allocation`, which a lease that is over is too, `stale-sequence` and `held-by-another`.
 */
export function renewAddress(book: AllocationBook, request: ReleaseRequest, leaseSeconds: number): Result<readonly Renewal[], Problem> {
  const meant = releaseAddress(book, request);
  return meant.ok ? ok(meant.value.map((allocation) => ({ allocation, leaseSeconds }))) : meant;
}
