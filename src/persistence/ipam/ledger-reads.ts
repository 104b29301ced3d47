import type pg from 'pg';
import type { AllocationBook, AllocationEvent } from '../../core/ipam/allocation-book.js';
import type { AllocationMemory } from '../../core/ipam/allocation-memory.js';
import { inStretches } from '../../manifests/pace.js';
import type { Database } from '../database.js';
import { type AllocationRow, bookOf, eventsOf, type GivenBackRow, memoryOf } from './allocation-mapper.js';
import * as sql from './allocation-statements.js';

type Connection = pg.ClientBase | pg.Pool;

/** What happened to a cluster's addresses after a change. */
export async function changesSince(
  database: Database,
  id: string,
  sequence: number,
  from: Connection,
): Promise<readonly AllocationEvent[]> {
  const { rows } = await database.attempt(async () =>
    from.query<AllocationRow>({ name: 'allocations-since', text: sql.CHANGES_SINCE, values: [id, sequence] }),
  );
  return eventsOf(rows);
}

/** The newest book of a cluster; others are let through while it is made. */
export async function loadBook(database: Database, id: string, from: Connection): Promise<AllocationBook> {
  const { rows } = await database.attempt(async () =>
    from.query<AllocationRow & { readonly newest: string }>({ name: 'allocations-now', text: sql.LIVE_NOW, values: [id] }),
  );
  const held = rows.filter(({ sequence }) => sequence !== null);
  return inStretches(bookOf(Number(rows[0]?.newest ?? 0), held));
}

/** The newest change of a cluster; 0 before the first. */
export async function newestOf(database: Database, id: string, from: Connection): Promise<number> {
  const { rows } = await database.attempt(async () =>
    from.query<{ sequence: string }>({ name: 'allocations-newest', text: sql.NEWEST, values: [id] }),
  );
  return Number(rows[0]?.sequence ?? 0);
}

/** What strategies remember up to a change, for who writes. */
export async function readMemory(client: pg.ClientBase, id: string, sequence: number): Promise<AllocationMemory> {
  const telling = await client.query<AllocationRow>(sql.TELLING, [id, sequence]);
  return memoryOf(telling.rows, (await client.query<GivenBackRow>(sql.GIVEN_BACK, [id, sequence])).rows);
}
