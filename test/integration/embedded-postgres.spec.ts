import { chmodSync, chownSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startEmbeddedPostgres } from '../../src/persistence/embedded-postgres.js';

async function query(url: string, sql: string): Promise<readonly unknown[]> {
  const client = new pg.Client({ connectionString: url });
  client.on('error', () => undefined);
  await client.connect();
  try {
    return (await client.query(sql)).rows;
  } finally {
    await client.end();
  }
}

describe('the embedded PostgreSQL', () => {
  let home: string;
  let stranger: Server;
  let pidFile: string;
  beforeAll(async () => {
    home = mkdtempSync(join(tmpdir(), 'portolan-embedded-'));
    chmodSync(home, 0o755); // it runs as another user when this one is root
    pidFile = join(home, 'pg', 'postmaster.pid');
    stranger = createServer((socket) => socket.end());
    await new Promise<void>((resolve) => stranger.listen(0, '127.0.0.1', resolve));
  });
  afterAll(() => {
    stranger.close();
    rmSync(home, { recursive: true, force: true });
  });

  it('begins anew where a start was killed before its data were made', async () => {
    mkdirSync(join(home, 'pg.new', 'base'), { recursive: true });
    writeFileSync(join(home, 'pg.new', 'PG_VERSION'), '18\n');
    const database = await startEmbeddedPostgres(home, 'first');
    await query(database.url, 'CREATE TABLE kept AS SELECT 42 AS answer');
    expect(existsSync(join(home, 'pg.new'))).toBe(false);
    await database.stop();
    expect(existsSync(pidFile)).toBe(false);
  });

  it('makes a segment of its log without writing all of it first, and syncs what is written to it', async () => {
    // PostgreSQL 18, 19.5.1 "Settings": `wal_init_zero` off writes the final byte alone; `fsync` and `synchronous_commit` are what durability rests on.
    const database = await startEmbeddedPostgres(home, 'first');
    const shown = await query(
      database.url,
      `SELECT current_setting('wal_init_zero') AS zeroed, current_setting('fsync') AS synced, current_setting('synchronous_commit') AS waited`,
    );
    await database.stop();
    expect(shown).toEqual([{ zeroed: 'off', synced: 'on', waited: 'on' }]);
  });

  it('takes over a server that still runs', async () => {
    const left = await startEmbeddedPostgres(home, 'first');
    const adopted = await startEmbeddedPostgres(home, 'first');
    expect(adopted.url).toBe(left.url);
    await adopted.stop();
  });

  it('comes back after everything was killed', async () => {
    const killed = await startEmbeddedPostgres(home, 'first');
    process.kill(Number(readFileSync(pidFile, 'utf8').split('\n')[0]), 'SIGKILL');
    const again = await startEmbeddedPostgres(home, 'first');
    expect(await query(again.url, 'SELECT answer FROM kept')).toEqual([{ answer: 42 }]);
    expect(again.directory).toBe(killed.directory);
    await again.stop();
  });

  it('is not misled by a pid file whose process and port belong to other programs by now', async () => {
    const address = stranger.address();
    if (address === null || typeof address === 'string') throw new Error('no port');
    const data = join(home, 'pg');
    writeFileSync(pidFile, `${process.pid}\n${data}\n1764000000\n${address.port}\n\n127.0.0.1\n  1 2\nready   \n`, { mode: 0o600 });
    chownSync(pidFile, statSync(data).uid, statSync(data).gid);
    const database = await startEmbeddedPostgres(home, 'first');
    expect(new URL(database.url).port).not.toBe(String(address.port));
    expect(await query(database.url, 'SELECT answer FROM kept')).toEqual([{ answer: 42 }]);
    await database.stop();
  });

  it('says which file does not fit when its password was lost', async () => {
    const database = await startEmbeddedPostgres(home, 'first');
    writeFileSync(join(home, 'password'), 'another');
    await expect(startEmbeddedPostgres(home, 'first')).rejects.toThrow(`the file \`password\` beside ${join(home, 'pg')} is not the one`);
    await database.stop();
  });
});
