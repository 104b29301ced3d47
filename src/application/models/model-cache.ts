import { hash } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import type { Steps } from '../../core/kernel/steps.js';
import type { NetworkModel } from '../../core/model/network-model.js';
import { Pace } from '../../manifests/pace.js';
import type { Cluster } from '../clusters/cluster.js';
import type { ClusterStore } from '../clusters/cluster-store.js';
import { ModelSource } from '../clusters/model-source.js';
import type { RevisionStore } from '../clusters/revision-store.js';
import type { ObjectIdentity } from '../clusters/stored-object.js';
import type { Problem } from '../../core/kernel/problem.js';
import { ok, type Result } from '../../core/kernel/result.js';
import { type ChangedRevision, changeRevision } from '../what-if/change-revision.js';
import type { ChangedModel, ObjectChanges } from '../what-if/object-changes.js';
import { compileObjects, compileRevision, type CompiledRevision } from './compile-revision.js';

/** Bytes of memory that a model takes for each character of the JSON text of its objects (`npm run bench -- compile` measures it). */
const WEIGHT_OF_TEXT = 1.5;

/** Models of what was supposed are large, and are rarely asked for again. */
const MOST_CHANGED = 2;

/** Milliseconds after which one that nobody asks any more is forgotten. */
const CHANGED_FOR = 60_000;

/** No step. */
function* nothing(): Steps<void> {}

/**
 * Compiled models by cluster, revision and profile version: immutable, so they never have to be invalidated. The newest used are kept, up to `maxBytes`; the
 * one that was used last is kept whatever it weighs, or every question would compile it again. A model is made from another one of its cluster where one is kept,
 * at the cost of reading what changed. A cluster that is being asked gets the model of its next
 * revision as soon as that is written, so that the first question after an import need not wait for it.
 */
export class ModelCache extends ModelSource {
  private readonly models: LRUCache<string, CompiledRevision>;
  private readonly compiling = new Map<string, Promise<CompiledRevision>>();
  private readonly changed = new LRUCache<string, Promise<Result<ChangedModel, Problem>>>({
    max: MOST_CHANGED,
    ttl: CHANGED_FOR,
    ttlAutopurge: true,
    updateAgeOnGet: true,
  });
  /** The end of each cluster's last change that was supposed: one at a time, for each holds a model in the making that nobody else has. */
  private readonly changing = new Map<string, Promise<unknown>>();
  /** The end of each cluster's last compilation: one at a time, so that a walk through history does not hold many models in the making. */
  private readonly queues = new Map<string, Promise<unknown>>();
  private readonly asked = new Set<string>();

  constructor(
    private readonly clusters: ClusterStore,
    private readonly revisions: RevisionStore,
    maxBytes: number,
  ) {
    super();
    const maxSize = Math.max(1, maxBytes);
    const sizeCalculation = ({ characters }: CompiledRevision) => Math.min(maxSize, Math.max(1, Math.ceil(WEIGHT_OF_TEXT * characters)));
    this.models = new LRUCache({ maxSize, sizeCalculation });
  }

  override async modelAt(cluster: Cluster, revision: number): Promise<NetworkModel> {
    const { model } = await this.compiledAt(cluster, revision);
    return model;
  }

  /** Kept for as long as the same is asked again and again, as a batch does: of the last few questions alone. */
  override async changedAt(cluster: Cluster, revision: number, changes: ObjectChanges): Promise<Result<ChangedModel, Problem>> {
    const key = `${cluster.id} ${revision} ${cluster.profileVersion} ${hash('sha256', JSON.stringify(changes))}`;
    const known = this.changed.get(key) ?? this.change(key, cluster, revision, changes);
    this.changed.set(key, known);
    return known;
  }

  private async change(key: string, cluster: Cluster, revision: number, changes: ObjectChanges): Promise<Result<ChangedModel, Problem>> {
    const earlier = this.changing.get(cluster.id) ?? Promise.resolve();
    const work = earlier.then(async () => this.suppose(cluster, revision, changes));
    const end = work.catch(() => this.changed.delete(key));
    this.changing.set(cluster.id, end);
    void end.finally(() => {
      if (this.changing.get(cluster.id) === end) this.changing.delete(cluster.id);
    });
    return work;
  }

