import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { freshDatabase } from '../support/fresh-database.js';

/**
 * A server that is killed (`SIGKILL`, nothing can be cleaned up) in the middle of an import leaves the revision before it as it was. Where it is killed is no matter of luck: the
 * test holds a lock that the import runs into, sees it wait there, and kills it then.
 */
const MAIN = resolve('dist/portolan.js');
const TOKEN = 'a-token-of-the-tests-that-kill';
const AUTHORIZED = { authorization: `Bearer ${TOKEN}` };

let url: string;
let drop: () => Promise<void>;
let home: string;
let watcher: pg.Client;
let server: Server;

interface Server {
  readonly child: ChildProcess;
  readonly origin: string;
}

let cluster: string;
let made = 0;

beforeAll(async () => {
  home = mkdtempSync(join(tmpdir(), 'portolan-kill-'));
  chmodSync(home, 0o755); // PostgreSQL runs as another user when this one is root
  const database = await freshDatabase();
  url = database.url;
  drop = async () => database.drop();
  watcher = new pg.Client({ connectionString: url });
  await watcher.connect();
  server = await start();
});
afterAll(async () => {
  await kill(server);
  await watcher.end();
  await drop();
  rmSync(home, { recursive: true, force: true });
});
/** The server that one test leaves behind is the next one's. */
beforeEach(async () => {
  cluster = `killed-${++made}`;
  await send('POST', '/clusters', JSON.stringify({ name: cluster }), 'application/json');
  await send('POST', `/clusters/${cluster}/snapshots`, maps(50, 'before'));
});

async function start(): Promise<Server> {
  const settings = {
    DATABASE_URL: url,
    PORTOLAN_DATA_DIR: join(home, `data-${made}`),
    PORTOLAN_PORT: '0',
    PORTOLAN_DEMO: '0',
    PORTOLAN_BOOTSTRAP_TOKEN: TOKEN,
    PORTOLAN_LOG_LEVEL: 'error',
  };
  const child = spawn(process.execPath, [MAIN], { env: { ...process.env, ...settings }, stdio: ['ignore', 'pipe', 'inherit'] });
  const said: string[] = [];
  child.stdout.on('data', (chunk: Buffer) => said.push(chunk.toString()));
  for (const end = Date.now() + 60_000; Date.now() < end && child.exitCode === null;) {
    const origin = /^Portolan\s+(http:\S+?)\/$/m.exec(said.join(''))?.[1];
    if (origin !== undefined) return { child, origin };
    await new Promise((wake) => setTimeout(wake, 50));
  }
  throw new Error(`it does not listen:\n${said.join('')}`);
}

async function kill({ child }: Server): Promise<void> {
  const gone = once(child, 'exit');
  child.kill('SIGKILL');
  await gone;
}

/** So many ConfigMaps as YAML, each with the same datum. */
function maps(count: number, value: string): string {
  const one = (index: number) => `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: m${index}, namespace: a}\ndata: {value: ${value}}\n`;
  return Array.from({ length: count }, (_, index) => one(index)).join('---\n');
}

async function send(method: string, path: string, body?: string, type = 'application/yaml'): Promise<unknown> {
  const headers = body === undefined ? AUTHORIZED : { ...AUTHORIZED, 'content-type': type };
  const answer = await fetch(`${server.origin}/api/v1${path}`, { method, headers, ...(body === undefined ? {} : { body }) });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`);
  return answer.headers.get('content-type')?.startsWith('application/json') ? JSON.parse(text) : text;
}

/** What a reader sees of the cluster: its newest revision, the objects of it, and the versions that the database has. */
async function seen(): Promise<unknown> {
  const { rows } = await watcher.query<{ versions: string }>(
    'SELECT count(*) AS versions FROM object_version v JOIN cluster c ON c.id = v.cluster_id WHERE c.name = $1',
    [cluster],
  );
  return [
    await send('GET', `/clusters/${cluster}/revisions`),
    await send('GET', `/clusters/${cluster}/export?format=ndjson`),
    await send('GET', `/clusters/${cluster}?view=summary`),
    rows[0]?.versions,
  ];
}

/** Waits until some session of the database, but this one, is as described. */
async function until(condition: string): Promise<void> {
  for (const end = Date.now() + 30_000; Date.now() < end;) {
    const { rowCount } = await watcher.query(
      `SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() AND ${condition}`,
    );
    if (rowCount) return;
    await new Promise((wake) => setTimeout(wake, 20));
  }
  throw new Error(`no session became: ${condition}`);
}

/** What a new server finds, and what it can do, after the old one was killed. */
async function expectUntouched(before: unknown): Promise<void> {
  server = await start();
  expect(await seen()).toEqual(before);
  const next = await send('POST', `/clusters/${cluster}/snapshots`, maps(60, 'after'));
  expect(next).toMatchObject({ revision: { number: 2, parent: 1, statistics: { objects: 60, added: 10, changed: 50, removed: 0 } } });
  expect(await send('GET', `/clusters/${cluster}/export?format=ndjson`)).not.toContain('half');
}

describe('a server that is killed', () => {
  it('while a client still sends leaves the revision before as it was', async () => {
    const before = await seen();
    const { hostname, port } = new URL(server.origin);
    const upload = request({
      hostname,
      port,
      method: 'POST',
      path: `/api/v1/clusters/${cluster}/snapshots`,
      headers: { ...AUTHORIZED, 'content-type': 'application/yaml' },
    });
    upload.on('error', () => undefined);
    upload.write(maps(3_000, 'half'));
    await until("query LIKE 'COPY staged%' AND state = 'active'");
    await kill(server);
    upload.destroy();
    await expectUntouched(before);
  });

  // In the order in which a commit needs them (src/persistence/clusters/commit-revision.ts).
  it.each([
    ['before it has its turn', 'SELECT 1 FROM cluster FOR UPDATE', '%FOR UPDATE%'],
    ['when its objects are written', 'LOCK TABLE content IN SHARE MODE', '%INSERT INTO content%'],
    ['when old versions are closed and new ones opened', 'LOCK TABLE revision IN SHARE MODE', '%INSERT INTO revision%'],
  ])('in the middle of its commit, %s, leaves the revision before as it was', async (_, lock, waitsIn) => {
    const before = await seen();
    const holder = new pg.Client({ connectionString: url });
    await holder.connect();
    await holder.query(`BEGIN; ${lock}`);
    const answer = send('POST', `/clusters/${cluster}/snapshots`, maps(3_000, 'half')).then(
      () => 'answered',
      () => 'cut off',
    );
    await until(`wait_event_type = 'Lock' AND query LIKE '${waitsIn}'`);
    await kill(server);
    expect(await answer).toBe('cut off');
    await holder.query('COMMIT');
    await holder.end();
    await expectUntouched(before);
  });
});
