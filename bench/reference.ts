import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Target } from './load.js';
import type { Given } from './reference-server.js';

const SERVER = fileURLToPath(new URL('./reference-server.js', import.meta.url));

/** Starts the reference server for what is given, lets `use` measure it, and ends it. */
export async function withReference<T>(given: Given, use: (target: Target) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'portolan-reference-'));
  const file = join(folder, 'given.json');
  writeFileSync(file, JSON.stringify(given));
  const child = spawn(process.execPath, [SERVER, file], { stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = once(child, 'exit');
  try {
    const said = await Promise.race([once(child.stdout, 'data'), ended.then(() => undefined)]);
    if (said === undefined || child.pid === undefined) throw new Error('the reference server did not start');
    return await use({ url: String(said[0]).trim(), token: 'unread', pid: child.pid });
  } finally {
    child.kill('SIGTERM');
    await ended;
    rmSync(folder, { recursive: true, force: true });
  }
}
