import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { Resolver } from 'node:dns/promises';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';

const MAIN = resolve('dist/portolan.js');
const TOKEN = 'a-token-of-the-boot-tests';

/** A server in a process of its own. */
interface Process {
  readonly child: ChildProcess;
  /** What it wrote to the terminal, and to the log. */
  readonly out: string[];
  readonly log: string[];
  /** Its exit code, once all it wrote has been read. */
  readonly exit: Promise<number | null>;
}

function run(settings: Readonly<Record<string, string>>, program = MAIN, args: readonly string[] = []): Process {
  const { DATABASE_URL: _, ...environment } = process.env;
  const child = spawn(process.execPath, ['--enable-source-maps', program, ...args], {
    env: { ...environment, ...settings },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const out: string[] = [];
  const log: string[] = [];
  child.stdout.on('data', (chunk: Buffer) => out.push(chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => log.push(chunk.toString()));
  return { child, out, log, exit: once(child, 'close').then(([code]: (number | null)[]) => code ?? null) };
}

/** Waits until the server has written what matches, and gives its first group; fails with what it wrote instead. */
async function said({ child, out, log }: Process, where: 'out' | 'log', pattern: RegExp): Promise<string> {
  for (const until = Date.now() + 100_000; Date.now() < until;) {
    const found = pattern.exec((where === 'out' ? out : log).join(''))?.[1];
    if (found !== undefined) return found;
    if (child.exitCode !== null) break;
    await new Promise((wake) => setTimeout(wake, 50));
  }
  throw new Error(`it does not say ${pattern}:\n${out.join('')}${log.join('')}`);
}

const listening = async (server: Process): Promise<string> => said(server, 'out', /^Portolan\s+(http:\S+?)\/$/m);

/** A test starts up to two servers, each with a database of its own, and a busy machine takes half a minute for one. */
const PATIENCE = { timeout: 240_000 };

const ask = async (url: string, path: string, token = TOKEN) => fetch(url + path, { headers: { authorization: `Bearer ${token}` } });

describe('a server that starts', PATIENCE, () => {
  let home: string;
  let settings: Readonly<Record<string, string>>;
  beforeAll(() => {
    home = mkdtempSync(join(tmpdir(), 'portolan-boot-'));
    chmodSync(home, 0o755); // PostgreSQL runs as another user when this one is root
    settings = { PORTOLAN_DATA_DIR: join(home, 'data'), PORTOLAN_PORT: '0', PORTOLAN_BOOTSTRAP_TOKEN: TOKEN };
  });
  afterAll(() => rmSync(home, { recursive: true, force: true }));

  it.each([
    [
      { PORTOLAN_PORT: 'http' },
      'PORTOLAN_PORT is the TCP port the server listens on, 0 for a free one: it must be a whole number from 0 to 65535, not `http`\n',
    ],
    [{ PORTOLAN_PROT: '1' }, 'PORTOLAN_PROT is no setting of this server: did you mean `PORTOLAN_PORT`?\n'],
    [{ DATABASE_URL: 'postgresql://nobody@127.0.0.1:1/none' }, 'the database cannot be used: connect ECONNREFUSED 127.0.0.1:1\n'],
    [
      { PORTOLAN_DATA_DIR: '/dev/null/data' },
      "PORTOLAN_DATA_DIR: `/dev/null/data` must be a folder that this process may write to: ENOTDIR: not a directory, mkdir '/dev/null/data'\n",
    ],
    [{ PORTOLAN_HOST: '203.0.113.1', DATABASE_URL: '' }, 'PORTOLAN_HOST: `203.0.113.1` is no address of this machine\n'],
  ])('ends with one line that says what to do: %j', async (wrong, line) => {
    const { exit, log } = run({ ...settings, PORTOLAN_LOG_LEVEL: 'silent', PORTOLAN_DATA_DIR: join(home, 'wrong'), ...wrong });
    expect([await exit, log.join('')]).toEqual([1, line]);
  });

  it('serves names as DNS where it is told to, says where, and ends with one line when the port is taken', async () => {
    const own = { ...settings, PORTOLAN_DATA_DIR: join(home, 'names') };
    const server = run({ ...own, PORTOLAN_DNS: 'harbor:0,habror:0' });
    await listening(server);
    const port = Number(await said(server, 'out', /^dns {8}harbor on 127\.0\.0\.1 port (\d+)/m));
    const resolver = new Resolver();
    resolver.setServers([`127.0.0.1:${port}`]);
    expect(await resolver.resolve4('kube-dns.kube-system.svc.cluster.local')).toEqual(['10.96.0.10']);
    const warning = await said(server, 'log', /^(.*does not exist yet.*)\n/m);
    expect(JSON.parse(warning)).toMatchObject({ cluster: 'habror', hint: 'did you mean `harbor`?' });

    const other = run({ ...own, PORTOLAN_DATA_DIR: join(home, 'other'), PORTOLAN_LOG_LEVEL: 'silent', PORTOLAN_DNS: `atoll:${port}` });
    expect([await other.exit, other.log.join('')]).toEqual([
      1,
      `PORTOLAN_DNS: port ${port} of 127.0.0.1 is taken by another process: give \`atoll\` another port\n`,
    ]);
    const connection = connect(port, '127.0.0.1');
    await once(connection, 'connect');
    server.child.kill('SIGTERM');
    expect(await server.exit).toBe(0); // an idle connection keeps nobody
    await expect(resolver.resolve4('kube-dns.kube-system.svc.cluster.local')).rejects.toThrow();
  });

  it('shows the token it makes once, keeps no secret in its log, and keeps its data when it is killed', async () => {
    const own = { PORTOLAN_DATA_DIR: join(home, 'killed'), PORTOLAN_PORT: '0' };
    const first = run(own);
    const url = await listening(first);
    const secret = await said(first, 'out', /^ {2}(ptl_[\w-]{43})$/m);
    const clusters = await (await ask(url, '/api/v1/clusters', secret)).text();
    expect(clusters).toContain('harbor');
    await ask(url, `/api/v1/clusters?secret=hunter2`, secret);
    first.child.kill('SIGKILL');
    await first.exit;

    const second = run(own);
    const again = await listening(second);
    expect(await (await ask(again, '/api/v1/clusters', secret)).text()).toBe(clusters);
    expect(second.out.join('')).not.toContain('ptl_');
    second.child.kill('SIGTERM');
    expect(await second.exit).toBe(0);
    expect([...first.log, ...second.log].join('')).not.toMatch(/ptl_|hunter2/);
    for (const line of first.log.join('').trim().split('\n')) expect(JSON.parse(line)).toHaveProperty('msg');
  });

  it('answers who is being served when it is told to stop, and lets its database go', async () => {
    const server = run(settings);
    const url = await listening(server);
    const { hostname, port } = new URL(url);
    const socket = connect(Number(port), hostname);
    await once(socket, 'connect');
    const answer: string[] = [];
    socket.on('data', (chunk: Buffer) => answer.push(chunk.toString()));
    const body = JSON.stringify({ name: 'slow', role: 'viewer' });
    socket.write(
      `POST /api/v1/tokens HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${TOKEN}\r\nContent-Type: application/json\r\nExpect: 100-continue\r\nContent-Length: ${body.length}\r\n\r\n`,
    );
    await once(socket, 'data'); // it is being served: 100 Continue
    server.child.kill('SIGINT'); // a terminal tells npm and the server, and npm passes it on
    server.child.kill('SIGTERM');
    await expect.poll(async () => ask(url, '/livez').catch(() => 'refused'), { timeout: 20_000 }).toBe('refused'); // nobody new is let in
    socket.write(body);
    await once(socket, 'end');
    expect(answer.join('')).toMatch(/^HTTP\/1\.1 100 Continue\r\n\r\nHTTP\/1\.1 201 [\s\S]*"name":"slow"/);
    expect(await server.exit).toBe(0);
    expect(existsSync(join(home, 'data', 'pg', 'postmaster.pid'))).toBe(false);
  });

  it('stops at once when it is told twice', async () => {
    const server = run({ ...settings, PORTOLAN_SHUTDOWN_SECONDS: '600' });
    const { hostname, port } = new URL(await listening(server));
    const socket = connect(Number(port), hostname);
    socket.on('error', () => undefined);
    await once(socket, 'connect');
    socket.write(
      `POST /api/v1/tokens HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nContent-Type: application/json\r\nExpect: 100-continue\r\nAuthorization: Bearer ${TOKEN}\r\n\r\n`,
    );
    await once(socket, 'data'); // it is being served: 100 Continue
    server.child.kill('SIGTERM');
    await new Promise((wake) => setTimeout(wake, 300));
    expect(server.child.exitCode).toBeNull();
    const insist = setInterval(() => server.child.kill('SIGTERM'), 2_000);
    expect(await server.exit).toBe(0);
    clearInterval(insist);
    expect(existsSync(join(home, 'data', 'pg', 'postmaster.pid'))).toBe(false);
  });

  it('starts beside another one on a new database: the tables and the demo fleet are made once', async () => {
    const url = new URL(inject('templateDatabase'));
    url.pathname = 'postgres';
    const client = new pg.Client({ connectionString: url.href });
    await client.connect();
    const name = `portolan_boot_${randomUUID().replaceAll('-', '')}`;
    await client.query(`CREATE DATABASE ${name}`);
    url.pathname = name;
    const servers = ['left', 'right'].map((folder) =>
      run({ ...settings, DATABASE_URL: url.href, PORTOLAN_DATA_DIR: join(home, folder), PORTOLAN_SECRET_KEY: '0'.repeat(64) }),
    );
    for (const server of servers) {
      const fleet = await (await ask(await listening(server), '/api/v1/clusters')).json();
      expect(fleet).toMatchObject({
        items: readdirSync('demo', { withFileTypes: true })
          .filter((entry) => entry.isDirectory())
          .map(({ name }) => ({ name, latestRevision: 1 })),
      });
    }
    for (const { child, exit } of servers) {
      child.kill('SIGTERM');
      expect(await exit).toBe(0);
    }
    expect(existsSync(join(home, 'left', 'pg'))).toBe(false); // nothing embedded
    await client.query(`DROP DATABASE ${name}`);
    await client.end();
  });

  it('shares its folder with no other server, and its database with `npm run token`', async () => {
    const server = run(settings);
    const url = await listening(server);
    const other = run({ ...settings, PORTOLAN_LOG_LEVEL: 'silent' });
    expect(await other.exit).toBe(1);
    expect(other.log.join('')).toBe(
      `PORTOLAN_DATA_DIR: \`${join(home, 'data')}\` is used by process ${server.child.pid}: stop it, or set PORTOLAN_DATA_DIR to another folder\n`,
    );
    const issue = run(settings, resolve('dist/cli/token.js'), ['--role', 'viewer', '--name', 'ci', '--days', '1']);
    expect(await issue.exit).toBe(0);
    expect((await ask(url, '/metrics', issue.out.join('').trim())).status).toBe(200);
    expect((await ask(url, '/api/v1/tokens', issue.out.join('').trim())).status).toBe(403);
    server.child.kill('SIGTERM');
    expect(await server.exit).toBe(0);
    const afterwards = run(settings, resolve('dist/cli/token.js'));
    expect([await afterwards.exit, afterwards.out.join('')]).toEqual([0, expect.stringMatching(/^ptl_[\w-]{43}\n$/)]);
    expect(existsSync(join(home, 'data', 'pg', 'postmaster.pid'))).toBe(false);
  });

  it('keeps the key of its installation for itself', () => {
    const key = join(home, 'data', 'secret-key');
    expect(readFileSync(key, 'utf8')).toMatch(/^[0-9a-f]{64}\n$/);
    expect(statSync(key).mode & 0o777).toBe(0o600);
  });
});
