import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from './free-port.js';

/** A running product: where it listens and the token it takes. */
export interface Product {
  readonly url: string;
  readonly token: string;
  /** Process id of the server, when it was started here. */
  readonly pid: number | undefined;
  stop(): Promise<void>;
}

const TOKEN = 'portolan-conformance-and-bench-token';
const READY_WITHIN_MS = 90_000;
const POLL_MS = 20;

/** Takes the product named by flags or environment, or starts the built one on a free port with a database that is thrown away. */
export async function takeProduct(url: string | undefined, environment: Readonly<Record<string, string>> = {}): Promise<Product> {
  const named = url ?? process.env['PORTOLAN_URL'];
  if (named !== undefined) {
    const token = process.env['PORTOLAN_TOKEN'];
    if (token === undefined) throw new Error('PORTOLAN_TOKEN must hold a token of the product that the URL names');
    return { url: named.replace(/\/$/, ''), token, pid: undefined, stop: () => Promise.resolve() };
  }
  return startProduct(environment);
}

/** What `npm start` hands to Node: how it runs the built server, and that. */
function startArguments(): readonly string[] {
  const { scripts } = JSON.parse(readFileSync('package.json', 'utf8')) as { readonly scripts: { readonly start: string } };
  return scripts.start.replace(/^(?:exec )?node /, '').split(' ');
}

/** How `npm start` has Node run the server. */
export function startFlags(): readonly string[] {
  return startArguments().filter((argument) => argument.startsWith('-'));
}

/** Starts the built server on a free port with a data directory of its own, which is removed when it stops; `environment` may say otherwise. */
export async function startProduct(environment: Readonly<Record<string, string>>): Promise<Product> {
  const home = mkdtempSync(join(tmpdir(), 'portolan-run-'));
  chmodSync(home, 0o755); // PostgreSQL runs as another user when this one is root
  const port = await freePort();
  const child = spawn(process.execPath, startArguments(), {
    env: {
      ...process.env,
      DATABASE_URL: '', // nobody's own database is filled with cases
      PORTOLAN_DATA_DIR: join(home, 'data'),
      PORTOLAN_PORT: String(port),
      PORTOLAN_DEMO: '0',
      PORTOLAN_BOOTSTRAP_TOKEN: TOKEN,
      PORTOLAN_LOG_LEVEL: 'error',
      ...environment,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const output: string[] = [];
  child.stdout.on('data', (chunk: Buffer) => output.push(chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => output.push(chunk.toString()));
  const url = `http://127.0.0.1:${port}`;
  await ready(url, child, output);
  const stop = async () => {
    if (child.exitCode === null) {
      const gone = once(child, 'exit');
      child.kill('SIGTERM');
      await gone;
    }
    rmSync(home, { recursive: true, force: true });
  };
  return { url, token: TOKEN, pid: child.pid, stop };
}

async function ready(url: string, child: ChildProcess, output: readonly string[]): Promise<void> {
  const deadline = Date.now() + READY_WITHIN_MS;
  while (Date.now() < deadline) {
    if (child.exitCode !== null) break;
    const answer = await fetch(`${url}/readyz`).catch(() => undefined);
    if (answer?.ok) return;
    await new Promise((wake) => setTimeout(wake, POLL_MS));
  }
  child.kill('SIGKILL');
  throw new Error(`the product did not become ready:\n${output.join('').slice(-4000)}`);
}