  private async suppose(cluster: Cluster, revision: number, changes: ObjectChanges): Promise<Result<ChangedModel, Problem>> {
    const pace = new Pace();
    const compiled = await this.compiledAt(cluster, revision);
    const bodyOf = async (identity: ObjectIdentity) => this.bodyAt(cluster, revision, identity);
    const changed = await changeRevision(compiled, changes, bodyOf, pace);
    if (!changed.ok) return changed;
    const { model } = await compileObjects(cluster, changed.value, pace, compiled.model);
    return ok({ model, note: noteOf(changes, changed.value) });
  }

  private async bodyAt(cluster: Cluster, revision: number, { kind, ...place }: ObjectIdentity): Promise<string | undefined> {
    for await (const [found] of this.revisions.objectsAt(cluster, revision, { kinds: [kind], ...place })) return found?.body;
    return undefined;
  }

  private async compiledAt(cluster: Cluster, revision: number): Promise<CompiledRevision> {
    const key = `${cluster.id} ${revision} ${cluster.profileVersion}`;
    this.asked.add(cluster.name);
    return this.models.get(key) ?? this.compiling.get(key) ?? this.compile(key, cluster, revision);
  }

  /**
   * Compiles every new revision of a cluster that was asked before, in the background, and takes the steps of `prepare` with it: what the rooms would otherwise build
   * while somebody waits for their first answer. Returns how to stop.
   */
  prepareNewRevisions(prepare: (model: NetworkModel) => Steps<void> = nothing): () => void {
    return this.revisions.onRevision((name, revision) => {
      if (this.asked.has(name)) void this.prepare(name, revision, prepare).catch(() => undefined); // the question that needs it will say what is wrong
    });
  }

  private async prepare(name: string, revision: number, prepare: (model: NetworkModel) => Steps<void>): Promise<void> {
    const cluster = await this.clusters.find(name);
    if (cluster?.latestRevision !== revision) return;
    const pace = new Pace();
    const steps = prepare(await this.modelAt(cluster, revision));
    while (!steps.next().done) if (pace.isDue) await pace.rest();
  }

  /** The kept revision of the cluster from which it is the shortest way: what did not change in between is taken over. */
  private nearest({ id }: Cluster, revision: number): CompiledRevision | undefined {
    const distance = (one: CompiledRevision) => Math.abs(one.revision - revision);
    const kept = [...this.models.entries()].flatMap(([key, compiled]) => (key.startsWith(`${id} `) ? [compiled] : []));
    return kept.reduce<CompiledRevision | undefined>((best, one) => (best && distance(best) <= distance(one) ? best : one), undefined);
  }

  private async compile(key: string, cluster: Cluster, revision: number): Promise<CompiledRevision> {
    const earlier = this.queues.get(cluster.id) ?? Promise.resolve();
    const work = earlier
      .catch(() => undefined)
      .then(async () => compileRevision(this.revisions, cluster, revision, this.nearest(cluster, revision)));
    this.queues.set(cluster.id, work);
    const result = work.then((compiled) => {
      this.models.set(key, compiled);
      return compiled;
    });
    this.compiling.set(key, result);
    try {
      return await result;
    } finally {
      this.compiling.delete(key);
      if (this.queues.get(cluster.id) === work) this.queues.delete(cluster.id);
    }
  }
}

function noteOf({ applied }: ObjectChanges, { added, removed, revision }: ChangedRevision): ChangedModel['note'] {
  const parts = [
    ...(applied.length === 0 ? [] : [`${applied.length} applied (${added} of them new, and younger than all there are)`]),
    ...(removed === 0 ? [] : [`${removed} deleted`]),
  ];
  return {
    code: 'WHAT_IF',
    message: `revision ${revision} as it would be with objects changed, ${parts.join(', ')}: nothing of it is stored`,
  };
}
