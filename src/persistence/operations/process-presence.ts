import { Injectable, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import { DatabaseSettings } from '../database.js';

/** First half of the advisory lock that says that a process lives; the second is its number (migration 0002, `process_is_alive`). */
const ALIVE = 7_878_002;
const CONNECT_WITHIN_MS = 10_000;
/** A connection that says nothing for this long is asked whether it is there. */
const HEARTBEAT_MS = 5_000;
const RETRY_MS = 200;

/**
 * Tells the other processes at the database that this one lives: it holds a lock on a connection of its own, which the database takes back however the process ends. Work and
 * keys that name a process without its lock are nobody's.
 */
@Injectable()
export class ProcessPresence implements OnModuleInit, OnModuleDestroy {
  private known: number | undefined;
  private readonly stopping = new AbortController();
  private running: Promise<void> | undefined;

  constructor(private readonly settings: DatabaseSettings) {}

  /** The number of this process. */
  get number(): number {
    if (this.known === undefined) throw new Error('the process has no number before the module was initialised');
    return this.known;
  }

  async onModuleInit(): Promise<void> {
    const client = await this.enter();
    this.running = this.stay(client);
  }

  async onModuleDestroy(): Promise<void> {
    this.stopping.abort();
    await this.running;
  }

  /** Connects and takes the lock. */
  private async enter(): Promise<pg.Client> {
    const client = new pg.Client({
      connectionString: this.settings.url,
      keepAlive: true,
      connectionTimeoutMillis: CONNECT_WITHIN_MS,
      query_timeout: CONNECT_WITHIN_MS,
      application_name: 'portolan presence',
    });
    client.on('error', () => undefined); // seen by whoever uses it next
    try {
      await client.connect();
      this.known ??= (await client.query<{ number: number }>(`SELECT nextval('process_number')::integer AS number`)).rows[0]?.number;
      await client.query('SELECT pg_advisory_lock($1, $2)', [ALIVE, this.number]);
      return client;
    } catch (error) {
      await client.end().catch(() => undefined);
      throw error;
    }
  }

  /** Holds the lock until the process stops; takes it again as soon as it can when the connection breaks. */
  private async stay(first: pg.Client): Promise<void> {
    const { signal } = this.stopping;
    let client: pg.Client | undefined = first;
    while (!signal.aborted) {
      if (client) await this.whileConnected(client);
      if (!signal.aborted) await delay(RETRY_MS, undefined, { signal }).catch(() => undefined);
      client = signal.aborted ? undefined : await this.enter().catch(() => undefined);
    }
    await client?.end().catch(() => undefined);
  }

  private async whileConnected(client: pg.Client): Promise<void> {
    const broken = new AbortController();
    client.once('end', () => broken.abort());
    const ended = AbortSignal.any([this.stopping.signal, broken.signal]);
    try {
      while (!ended.aborted) {
        await delay(HEARTBEAT_MS, undefined, { signal: ended }).catch(() => undefined);
        if (!ended.aborted) await client.query('SELECT 1');
      }
    } catch {
      // it is broken: another one takes its place
    } finally {
      await client.end().catch(() => undefined);
    }
  }
}
