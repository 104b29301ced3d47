import { type AllocationRecord, NOT_ENDED } from '../../application/ipam/allocation-record.js';
import {
  type AllocationChanges,
  type AllocationOutcome,
  type AllocationWrite,
  WRITE_KINDS,
} from '../../application/ipam/allocation-store.js';
import type { Allocation, NewAllocation } from '../../core/ipam/allocation.js';
import type { AllocationBook, AllocationEvent } from '../../core/ipam/allocation-book.js';
import { AllocationMemory } from '../../core/ipam/allocation-memory.js';
import type { Renewal } from '../../core/ipam/renew-address.js';
import type { Problem } from '../../core/kernel/problem.js';
import { err, ok, type Result } from '../../core/kernel/result.js';
import { restEnd } from './allocation-mapper.js';

/** A change that is to be written, and the allocation after it. */
export interface AllocationEntry {
  readonly event: AllocationEvent;
  readonly record: AllocationRecord;
}

/** What the writers of a batch decided, each on what those before it left. */
export interface DecidedBatch {
  readonly entries: readonly AllocationEntry[];
  /** One for each writer, in order; undefined: more is over than is ended at a time, and the writers are to be asked once it is. */
  readonly outcomes: Outcomes | undefined;
}

/** What writers came to. */
export type Outcomes = readonly Result<readonly AllocationOutcome[], Problem>[];

/** Who ends what nobody gives back in time. */
const TIME = 'system:lease';
/** No more in one transaction: others wait for it. */
const MOST_DUE = 1_000;

/**
 * Ends what is over at the time of the batch, lets every writer decide, and leaves the book as it was: until the commit nothing has happened. The memory, which writers alone look
 * at, goes ahead; where the batch fails it is to be thrown away.
 */
export function decideAll(
  book: AllocationBook,
  memory: AllocationMemory | undefined,
  writes: readonly AllocationWrite[],
  time: Date,
): DecidedBatch {
  const batch = new Batch(book, time);
  const keep = (from: number): void => {
    if (memory) for (const { event } of batch.entries.slice(from)) memory.enter(event);
  };
  try {
    batch.endWhatIsOver();
    keep(0);
    if (book.isDue(time.getTime())) return { entries: [...batch.entries], outcomes: undefined };
    const outcomes = new Map<AllocationWrite, Result<readonly AllocationOutcome[], Problem>>();
    const past = memory ?? new AllocationMemory();
    for (const write of inTurn(writes)) {
      const from = batch.entries.length;
      outcomes.set(write, batch.decide(write, past));
      keep(from);
    }
    return { entries: [...batch.entries], outcomes: writes.flatMap((write) => outcomes.get(write) ?? []) };
  } finally {
    batch.takeBack(0);
  }
}

/** Those of a kind in the order in which they came. */
function inTurn(writes: readonly AllocationWrite[]): readonly AllocationWrite[] {
  const rank = ({ kind = 'takesAny' }: AllocationWrite): number => WRITE_KINDS.indexOf(kind);
  return writes.some(({ kind }) => kind !== undefined) ? [...writes].sort((a, b) => rank(a) - rank(b)) : writes;
}

const NONE: readonly never[] = [];

class Batch {
  readonly entries: AllocationEntry[] = [];
  /** The time as text: made once, not for each allocation. */
  private readonly now: string;

  constructor(
    private readonly book: AllocationBook,
    private readonly time: Date,
  ) {
    this.now = time.toISOString();
  }

  endWhatIsOver(): void {
    const { ended, rested } = this.book.due(this.time.getTime(), MOST_DUE);
    for (const allocation of ended) this.release(allocation, TIME);
    for (const { allocation, until } of rested) {
      this.enter({ type: 'freed', sequence: this.next, allocation, restsUntil: until }, { ...allocation, ...NOT_ENDED });
    }
  }

