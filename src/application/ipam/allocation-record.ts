import type { Allocation } from '../../core/ipam/allocation.js';

/** An allocation and its end. */
export interface AllocationRecord extends Allocation {
  /** Of the change that ended it; null while it lives. */
  readonly releasedSequence: number | null;
  /** RFC 3339. */
  readonly releasedAt: string | null;
  readonly releasedBy: string | null;
}
