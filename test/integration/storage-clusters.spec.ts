import pg from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Cluster } from '../../src/application/clusters/cluster.js';
import { problem } from '../../src/core/kernel/problem.js';
import { err, ok } from '../../src/core/kernel/result.js';
import { freshDatabase } from '../support/fresh-database.js';
import { linesAt, object, openStore, type OpenStore, write } from '../support/open-store.js';

/** Two processes over one database. */
let here: OpenStore;
let there: OpenStore;
let watcher: pg.Client;
let holder: pg.Client;
let dropDatabase: () => Promise<void>;
let cluster: Cluster;
let number = 0;

beforeAll(async () => {
  const database = await freshDatabase();
  dropDatabase = async () => database.drop();
  here = openStore(database.url);
  there = openStore(database.url);
  [watcher, holder] = [new pg.Client({ connectionString: database.url }), new pg.Client({ connectionString: database.url })];
  await Promise.all([watcher.connect(), holder.connect()]);
});
afterAll(async () => {
  await Promise.all([here.close(), there.close(), watcher.end(), holder.end()]);
  await dropDatabase();
});
beforeEach(async () => {
  cluster = await newCluster();
});

async function newCluster(): Promise<Cluster> {
  const name = `cluster-${++number}`;
  const created = await here.clusters.create({ name, displayName: name, profile: { clusterDomain: 'a.example' } });
  if (!created.ok) throw new Error(created.error.message);
  return created.value;
}

const NOTE = { author: 'x', message: '', source: undefined, ifMatch: undefined, report: undefined };

/** Waits until what another process did is seen here; the test's own timeout ends it. */
async function until(isSeen: () => Promise<boolean>): Promise<void> {
  while (!(await isSeen())) await new Promise((wake) => setTimeout(wake, 10));
}

describe('a cluster', () => {
  it('has a name of its own', async () => {
    expect(await there.clusters.create({ name: cluster.name, displayName: 'x', profile: {} })).toMatchObject({
      ok: false,
      error: { kind: 'cluster-exists' },
    });
    expect((await there.clusters.list()).map(({ name }) => name)).toContain(cluster.name);
    expect(await there.clusters.find('nowhere')).toBeUndefined();
  });

  it('is changed in the parts that are named, each time to a new version', async () => {
    expect(await here.clusters.change(cluster.name, () => ok({ displayName: 'New' }))).toMatchObject({
      ok: true,
      value: { displayName: 'New', profile: { clusterDomain: 'a.example' }, profileVersion: 2, latestRevision: 0 },
    });
    expect(await here.clusters.change(cluster.name, () => ok({ profile: {} }))).toMatchObject({
      ok: true,
      value: { displayName: 'New', profile: {}, profileVersion: 3 },
    });
    const late = err(problem('precondition-failed', 'late'));
    expect(await here.clusters.change(cluster.name, ({ profileVersion }) => (profileVersion === 3 ? late : ok({})))).toEqual(late);
    expect(await here.clusters.delete(cluster.name, () => late.error)).toEqual(late);
    expect(await there.clusters.find(cluster.name)).toMatchObject({ profileVersion: 3 });
    expect(await here.clusters.change('nowhere', () => ok({}))).toMatchObject({ ok: false, error: { kind: 'unknown-cluster' } });
  });

  it('takes everything with it when it is deleted, and nothing of others', async () => {
    const other = await newCluster();
    for (const one of [cluster, other]) {
      await write(here.revisions, one, 'snapshot', ['Pod a/x 1', 'Node n1']);
      await write(here.revisions, one, 'snapshot', ['Pod a/x 2']);
      await here.revisions.setTag(one, { name: 'tag', revision: 1 });
    }
    const { rows: tables } = await watcher.query<{ name: string }>(
      `SELECT table_name AS name FROM information_schema.columns WHERE column_name = 'cluster_id' AND table_schema = 'public'`,
    );
    const rowsOf = async ({ id }: Cluster) => {
      const counts: number[] = [];
      for (const { name } of tables) {
        const { rows } = await watcher.query<{ count: number }>(`SELECT count(*)::integer AS count FROM ${name} WHERE cluster_id = $1`, [
          id,
        ]);
        counts.push(rows[0]?.count ?? 0);
      }
      return counts.reduce((sum, count) => sum + count, 0);
    };
    const before = await rowsOf(other);
    expect(before).toBeGreaterThan(8);
    expect([await here.clusters.delete(cluster.name), await here.clusters.delete(cluster.name)]).toEqual([ok(true), ok(false)]);
    expect([await rowsOf(cluster), await rowsOf(other)]).toEqual([0, before]);
  });
});