  decide({ author, decide, dryRun }: AllocationWrite, memory: AllocationMemory): Result<readonly AllocationOutcome[], Problem> {
    const from = this.entries.length;
    const outcomes: AllocationOutcome[] = [];
    for (const one of decide) {
      const changes = one(this.book, memory);
      if (!changes.ok) {
        this.takeBack(from);
        return err(changes.error);
      }
      outcomes.push(this.apply(changes.value, author));
    }
    if (dryRun) this.takeBack(from);
    return ok(outcomes);
  }

  /** Takes back what was entered from there on. */
  takeBack(from: number): void {
    for (const { event } of this.entries.splice(from).toReversed()) this.book.undo(event);
  }

  private get next(): number {
    return this.book.sequence + 1;
  }

  private apply(
    { known = NONE, made = NONE, released = NONE, renewed = NONE, explanation }: AllocationChanges,
    author: string,
  ): AllocationOutcome {
    const records: AllocationRecord[] = [];
    for (const allocation of known) records.push(alive(allocation, allocation));
    for (const allocation of made) records.push(this.allocate(allocation, author));
    for (const allocation of released) records.push(this.release(allocation, author));
    for (const renewal of renewed) records.push(this.renew(renewal, author));
    return { records, changed: made.length + released.length + renewed.length > 0, explanation: explanation ?? null };
  }

  /** The past never changes: the allocation ends, and the same begins at that moment, without a rest between. It stays with whom it was handed out to. */
  private renew({ allocation, leaseSeconds }: Renewal, author: string): AllocationRecord {
    const ended = this.release(allocation, author);
    const restsUntil = restEnd(ended);
    if (restsUntil !== undefined) this.enter({ type: 'freed', sequence: this.next, allocation, restsUntil }, ended);
    const { ordinal = 0, request = '', cooldownSeconds = 0 } = allocation.terms ?? {};
    return this.allocate({ ...allocation, ordinal, request, cooldownSeconds, leaseSeconds }, allocation.allocatedBy);
  }

  private allocate(asked: NewAllocation, author: string): AllocationRecord {
    const { ordinal, request, leaseSeconds, cooldownSeconds } = asked;
    const leaseUntil = leaseSeconds === null ? null : new Date(this.time.getTime() + leaseSeconds * 1_000).toISOString();
    const isPlain = ordinal === 0 && request === '' && leaseUntil === null && cooldownSeconds === 0;
    const terms = isPlain ? undefined : { ordinal, request, leaseUntil, cooldownSeconds };
    const sequence = this.next;
    const record = alive(asked, { sequence, allocatedAt: this.now, allocatedBy: author, terms });
    return this.enter({ type: 'allocated', sequence, allocation: record }, record);
  }

  private release(allocation: Allocation, author: string): AllocationRecord {
    const sequence = this.next;
    const ended = { ...allocation, releasedSequence: sequence, releasedAt: this.now, releasedBy: author };
    const restsUntil = restEnd(ended);
    const record = { ...ended, freedSequence: restsUntil === undefined ? sequence : null };
    return this.enter({ type: 'released', sequence, allocation, restsUntil }, record);
  }

  private enter(event: AllocationEvent, record: AllocationRecord): AllocationRecord {
    this.book.enter(event);
    this.entries.push({ event, record });
    return record;
  }
}

type Asked = Pick<Allocation, 'pool' | 'plane' | 'ip' | 'prefixLength' | 'identifier' | 'owner' | 'byName' | 'part'>;

/** Member by member: of hundreds in a batch, copies by `...` cost more than the choice of the address. */
function alive(
  { pool, plane, ip, prefixLength, identifier, owner, byName, part }: Asked,
  { sequence, allocatedAt, allocatedBy, terms }: Omit<Allocation, keyof Asked>,
): AllocationRecord {
  return {
    pool,
    plane,
    ip,
    prefixLength,
    identifier,
    owner,
    byName,
    sequence,
    allocatedAt,
    allocatedBy,
    terms,
    part,
    releasedSequence: null,
    releasedAt: null,
    releasedBy: null,
    freedSequence: null,
  };
}
