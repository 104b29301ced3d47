import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import type { Cluster } from '../src/application/clusters/cluster.js';
import { Database, DatabaseSettings } from '../src/persistence/database.js';
import { AllocationRepository } from '../src/persistence/ipam/allocation.repository.js';
import { startFlags } from '../test/conformance/product.js';
import { format, median, quantile, timed } from './measure.js';
import { plainFigure, type Section } from './section.js';
import { emptyCluster, oneAddress } from './service-range.js';
import type { Stage } from './stage.js';

const CALLERS = 256;
const EACH = 100;
const ROUNDS = 3;
/** Rounds before them, in which V8 still compiles what runs. */
const WARM_UP = 1;

/** What the callers came to. */
interface Waited {
  /** Allocations a second, of each round. */
  readonly rates: readonly number[];
  /** How long each caller waited for each of its allocations, in ms. */
  readonly waits: readonly number[];
}

/**
 * Callers of one process who each wait for the commit of their allocation, and then ask for the next. The process is one that does nothing else, started as the server is: that of the benchmarks has the heap of
 * all that was measured before, through which V8 goes while callers wait.
 */
export async function benchCombiner(stage: Stage): Promise<Section> {
  const running = await stage.server();
  const { name } = await emptyCluster(running, 'bench-combiner');
  const { rates, waits } = await inOwnProcess(running.databaseUrl, name);
  const { made, overlaps, span } = await countOf(running.databaseUrl, (await clusterOf(running.databaseUrl, name)).id);
  if (made !== (WARM_UP + ROUNDS) * CALLERS * EACH || overlaps > 0)
    throw new Error(`of ${made} allocations ${overlaps} have another’s address`);
  return {
    title: 'Allocation in one process',
    about: `${CALLERS} callers at once, each of which waits for the commit of its allocation ${EACH} times, strictly the lowest free address; median of ${ROUNDS} rounds after ${WARM_UP} that warms the process up. They are of a process of their own, with the flags of \`npm start\`.`,
    figures: [
      plainFigure('allocations a second', format(median(rates), '/s'), '≥ 25,000'),
      plainFigure('wait, p50', format(quantile(waits, 0.5), 'ms')),
      plainFigure('wait, p99', format(quantile(waits, 0.99), 'ms'), '≤ 25 ms'),
      plainFigure('handed out twice', `${overlaps} of ${made.toLocaleString('en')}`, '0'),
      // The cluster's own service is one of the addresses between the first and the last.
      plainFigure('left out', String(span - made), '≤ 1'),
    ],
  };
}

async function inOwnProcess(databaseUrl: string, name: string): Promise<Waited> {
  const child = fork(new URL(import.meta.url), [databaseUrl, name], { execArgv: [...startFlags()], serialization: 'advanced' });
  const told = once(child, 'message').then(([waited]: Waited[]) => waited);
  const ended = once(child, 'exit').then(([code]) => Promise.reject(new Error(`the callers ended with ${String(code)}`)));
  const waited = await Promise.race([told, ended]);
  if (!waited) throw new Error('the callers told nothing');
  return waited;
}

/** What the process of the callers does. */
async function ask(databaseUrl: string, name: string): Promise<Waited> {
  const database = new Database(new DatabaseSettings(databaseUrl));
  try {
    const cluster = await clusterOf(databaseUrl, name);
    const store = new AllocationRepository(database);
    const waits: number[] = [];
    const rates: number[] = [];
    for (let round = 0; round < WARM_UP + ROUNDS; round++) {
      const ofRound: number[] = [];
      const { seconds } = await timed(async () =>
        Promise.all(Array.from({ length: CALLERS }, async (_, caller) => askInTurn(store, cluster, `${round}/${caller}`, ofRound))),
      );
      if (round < WARM_UP) continue;
      waits.push(...ofRound);
      rates.push((CALLERS * EACH) / seconds);
    }
    return { rates, waits };
  } finally {
    await database.onModuleDestroy();
  }
}

async function askInTurn(store: AllocationRepository, cluster: Cluster, caller: string, waits: number[]): Promise<void> {
  for (let turn = 0; turn < EACH; turn++) {
    const start = performance.now();
    const outcome = await store.write(cluster, oneAddress(`${caller}/${turn}`));
    waits.push(performance.now() - start);
    if (!outcome.ok) throw new Error(outcome.error.message);
  }
}

/** The cluster as the store knows it: by its id. */
export async function clusterOf(databaseUrl: string, name: string): Promise<Cluster> {
  const [row] = await rows<{ id: string }>(databaseUrl, 'SELECT id FROM cluster WHERE name = $1', [name]);
  if (!row) throw new Error(`there is no cluster ${name}`);
  return { id: row.id, name } as Cluster;
}

interface Counted {
  /** Live allocations, how many of them have something in common with another one, how many addresses they have, and how many lie from the first to the last. */
  readonly made: number;
  readonly overlaps: number;
  readonly addresses: number;
  readonly span: number;
}

export async function countOf(databaseUrl: string, clusterId: string): Promise<Counted> {
  const text = `SELECT count(*)::int AS made, (count(*) FILTER (WHERE first < free_from))::int AS overlaps, coalesce(sum(size), 0)::int AS addresses,
    coalesce(max(first + size) - min(first), 0)::int AS span
    FROM (SELECT first, size, lag(first + size) OVER (ORDER BY first, size) AS free_from
      FROM (SELECT ('x' || encode(address, 'hex'))::bit(32)::bigint AS first, coalesce(2 ^ (32 - masklen(prefix)), 1)::bigint AS size
        FROM allocation WHERE cluster_id = $1 AND freed_sequence IS NULL) AS live) AS ordered`;
  const [row] = await rows<Counted>(databaseUrl, text, [clusterId]);
  return row ?? { made: 0, overlaps: 0, addresses: 0, span: 0 };
}

async function rows<T extends pg.QueryResultRow>(databaseUrl: string, text: string, values: readonly unknown[]): Promise<readonly T[]> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    return (await client.query<T>(text, [...values])).rows;
  } finally {
    await client.end();
  }
}

const [, script, databaseUrl, name] = process.argv;
if (script === fileURLToPath(import.meta.url)) process.send?.(await ask(databaseUrl ?? '', name ?? ''), () => process.disconnect());
