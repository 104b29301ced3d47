import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { inject } from 'vitest';

/** A migrated, empty database of one test file's own. `drop` ends its connections and removes it. */
export async function freshDatabase(): Promise<{ readonly url: string; drop(): Promise<void> }> {
  const template = new URL(inject('templateDatabase'));
  const name = `test_${randomUUID().replaceAll('-', '')}`;
  const templateName = template.pathname.slice(1);
  const admin = new URL(template.href);
  admin.pathname = '/postgres';
  await onAdmin(admin.href, `CREATE DATABASE ${name} TEMPLATE ${templateName}`);
  const url = new URL(template.href);
  url.pathname = `/${name}`;
  return { url: url.href, drop: () => onAdmin(admin.href, `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`) };
}

async function onAdmin(url: string, sql: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}