describe('two processes', () => {
  it('see what the other wrote, changed and deleted', async () => {
    const seen = async () => there.clusters.find(cluster.name);
    expect(await seen()).toMatchObject({ latestRevision: 0 });
    await write(here.revisions, cluster, 'snapshot', ['Node n1']);
    await until(async () => (await seen())?.latestRevision === 1);
    await here.clusters.change(cluster.name, () => ok({ displayName: 'New' }));
    await until(async () => (await seen())?.displayName === 'New');
    await here.clusters.delete(cluster.name);
    await until(async () => (await seen()) === undefined);
  });

  it('see their own writes at once', async () => {
    for (const revision of [1, 2, 3]) {
      await write(here.revisions, cluster, 'upsert', [`Node n${revision}`]);
      expect((await here.clusters.find(cluster.name))?.latestRevision).toBe(revision);
    }
  });

  it('remember nothing while they hear nothing', async () => {
    expect((await there.clusters.find(cluster.name))?.latestRevision).toBe(0);
    await watcher.query(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'portolan notices'`,
    );
    await new Promise((wake) => setTimeout(wake, 100)); // the end of the connection arrives; it is made again a second later
    await write(here.revisions, cluster, 'snapshot', ['Node n1']);
    expect((await there.clusters.find(cluster.name))?.latestRevision).toBe(1);
  });

  it('hear of every revision, once', async () => {
    const heard: string[] = [];
    const stop = there.revisions.onRevision((name, revision) => heard.push(`${name} ${revision}`));
    await until(async () => {
      await write(here.revisions, cluster, 'upsert', ['Node n1']); // until the connection of the test before is there again
      return heard.length > 0;
    });
    const first = Number(heard[0]?.split(' ')[1]);
    await write(here.revisions, cluster, 'upsert', ['Node n2']);
    const { latestRevision } = (await here.clusters.find(cluster.name))!;
    await until(async () => Promise.resolve(heard.length === latestRevision - first + 1));
    stop();
    expect(heard).toEqual(Array.from({ length: latestRevision - first + 1 }, (_, index) => `${cluster.name} ${first + index}`));
  });
});

describe('two writers', () => {
  /** Sessions of this database that wait for a lock. */
  const waiting = async () => {
    const { rows } = await watcher.query<{ count: number }>(
      `SELECT count(*)::integer AS count FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`,
    );
    return rows[0]?.count;
  };
  const holdTurn = async ({ id }: Cluster) => holder.query(`BEGIN; SELECT 1 FROM cluster WHERE id = '${id}' FOR UPDATE`);

  it('of one cluster have their turn one after the other, and neither loses anything', async () => {
    await holdTurn(cluster);
    const writes = Promise.all([
      write(here.revisions, cluster, 'upsert', ['Pod a/x 1']),
      write(there.revisions, cluster, 'upsert', ['Pod a/y 1']),
    ]);
    await until(async () => (await waiting()) === 2);
    await holder.query('COMMIT');
    expect((await writes).map(({ revision }) => revision.number).toSorted((a, b) => a - b)).toEqual([1, 2]);
    expect(await linesAt(here.revisions, cluster, 2)).toEqual(['Pod a/x 1', 'Pod a/y 1']);
  });

  it('of one cluster who expect the same revision: the second is refused and has written nothing', async () => {
    await write(here.revisions, cluster, 'snapshot', ['Node n1']);
    await holdTurn(cluster);
    const attempts = Promise.all(
      [here, there].map(async ({ revisions }, index) => {
        const writer = await revisions.begin(cluster);
        await writer.stage([object(`Pod a/p${index} 1`)]);
        return writer.commit('upsert', { ...NOTE, ifMatch: [1] });
      }),
    );
    await until(async () => (await waiting()) === 2);
    await holder.query('COMMIT');
    const outcomes = await attempts;
    expect(outcomes.filter(({ ok }) => ok)).toHaveLength(1);
    expect(outcomes.find(({ ok }) => !ok)).toMatchObject({ error: { kind: 'precondition-failed', extra: { current: 2 } } });
    expect(await linesAt(here.revisions, cluster, 2)).toHaveLength(2);
    expect(await here.revisions.revision(cluster, 3)).toBeUndefined();
  });

  it('of different clusters never wait for one another', async () => {
    const other = await newCluster();
    await holdTurn(cluster);
    const { revision } = await write(there.revisions, other, 'snapshot', ['Node n1']);
    await holder.query('COMMIT');
    expect(revision.number).toBe(1);
  });

  it('do not stop one another while they upload', async () => {
    const slow = await here.revisions.begin(cluster);
    await slow.stage([object('Pod a/slow 1')]);
    await write(there.revisions, cluster, 'snapshot', ['Pod a/fast 1']);
    const written = await slow.commit('upsert', NOTE);
    expect(written).toMatchObject({ ok: true, value: { revision: { number: 2, statistics: { objects: 2, added: 1 } } } });
  });

  it('of a cluster that is deleted meanwhile leave nothing behind', async () => {
    const slow = await here.revisions.begin(cluster);
    await slow.stage([object('Pod a/slow 1')]);
    await there.clusters.delete(cluster.name);
    expect(await slow.commit('snapshot', NOTE)).toMatchObject({ ok: false, error: { kind: 'unknown-cluster' } });
    const { rowCount } = await watcher.query('SELECT 1 FROM object WHERE cluster_id = $1', [cluster.id]);
    expect(rowCount).toBe(0);
  });
});
