import { randomUUID } from 'node:crypto';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import type { TestProject } from 'vitest/node';
import { startEmbeddedPostgres } from '../../src/persistence/embedded-postgres.js';
import { migrate } from '../../src/persistence/migrate.js';

declare module 'vitest' {
  export interface ProvidedContext {
    /** Connection string of the migrated template database; `test/support/fresh-database.ts` copies it. */
    templateDatabase: string;
  }
}

/** One PostgreSQL for the whole run: an embedded one that is thrown away, or the server `DATABASE_URL` names. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const given = process.env['DATABASE_URL'];
  const home = mkdtempSync(join(tmpdir(), 'portolan-test-'));
  chmodSync(home, 0o755); // PostgreSQL runs as another user when this one is root
  const embedded = given === undefined ? await startEmbeddedPostgres(home, 'postgres') : undefined;
  const admin = embedded?.url ?? given ?? '';
  const template = new URL(admin);
  const name = `portolan_test_${randomUUID().replaceAll('-', '')}`;
  template.pathname = `/${name}`;
  await execute(admin, `CREATE DATABASE ${name}`);
  await migrate(template.href, 'prisma/migrations');
  project.provide('templateDatabase', template.href);
  return async () => {
    await execute(admin, `DROP DATABASE ${name}`);
    await embedded?.stop();
    rmSync(home, { recursive: true, force: true });
  };
}

async function execute(url: string, sql: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}
