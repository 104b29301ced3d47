import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { type Answered, answersOf } from './load.js';
import { format, median, quantile, timed } from './measure.js';
import type { Running } from './running.js';
import { plainFigure, type Section } from './section.js';
import type { Stage } from './stage.js';

const CLIENTS = 64;
const EACH = 40;
const ROUNDS = 5;
/** Not told: the server's code is compiled while it answers them. */
const WARM_UP = 2;

interface PoolsAnswer {
  readonly result: { readonly pools: readonly { readonly name: string }[] };
}

/** Addresses handed out to many clients at once, never one of them twice. */
export async function benchAllocation(stage: Stage): Promise<Section> {
  const running = await stage.server();
  const cluster = 'bench-allocation';
  await running.api.expect('POST', '/clusters', { name: cluster, profile: { serviceCIDRs: ['10.96.0.0/12'] } });
  const namespace = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'default' } };
  await running.api.expect('POST', `/clusters/${cluster}/snapshots`, namespace);
  const path = `/api/v1/clusters/${cluster}/ip-pools/${await poolOf(running, cluster)}/allocations`;
  const allocations: number[] = [];
  const inserts: number[] = [];
  const given: string[] = [];
  const waits: number[] = [];
  for (let round = 0; round < WARM_UP + ROUNDS; round++) {
    const { seconds, value } = await timed(() => allocate(running, path));
    given.push(...value.map(({ body }) => (JSON.parse(body) as { readonly address: string }).address));
    if (round < WARM_UP) continue;
    waits.push(...value.map(({ wait }) => wait * 1e3));
    allocations.push((CLIENTS * EACH) / seconds);
    inserts.push(await insertRate(running.databaseUrl));
  }
  const duplicates = given.length - new Set(given).size;
  if (duplicates > 0) throw new Error(`${duplicates} of ${given.length} addresses were handed out twice`);
  const [rate, reference] = [median(allocations), median(inserts)];
  return {
    title: 'Allocation',
    about:
      `${CLIENTS} clients at once, each of which asks ${EACH} times for the next free address of one pool over REST, over connections that are kept; median of ${ROUNDS} rounds after ${WARM_UP} that warm the server up. ` +
      `Reference: as many single-row \`INSERT\`s, each committed by itself, over as many connections as the server keeps (10).`,
    figures: [
      {
        name: 'allocations a second',
        value: format(rate, '/s'),
        reference: format(reference, '/s'),
        ratio: format(rate / reference),
        goal: '≥ 3,000',
      },
      plainFigure('wait, p50', format(quantile(waits, 0.5), 'ms')),
      plainFigure('wait, p99', format(quantile(waits, 0.99), 'ms'), '≤ 100 ms'),
      plainFigure('handed out twice', `${duplicates} of ${given.length.toLocaleString('en')}`, '0'),
    ],
  };
}

async function poolOf({ api }: Running, cluster: string): Promise<string> {
  const { result } = (await api.expect('GET', `/clusters/${cluster}/ip-pools?plane=service`)) as PoolsAnswer;
  const [pool] = result.pools;
  if (!pool) throw new Error('the cluster has no pool of service addresses');
  return pool.name;
}

/** What all clients were answered, each asking for one address after the other. */
async function allocate({ product, pid }: Running, path: string): Promise<readonly Answered[]> {
  const { url, token } = product;
  const call = () => ({ path, body: JSON.stringify({ identifier: randomUUID() }) });
  return answersOf({ url, token, pid }, CLIENTS, EACH, call);
}

/** Single-row inserts a second, each in a transaction of its own. */
async function insertRate(databaseUrl: string): Promise<number> {
  const pool = new pg.Pool({ connectionString: databaseUrl, max: 10 });
  try {
    await pool.query('CREATE SCHEMA IF NOT EXISTS bench; CREATE TABLE bench.taken (name text PRIMARY KEY)');
    const client = async (): Promise<void> => {
      for (let n = 0; n < EACH; n++) await pool.query('INSERT INTO bench.taken VALUES ($1)', [randomUUID()]);
    };
    const { seconds } = await timed(() => Promise.all(Array.from({ length: CLIENTS }, client)));
    await pool.query('DROP TABLE bench.taken');
    return (CLIENTS * EACH) / seconds;
  } finally {
    await pool.end();
  }
}
