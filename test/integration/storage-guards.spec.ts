import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freshDatabase } from '../support/fresh-database.js';

/** What the database itself refuses, whoever asks. Statements are written against the tables, past the repositories. */
let client: pg.Client;
let url: string;
let drop: () => Promise<void>;

const CLUSTER = '00000000-0000-4000-8000-000000000001';
const EXCLUSION = '23P01';
const UNIQUE = '23505';
const RESTRICT = '23001';
const CHECK = '23514';

beforeAll(async () => {
  const database = await freshDatabase();
  url = database.url;
  drop = async () => database.drop();
  client = new pg.Client({ connectionString: url });
  await client.connect();
  // Revisions 1 to 5; object 1 is open since 1, object 2 was closed by 3, object 3 was closed by 2 and opened again by 4.
  await client.query(`
    INSERT INTO cluster (id, name, display_name) VALUES ('${CLUSTER}', 'c', 'c');
    ${open(1, 1)}; ${open(2, 1)}; ${open(3, 1)}; ${move(1)};
    ${close(3, 2)}; ${move(2)}; ${close(2, 3)}; ${move(3)}; ${open(3, 4)}; ${move(4)}; ${move(5)};
    INSERT INTO revision (cluster_id, number, author, message, mode, statistics) VALUES ('${CLUSTER}', 5, '', '', 'upsert', '{}')`);
});
afterAll(async () => {
  await client.end();
  await drop();
});

function open(id: number, from: number, to: number | null = null): string {
  return `INSERT INTO object_version VALUES ('${CLUSTER}', ${id}, ${from}, ${to ?? 'NULL'}, '', '\\x00')`;
}
function close(id: number, to: number): string {
  return `UPDATE object_version SET to_revision = ${to} WHERE cluster_id = '${CLUSTER}' AND object_id = ${id} AND to_revision IS NULL`;
}
function move(revision: number): string {
  return `UPDATE cluster SET latest_revision = ${revision} WHERE id = '${CLUSTER}'`;
}
/** The code a statement is refused with, or `taken`; nothing of it stays. */
async function outcome(statement: string): Promise<unknown> {
  await client.query('BEGIN');
  const code = await client.query(statement).then(
    () => 'taken',
    (error: pg.DatabaseError) => error.code,
  );
  await client.query('ROLLBACK');
  return code;
}
const without = (constraint: string) => `DROP TRIGGER ${constraint} ON object_version`;

describe('the database refuses', () => {
  it.each([
    ['a second open version', open(1, 6), UNIQUE],
    ['a version of a revision that is past', open(4, 5), EXCLUSION],
    ['a version of a revision that is still to come', open(4, 7), EXCLUSION],
    ['a version that is closed from the start', open(4, 1, 6), EXCLUSION],
    ['closing in the past', close(1, 5), EXCLUSION],
    ['closing in the future', close(1, 7), EXCLUSION],
    ['closing what never was', close(1, 1), CHECK],
    ['opening again what is closed', `UPDATE object_version SET to_revision = NULL WHERE object_id = 2`, RESTRICT],
    ['closing at another revision', `UPDATE object_version SET to_revision = 6 WHERE object_id = 2`, RESTRICT],
    ['another content for the past', `UPDATE object_version SET content_hash = '\\x01' WHERE object_id = 2`, RESTRICT],
    ['another content for the present', `UPDATE object_version SET content_hash = '\\x01' WHERE object_id = 1`, RESTRICT],
    ['a version of no cluster', open(1, 1).replace(CLUSTER, CLUSTER.replace(/1$/, '2')), EXCLUSION],
    ['a changed revision', `UPDATE revision SET message = 'x'`, RESTRICT],
    ['an unknown way to write', `INSERT INTO revision VALUES ('${CLUSTER}', 6, 5, '', '', NULL, 'magic', '{}')`, CHECK],
    ['overlapping closed versions, without the guard', `${without('object_version_opened_now')}; ${open(2, 2, 3)}`, EXCLUSION],
  ])('%s', async (_, statement, code) => {
    expect(await outcome(statement)).toBe(code);
  });

  it('and takes what the next revision does', async () => {
    expect(await outcome(`${close(1, 6)}; ${open(1, 6)}; ${open(2, 6)}; ${move(6)}`)).toBe('taken');
  });
});

it('a writer that forgot the lock waits for the one that has it, and is refused when it comes too late', async () => {
  const late = new pg.Client({ connectionString: url });
  await late.connect();
  await client.query(`BEGIN; ${open(7, 6)}; ${move(6)}`);
  const refused = expect(late.query(open(8, 6))).rejects.toMatchObject({ code: EXCLUSION });
  await new Promise((resolve) => setTimeout(resolve, 50));
  await client.query('COMMIT');
  await refused;
  await late.end();
});
