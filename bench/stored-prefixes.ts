import pg from 'pg';
import { Database, DatabaseSettings } from '../src/persistence/database.js';
import { AllocationRepository } from '../src/persistence/ipam/allocation.repository.js';
import { parseIp } from '../src/core/net/ip.js';
import { clusterOf } from './combiner.js';
import { format, median, quantile } from './measure.js';
import { comparedFigure, type Figure, type Section } from './section.js';
import { emptyCluster } from './service-range.js';
import type { Stage } from './stage.js';

const PREFIXES = 1_000_000;
const LOOKS = 500;

/**
 * Prefixes that were handed out and given back: the n-th is the n-th /28 of 10.0.0.0/8, and every fourth one a /30 in the one before. What is written is the least that the table
 * takes; the index is the one that the product looks prefixes up in.
 */
const FILL = `INSERT INTO allocation (cluster_id, sequence, pool, plane, address, prefix, identifier, by_name, allocated_at, allocated_by, released_sequence, released_at, released_by, freed_sequence)
  SELECT $1, n, 'bench', 'pod', substring(inet_send(host(prefix)::inet) FROM 5), prefix, n::text, false, now(), 'bench', $2 + n, now(), 'bench', $2 + n
  FROM (SELECT n, CASE WHEN n % 4 = 3 THEN set_masklen('10.0.0.0'::cidr + (n - 1) * 16, 30) ELSE set_masklen('10.0.0.0'::cidr + n * 16, 28) END::cidr AS prefix
    FROM generate_series(0, $2 - 1) AS n) AS places`;

const LONGEST = `SELECT prefix FROM allocation WHERE cluster_id = $1 AND prefix IS NOT NULL AND prefix >>= $2::inet ORDER BY masklen(prefix) DESC LIMIT 1`;
const BY_KEY = 'SELECT prefix FROM allocation WHERE cluster_id = $1 AND sequence = $2';

/** The longest of a million prefixes that PostgreSQL keeps, and who had an address of them. */
export async function benchStoredPrefixes(stage: Stage): Promise<Section> {
  const running = await stage.server();
  const database = new Database(new DatabaseSettings(running.databaseUrl));
  const client = new pg.Client({ connectionString: running.databaseUrl });
  await client.connect();
  try {
    const { name } = await emptyCluster(running, 'bench-stored-prefixes');
    const cluster = await clusterOf(running.databaseUrl, name);
    const store = new AllocationRepository(database);
    await client.query('INSERT INTO allocation_ledger (cluster_id) VALUES ($1) ON CONFLICT DO NOTHING', [cluster.id]);
    // What was given back is never written so: triggers refuse it.
    await client.query('SET session_replication_role = replica');
    await client.query(FILL, [cluster.id, PREFIXES]);
    await client.query('ANALYZE allocation');
    const rowsOf = async (text: string, value: string | number): Promise<number> =>
      (await client.query(text, [cluster.id, value])).rowCount ?? 0;
    const reference = await waits(async (n) => rowsOf(BY_KEY, placeOf(n)));
    const longest = await waits(async (n) => rowsOf(LONGEST, addressOf(n)));
    const history = await waits(
      async (n) => (await store.records(cluster, { ip: parseIp(addressOf(n)) }, { descending: true, limit: 10 })).length,
    );
    return {
      title: 'Prefixes in PostgreSQL',
      about:
        `${PREFIXES.toLocaleString('en')} prefixes that were handed out and given back, a quarter of them inside another; ${LOOKS} addresses at random places, one after the other, by the clock. ` +
        'The longest prefix by the index that histories of addresses are found with; the history itself as the product asks for it. Reference: a row by its primary key, p50.',
      figures: [
        figure('longest of 1,000,000 prefixes, p50 (p99)', longest, reference),
        figure('history of an address among them, p50 (p99)', history, reference),
      ],
    };
  } finally {
    await client.end();
    await database.onModuleDestroy();
  }
}

/** Milliseconds until each look found something. */
async function waits(look: (n: number) => Promise<number>): Promise<readonly number[]> {
  const times: number[] = [];
  for (let n = 0; n < LOOKS; n++) {
    const start = performance.now();
    if ((await look(n)) === 0) throw new Error(`a prefix that is there is not found: ${addressOf(n)}`);
    times.push(performance.now() - start);
  }
  return times;
}

function figure(name: string, times: readonly number[], reference: readonly number[]): Figure {
  const [p50, p99] = [quantile(times, 0.5), quantile(times, 0.99)];
  return { ...comparedFigure(name, 'ms', p50, median(reference), 'p50 ≤ 2 ms'), value: `${format(p50)} (${format(p99)}) ms` };
}

/** Prefixes in no order; none that lies in another, whose own /28 is nobody's. */
function placeOf(n: number): number {
  return ((Math.imul(n + 1, 0x9e37_79b1) >>> 0) % (PREFIXES / 4)) * 4;
}

function addressOf(n: number): string {
  const value = 10 * 2 ** 24 + placeOf(n) * 16 + 1;
  return [24, 16, 8, 0].map((shift) => Math.floor(value / 2 ** shift) % 256).join('.');
}
