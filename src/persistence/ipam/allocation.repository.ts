import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import type pg from 'pg';
import type { Cluster } from '../../application/clusters/cluster.js';
import type { AllocationRecord } from '../../application/ipam/allocation-record.js';
import {
  type AllocationChange,
  type AllocationFilter,
  type AllocationOutcome,
  AllocationStore,
  type AllocationWindow,
} from '../../application/ipam/allocation-store.js';
import { AllocationBook } from '../../core/ipam/allocation-book.js';
import { problem, type Problem } from '../../core/kernel/problem.js';
import { err, type Result } from '../../core/kernel/result.js';
import { Database } from '../database.js';
import { codeOf } from '../database-failure.js';
import { type AllocationWrite, decideAll, writeBatch } from './allocation-batch.js';
import { type AllocationRow, eventsOf, recordOf } from './allocation-mapper.js';
import * as sql from './allocation-statements.js';

const FOREIGN_KEY_VIOLATION = '23503';
/** So many writers share one transaction at most; no more than what waits anyhow. */
const MAX_BATCH = 256;
/** Clusters whose allocations are kept in memory. */
const MAX_BOOKS = 256;

type Settle = (outcome: Result<AllocationOutcome, Problem>) => void;

/** The allocations of one cluster as this process knows them, and the writers that wait here. */
interface Ledger {
  book: AllocationBook | undefined;
  readonly queue: { readonly write: AllocationWrite; readonly settle: Settle; readonly fail: (error: unknown) => void }[];
  writing: boolean;
}

/**
 * Allocations by `pg`. The history only grows, so a process keeps what it has read and reads what was added since. Writers of one cluster that come while another one writes are
 * served together by the next transaction, in their order: the more there are, the fewer commits each of them waits for. Writers of other processes wait at the ledger's row.
 */
@Injectable()
export class AllocationRepository extends AllocationStore {
  private readonly ledgers = new LRUCache<string, Ledger>({ max: MAX_BOOKS });

  constructor(private readonly database: Database) {
    super();
  }

  override async book(cluster: Cluster, sequence?: number): Promise<AllocationBook> {
    if (sequence === undefined) return this.refresh(this.ledgerOf(cluster), cluster.id, this.database.pool);
    const rows = await this.database.rows<AllocationRow>(sql.LIVE_AFTER, [cluster.id, sequence], 'allocations-after');
    return AllocationBook.after(sequence, rows.map(recordOf));
  }

  override async sequenceAt(cluster: Cluster, time: Date): Promise<number> {
    const rows = await this.database.rows<{ sequence: string }>(sql.SEQUENCE_AT, [cluster.id, time], 'allocation-sequence-at');
    return Number(rows[0]?.sequence ?? 0);
  }

  override async write(
    cluster: Cluster,
    author: string,
    decide: (book: AllocationBook) => Result<AllocationChange, Problem>,
  ): Promise<Result<AllocationOutcome, Problem>> {
    const ledger = this.ledgerOf(cluster);
    return new Promise((settle, fail) => {
      ledger.queue.push({ write: { author, decide }, settle, fail });
      if (!ledger.writing) void this.drain(ledger, cluster);
    });
  }

  override async records(cluster: Cluster, filter: AllocationFilter, window: AllocationWindow): Promise<readonly AllocationRecord[]> {
    const { text, values } = sql.recordsOf(cluster.id, filter, window);
    return (await this.database.rows<AllocationRow>(text, values)).map(recordOf);
  }

  private ledgerOf({ id }: Cluster): Ledger {
    const known = this.ledgers.get(id);
    if (known) return known;
    const made: Ledger = { book: undefined, queue: [], writing: false };
    this.ledgers.set(id, made);
    return made;
  }

  /** Serves whoever waits, batch after batch, until nobody does. */
  private async drain(ledger: Ledger, cluster: Cluster): Promise<void> {
    ledger.writing = true;
    while (ledger.queue.length > 0) {
      const waiting = ledger.queue.splice(0, MAX_BATCH);
      try {
        const outcomes = await this.writeAll(
          ledger,
          cluster,
          waiting.map(({ write }) => write),
        );
        for (const [index, { settle }] of waiting.entries()) settle(outcomes[index] ?? err(gone(cluster)));
      } catch (error) {
        for (const { settle, fail } of waiting) {
          if (codeOf(error) === FOREIGN_KEY_VIOLATION) settle(err(gone(cluster)));
          else fail(error);
        }
      }
    }
    ledger.writing = false;
  }

  private async writeAll(
    ledger: Ledger,
    { id }: Cluster,
    writes: readonly AllocationWrite[],
  ): Promise<readonly Result<AllocationOutcome, Problem>[]> {
    return this.database.transaction(async (client) => {
      if ((await client.query(sql.LOCK_LEDGER, [id])).rowCount === 0) {
        await client.query(sql.OPEN_LEDGER, [id]);
        await client.query(sql.LOCK_LEDGER, [id]);
      }
      const book = await this.refresh(ledger, id, client);
      const { events, outcomesAt } = decideAll(book, writes);
      const newest = events.at(-1)?.sequence;
      return outcomesAt(newest === undefined ? new Date(0) : await writeBatch(client, id, outcomesAt, newest));
    });
  }

  /** Brings the book up to what is committed. What is read twice, by two readers at a time, is entered once. */
  private async refresh(ledger: Ledger, id: string, connection: pg.ClientBase | pg.Pool): Promise<AllocationBook> {
    const known = ledger.book;
    if (!known) {
      const loaded = await this.load(id, connection);
      ledger.book = loaded;
      return loaded;
    }
    const { rows } = await this.database.attempt(async () =>
      connection.query<AllocationRow>({ name: 'allocations-since', text: sql.CHANGES_SINCE, values: [id, known.sequence] }),
    );
    for (const event of eventsOf(rows)) known.enter(event);
    return known;
  }

  private async load(id: string, connection: pg.ClientBase | pg.Pool): Promise<AllocationBook> {
    const { rows } = await this.database.attempt(async () =>
      connection.query<AllocationRow & { readonly newest: string }>({ name: 'allocations-now', text: sql.LIVE_NOW, values: [id] }),
    );
    const live = rows.filter(({ sequence }) => sequence !== null);
    return AllocationBook.after(Number(rows[0]?.newest ?? 0), live.map(recordOf));
  }
}

function gone({ name }: Cluster): Problem {
  return problem('unknown-cluster', `there is no cluster \`${name}\` any more`);
}
