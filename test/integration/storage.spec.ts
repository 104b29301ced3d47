import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Cluster } from '../../src/application/clusters/cluster.js';
import { freshDatabase } from '../support/fresh-database.js';
import { linesAt, object, openStore, type OpenStore, write } from '../support/open-store.js';

let dropDatabase: () => Promise<void>;
let store: OpenStore;
let cluster: Cluster;
let number = 0;

beforeAll(async () => {
  const database = await freshDatabase();
  dropDatabase = async () => database.drop();
  store = openStore(database.url);
});
afterAll(async () => {
  await store.close();
  await dropDatabase();
});
beforeEach(async () => {
  const created = await store.clusters.create({ name: `cluster-${++number}`, displayName: 'a cluster', profile: {} });
  if (!created.ok) throw new Error(created.error.message);
  cluster = created.value;
});

const at = async (revision: number) => linesAt(store.revisions, cluster, revision);

describe('a write', () => {
  it('a snapshot is the whole content of its revision, and old revisions stay as they were', async () => {
    await write(store.revisions, cluster, 'snapshot', ['Pod shop/web 1', 'Pod shop/api 1', 'Node n1 x']);
    await write(store.revisions, cluster, 'snapshot', ['Pod shop/web 2', 'Node n1 x', 'Node n2 x']);
    expect(await at(1)).toEqual(['Node n1 x', 'Pod shop/api 1', 'Pod shop/web 1']);
    expect(await at(2)).toEqual(['Node n1 x', 'Node n2 x', 'Pod shop/web 2']);
  });

  it('counts what it changed', async () => {
    await write(store.revisions, cluster, 'snapshot', ['Pod shop/web 1', 'Pod shop/api 1', 'Node n1 x']);
    const { revision } = await write(store.revisions, cluster, 'snapshot', ['Pod shop/web 2', 'Node n1 x', 'Node n2 x']);
    expect(revision).toMatchObject({
      number: 2,
      parent: 1,
      statistics: {
        objects: 3,
        added: 1,
        changed: 1,
        removed: 1,
        unchanged: 1,
        kinds: [
          { group: '', kind: 'Node', objects: 2 },
          { group: '', kind: 'Pod', objects: 1 },
        ],
      },
    });
    expect(await store.revisions.revision(cluster, 2)).toEqual(revision);
  });

  it('an upsert leaves what it does not name', async () => {
    await write(store.revisions, cluster, 'snapshot', ['Pod shop/web 1', 'Node n1 x']);
    await write(store.revisions, cluster, 'upsert', ['Pod shop/web 2', 'Pod shop/api 1']);
    expect(await at(2)).toEqual(['Node n1 x', 'Pod shop/api 1', 'Pod shop/web 2']);
  });

  it('a removal takes what it names and tells what was not there', async () => {
    await write(store.revisions, cluster, 'snapshot', ['Pod shop/web 1', 'Node n1 x']);
    const { notFound } = await write(store.revisions, cluster, 'delete', ['Pod shop/web whatever', 'Pod shop/wbe 1']);
    expect(await at(2)).toEqual(['Node n1 x']);
    expect(notFound).toEqual([{ group: '', kind: 'Pod', namespace: 'shop', name: 'wbe' }]);
  });

  it('that changes nothing makes a revision with its report', async () => {
    await write(store.revisions, cluster, 'snapshot', ['Node n1 x']);
    const { revision } = await write(store.revisions, cluster, 'snapshot', ['Node n1 x'], { report: { again: true }, message: 'nightly' });
    expect(revision).toMatchObject({
      number: 2,
      message: 'nightly',
      statistics: { objects: 1, added: 0, changed: 0, removed: 0, unchanged: 1 },
    });
    expect(await store.revisions.report(cluster, 2)).toEqual({ again: true });
    expect(await at(2)).toEqual(['Node n1 x']);
  });

  it('of an object that is staged twice the last counts', async () => {
    const writer = await store.revisions.begin(cluster);
    await writer.stage([object('Pod a/b 1'), object('Node n1 x')]);
    await writer.stage([object('Pod a/b 2')]);
    const written = await writer.commit('snapshot', { author: 'x', message: '', source: undefined, ifMatch: undefined, report: null });
    expect(written).toMatchObject({ ok: true, value: { revision: { statistics: { objects: 2, added: 2 } } } });
    expect(await at(1)).toEqual(['Node n1 x', 'Pod a/b 2']);
  });

  it('an object that comes back is the same object', async () => {
    await write(store.revisions, cluster, 'snapshot', ['Pod a/b 1']);
    await write(store.revisions, cluster, 'snapshot', []);
    await write(store.revisions, cluster, 'snapshot', ['Pod a/b 1']);
    expect(await store.revisions.history(cluster, object('Pod a/b'))).toMatchObject([
      { from: 1, to: 2 },
      { from: 3, to: null },
    ]);
    expect(await at(2)).toEqual([]);
  });

  it('bodies come back byte for byte, whatever is in them', async () => {
    const body = String.raw`{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"x","namespace":"y"},"data":{"__proto__":"\u0000\ud800","tab":"a\tb\\N\\.","emoji":"🦀é","n":1e400,"big":12345678901234567890}}`;
    const writer = await store.revisions.begin(cluster);
    await writer.stage([{ ...object('ConfigMap y/x'), body }]);
    await writer.commit('snapshot', { author: 'ü', message: "it's \\ \n", source: undefined, ifMatch: undefined, report: undefined });
    for await (const [stored] of store.revisions.objectsAt(cluster, 1)) expect(stored?.body).toBe(body);
    expect(await store.revisions.revision(cluster, 1)).toMatchObject({ author: 'ü', message: "it's \\ \n" });
    expect(await store.revisions.report(cluster, 1)).toBeNull();
  });

  it('an aborted one leaves nothing behind', async () => {
    const writer = await store.revisions.begin(cluster);
    await writer.stage([object('Node n1 x')]);
    await writer.abort();
    expect(await store.revisions.revisions(cluster, 10)).toEqual([]);
    expect(await store.database.rows('SELECT 1 FROM content WHERE cluster_id = $1', [cluster.id])).toEqual([]);
  });
});

