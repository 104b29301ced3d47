import type { Allocation } from '../../core/ipam/allocation.js';

/** What an allocation is in. */
export const ALLOCATION_STATES = {
  active: 'it lives, and ends when it is given back',
  leased: 'it lives, and ends by itself',
  cooldown: 'it has ended, and nobody gets its addresses yet',
  released: 'it has ended, and its addresses can be handed out again',
} as const satisfies Record<string, string>;

/** One of them. */
export type AllocationState = keyof typeof ALLOCATION_STATES;

/** An allocation and its end. */
export interface AllocationRecord extends Allocation {
  /** Of the change that ended it; null while it lives. */
  readonly releasedSequence: number | null;
  /** RFC 3339. */
  readonly releasedAt: string | null;
  readonly releasedBy: string | null;
  /** Of the change after which its addresses can be handed out again; null before. */
  readonly freedSequence: number | null;
}

/** What it is in after all that the record knows of. */
export function stateOf({ releasedSequence, freedSequence, terms }: AllocationRecord): AllocationState {
  if (releasedSequence === null) return terms && terms.leaseUntil !== null ? 'leased' : 'active';
  return freedSequence === null ? 'cooldown' : 'released';
}

/** An allocation that has not ended. */
export const NOT_ENDED = { releasedSequence: null, releasedAt: null, releasedBy: null, freedSequence: null } as const;

/** The record as it was after a change, without what came later. */
export function asOf(record: AllocationRecord, sequence: number): AllocationRecord {
  if ((record.releasedSequence ?? 0) > sequence) return { ...record, ...NOT_ENDED };
  return (record.freedSequence ?? 0) > sequence ? { ...record, freedSequence: null } : record;
}
