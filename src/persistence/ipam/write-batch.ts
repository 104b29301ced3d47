import type pg from 'pg';
import type { AllocationRecord } from '../../application/ipam/allocation-record.js';
import { placeText } from '../../core/ipam/allocation.js';
import { formatCidr } from '../../core/net/cidr.js';
import type { AllocationEntry } from './allocation-batch.js';
import { ipBytes } from './allocation-mapper.js';
import { columnText } from './array-text.js';
import { askedTerms } from './asked-terms.js';
import * as sql from './allocation-statements.js';

/** Makes every other writer of the cluster wait; the first one opens its ledger. Tells the newest change, and the time of those to come. */
export async function lockLedger(client: pg.ClientBase, clusterId: string): Promise<{ readonly sequence: number; readonly now: Date }> {
  const lock = async () =>
    client.query<{ sequence: string; now: Date }>({ name: 'allocation-lock', text: sql.LOCK_LEDGER, values: [clusterId] });
  let { rows } = await lock();
  if (rows.length === 0) {
    await client.query(sql.OPEN_LEDGER, [clusterId]);
    ({ rows } = await lock());
  }
  return { sequence: Number(rows[0]?.sequence ?? 0), now: rows[0]?.now ?? new Date(0) };
}

/** Writes what was decided within the transaction that holds the ledger's row, in a number of statements that does not grow with the writers. */
export async function writeBatch(client: pg.ClientBase, clusterId: string, entries: readonly AllocationEntry[], time: Date): Promise<void> {
  const newest = entries.at(-1)?.event.sequence;
  if (newest === undefined) return;
  await client.query({ name: 'allocation-move', text: sql.MOVE_LEDGER, values: [clusterId, newest, time] });
  for (const run of runsOf(entries)) await writeRun(client, clusterId, time, run);
}

/** Of a run what ends is written before what is made: cut where something ends that the run itself has made. */
function runsOf(entries: readonly AllocationEntry[]): readonly (readonly AllocationEntry[])[] {
  const runs: AllocationEntry[][] = [[]];
  const made = new Set<number>();
  for (const entry of entries) {
    const { event, record } = entry;
    if (event.type !== 'allocated' && made.has(record.sequence)) {
      runs.push([]);
      made.clear();
    }
    if (event.type === 'allocated') made.add(record.sequence);
    runs.at(-1)?.push(entry);
  }
  return runs;
}

async function writeRun(client: pg.ClientBase, clusterId: string, time: Date, entries: readonly AllocationEntry[]): Promise<void> {
  const of = (type: AllocationEntry['event']['type']) => entries.filter(({ event }) => event.type === type);
  const [made, ended, rested] = [of('allocated'), of('released'), of('freed')];
  if (ended.length > 0) {
    await client.query(sql.CLOSE_ALLOCATIONS, [
      clusterId,
      time,
      ended.map(({ record }) => record.sequence),
      ended.map(({ event }) => event.sequence),
      ended.map(({ record }) => record.releasedBy),
    ]);
  }
  if (rested.length > 0) {
    await client.query(sql.FREE_ADDRESSES, [
      clusterId,
      rested.map(({ record }) => record.sequence),
      rested.map(({ event }) => event.sequence),
    ]);
  }
  if (made.length > 0) {
    const values = [clusterId, time, ...columnsOf(made.map(({ record }) => record))];
    await client.query({ name: 'allocation-insert', text: sql.INSERT_ALLOCATIONS, values });
  }
}

/**
 * Writes what was handed out after the change `since` in one statement, without having locked anything.
 * @returns whether it was written; it was not where somebody else has changed something meanwhile
 */
export async function writeAfter(
  pool: pg.Pool,
  clusterId: string,
  since: number,
  entries: readonly AllocationEntry[],
  time: Date,
): Promise<boolean> {
  const values = [clusterId, time, since, since + entries.length, ...columnsOf(entries.map(({ record }) => record))];
  const { rowCount } = await pool.query({ name: 'allocation-insert-after', text: sql.INSERT_AFTER, values });
  return rowCount === entries.length;
}

function columnsOf(records: readonly AllocationRecord[]): readonly string[] {
  return [
    records.map(({ sequence }) => sequence),
    records.map(({ pool }) => pool),
    records.map(({ plane }) => plane),
    records.map(({ ip }) => String.raw`\x${ipBytes(ip).toString('hex')}`),
    records.map((record) => (record.prefixLength === undefined ? null : placeText(record))),
    records.map(({ identifier }) => identifier),
    records.map(({ owner }) => owner),
    records.map(({ byName }) => byName),
    records.map(({ allocatedBy }) => allocatedBy),
    records.map(({ terms }) => terms?.ordinal ?? 0),
    records.map(({ terms }) => terms?.request ?? ''),
    records.map(({ terms }) => terms?.leaseUntil ?? null),
    records.map(({ terms }) => terms?.cooldownSeconds ?? 0),
    records.map(({ part }) => part && formatCidr(part.cidr)),
    records.map(({ part }) => part?.owner),
    records.map(({ terms }) => askedTerms(terms?.request ?? '')),
  ].map(columnText);
}