describe('sources', () => {
  it('a snapshot of a source replaces that part only', async () => {
    await write(store.revisions, cluster, 'snapshot', ['Pod a/x 1', 'Pod a/y 1'], { source: 'team-a' });
    await write(store.revisions, cluster, 'snapshot', ['Pod b/x 1'], { source: 'team-b' });
    await write(store.revisions, cluster, 'snapshot', ['Pod a/y 2'], { source: 'team-a' });
    expect(await at(3)).toEqual(['Pod a/y 2 @team-a', 'Pod b/x 1 @team-b']);
  });

  it('a write without a source leaves every object its source', async () => {
    await write(store.revisions, cluster, 'snapshot', ['Pod a/x 1', 'Pod a/y 1'], { source: 'team-a' });
    await write(store.revisions, cluster, 'snapshot', ['Pod a/x 2', 'Pod b/x 1']);
    expect(await at(2)).toEqual(['Pod a/x 2 @team-a', 'Pod b/x 1']);
  });

  it('a source takes over what it writes', async () => {
    await write(store.revisions, cluster, 'snapshot', ['Pod a/x 1'], { source: 'team-a' });
    await write(store.revisions, cluster, 'upsert', ['Pod a/x 1'], { source: 'team-b' });
    await write(store.revisions, cluster, 'snapshot', [], { source: 'team-a' });
    expect(await at(3)).toEqual(['Pod a/x 1 @team-b']);
  });

  it('a removal by a source does not touch what is not its own', async () => {
    await write(store.revisions, cluster, 'snapshot', ['Pod a/x 1'], { source: 'team-a' });
    const { notFound } = await write(store.revisions, cluster, 'delete', ['Pod a/x'], { source: 'team-b' });
    expect(notFound).toHaveLength(1);
    expect(await at(2)).toEqual(['Pod a/x 1 @team-a']);
  });
});

