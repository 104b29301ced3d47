import { type ChildProcess, fork } from 'node:child_process';
import { parseArgs } from 'node:util';
import { Database, DatabaseSettings } from '../src/persistence/database.js';
import { AllocationRepository } from '../src/persistence/ipam/allocation.repository.js';
import type { AllocationWrite } from '../src/application/ipam/allocation-store.js';
import { clusterOf, countOf } from './combiner.js';
import { emptyCluster, oneAddress } from './service-range.js';
import { Stage } from './stage.js';

/**
 * Processes that hand out addresses and prefixes of one pool and are killed (SIGKILL) at random points, again and again; each is started anew and goes on after the last address of which it
 * said that it has it. At the end no address has two owners, alone or in a prefix, none is lost, and asking again under known identifiers changes nothing.
 */
const PROCESSES = 4;
const CALLERS = 64;
const NAME = 'bench-crash';
/** Each so many requests one is for a prefix, of which a shorter gap is left over until the next address fills it. */
const PREFIX_EVERY = 8;
const PREFIX_LENGTH = 30;
const PREFIX_SIZE = 4;

const { values } = parseArgs({
  options: {
    total: { type: 'string', default: '1000000' },
    replay: { type: 'string', default: '10000' },
    life: { type: 'string', default: '20' },
    worker: { type: 'string' },
    from: { type: 'string' },
    to: { type: 'string' },
    database: { type: 'string' },
  },
});

/** What a worker asks for the n-th time. */
function request(worker: string | number, n: number): AllocationWrite {
  return oneAddress(`${worker}/${n}`, n % PREFIX_EVERY === 0 ? PREFIX_LENGTH : undefined);
}

/** Hands out `from` to `to`, and says now and then up to where everything is acknowledged. */
async function work(worker: string, from: number, to: number, url: string): Promise<void> {
  const database = new Database(new DatabaseSettings(url));
  const store = new AllocationRepository(database);
  const cluster = await clusterOf(url, NAME);
  for (let start = from; start < to; start += CALLERS * 16) {
    let next = start;
    const end = Math.min(start + CALLERS * 16, to);
    const caller = async (): Promise<void> => {
      while (next < end) {
        const outcome = await store.write(cluster, request(worker, next++));
        if (!outcome.ok) throw new Error(outcome.error.message);
      }
    };
    await Promise.all(Array.from({ length: CALLERS }, caller));
    process.send?.(end);
  }
  await database.onModuleDestroy();
  process.disconnect();
}

/**
 * Runs one worker to its end, however often it is killed: at a random point of `life` seconds from its first word on, for until then it reads what there is, and that is more each time;
 * one in five within its first three seconds. Returns how often it was.
 */
async function survive(worker: number, share: number, life: number, url: string): Promise<number> {
  let done = 0;
  for (let kills = 0; ; kills++) {
    const child = fork(new URL(import.meta.url), [`--worker=${worker}`, `--from=${done}`, `--to=${share}`, `--database=${url}`]);
    const killWithin = (seconds: number): NodeJS.Timeout => setTimeout(() => child.kill('SIGKILL'), Math.random() * seconds * 1_000);
    let killer = Math.random() < 0.2 ? killWithin(3) : undefined;
    child.on('message', (acknowledged) => {
      done = Number(acknowledged);
      killer ??= killWithin(life);
    });
    const code = await ended(child);
    clearTimeout(killer);
    if (code === 0) return kills;
    if (code !== null) throw new Error(`worker ${worker} failed`);
  }
}

/** Null: it was killed. */
async function ended(child: ChildProcess): Promise<number | null> {
  return new Promise((settle) => child.once('exit', settle));
}

async function main(total: number, replay: number, life: number): Promise<void> {
  const stage = new Stage();
  // The database would stay behind: it is no child that a signal reaches.
  const interrupted = (): void => void stage.close().finally(() => process.exit(130));
  process.once('SIGINT', interrupted).once('SIGTERM', interrupted);
  try {
    const running = await stage.server();
    await emptyCluster(running, NAME);
    const url = running.databaseUrl;
    const cluster = await clusterOf(url, NAME);
    const share = Math.ceil(total / PROCESSES);
    const start = performance.now();
    const kills = await Promise.all(Array.from({ length: PROCESSES }, async (_, worker) => survive(worker, share, life, url)));
    const seconds = (performance.now() - start) / 1_000;
    const before = await countOf(url, cluster.id);
    const database = new Database(new DatabaseSettings(url));
    const store = new AllocationRepository(database);
    const again = await Promise.all(
      Array.from({ length: replay }, async (_, n) => store.write(cluster, request(n % PROCESSES, Math.floor(n / PROCESSES)))),
    );
    const replayed = await countOf(url, cluster.id);
    // What is left before the last prefix is less than one; what is left when that is filled was lost.
    for (let n = 0; n < Math.min(before.span - before.addresses, PREFIX_SIZE - 1); n++) await store.write(cluster, oneAddress(`fill/${n}`));
    await database.onModuleDestroy();
    const after = await countOf(url, cluster.id);
    const created = again.filter((outcome) => !outcome.ok || outcome.value.some(({ changed }) => changed)).length;
    const prefixes = PROCESSES * Math.ceil(share / PREFIX_EVERY);
    const asked = PROCESSES * share;
    const addresses = asked + prefixes * (PREFIX_SIZE - 1);
    const result = {
      asked,
      made: before.made,
      prefixes,
      addresses: before.addresses,
      duplicates: before.overlaps,
      leaked: after.span - after.addresses,
      kills: kills.reduce((sum, count) => sum + count, 0),
      seconds: Math.round(seconds),
      replayed: replay,
      createdByReplay: created + replayed.made - before.made,
    };
    console.log(JSON.stringify(result));
    const isRight =
      result.made === asked && result.addresses === addresses && result.duplicates + result.createdByReplay + result.leaked === 0;
    if (!isRight) process.exitCode = 1;
  } finally {
    await stage.close();
  }
}

const { worker, from, to, database } = values;
if (worker !== undefined) await work(worker, Number(from), Number(to), database ?? '');
else await main(Number(values.total), Number(values.replay), Number(values.life));
