import { describe, expect, it } from 'vitest';
import { FakeClusterStore, FakeRevisionStore } from '../../../test/support/fake-revision-store.js';
import type { NetworkModel } from '../../core/model/network-model.js';
import type { Cluster } from '../clusters/cluster.js';
import type { ObjectChange } from '../clusters/revision.js';
import type { StoredObject } from '../clusters/stored-object.js';
import { ModelCache } from './model-cache.js';

const PLENTY = 2 ** 20;

function namespace(name: string): StoredObject {
  return {
    group: '',
    kind: 'Namespace',
    namespace: '',
    name,
    source: '',
    body: JSON.stringify({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } }),
  };
}

/** Counts how often the objects of a revision are read; the store holds one namespace for each revision up to it. */
class CountingRevisions extends FakeRevisionStore {
  readonly reads: string[] = [];
  running = 0;
  mostAtOnce = 0;
  fails = false;
  private readonly listeners: ((cluster: string, revision: number) => void)[] = [];

  override async *objectsAt({ name }: Cluster, revision: number): AsyncGenerator<readonly StoredObject[]> {
    this.reads.push(`${name}@${revision}`);
    this.mostAtOnce = Math.max(this.mostAtOnce, ++this.running);
    await new Promise((wake) => setTimeout(wake, 1));
    this.running--;
    if (this.fails) throw new Error('the database is away');
    yield Array.from({ length: revision }, (_, index) => namespace(`n${index + 1}`));
  }

  override changesBetween = (({ name }: Cluster, from: number, to: number) => this.changes(name, from, to)) as never;

  private async *changes(name: string, from: number, to: number): AsyncGenerator<readonly ObjectChange[]> {
    this.reads.push(`${name}@${from}..${to}`);
    await new Promise((wake) => setTimeout(wake, 1));
    const objects = Array.from({ length: Math.abs(to - from) }, (_, index) => namespace(`n${Math.min(from, to) + index + 1}`));
    yield objects.map(({ body, ...identity }): ObjectChange =>
      from < to ? { identity, change: 'added', before: null, after: body } : { identity, change: 'removed', before: body, after: null },
    );
  }

  override onRevision = ((listener: (cluster: string, revision: number) => void) => {
    this.listeners.push(listener);
    return () => undefined;
  }) as never;

  tell(cluster: string, revision: number): void {
    for (const listener of this.listeners) listener(cluster, revision);
  }
}

function cacheOf(maxBytes: number) {
  const clusters = new FakeClusterStore();
  clusters.cluster = { ...clusters.cluster, latestRevision: 3 };
  const revisions = new CountingRevisions();
  return { clusters, revisions, cache: new ModelCache(clusters, revisions, maxBytes), cluster: clusters.cluster };
}

const settled = async () => new Promise((wake) => setTimeout(wake, 30));

