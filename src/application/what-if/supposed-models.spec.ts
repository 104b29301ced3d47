import { describe, expect, it } from 'vitest';
import { FakeClusterStore, FakeRevisionStore } from '../../../test/support/fake-revision-store.js';
import { TEST_HASHER } from '../../../test/support/manifests.js';
import { DEFAULT_MANIFEST_LIMITS } from '../../manifests/manifest-limits.js';
import type { Cluster } from '../clusters/cluster.js';
import type { ObjectFilter, StoredObject } from '../clusters/stored-object.js';
import { ImportSettings } from '../imports/import-settings.js';
import { ModelCache } from '../models/model-cache.js';
import { ChangeReader } from './read-changes.js';
import { MOST_WAITING, SupposedModels } from './supposed-models.js';
import type { Supposed } from './what-if-input.js';

const NAMESPACE: StoredObject = {
  group: '',
  kind: 'Namespace',
  namespace: '',
  name: 'n1',
  source: '',
  body: JSON.stringify({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'n1' } }),
};

/** Counts how many reads of objects are under way. */
class CountingRevisions extends FakeRevisionStore {
  private running = 0;
  mostAtOnce = 0;

  override async *objectsAt(cluster: Cluster, revision: number, filter?: ObjectFilter): AsyncGenerator<readonly StoredObject[]> {
    this.mostAtOnce = Math.max(this.mostAtOnce, ++this.running);
    await new Promise((wake) => setTimeout(wake, 1));
    this.running--;
    yield* super.objectsAt(cluster, revision, filter);
  }
}

/** Counts how often manifests are read. */
class CountingReader extends ChangeReader {
  reads = 0;

  override async read(supposed: Supposed) {
    this.reads++;
    return super.read(supposed);
  }
}

function supposing() {
  const revisions = new CountingRevisions();
  revisions.stored = [NAMESPACE];
  const clusters = new FakeClusterStore();
  const models = new ModelCache(clusters, revisions, 2 ** 20);
  const reader = new CountingReader(new ImportSettings(DEFAULT_MANIFEST_LIMITS, TEST_HASHER));
  return { models, revisions, reader, cluster: clusters.cluster, supposed: new SupposedModels(models, revisions, reader) };
}

const labelled = (label: string): Supposed => ({
  apply: JSON.stringify({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'n1', labels: { label } } }),
  delete: [],
});

describe('models of what is supposed', () => {
  it('are made one after the other, whatever the cluster', async () => {
    const { models, revisions, cluster, supposed } = supposing();
    const clusters = Array.from({ length: 5 }, (_, index) => ({ ...cluster, id: `c${index}` }));
    for (const one of clusters) await models.modelAt(one, 1);
    revisions.mostAtOnce = 0;
    const made = await Promise.all(clusters.flatMap((one) => ['a', 'b'].map(async (text) => supposed.changedAt(one, 1, labelled(text)))));
    expect([revisions.mostAtOnce, made.every(({ ok }) => ok)]).toEqual([1, true]);
  });

  it('read the manifests once, however often the same is asked', async () => {
    const { reader, cluster, supposed } = supposing();
    for (let time = 0; time < 20; time++) await supposed.changedAt(cluster, 1, labelled('a'));
    await Promise.all(Array.from({ length: 20 }, async () => supposed.changedAt(cluster, 1, labelled('b'))));
    expect(reader.reads).toBe(2);
    const other = await supposed.changedAt({ ...cluster, profileVersion: 2 }, 1, labelled('b'));
    expect([reader.reads, other.ok]).toEqual([3, true]);
  });

  it('are not made for those who have left before their turn, unless another waits for the same', async () => {
    const { reader, cluster, supposed } = supposing();
    const [left, other] = [new AbortController(), new AbortController()];
    const first = supposed.changedAt(cluster, 1, labelled('a'));
    const nobody = supposed.changedAt(cluster, 1, labelled('b'), left.signal);
    const shared = [left.signal, other.signal].map(async (until) => supposed.changedAt(cluster, 1, labelled('c'), until));
    left.abort(new Error('the client has left'));
    await expect(nobody).rejects.toThrow('the client has left');
    expect((await Promise.all([first, ...shared])).every(({ ok }) => ok)).toBe(true);
    expect(reader.reads).toBe(2);
    expect((await supposed.changedAt(cluster, 1, labelled('b'))).ok).toBe(true);
  });

  it('are refused while too many wait, and made again when those are', async () => {
    const { cluster, supposed } = supposing();
    const many = Array.from({ length: MOST_WAITING }, async (_, index) => supposed.changedAt(cluster, 1, labelled(`n${index}`)));
    const [refused, joined] = [
      supposed.changedAt(cluster, 1, labelled('one-more')),
      supposed.changedAt(cluster, 1, labelled(`n${MOST_WAITING - 1}`)),
    ];
    expect(await refused).toMatchObject({ ok: false, error: { kind: 'too-many-waiting' } });
    expect((await Promise.all([...many, joined])).every(({ ok }) => ok)).toBe(true);
    expect((await supposed.changedAt(cluster, 1, labelled('one-more'))).ok).toBe(true);
  });
});
