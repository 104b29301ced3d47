import type { AllocationOutcome, AllocationWrite } from '../../application/ipam/allocation-store.js';
import type { AllocationBook } from '../../core/ipam/allocation-book.js';
import type { AllocationMemory } from '../../core/ipam/allocation-memory.js';
import type { Problem } from '../../core/kernel/problem.js';
import type { Result } from '../../core/kernel/result.js';
import type { DecidedBatch } from './allocation-batch.js';
import type { LedgerClock } from './ledger-clock.js';

type Settle = (outcome: Result<readonly AllocationOutcome[], Problem>) => void;

/** The allocations of one cluster as this process knows them, and the writers that wait here. */
export interface Ledger {
  book: AllocationBook | undefined;
  /** Read when a strategy needs it first. */
  memory: AllocationMemory | undefined;
  /** While a batch is written that is not committed yet: the memory goes ahead of the book. Ends when they are of one change again. */
  ahead: Promise<void> | undefined;
  /** Runs while nobody else was seen to write. */
  clock: LedgerClock | undefined;
  readonly queue: { readonly write: AllocationWrite; readonly settle: Settle; readonly fail: (error: unknown) => void }[];
  writing: boolean;
}

/** Of a cluster that this process knows nothing of yet. */
export function newLedger(): Ledger {
  return { book: undefined, memory: undefined, ahead: undefined, clock: undefined, queue: [], writing: false };
}

/** It has happened. Where the book has read more meanwhile, or less, it stays as it is. */
export function enterAll({ book }: Ledger, entries: DecidedBatch['entries']): void {
  const first = entries[0]?.event.sequence ?? 0;
  if (book && book.sequence >= first - 1) for (const { event } of entries) book.enter(event);
}
