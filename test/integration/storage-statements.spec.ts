import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Cluster } from '../../src/application/clusters/cluster.js';
import { ok } from '../../src/core/kernel/result.js';
import { changesBetween } from '../../src/persistence/clusters/object-statements.js';
import { withValues } from '../../src/persistence/copy/sql-literals.js';
import { freshDatabase } from '../support/fresh-database.js';
import { linesAt, openStore, type OpenStore, write } from '../support/open-store.js';
import { recordStatements } from '../support/recorded-statements.js';

let store: OpenStore;
let dropDatabase: () => Promise<void>;

beforeAll(async () => {
  const database = await freshDatabase();
  dropDatabase = async () => database.drop();
  store = openStore(database.url);
});
afterAll(async () => {
  await store.close();
  await dropDatabase();
});

async function newCluster(name: string): Promise<Cluster> {
  const created = await store.clusters.create({ name, displayName: name, profile: {} });
  if (!created.ok) throw new Error(created.error.message);
  return created.value;
}
const pods = (count: number, content = '') => Array.from({ length: count }, (_, index) => `Pod ns/p${index} ${content}`);
const note = { author: 'x', message: '', source: undefined, ifMatch: undefined, report: undefined };

/** Refreshing statistics follows large writes, once each. */
const isOfTheUse = (statement: string) => !statement.startsWith('ANALYZE');

/** Asks again until nothing is sent; gives up after a while, and leaves it to the caller to see that. */
async function untilSilent(ask: () => Promise<unknown>): Promise<void> {
  for (let times = 0; times < 100; times++) {
    await new Promise((wake) => setTimeout(wake, 20));
    if ((await recordStatements(ask)).length === 0) return;
  }
}

/** Everything a store does, on `size` objects. */
async function everything(size: number): Promise<void> {
  const cluster = await newCluster(`size-${size}`);
  await write(store.revisions, cluster, 'snapshot', pods(size, 'a'));
  await write(store.revisions, cluster, 'snapshot', pods(size / 2, 'b'), { source: 's' });
  await write(store.revisions, cluster, 'upsert', pods(size, 'c'));
  await write(store.revisions, cluster, 'delete', pods(size / 2));
  await store.revisions.restore(cluster, 1, note);
  await linesAt(store.revisions, cluster, 5);
  for await (const _ of store.revisions.changesBetween(cluster, 1, 4));
  await store.revisions.setTag(cluster, { name: 'tag', revision: 1 });
  await store.revisions.revisions(cluster, 10);
  await store.clusters.delete(cluster.name);
}

describe('statements', () => {
  it('their number does not grow with the objects', async () => {
    await recordStatements(async () => everything(2)); // Prisma opens its connection
    const few = await recordStatements(async () => everything(10));
    const many = await recordStatements(async () => everything(5_000));
    expect(many.filter(isOfTheUse)).toHaveLength(few.filter(isOfTheUse).length);
  });

  it('of each use are those that were reviewed', async () => {
    const uses: string[] = [];
    const record = async (use: string, work: () => Promise<unknown>) => {
      const statements = await recordStatements(work);
      const texts = statements.map((statement) => `${statement.trim().replaceAll(/'[0-9a-f-]{36}'/g, "'<cluster>'")};`);
      uses.push(`-- ${use}\n\n${texts.join('\n\n')}\n`);
    };
    const cluster = await newCluster('golden');
    await write(store.revisions, cluster, 'upsert', ['Node n x']);
    await record('snapshot', async () => write(store.revisions, cluster, 'snapshot', pods(2)));
    await record('upsert', async () => write(store.revisions, cluster, 'upsert', pods(1, 'b')));
    await record('delete', async () => write(store.revisions, cluster, 'delete', pods(1)));
    await record('restore', async () => store.revisions.restore(cluster, 1, note));
    await record('all objects', async () => linesAt(store.revisions, cluster, 2));
    await record('a page of objects', async () =>
      linesAt(
        store.revisions,
        cluster,
        2,
        { kinds: ['Pod'], namespace: 'ns' },
        { limit: 1, order: 'name', after: { group: '', kind: 'Pod', namespace: 'ns', name: 'p0' } },
      ),
    );
    await record('difference of two revisions', async () => {
      for await (const _ of store.revisions.changesBetween(cluster, 1, 2));
    });
    await record('history of an object', async () =>
      store.revisions.history(cluster, { group: '', kind: 'Pod', namespace: 'ns', name: 'p0' }),
    );
    await record('revision of a time', async () => store.revisions.revisionAt(cluster, new Date(0)));
    await record('a revision', async () => store.revisions.revision(cluster, 1));
    await record('report of a revision', async () => store.revisions.report(cluster, 1));
    await record('page of revisions', async () => store.revisions.revisions(cluster, 10, 4));
    await record('set a tag', async () => store.revisions.setTag(cluster, { name: 't', revision: 1 }));
    await record('tags', async () => store.revisions.tags(cluster));
    await record('a tag', async () => store.revisions.tag(cluster, 't'));
    await record('delete a tag', async () => store.revisions.deleteTag(cluster, 't'));
    await record('clusters', async () => store.clusters.list());
    await record('change a cluster', async () => store.clusters.change('golden', () => ok({ displayName: 'x' })));
    await record('a cluster, read from the database', async () => store.clusters.find('golden'));
    await untilSilent(async () => store.clusters.find('golden')); // the notice of the change may come late, and is believed
    await record('a cluster, known by heart', async () => store.clusters.find('golden'));
    await record('delete a cluster', async () => store.clusters.delete('golden'));
    await expect(uses.join('\n')).toMatchFileSnapshot('../../src/persistence/queries/clusters.sql');
  });
});

describe('plans', () => {
  it('a small difference reads no table of versions from end to end', async () => {
    const cluster = await newCluster('plans');
    await write(store.revisions, cluster, 'snapshot', pods(20_000, 'a'));
    await write(store.revisions, cluster, 'upsert', pods(5, 'b'));
    await store.database.pool.query('ANALYZE');
    const { text, values } = changesBetween(cluster.id, 1, 2, {}, {});
    const plan = await store.database.rows<{ 'QUERY PLAN': string }>(`EXPLAIN (ANALYZE, BUFFERS) ${withValues(text, values)}`, []);
    const lines = plan.map((row) => row['QUERY PLAN']).join('\n');
    expect(lines).not.toContain('Seq Scan');
    expect(lines).toContain('object_version_opened');
    expect(lines).toContain('object_version_closed');
    const hits = Number(/Buffers: shared hit=(\d+)/.exec(lines)?.[1]);
    expect(hits).toBeLessThan(500); // pages; the table alone has more
  }, 240_000); // 20,000 objects are written first
});
