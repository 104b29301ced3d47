import { expect, it } from 'vitest';
import pg from 'pg';
import { freshDatabase } from '../support/fresh-database.js';

it('probe', async () => {
  const database = await freshDatabase();
  const client = new pg.Client({ connectionString: database.url });
  await client.connect();
  const { rows } = await client.query('select count(*)::int as n from object_version');
  expect(rows[0].n).toBe(0);
  await client.end();
  await database.drop();
});
