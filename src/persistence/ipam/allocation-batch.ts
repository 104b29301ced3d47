import type pg from 'pg';
import type { AllocationRecord } from '../../application/ipam/allocation-record.js';
import type { AllocationChange, AllocationOutcome } from '../../application/ipam/allocation-store.js';
import type { Allocation } from '../../core/ipam/allocation.js';
import type { AllocationBook, AllocationEvent } from '../../core/ipam/allocation-book.js';
import type { Problem } from '../../core/kernel/problem.js';
import { ok, type Result } from '../../core/kernel/result.js';
import { ipBytes } from './allocation-mapper.js';
import * as sql from './allocation-statements.js';

/** One writer that waits. */
export interface AllocationWrite {
  readonly author: string;
  readonly decide: (book: AllocationBook) => Result<AllocationChange, Problem>;
}

/** What the writers of a batch decided, each on what those before it left. */
export interface DecidedBatch {
  readonly events: readonly AllocationEvent[];
  /** One for each writer, in order. The time of what changed is known when it is written. */
  readonly outcomesAt: (time: Date) => readonly Result<AllocationOutcome, Problem>[];
}

/** Lets every writer decide, and leaves the book as it was: until the commit nothing has happened. */
export function decideAll(book: AllocationBook, writes: readonly AllocationWrite[]): DecidedBatch {
  const events: AllocationEvent[] = [];
  const decideOne = ({ author, decide }: AllocationWrite): OutcomeAt => {
    const change = decide(book);
    if (!change.ok) return () => change;
    if (change.value.type === 'known') return unchanged(change.value.allocation);
    const event = eventOf(change.value, book.sequence + 1, author);
    book.enter(event);
    events.push(event);
    return (time) => ok({ record: recordAt(event, time, author), changed: true });
  };
  try {
    const decided = writes.map(decideOne);
    return { events, outcomesAt: (time) => decided.map((outcome) => outcome(time)) };
  } finally {
    for (const event of events.toReversed()) book.undo(event);
  }
}

type OutcomeAt = (time: Date) => Result<AllocationOutcome, Problem>;

function unchanged(allocation: Allocation): OutcomeAt {
  const alive = { releasedSequence: null, releasedAt: null, releasedBy: null };
  // Made by a writer of the same batch, it has no time yet.
  return (time) => ok({ record: { ...allocation, ...alive, allocatedAt: allocation.allocatedAt || time.toISOString() }, changed: false });
}

function eventOf(change: Exclude<AllocationChange, { type: 'known' }>, sequence: number, author: string): AllocationEvent {
  if (change.type === 'release') return { type: 'released', sequence, allocation: change.allocation };
  return { type: 'allocated', sequence, allocation: { ...change.allocation, sequence, allocatedAt: '', allocatedBy: author } };
}

function recordAt({ type, sequence, allocation }: AllocationEvent, time: Date, author: string): AllocationRecord {
  const at = time.toISOString();
  const made = { ...allocation, allocatedAt: allocation.allocatedAt || at };
  if (type === 'allocated') return { ...made, releasedSequence: null, releasedAt: null, releasedBy: null };
  return { ...made, releasedSequence: sequence, releasedAt: at, releasedBy: author };
}

/** Writes what was decided within the transaction that holds the ledger's row, in a number of statements that does not grow with the writers. Returns the time of it. */
export async function writeBatch(
  client: pg.ClientBase,
  clusterId: string,
  outcomesAt: DecidedBatch['outcomesAt'],
  sequence: number,
): Promise<Date> {
  const moved = await client.query<{ changed_at: Date }>(sql.MOVE_LEDGER, [clusterId, sequence]);
  const time = moved.rows[0]?.changed_at ?? new Date(0);
  const records = outcomesAt(time).flatMap((outcome) => (outcome.ok && outcome.value.changed ? [outcome.value.record] : []));
  for (const run of runsOf(records)) await writeRun(client, clusterId, time, run);
  return time;
}

/** Cut where something is handed out that was given back before in the same run: the database must see the one before the other. */
function runsOf(records: readonly AllocationRecord[]): readonly (readonly AllocationRecord[])[] {
  const runs: AllocationRecord[][] = [];
  let freed = new Set<string>();
  for (const record of records) {
    const keys = [`${record.plane} ${ipBytes(record.ip).toString('hex')}`, `${record.pool}\n${record.identifier}`];
    const isEnd = record.releasedSequence !== null;
    if (runs.length === 0 || (!isEnd && keys.some((key) => freed.has(key)))) {
      runs.push([]);
      freed = new Set();
    }
    runs.at(-1)?.push(record);
    if (isEnd) for (const key of keys) freed.add(key);
  }
  return runs;
}

async function writeRun(client: pg.ClientBase, clusterId: string, time: Date, records: readonly AllocationRecord[]): Promise<void> {
  const made = records.filter(({ releasedSequence }) => releasedSequence === null);
  const ended = records.filter(({ releasedSequence }) => releasedSequence !== null);
  if (made.length > 0) await client.query(sql.INSERT_ALLOCATIONS, [clusterId, time, ...columnsOf(made)]);
  if (ended.length === 0) return;
  await client.query(sql.CLOSE_ALLOCATIONS, [
    clusterId,
    time,
    ended.map((record) => record.sequence),
    ended.map((record) => record.releasedSequence),
    ended.map((record) => record.releasedBy),
  ]);
}

function columnsOf(records: readonly AllocationRecord[]): readonly (readonly unknown[])[] {
  return [
    records.map(({ sequence }) => sequence),
    records.map(({ pool }) => pool),
    records.map(({ plane }) => plane),
    records.map(({ ip }) => ipBytes(ip)),
    records.map(({ identifier }) => identifier),
    records.map(({ owner }) => owner),
    records.map(({ byName }) => byName),
    records.map(({ allocatedBy }) => allocatedBy),
  ];
}
