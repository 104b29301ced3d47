import pg from 'pg';
import { format, median, timed } from './measure.js';
import type { Running } from './running.js';
import { plainFigure, type Section } from './section.js';
import type { Stage } from './stage.js';

const CLIENTS = 64;
const EACH = 10;
const ROUNDS = 3;

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
  const pool = await poolOf(running, cluster);
  const allocations: number[] = [];
  const inserts: number[] = [];
  const given: string[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const { seconds, value } = await timed(() => inParallel((name) => allocate(running, cluster, pool, `${round}-${name}`)));
    allocations.push((CLIENTS * EACH) / seconds);
    given.push(...value);
    inserts.push(await insertRate(running.databaseUrl));
  }
  const duplicates = given.length - new Set(given).size;
  if (duplicates > 0) throw new Error(`${duplicates} of ${given.length} addresses were handed out twice`);
  const [rate, reference] = [median(allocations), median(inserts)];
  return {
    title: 'Allocation',
    about:
      `${CLIENTS} clients at once, each of which asks ${EACH} times for the next free address of one pool over REST, median of ${ROUNDS}. ` +
      `Reference: as many single-row \`INSERT\`s, each committed by itself, over as many connections as the server keeps (10).`,
    figures: [
      {
        name: 'allocations a second',
        value: format(rate, '/s'),
        reference: format(reference, '/s'),
        ratio: format(rate / reference),
        goal: '—',
      },
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

async function allocate({ api }: Running, cluster: string, pool: string, identifier: string): Promise<string> {
  const body = await api.expect('POST', `/clusters/${cluster}/ip-pools/${pool}/allocations`, { identifier });
  return (body as { readonly address: string }).address;
}

/** Every client works one request after the other. */
async function inParallel(work: (name: string) => Promise<string>): Promise<readonly string[]> {
  const clients = Array.from({ length: CLIENTS }, async (_, client) => {
    const results: string[] = [];
    for (let n = 0; n < EACH; n++) results.push(await work(`client-${client}-${n}`));
    return results;
  });
  return (await Promise.all(clients)).flat();
}

/** Single-row inserts a second, each in a transaction of its own. */
async function insertRate(databaseUrl: string): Promise<number> {
  const pool = new pg.Pool({ connectionString: databaseUrl, max: 10 });
  try {
    await pool.query('CREATE SCHEMA IF NOT EXISTS bench; CREATE TABLE bench.taken (name text PRIMARY KEY)');
    const insert = async (name: string) => {
      await pool.query('INSERT INTO bench.taken VALUES ($1)', [name]);
      return name;
    };
    const { seconds } = await timed(() => inParallel(insert));
    await pool.query('DROP TABLE bench.taken');
    return (CLIENTS * EACH) / seconds;
  } finally {
    await pool.end();
  }
}