describe('compiled models', () => {
  it('are made of the objects of their revision, and revision 0 of none', async () => {
    const { cache, cluster, revisions } = cacheOf(PLENTY);
    const third = await cache.modelAt(cluster, 3);
    const empty = await cache.modelAt(cluster, 0);
    expect([...third.namespaces.keys()]).toEqual(expect.arrayContaining(['n1', 'n2', 'n3']));
    expect([...empty.namespaces.keys()]).not.toContain('n1');
    expect(revisions.reads).toEqual(['prod@3']);
  });

  it('are compiled once, however many ask at the same time and later', async () => {
    const { cache, cluster, revisions } = cacheOf(PLENTY);
    const [one, other] = await Promise.all([cache.modelAt(cluster, 2), cache.modelAt(cluster, 2)]);
    expect(await cache.modelAt(cluster, 2)).toBe(one);
    expect(other).toBe(one);
    expect(revisions.reads).toEqual(['prod@2']);
  });

  it('are told of where they are at hand, and never made for that', async () => {
    const { cache, cluster, revisions } = cacheOf(PLENTY);
    expect(cache.kept(cluster)).toBeUndefined();
    const newest = await cache.modelAt(cluster, 3);
    expect(cache.kept(cluster)).toBe(newest);
    expect(cache.kept({ ...cluster, latestRevision: 4 })).toBeUndefined();
    expect(revisions.reads).toEqual(['prod@3']);
  });

  it('are compiled again for another profile', async () => {
    const { cache, cluster, revisions } = cacheOf(PLENTY);
    await cache.modelAt(cluster, 2);
    const changed = await cache.modelAt({ ...cluster, profileVersion: 2, profile: { clusterDomain: 'example.org' } }, 2);
    expect(changed.profile.clusterDomain).toBe('example.org');
    expect(revisions.reads).toEqual(['prod@2']); // its objects are the same
  });

  it('of one cluster are compiled one after the other', async () => {
    const { cache, cluster, revisions } = cacheOf(PLENTY);
    await Promise.all([1, 2, 3].map(async (revision) => cache.modelAt(cluster, revision)));
    expect([revisions.reads, revisions.mostAtOnce]).toEqual([['prod@1', 'prod@1..2', 'prod@2..3'], 1]);
  });

  it('of one revision are made from another by what changed, forwards and backwards', async () => {
    const { cache, cluster, revisions } = cacheOf(PLENTY);
    const names = async (revision: number) =>
      [...(await cache.modelAt(cluster, revision)).namespaces.keys()].filter((name) => /^n\d/.test(name));
    expect([await names(4), await names(6), await names(3)]).toEqual([
      ['n1', 'n2', 'n3', 'n4'],
      ['n1', 'n2', 'n3', 'n4', 'n5', 'n6'],
      ['n1', 'n2', 'n3'],
    ]);
    expect(revisions.reads).toEqual(['prod@4', 'prod@4..6', 'prod@4..3']);
  });

  it('of different clusters do not wait for one another', async () => {
    const { cache, cluster, revisions } = cacheOf(PLENTY);
    const other = { ...cluster, id: '00000000-0000-4000-8000-000000000002', name: 'test' };
    await Promise.all([cache.modelAt(cluster, 1), cache.modelAt(other, 1)]);
    expect(revisions.mostAtOnce).toBe(2);
  });

  it('give way to those that were used later, and the last one stays whatever it weighs', async () => {
    const { cache, cluster, revisions } = cacheOf(1);
    await cache.modelAt(cluster, 1);
    await cache.modelAt(cluster, 1);
    await cache.modelAt(cluster, 2);
    await cache.modelAt(cluster, 1);
    expect(revisions.reads).toEqual(['prod@1', 'prod@1..2', 'prod@2..1']);
  });

  it('that failed are tried again', async () => {
    const { cache, cluster, revisions } = cacheOf(PLENTY);
    revisions.fails = true;
    await expect(cache.modelAt(cluster, 1)).rejects.toThrow('the database is away');
    revisions.fails = false;
    expect([...(await cache.modelAt(cluster, 1)).namespaces.keys()]).toContain('n1');
  });

  it('are prepared when a revision is written to a cluster that was asked', async () => {
    const { cache, clusters, cluster, revisions } = cacheOf(PLENTY);
    cache.prepareNewRevisions();
    revisions.tell('prod', 3);
    await settled();
    expect(revisions.reads).toEqual([]);
    await cache.modelAt(cluster, 3);
    clusters.cluster = { ...cluster, latestRevision: 4 };
    revisions.tell('prod', 4);
    revisions.tell('prod', 3); // no longer the newest
    await settled();
    expect(revisions.reads).toEqual(['prod@3', 'prod@3..4']);
  });

  it('are made ready for the first question with it', async () => {
    const { cache, clusters, cluster, revisions } = cacheOf(PLENTY);
    const ready: NetworkModel[] = [];
    cache.prepareNewRevisions(function* (model) {
      yield;
      ready.push(model);
    });
    await cache.modelAt(cluster, 3);
    clusters.cluster = { ...cluster, latestRevision: 4 };
    revisions.tell('prod', 4);
    await settled();
    expect(ready).toEqual([await cache.modelAt(clusters.cluster, 4)]);
  });
});
