import { LRUCache } from 'lru-cache';
import type { Steps } from '../../core/kernel/steps.js';
import type { NetworkModel } from '../../core/model/network-model.js';
import { Pace } from '../../manifests/pace.js';
import type { Cluster } from '../clusters/cluster.js';
import type { ClusterStore } from '../clusters/cluster-store.js';
import { ModelSource } from '../clusters/model-source.js';
import type { RevisionStore } from '../clusters/revision-store.js';
import { compileRevision, type CompiledRevision } from './compile-revision.js';

/** Bytes of memory that a model takes for each character of the JSON text of its objects (`npm run bench -- compile` measures it). */
const WEIGHT_OF_TEXT = 1.5;

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

  /** The model with what it was made of. */
  async compiledAt(cluster: Cluster, revision: number): Promise<CompiledRevision> {
    const key = `${cluster.id} ${revision} ${cluster.profileVersion}`;
    this.asked.add(cluster.name);
    return this.models.get(key) ?? this.compiling.get(key) ?? this.compile(key, cluster, revision);
  }

  /** The model of the newest revision where it is at hand. It is not made, and counts as used no more than before. */
  kept({ id, latestRevision, profileVersion }: Cluster): NetworkModel | undefined {
    return this.models.peek(`${id} ${latestRevision} ${profileVersion}`)?.model;
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
