import { rmSync } from 'node:fs';
import { parseArgs } from 'node:util';
import pg from 'pg';
import { startEmbeddedPostgres } from '../src/persistence/embedded-postgres.js';
import { Api } from '../test/conformance/api.js';
import { type Product, startProduct } from '../test/conformance/product.js';
import { HostileClient, type Seen, type Servers } from './hostile-client.js';
import { temporaryFolder } from './temporary-folder.js';

/**
 * Two servers on one database, and clients that send everything twice, break off, guess sequences and ask for what others have, over both of them, while one server after the other is killed (SIGKILL) and
 * started anew. At the end what the database says is handed out is what the clients were told, to the last identifier, and no address had two owners at a time.
 */
const CLIENTS = 24;
const CLUSTER = 'bench-hostile';
/** Less than the clients would like to have: addresses come back soon. */
const RANGE = '10.96.0.0/25';

const { values } = parseArgs({ options: { seconds: { type: 'string', default: '40' }, kill: { type: 'string', default: '4' } } });

/** Two allocations of one address, of which the second began before the first had ended. */
const TWICE = `SELECT count(*)::int AS twice FROM (
  SELECT sequence, lag(coalesce(freed_sequence, 9e18::bigint)) OVER (PARTITION BY cluster_id, plane, address ORDER BY sequence) AS before FROM allocation) AS spans WHERE before > sequence`;
/** What lives, and how many changes the ledger counts that no row tells of. */
const LIVE = `SELECT identifier, sequence::int AS sequence FROM allocation WHERE released_sequence IS NULL ORDER BY identifier`;
const GAPS = `SELECT (SELECT max(sequence) FROM allocation_ledger)::int - (SELECT count(*) FROM allocation)::int - (SELECT count(released_sequence) FROM allocation)::int AS gaps`;

/** Kills one server after the other at a random point of so many seconds, and starts it anew. Returns how often. */
async function disturb(servers: Product[], url: string, until: number): Promise<number> {
  let kills = 0;
  for (; ; kills++) {
    await new Promise((wake) => setTimeout(wake, (0.5 + Math.random()) * Number(values.kill) * 1_000));
    if (performance.now() > until) return kills;
    const victim = servers[kills % servers.length];
    if (victim?.pid === undefined) throw new Error('the server has no process id');
    process.kill(victim.pid, 'SIGKILL');
    await victim.stop();
    servers[kills % servers.length] = await startProduct({ DATABASE_URL: url });
  }
}

async function counted(
  url: string,
): Promise<{ readonly twice: number; readonly gaps: number; readonly live: ReadonlyMap<string, number> }> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const twice = await client.query<{ twice: number }>(TWICE);
    const gaps = await client.query<{ gaps: number }>(GAPS);
    const live = await client.query<{ identifier: string; sequence: number }>(LIVE);
    return {
      twice: twice.rows[0]?.twice ?? -1,
      gaps: gaps.rows[0]?.gaps ?? -1,
      live: new Map(live.rows.map(({ identifier, sequence }) => [identifier, sequence])),
    };
  } finally {
    await client.end();
  }
}

async function poolIn(server: Product): Promise<string> {
  const api = new Api(server);
  await api.expect('POST', '/clusters', { name: CLUSTER, profile: { serviceCIDRs: [RANGE] } });
  await api.expect('POST', `/clusters/${CLUSTER}/snapshots`, { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'default' } });
  return `services.${RANGE.replace('/', '_')}`;
}

async function main(): Promise<void> {
  const home = temporaryFolder();
  const database = await startEmbeddedPostgres(home, 'portolan');
  const products: Product[] = [];
  try {
    for (let n = 0; n < 2; n++) products.push(await startProduct({ DATABASE_URL: database.url }));
    const [first] = products;
    if (!first) throw new Error('no server was started');
    const path = `/api/v1/clusters/${CLUSTER}/ip-pools/${await poolIn(first)}/allocations`;
    const until = performance.now() + Number(values.seconds) * 1_000;
    const seen: Seen = { requests: 0, lost: 0, statuses: new Map(), wrong: [] };
    const servers: Servers = { list: products, path };
    const clients = Array.from({ length: CLIENTS }, (_, n) => new HostileClient(`client-${n}`, servers, seen));
    const [kills] = await Promise.all([disturb(products, database.url, until), ...clients.map((client) => client.run(until))]);
    await Promise.all(clients.map((client) => client.settle()));
    const { twice, gaps, live } = await counted(database.url);
    const told = new Map(clients.flatMap((client) => [...client.held]));
    const lost = [...told].filter(([identifier, sequence]) => live.get(identifier) !== sequence).length;
    const leaked = [...live.keys()].filter((identifier) => !told.has(identifier)).length;
    const statuses = Object.fromEntries([...seen.statuses].sort(([a], [b]) => (a < b ? -1 : 1)));
    const { requests, lost: brokenOff, wrong } = seen;
    console.log(JSON.stringify({ requests, brokenOff, kills, statuses, live: live.size, twice, gaps, lost, leaked, wrong: wrong.length }));
    for (const text of wrong.slice(0, 20)) console.log(text);
    if (twice + gaps + lost + leaked + wrong.length > 0) process.exitCode = 1;
  } finally {
    await Promise.all(products.map((product) => product.stop()));
    await database.stop();
    rmSync(home, { recursive: true, force: true });
  }
}

await main();
