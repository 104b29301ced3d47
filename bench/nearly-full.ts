import { randomUUID } from 'node:crypto';
import pg from 'pg';
import type { AllocationWrite } from '../src/application/ipam/allocation-store.js';
import type { Cluster } from '../src/application/clusters/cluster.js';
import { placeText } from '../src/core/ipam/allocation.js';
import { Database, DatabaseSettings } from '../src/persistence/database.js';
import { AllocationRepository } from '../src/persistence/ipam/allocation.repository.js';
import { clusterOf } from './combiner.js';
import { format, median, quantile, timed } from './measure.js';
import { comparedFigure, type Figure, type Section } from './section.js';
import { emptyCluster, givenBack, oneAddress, PODS } from './service-range.js';
import type { Stage } from './stage.js';

const CALLERS = 256;
const LOOKS = 500;
/** Addresses of the /8 that are handed out one by one, its last among them; the rest is in prefixes: a /9, a /10, … */
const SINGLE = 65_536;
const PREFIXES = [9, 10, 11, 12, 13, 14, 15, 16];
/** Prefixes of 64 bits in one of 48. */
const HALVES = 65_536;

/** How long one caller waits for the last that a pool has, committed, again and again. */
export async function benchNearlyFull(stage: Stage): Promise<Section> {
  const running = await stage.server();
  const database = new Database(new DatabaseSettings(running.databaseUrl));
  try {
    const { name } = await emptyCluster(running, 'bench-nearly-full');
    const cluster = await clusterOf(running.databaseUrl, name);
    const store = new AllocationRepository(database);
    const ask = async (write: AllocationWrite): Promise<string> => handedOut(store, cluster, write);
    for (const length of PREFIXES) await ask(oneAddress(`/${length}`, length));
    // The network's own address is nobody's, and the first is that of a service.
    await together(SINGLE - 3, async (n) => ask(oneAddress(`${n}`)));
    await together(HALVES - 1, async (n) => ask(oneAddress(`${n}`, 64, PODS)));
    const reference = await insertWait(running.databaseUrl);
    return {
      title: 'Allocation where little is left',
      about:
        `One caller that asks for the last free address of a /8, of which ${SINGLE.toLocaleString('en')} are handed out one by one and the rest in ${PREFIXES.length} prefixes, and for the last free /64 of a /48 with ` +
        `${(HALVES - 1).toLocaleString('en')} others, waits for the commit in PostgreSQL and gives it back; ${LOOKS} times each, by the clock. Reference: one row written and committed, p50.`,
      figures: [
        await waited('the last address of a /8, committed, p50 (p99)', store, cluster, oneAddress('last'), givenBack('last'), reference),
        await waited(
          'the last /64 of a /48, committed, p50 (p99)',
          store,
          cluster,
          oneAddress('last', 64, PODS),
          givenBack('last', PODS),
          reference,
        ),
      ],
    };
  } finally {
    await database.onModuleDestroy();
  }
}

async function together(count: number, work: (n: number) => Promise<unknown>): Promise<void> {
  let next = 0;
  const caller = async (): Promise<void> => {
    while (next < count) await work(next++);
  };
  await Promise.all(Array.from({ length: CALLERS }, caller));
}

/** Where the write left its caller. */
async function handedOut(store: AllocationRepository, cluster: Cluster, write: AllocationWrite): Promise<string> {
  const outcome = await store.write(cluster, write);
  if (!outcome.ok) throw new Error(outcome.error.message);
  const [record] = outcome.value.flatMap(({ records }) => records);
  if (!record) throw new Error('nothing was handed out or given back');
  return placeText(record);
}

async function waited(
  name: string,
  store: AllocationRepository,
  cluster: Cluster,
  take: AllocationWrite,
  giveBack: AllocationWrite,
  reference: number,
): Promise<Figure> {
  const waits: number[] = [];
  const places = new Set<string>();
  for (let look = 0; look < LOOKS; look++) {
    const start = performance.now();
    places.add(await handedOut(store, cluster, take));
    waits.push(performance.now() - start);
    await store.write(cluster, giveBack);
  }
  if (places.size !== 1) throw new Error(`${places.size} places were free, not one`);
  const [p50, p99] = [quantile(waits, 0.5), quantile(waits, 0.99)];
  return { ...comparedFigure(name, 'ms', p50, reference, 'p50 ≤ 2 ms'), value: `${format(p50)} (${format(p99)}) ms` };
}

/** How long one client waits for a row and its commit, in ms; the middle of {@link LOOKS}. */
async function insertWait(databaseUrl: string): Promise<number> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    await client.query('CREATE SCHEMA IF NOT EXISTS bench; CREATE TABLE bench.alone (name text PRIMARY KEY)');
    const waits: number[] = [];
    for (let n = 0; n < LOOKS; n++) {
      const { seconds } = await timed(() => client.query('INSERT INTO bench.alone VALUES ($1)', [randomUUID()]));
      waits.push(seconds * 1_000);
    }
    await client.query('DROP TABLE bench.alone');
    return median(waits);
  } finally {
    await client.end();
  }
}
