import type { AllocationOutcome, AllocationWrite } from '../../application/ipam/allocation-store.js';
import type { AllocationBook, AllocationEvent } from '../../core/ipam/allocation-book.js';
import type { AllocationMemory } from '../../core/ipam/allocation-memory.js';
import type { Problem } from '../../core/kernel/problem.js';
import type { Result } from '../../core/kernel/result.js';
import type { DecidedBatch } from './allocation-batch.js';
import type { LedgerClock } from './ledger-clock.js';

/** So many addresses share one transaction at most, unless one writer alone asks for more; no more than what waits anyhow. */
const MAX_BATCH = 256;

type Settle = (outcome: Result<readonly AllocationOutcome[], Problem>) => void;

/** The allocations of one cluster as this process knows them, and the writers that wait here. */
export interface Ledger {
  book: AllocationBook | undefined;
  /** While the book is read for those who only read. */
  loading: Promise<AllocationBook> | undefined;
  /** Read when a strategy needs it first. */
  memory: AllocationMemory | undefined;
  /** While a batch is written that is not committed yet: the memory goes ahead of the book. Ends when they are of one change again. */
  ahead: Promise<void> | undefined;
  /** While the memory is read for those who look back. */
  remembering: Promise<void> | undefined;
  /** Runs while nobody else was seen to write. */
  clock: LedgerClock | undefined;
  readonly queue: { readonly write: AllocationWrite; readonly settle: Settle; readonly fail: (error: unknown) => void }[];
  writing: boolean;
}

/** Of a cluster that this process knows nothing of yet. */
export function newLedger(): Ledger {
  const nothing = { book: undefined, loading: undefined, memory: undefined, ahead: undefined, remembering: undefined, clock: undefined };
  return { ...nothing, queue: [], writing: false };
}

/** It has happened. Where the book has read more meanwhile, or less, it stays as it is. `isRemembered`: the memory went ahead with it. */
export function enterAll({ book, memory }: Ledger, entries: DecidedBatch['entries'], isRemembered: boolean): void {
  if (!book) return;
  // A reader may have entered them meanwhile, and more after them.
  if (!isRemembered) for (const { event } of entries) if (event.sequence > book.sequence) memory?.enter(event);
  const first = entries[0]?.event.sequence ?? 0;
  if (book.sequence >= first - 1) for (const { event } of entries) book.enter(event);
}

/**
 * Reads the memory of what was when the reading began, and brings it up to the book, however much is written meanwhile: then both move on together. Somebody who writes may have
 * read it first.
 */
export async function rememberAll(
  ledger: Ledger,
  readAfter: (sequence: number) => Promise<AllocationMemory>,
  changesSince: (sequence: number) => Promise<readonly AllocationEvent[]>,
): Promise<void> {
  let known = ledger.book?.sequence ?? 0;
  const memory = await readAfter(known);
  while (ledger.book && ledger.book.sequence > known && !ledger.memory) {
    const events = await changesSince(known);
    const from = known;
    const newest = ledger.book.sequence;
    for (const event of events) {
      if (event.sequence <= known || event.sequence > newest) continue;
      memory.enter(event);
      known = event.sequence;
    }
    if (known === from) return; // the cluster is gone
  }
  if (ledger.book?.sequence === known) ledger.memory ??= memory;
}

/** How many of those who wait share the next transaction. */
export function batchSize(queue: Ledger['queue']): number {
  let weight = 0;
  const size = queue.findIndex(({ write }) => (weight += write.weight ?? 1) > MAX_BATCH);
  return size < 0 ? queue.length : Math.max(size, 1);
}
