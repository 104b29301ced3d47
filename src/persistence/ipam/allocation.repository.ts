import { setImmediate } from 'node:timers/promises';
import { Injectable, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import type pg from 'pg';
import type { Cluster } from '../../application/clusters/cluster.js';
import { clusterGone } from '../../application/clusters/unknown-cluster.js';
import type { AllocationRecord } from '../../application/ipam/allocation-record.js';
import {
  type AllocationFilter,
  type AllocationOutcome,
  type AllocationsIn,
  AllocationStore,
  type AllocationWindow,
  type AllocationWrite,
} from '../../application/ipam/allocation-store.js';
import type { AllocationBook } from '../../core/ipam/allocation-book.js';
import type { AllocationMemory, AllocationPast } from '../../core/ipam/allocation-memory.js';
import type { Problem } from '../../core/kernel/problem.js';
import { err, type Result } from '../../core/kernel/result.js';
import { inStretches } from '../../manifests/pace.js';
import { Database } from '../database.js';
import { codeOf } from '../database-failure.js';
import { repeated } from '../repeated.js';
import { decideAll, type Outcomes } from './allocation-batch.js';
import { type AllocationRow, bookBefore, type GivenBackRow, memoryOf, recordOf } from './allocation-mapper.js';
import { recordsOf } from './allocation-records.js';
import { allocationsIn } from './allocations-in-prefixes.js';
import * as sql from './allocation-statements.js';
import { batchSize, enterAll, type Ledger, newLedger, rememberAll } from './ledger.js';
import { LedgerClock } from './ledger-clock.js';
import { changesSince, loadBook, newestOf, readMemory } from './ledger-reads.js';
import { lockLedger, writeAfter, writeBatch } from './write-batch.js';

const FOREIGN_KEY_VIOLATION = '23503';
/** An address or a prefix has an owner: `unique_violation`, `exclusion_violation`. */
const TAKEN = new Set(['23505', '23P01']);
/** How often leases are ended in clusters that nobody writes to. */
const SWEEP_EVERY_MS = 30_000;
/** Clusters whose allocations are kept in memory. */
const MAX_BOOKS = 256;

/**
 * Allocations by `pg`. The history only grows, so a process keeps what it has read and reads what was added since. Writers of one cluster that come while another one writes are
 * served together by the next transaction, in their order: the more there are, the fewer commits each of them waits for. Writers of other processes wait at the ledger's row, or
 * find that it has moved.
 */
@Injectable()
export class AllocationRepository extends AllocationStore implements OnModuleInit, OnModuleDestroy {
  override corrections = 0;
  private sweeping: NodeJS.Timeout | undefined;
  private readonly ledgers = new LRUCache<string, Ledger>({ max: MAX_BOOKS });

  constructor(private readonly database: Database) {
    super();
  }

  /** A sweep that fails has ended nothing, and the next one tries again; whoever writes to the cluster ends what is over, too. */
  onModuleInit(): void {
    this.sweeping = setInterval(() => void this.sweep().catch(() => undefined), SWEEP_EVERY_MS).unref();
  }

  onModuleDestroy(): void {
    clearInterval(this.sweeping);
  }

  /** Ends what is over in every cluster, also in those that nobody writes to. */
  async sweep(): Promise<void> {
    const due = await this.database.rows<Pick<Cluster, 'id' | 'name'>>(sql.DUE_CLUSTERS, [], 'allocations-due');
    for (const cluster of due) await this.write(cluster, { author: '', decide: [], kind: 'givesBack' });
  }

  override async book(cluster: Cluster, sequence?: number): Promise<AllocationBook> {
    const newest = await this.newestBook(cluster);
    if (sequence === undefined) return newest;
    const held = { live: [...newest.live()], resting: [...newest.resting()] }; // it moves on
    const values = [cluster.id, sequence, newest.sequence];
    const ended = await this.database.rows<AllocationRow>(sql.ENDED_BETWEEN, values, 'allocations-ended-between');
    return inStretches(bookBefore(sequence, held, ended));
  }

  override async past(cluster: Cluster, sequence?: number): Promise<AllocationPast> {
    if (sequence === undefined) return this.newestPast(cluster);
    const [book, memory] = await Promise.all([this.book(cluster, sequence), this.memoryAfter(cluster, sequence)]);
    return { book, memory };
  }

  /** The memory is read when somebody looks back first, once for all who do meanwhile, and kept. */
  private async newestPast(cluster: Cluster): Promise<AllocationPast> {
    const ledger = this.ledgerOf(cluster);
    const { sequence } = await this.newestBook(cluster);
    if (!ledger.memory) await this.remember(ledger, cluster);
    while (ledger.memory && ledger.ahead) await ledger.ahead;
    // A batch that failed has thrown it away.
    return ledger.book && ledger.memory ? { book: ledger.book, memory: ledger.memory } : this.past(cluster, sequence);
  }

  private async remember(ledger: Ledger, cluster: Cluster): Promise<void> {
    const changes = async (sequence: number) => changesSince(this.database, cluster.id, sequence, this.database.pool);
    const reading = (ledger.remembering ??= rememberAll(ledger, async (sequence) => this.memoryAfter(cluster, sequence), changes));
    return reading.finally(() => (ledger.remembering = undefined));
  }

  private async memoryAfter({ id }: Cluster, sequence: number): Promise<AllocationMemory> {
    const telling = this.database.rows<AllocationRow>(sql.TELLING, [id, sequence], 'allocations-telling');
    const givenBack = this.database.rows<GivenBackRow>(sql.GIVEN_BACK, [id, sequence], 'allocations-given-back');
    return memoryOf(...(await Promise.all([telling, givenBack])));
  }

  /** What is over is over for who reads, too: it is ended first. Where that fails, the next writer or the sweep tries again. */
  private async newestBook(cluster: Cluster): Promise<AllocationBook> {
    const ledger = this.ledgerOf(cluster);
    const book = await this.refresh(ledger, cluster.id, this.database.pool);
    if (!book.isDue(Date.now())) return book;
    await this.write(cluster, { author: '', decide: [], kind: 'givesBack' }).catch(() => undefined);
    return this.refresh(ledger, cluster.id, this.database.pool);
  }

  override async sequenceAt(cluster: Cluster, time: Date): Promise<number> {
    const rows = await this.database.rows<{ sequence: string }>(sql.SEQUENCE_AT, [cluster.id, time], 'allocation-sequence-at');
    return Number(rows[0]?.sequence ?? 0);
  }

  override async write(
    cluster: Pick<Cluster, 'id' | 'name'>,
    write: AllocationWrite,
  ): Promise<Result<readonly AllocationOutcome[], Problem>> {
    const ledger = this.ledgerOf(cluster);
    return new Promise((settle, fail) => {
      ledger.queue.push({ write, settle, fail });
      if (!ledger.writing) void this.drain(ledger, cluster);
    });
  }

  override async records(cluster: Cluster, filter: AllocationFilter, window: AllocationWindow): Promise<readonly AllocationRecord[]> {
    const { text, values } = recordsOf(cluster.id, filter, window);
    return (await this.database.rows<AllocationRow>(text, values)).map(recordOf);
  }

  override async inPrefixes(
    cluster: Cluster,
    sequence: number,
    asked: readonly AllocationsIn[],
    limit: number,
  ): Promise<readonly (readonly AllocationRecord[])[]> {
    const newest = this.ledgerOf(cluster).book?.sequence ?? sequence;
    const { text, values } = allocationsIn(cluster.id, { sequence, newest, limit }, asked);
    const rows = await this.database.rows<AllocationRow & { readonly number: string }>(text, values);
    const found = asked.map((): AllocationRecord[] => []);
    for (const row of rows) found[Number(row.number) - 1]?.push(recordOf(row));
    return found;
  }

  private ledgerOf({ id }: Pick<Cluster, 'id'>): Ledger {
    const known = this.ledgers.get(id);
    if (known) return known;
    const made = newLedger();
    this.ledgers.set(id, made);
    return made;
  }

  /** Serves whoever waits, batch after batch, until nobody does. */
  private async drain(ledger: Ledger, cluster: Pick<Cluster, 'id' | 'name'>): Promise<void> {
    ledger.writing = true;
    while (ledger.queue.length > 0) {
      // Whoever was answered last, or has just come in, may join.
      await setImmediate();
      const waiting = ledger.queue.splice(0, batchSize(ledger.queue));
      const writes = waiting.map(({ write }) => write);
      try {
        const outcomes = await this.insist(ledger, cluster.id, writes);
        for (const [index, { settle }] of waiting.entries()) settle(outcomes[index] ?? err(clusterGone(cluster.name)));
      } catch (error) {
        for (const { settle, fail } of waiting) {
          if (codeOf(error) === FOREIGN_KEY_VIOLATION) settle(err(clusterGone(cluster.name)));
          else fail(error);
        }
      }
    }
    ledger.writing = false;
  }

  /** Once more on what the database says, where it knows of an owner that the book does not. */
  private async insist(ledger: Ledger, id: string, writes: readonly AllocationWrite[]): Promise<Outcomes> {
    try {
      return await this.writeAll(ledger, id, writes);
    } catch (error) {
      if (!TAKEN.has(codeOf(error) ?? '')) throw error;
      this.corrections++;
      ledger.book = ledger.memory = undefined;
      return this.writeAll(ledger, id, writes);
    }
  }

  private async writeAll(ledger: Ledger, id: string, writes: readonly AllocationWrite[]): Promise<Outcomes> {
    let outcomes = await this.writeUnlocked(ledger, id, writes);
    while (!outcomes) outcomes = await this.writeLocked(ledger, id, writes);
    return outcomes;
  }

  /**
   * Decides on the book as it is, and writes where it was right to: one statement instead of a transaction of five. For who alone hands out addresses, which is the rule;
   * undefined: it is another case, or somebody else has written meanwhile, and nothing has happened.
   */
  private async writeUnlocked(ledger: Ledger, id: string, writes: readonly AllocationWrite[]): Promise<Outcomes | undefined> {
    const { book } = ledger;
    const now = ledger.clock?.now();
    // What is over has to be ended first, and what is only told has to be true at some moment of the request: both take the lock.
    const needsLock = ({ remembers, dryRun, kind }: AllocationWrite) => remembers || dryRun || kind === 'givesBack';
    if (!book || !now || book.isDue(now.getTime()) || writes.some(needsLock)) return undefined;
    const since = book.sequence;
    const { entries, outcomes } = decideAll(book, undefined, writes, now);
    // What hands nothing out has to be true at some moment of the request: only the lock tells.
    if (entries.length === 0 || entries.some(({ event }) => event.type !== 'allocated')) return undefined;
    const isWritten = await this.database.attempt(async () =>
      repeated(async () => writeAfter(this.database.pool, id, since, entries, now)),
    );
    if (!isWritten) {
      ledger.clock = undefined;
      return undefined;
    }
    enterAll(ledger, entries, false);
    return outcomes;
  }

  /** Undefined: nothing but the end of what is over was written, and there is more of it. */
  private async writeLocked(ledger: Ledger, id: string, writes: readonly AllocationWrite[]): Promise<Outcomes | undefined> {
    let end = (): void => undefined;
    ledger.ahead = new Promise((resolve) => (end = resolve));
    try {
      return await this.writeWithLock(ledger, id, writes);
    } catch (error) {
      ledger.memory = undefined;
      throw error;
    } finally {
      ledger.ahead = undefined;
      end();
    }
  }

  private async writeWithLock(ledger: Ledger, id: string, writes: readonly AllocationWrite[]): Promise<Outcomes | undefined> {
    let tries = 0;
    const { entries, outcomes, isRemembered } = await this.database.transaction(async (client) => {
      if (tries++ > 0) ledger.memory = undefined; // it has gone ahead with what was given up
      const { sequence, now } = await lockLedger(client, id);
      const known = ledger.book;
      const isNewest = known?.sequence === sequence;
      // Who knew nothing yet has seen nobody else write either.
      ledger.clock = isNewest || !known ? new LedgerClock(now) : undefined;
      const book = known && isNewest ? known : await this.refresh(ledger, id, client);
      if (writes.some(({ remembers }) => remembers)) ledger.memory ??= await readMemory(client, id, sequence);
      const { memory } = ledger;
      const decided = decideAll(book, memory, writes, now);
      await writeBatch(client, id, decided.entries, now);
      return { ...decided, isRemembered: memory !== undefined };
    });
    enterAll(ledger, entries, isRemembered);
    return outcomes;
  }

  /** Brings the book up to what is committed. What is read twice, by two readers at a time, is entered once. */
  private async refresh(ledger: Ledger, id: string, connection: pg.ClientBase | pg.Pool): Promise<AllocationBook> {
    const { book, loading } = ledger;
    const loaded = book ?? (await this.loadOnce(ledger, id, connection));
    // Somebody may have loaded it meanwhile, and gone on with it.
    const known = (ledger.book ??= loaded);
    // What began to be read before somebody asked may be older than what they know of.
    if (!book && !loading && known === loaded) return known;
    if ((await newestOf(this.database, id, connection)) <= known.sequence) return known;
    for (const event of await changesSince(this.database, id, known.sequence, connection)) {
      if (event.sequence > known.sequence) ledger.memory?.enter(event);
      known.enter(event);
    }
    return known;
  }

  /** Once for all readers. Who writes has a connection, and waits for no other: all connections may be those of writers. */
  private async loadOnce(ledger: Ledger, id: string, connection: pg.ClientBase | pg.Pool): Promise<AllocationBook> {
    if (connection !== this.database.pool) return loadBook(this.database, id, connection);
    return (ledger.loading ??= loadBook(this.database, id, connection).finally(() => (ledger.loading = undefined)));
  }
}
