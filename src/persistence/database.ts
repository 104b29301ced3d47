import { Injectable, type OnModuleDestroy } from '@nestjs/common';
import { PrismaPg } from '@prisma/adapter-pg';
import pg from 'pg';
import { databaseFailure } from './database-failure.js';
import { PrismaClient } from './generated/prisma/client.js';
import { repeated } from './repeated.js';

/** Which database, and how many connections to it. */
export class DatabaseSettings {
  constructor(
    readonly url: string,
    /** For statements that end soon. */
    readonly connections = 10,
    /** For uploads and exports, which last as long as their clients like. */
    readonly streams = 16,
  ) {}
}

const CONNECT_WITHIN_MS = 10_000;

/** The connections of this process. Prisma and `pg` share one pool; streams have their own, so that a slow client starves nobody's short question. */
@Injectable()
export class Database implements OnModuleDestroy {
  readonly pool: pg.Pool;
  readonly streams: pg.Pool;
  readonly prisma: PrismaClient;

  constructor(readonly settings: DatabaseSettings) {
    const shared = { connectionString: settings.url, connectionTimeoutMillis: CONNECT_WITHIN_MS, keepAlive: true };
    this.pool = new pg.Pool({ ...shared, max: settings.connections, application_name: 'portolan' });
    // Staged objects stay in the session's memory up to this size, instead of going through the file system.
    this.streams = new pg.Pool({ ...shared, max: settings.streams, application_name: 'portolan streams', options: '-c temp_buffers=64MB' });
    // A connection that breaks is replaced: an idle one by the pool, one in use by whoever gets the error of its next statement. Without listeners either would end the process.
    for (const pool of [this.pool, this.streams]) {
      pool.on('error', () => undefined);
      pool.on('connect', (client) => client.on('error', () => undefined));
    }
    this.prisma = new PrismaClient({ adapter: new PrismaPg(this.pool) });
  }

  /** Rows of one statement. `name` makes it a prepared one. */
  async rows<T extends pg.QueryResultRow>(text: string, values: readonly unknown[], name?: string): Promise<T[]> {
    return this.attempt(
      async () => (await this.pool.query<T>({ text, values: [...values], ...(name === undefined ? {} : { name }) })).rows,
    );
  }

  /**
   * Runs the work in one transaction, which an exception rolls back. Where the database gave it up for the sake of others, all of it runs again: it is to change nothing but the
   * database.
   */
  async transaction<T>(work: (client: pg.PoolClient) => Promise<T>, pool = this.pool): Promise<T> {
    const once = async (): Promise<T> => {
      const client = await pool.connect();
      return inTransaction(client, work).then(
        (value) => {
          client.release();
          return value;
        },
        (error: unknown) => {
          client.release(true); // whatever state it is in, nobody gets it again
          throw error;
        },
      );
    };
    return this.attempt(async () => repeated(once));
  }

  /** Runs anything that asks the database; where it does not answer, a `ProblemError` says so. */
  async attempt<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      throw databaseFailure(error);
    }
  }

  async onModuleDestroy(): Promise<void> {
    await this.prisma.$disconnect();
    await Promise.all([this.pool.end(), this.streams.end()]);
  }
}

/** Wraps the work in BEGIN and COMMIT on a connection that is at hand. A failed one is left to the caller: closing the connection rolls it back. */
export async function inTransaction<T>(client: pg.PoolClient, work: (client: pg.PoolClient) => Promise<T>): Promise<T> {
  await client.query('BEGIN');
  const value = await work(client);
  await client.query('COMMIT');
  return value;
}
