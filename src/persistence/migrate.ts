import { createHash, randomUUID } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import pg from 'pg';

/** The advisory lock that Prisma Migrate itself takes: two starting servers, or a server and the command line, wait for one another. */
const LOCK = 72707369;
const LEDGER = `CREATE TABLE IF NOT EXISTS "_prisma_migrations" (
  id VARCHAR(36) PRIMARY KEY NOT NULL, checksum VARCHAR(64) NOT NULL, finished_at TIMESTAMPTZ, migration_name VARCHAR(255) NOT NULL,
  logs TEXT, rolled_back_at TIMESTAMPTZ, started_at TIMESTAMPTZ NOT NULL DEFAULT now(), applied_steps_count INTEGER NOT NULL DEFAULT 0)`;

interface LedgerRow {
  readonly migration_name: string;
  readonly checksum: string;
  readonly finished_at: Date | null;
}

/** Names of the migrations in a folder, oldest first. */
export async function migrationNames(directory: string): Promise<readonly string[]> {
  const entries = await readdir(directory, { withFileTypes: true });
  return entries
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
    .sort();
}

/**
 * Applies `prisma/migrations/<name>/migration.sql` in order, each in one transaction, under an advisory lock. The ledger is the one of `prisma migrate deploy`, so either
 * tool can follow the other. Throws when an applied migration was edited afterwards or an earlier one had failed.
 * @returns the names that were applied now.
 */
export async function migrate(connectionString: string, directory: string): Promise<readonly string[]> {
  const client = new pg.Client({ connectionString });
  await client.connect();
  try {
    await client.query('SELECT pg_advisory_lock($1)', [LOCK]);
    await client.query(LEDGER);
    const { rows } = await client.query<LedgerRow>(
      'SELECT migration_name, checksum, finished_at FROM "_prisma_migrations" WHERE rolled_back_at IS NULL',
    );
    const ledger = new Map(rows.map((row) => [row.migration_name, row]));
    const applied: string[] = [];
    for (const name of await migrationNames(directory)) {
      const sql = await readFile(join(directory, name, 'migration.sql'), 'utf8');
      if (isApplied(name, sql, ledger.get(name))) continue;
      await apply(client, name, sql);
      applied.push(name);
    }
    return applied;
  } finally {
    await client.end(); // gives the lock back
  }
}

const checksumOf = (sql: string) => createHash('sha256').update(sql).digest('hex');

function isApplied(name: string, sql: string, row: LedgerRow | undefined): boolean {
  if (!row) return false;
  if (!row.finished_at)
    throw new Error(`migration ${name} failed earlier; mend the database, then set rolled_back_at on its row of _prisma_migrations`);
  if (row.checksum !== checksumOf(sql)) throw new Error(`migration ${name} was edited after it was applied to this database`);
  return true;
}

async function apply(client: pg.Client, name: string, sql: string): Promise<void> {
  const id = randomUUID();
  await client.query('INSERT INTO "_prisma_migrations" (id, checksum, migration_name) VALUES ($1, $2, $3)', [id, checksumOf(sql), name]);
  try {
    await client.query(sql); // one simple-protocol batch is one implicit transaction
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    await client.query('UPDATE "_prisma_migrations" SET logs = $2 WHERE id = $1', [id, reason]);
    throw new Error(`migration ${name}: ${reason}`, { cause: error });
  }
  await client.query('UPDATE "_prisma_migrations" SET finished_at = now(), applied_steps_count = 1 WHERE id = $1', [id]);
}