describe('history', () => {
  it('restores an old revision as a new one', async () => {
    await write(store.revisions, cluster, 'snapshot', ['Pod a/x 1', 'Pod a/y 1', 'Pod a/z 1'], { source: 's' });
    await write(store.revisions, cluster, 'snapshot', ['Pod a/x 2', 'Pod a/z 1', 'Pod a/new 1'], { source: 's' });
    await write(store.revisions, cluster, 'upsert', ['Pod a/short 1']);
    await write(store.revisions, cluster, 'delete', ['Pod a/short']);
    const note = { author: 'x', message: 'back', source: undefined, ifMatch: undefined, report: undefined };
    const restored = await store.revisions.restore(cluster, 1, note);
    expect(restored).toMatchObject({
      ok: true,
      value: {
        number: 5,
        parent: 4,
        mode: 'restore',
        message: 'back',
        statistics: { objects: 3, added: 1, changed: 1, removed: 1, unchanged: 1 },
      },
    });
    expect(await at(5)).toEqual(await at(1));
    expect(await at(4)).toEqual(['Pod a/new 1 @s', 'Pod a/x 2 @s', 'Pod a/z 1 @s']);
    expect(await store.revisions.restore(cluster, 9, note)).toMatchObject({ ok: false, error: { kind: 'unknown-revision' } });
  });

  it('tells what two revisions do not agree on, in both directions', async () => {
    await write(store.revisions, cluster, 'snapshot', ['Pod a/same 1', 'Pod a/x 1', 'Pod a/gone 1']);
    await write(store.revisions, cluster, 'snapshot', ['Pod a/same 1', 'Pod a/x 2', 'Pod a/gone 1', 'Pod a/short 1']);
    await write(store.revisions, cluster, 'snapshot', ['Pod a/same 1', 'Pod a/x 3', 'Pod a/new 1'], { source: 'team' });
    await write(store.revisions, cluster, 'snapshot', ['Pod a/same 1', 'Pod a/x 3', 'Pod a/new 1']);
    const changes = async (from: number, to: number) => {
      const lines: string[] = [];
      for await (const batch of store.revisions.changesBetween(cluster, from, to))
        lines.push(...batch.map(({ change, identity }) => `${change} ${identity.name}`));
      return lines;
    };
    expect(await changes(1, 4)).toEqual(['removed gone', 'added new', 'changed x']);
    expect(await changes(4, 1)).toEqual(['added gone', 'removed new', 'changed x']);
    expect(await changes(2, 2)).toEqual([]);
  });

  it('finds the revision of a time', async () => {
    const { revision: first } = await write(store.revisions, cluster, 'snapshot', ['Node n1 x']);
    await new Promise((resolve) => setTimeout(resolve, 5));
    const { revision: second } = await write(store.revisions, cluster, 'snapshot', ['Node n2 x']);
    expect(await store.revisions.revisionAt(cluster, new Date(first.createdAt.getTime() - 1))).toBeUndefined();
    expect(await store.revisions.revisionAt(cluster, first.createdAt)).toBe(1);
    expect(await store.revisions.revisionAt(cluster, new Date(second.createdAt.getTime() - 1))).toBe(1);
    expect(await store.revisions.revisionAt(cluster, second.createdAt)).toBe(2);
    expect(await store.revisions.revisionAt(cluster, new Date('2999-01-01'))).toBe(2);
  });

  it('tags are set, moved, found and deleted', async () => {
    await write(store.revisions, cluster, 'snapshot', ['Node n1 x']);
    await write(store.revisions, cluster, 'snapshot', ['Node n2 x']);
    expect(await store.revisions.setTag(cluster, { name: 'prod', revision: 1 })).toBe(true);
    expect(await store.revisions.setTag(cluster, { name: 'prod', revision: 2 })).toBe(true);
    expect(await store.revisions.setTag(cluster, { name: 'before', revision: 2 })).toBe(true);
    expect(await store.revisions.setTag(cluster, { name: 'none', revision: 3 })).toBe(false);
    expect((await store.revisions.revision(cluster, 2))?.tags).toEqual(['before', 'prod']);
    expect(await store.revisions.tags(cluster)).toEqual([
      { name: 'before', revision: 2 },
      { name: 'prod', revision: 2 },
    ]);
    expect(await store.revisions.deleteTag(cluster, 'prod')).toBe(true);
    expect(await store.revisions.deleteTag(cluster, 'prod')).toBe(false);
    expect(await store.revisions.tag(cluster, 'prod')).toBeUndefined();
  });

  it('lists revisions newest first, in pages', async () => {
    for (const name of ['a', 'b', 'c']) await write(store.revisions, cluster, 'upsert', [`Node ${name} x`]);
    expect((await store.revisions.revisions(cluster, 2)).map((revision) => revision.number)).toEqual([3, 2]);
    expect((await store.revisions.revisions(cluster, 2, 2)).map((revision) => revision.number)).toEqual([1]);
  });
});

describe('reading objects', () => {
  const LINES = ['Node n1', 'Pod a/x', 'Pod a/y', 'Pod b/x', 'Service a/x'];
  beforeEach(async () => void (await write(store.revisions, cluster, 'snapshot', LINES)));
  const read = async (...more: [Parameters<typeof linesAt>[3]?, Parameters<typeof linesAt>[4]?]) =>
    linesAt(store.revisions, cluster, 1, ...more);

  it('filters by kind, namespace and name', async () => {
    expect(await read({ kinds: ['Pod', 'Node'] })).toEqual(['Node n1', 'Pod a/x', 'Pod a/y', 'Pod b/x']);
    expect(await read({ namespace: 'a', name: 'x' })).toEqual(['Pod a/x', 'Service a/x']);
    expect(await read({ namespace: '' })).toEqual(['Node n1']);
    expect(await read({ group: 'apps' })).toEqual([]);
    expect(await read({ name: "'; DROP TABLE object; --" })).toEqual([]);
  });

  it('orders by kind, namespace or name, both ways', async () => {
    expect(await read({}, { order: 'namespace' })).toEqual(['Node n1', 'Pod a/x', 'Pod a/y', 'Service a/x', 'Pod b/x']);
    expect(await read({}, { order: 'name' })).toEqual(['Node n1', 'Pod a/x', 'Service a/x', 'Pod b/x', 'Pod a/y']);
    expect(await read({}, { descending: true })).toEqual(LINES.toReversed());
  });

  it('goes on from any place, in any order', async () => {
    for (const window of [{}, { descending: true }, { order: 'name' }, { order: 'namespace', descending: true }] as const) {
      const whole = await read({}, window);
      const parts = [...whole.keys()].map(async (index) => {
        const after = index === 0 ? undefined : object(whole[index - 1] ?? '');
        return read({}, { ...window, after, limit: 1 });
      });
      expect((await Promise.all(parts)).flat()).toEqual(whole);
    }
  });
});
