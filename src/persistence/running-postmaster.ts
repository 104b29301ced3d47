import { existsSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';

const WAIT_MS = 60_000;
const LOOK_EVERY_MS = 100;
/** What PostgreSQL refuses a wrong password with (appendix A of its manual). */
const INVALID_PASSWORD = '28P01';

/**
 * The port of a PostgreSQL that already runs on a data directory, left behind by a killed process; undefined when there is none. One that is still starting or stopping is
 * waited for. A `postmaster.pid` that nobody stands behind is removed: its number may belong to another program by now, and PostgreSQL would refuse to start beside it.
 */
export async function runningPostmaster(data: string, password: string): Promise<number | undefined> {
  const file = join(data, 'postmaster.pid');
  for (const until = Date.now() + WAIT_MS; existsSync(file);) {
    const [pid, , , port] = readFileSync(file, 'utf8').split('\n').map(Number);
    if (pid === undefined || !serves(pid, data)) {
      rmSync(file, { force: true });
      return undefined;
    }
    if (port !== undefined && port > 0 && (await answers(port, password, data))) return port;
    if (Date.now() >= until) throw new Error(`process ${pid} holds ${data}, but answers nothing: end it`);
    await delay(LOOK_EVERY_MS);
  }
  return undefined;
}

/** Whether a process is the PostgreSQL of a data directory, which is where it works; whether it runs at all, where the system does not show that. */
function serves(pid: number, data: string): boolean {
  if (!existsSync('/proc/self')) return isRunning(pid);
  try {
    const [works, asked] = [statSync(`/proc/${pid}/cwd`), statSync(data)];
    return works.dev === asked.dev && works.ino === asked.ino;
  } catch {
    return false; // no such process, or one of somebody else
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

/** Whether the server at a port lets us in: no other one knows the password of this installation. */
async function answers(port: number, password: string, data: string): Promise<boolean> {
  const client = new pg.Client({
    host: '127.0.0.1',
    port,
    user: 'postgres',
    password,
    database: 'postgres',
    connectionTimeoutMillis: 5_000,
  });
  client.on('error', () => undefined);
  try {
    await client.connect();
    return true;
  } catch (error) {
    if (error instanceof pg.DatabaseError && error.code === INVALID_PASSWORD)
      throw new Error(`the file \`password\` beside ${data} is not the one its database was made with`, { cause: error });
    return false;
  } finally {
    await client.end().catch(() => undefined);
  }
}
