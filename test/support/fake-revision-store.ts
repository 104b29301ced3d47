import type { Cluster } from '../../src/application/clusters/cluster.js';
import { ClusterStore } from '../../src/application/clusters/cluster-store.js';
import type { Revision, RevisionNote, WriteMode } from '../../src/application/clusters/revision.js';
import { RevisionStore, RevisionWriter, type Written } from '../../src/application/clusters/revision-store.js';
import type { NewObject, ObjectFilter, ObjectIdentity, StoredObject } from '../../src/application/clusters/stored-object.js';
import { problem, type Problem } from '../../src/core/kernel/problem.js';
import { err, ok, type Result } from '../../src/core/kernel/result.js';

function unused(): never {
  throw new Error('an import does not call this');
}

/** One write that was committed. */
export interface FakeWrite {
  readonly mode: WriteMode;
  readonly note: RevisionNote;
  readonly objects: readonly NewObject[];
}

/** Knows one cluster, `prod`. */
export class FakeClusterStore extends ClusterStore {
  cluster: Cluster = {
    id: '00000000-0000-4000-8000-000000000001',
    name: 'prod',
    displayName: 'prod',
    profile: {},
    profileVersion: 1,
    latestRevision: 0,
    createdAt: new Date(0),
  };

  override find = async (name: string) => Promise.resolve(name === this.cluster.name ? this.cluster : undefined);
  override create = unused;
  override list = unused;
  override change = unused;
  override delete = unused;
}

/** Keeps what an import stages and commits; its newest revision holds `stored`. */
export class FakeRevisionStore extends RevisionStore {
  readonly writes: FakeWrite[] = [];
  aborted = 0;
  newest: Revision | undefined;
  stored: StoredObject[] = [];

  override begin = async (): Promise<RevisionWriter> => Promise.resolve(new FakeWriter(this));
  override async *objectsAt(_cluster: Cluster, _revision: number, filter: ObjectFilter = {}): AsyncGenerator<readonly StoredObject[]> {
    const { kinds, group, namespace, name } = filter;
    const has = (wanted: string | undefined, value: string) => wanted === undefined || wanted === value;
    const found = this.stored.filter((one) => kinds?.includes(one.kind) ?? true);
    yield await Promise.resolve(found.filter((one) => has(group, one.group) && has(namespace, one.namespace) && has(name, one.name)));
  }
  override restore = unused;
  override changesBetween = unused;
  override history = unused;
  override revision = unused;
  override report = unused;
  override revisions = async (): Promise<readonly Revision[]> => Promise.resolve(this.newest ? [this.newest] : []);
  override revisionAt = unused;
  override tags = unused;
  override tagsOf = unused;
  override tag = unused;
  override setTag = unused;
  override deleteTag = unused;
  override onRevision = unused;
}

class FakeWriter extends RevisionWriter {
  private readonly objects: NewObject[] = [];

  constructor(private readonly store: FakeRevisionStore) {
    super();
  }

  override async stage(objects: readonly NewObject[]): Promise<void> {
    this.objects.push(...objects);
    return Promise.resolve();
  }

  override async commit(mode: Exclude<WriteMode, 'restore'>, note: RevisionNote): Promise<Result<Written, Problem>> {
    const number = this.store.writes.length + 1;
    if (note.ifMatch !== undefined && !note.ifMatch.includes(number - 1)) return err(problem('precondition-failed', 'stale'));
    this.store.writes.push({ mode, note, objects: this.objects });
    const { author, message, source } = note;
    const statistics = { objects: 0, added: 0, changed: 0, removed: 0, unchanged: 0, kinds: [] };
    const revision = {
      cluster: 'prod',
      number,
      parent: number - 1,
      author,
      message,
      source: source ?? null,
      mode,
      createdAt: new Date(0),
      statistics,
      tags: [],
    };
    this.store.newest = revision;
    const there = (identity: ObjectIdentity) =>
      this.store.stored.some(({ kind, name }) => kind === identity.kind && name === identity.name);
    return Promise.resolve(ok({ revision, notFound: mode === 'delete' ? this.objects.filter((object) => !there(object)) : [] }));
  }

  override async abort(): Promise<void> {
    this.store.aborted++;
    return Promise.resolve();
  }
}
