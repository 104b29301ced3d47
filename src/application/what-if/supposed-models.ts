import { hash } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import { type Problem, problem } from '../../core/kernel/problem.js';
import { err, ok, type Result } from '../../core/kernel/result.js';
import { Pace } from '../../manifests/pace.js';
import type { Cluster } from '../clusters/cluster.js';
import { RevisionStore } from '../clusters/revision-store.js';
import type { ObjectIdentity } from '../clusters/stored-object.js';
import { compileObjects } from '../models/compile-revision.js';
import { ModelCache } from '../models/model-cache.js';
import { changeRevision } from './change-revision.js';
import type { ChangedModel } from './object-changes.js';
import { ChangeReader } from './read-changes.js';
import type { Supposed } from './what-if-input.js';
import { whatIfNote } from './what-if-note.js';

/** Models of what was supposed are large, and are rarely asked for again: so many are kept, of all clusters together. */
const MOST_KEPT = 2;

/** Milliseconds after which one that nobody asks any more is forgotten. */
const KEPT_FOR = 60_000;

/** So many states wait for their turn, of all clusters together: each holds its manifests, and the last of them would wait for minutes on a large cluster. */
export const MOST_WAITING = 64;

const TOO_MANY = problem('too-many-waiting', `${MOST_WAITING} other states that somebody supposes are waiting for their turn`, {
  hint: 'ask again in a few seconds; questions of one state in one batch wait once',
});

/** A state that is asked for: made when its turn comes, if anybody still waits for it then. */
class Turn {
  private askers: (AbortSignal | undefined)[] = [];
  private isOver = false;

  /** One more waits; until its signal fires, if it has one. */
  join(until: AbortSignal | undefined): void {
    if (!this.isOver) this.askers.push(until);
  }

  /** Throws the reason of the first asker where all have left. */
  begin(): void {
    const { askers } = this;
    [this.askers, this.isOver] = [[], true];
    if (askers.every((one) => one?.aborted)) askers[0]?.throwIfAborted();
  }
}

interface Kept {
  readonly turn: Turn;
  readonly model: Promise<Result<ChangedModel, Problem>>;
}

/** Makes models of states as they would be; nothing of them is stored. */
export class SupposedModels {
  private readonly kept = new LRUCache<string, Kept>({
    max: MOST_KEPT,
    ttl: KEPT_FOR,
    ttlAutopurge: true,
    updateAgeOnGet: true,
  });
  /** The end of the last change that was supposed: one at a time, whatever the cluster, for each holds a model in the making that nobody else has. */
  private last: Promise<unknown> = Promise.resolve();
  private waiting = 0;

  constructor(
    private readonly models: ModelCache,
    private readonly revisions: RevisionStore,
    private readonly changes: ChangeReader,
  ) {}

  /**
   * The model of the revision as it would be. Kept for as long as the same is asked again and again, as a batch does, its manifests read once. Fails with `invalid-request`, about `apply` or `delete`, and with
   * `unknown-object` where an object to be gone is not there, and with `too-many-waiting`. Not made, and throws the reason of `until`, where all who asked for it have left before its turn came.
   */
  async changedAt(cluster: Cluster, revision: number, supposed: Supposed, until?: AbortSignal): Promise<Result<ChangedModel, Problem>> {
    const { id, profileVersion } = cluster;
    const key = hash('sha256', JSON.stringify([id, revision, profileVersion, supposed.apply ?? null, supposed.delete]));
    const known = this.kept.get(key);
    if (!known && this.waiting >= MOST_WAITING) return err(TOO_MANY);
    const turn = known?.turn ?? new Turn();
    turn.join(until);
    if (known) return known.model;
    const model = this.make(key, turn, async () => {
      await this.models.modelAt(cluster, revision); // which may take long: nobody else has to wait for it
      return this.inTurn(async () => {
        turn.begin();
        return this.suppose(cluster, revision, supposed);
      });
    });
    this.kept.set(key, { turn, model });
    return model;
  }

  private async make<T>(key: string, turn: Turn, work: () => Promise<T>): Promise<T> {
    this.waiting++;
    try {
      return await work();
    } catch (error) {
      if (this.kept.peek(key)?.turn === turn) this.kept.delete(key);
      throw error;
    } finally {
      this.waiting--;
    }
  }

  private async inTurn<T>(work: () => Promise<T>): Promise<T> {
    const mine = this.last.then(work);
    this.last = mine.catch(() => undefined);
    return mine;
  }

  private async suppose(cluster: Cluster, revision: number, supposed: Supposed): Promise<Result<ChangedModel, Problem>> {
    const pace = new Pace();
    const changes = await this.changes.read(supposed);
    if (!changes.ok) return changes;
    const compiled = await this.models.compiledAt(cluster, revision);
    const bodyOf = async (identity: ObjectIdentity) => this.bodyAt(cluster, revision, identity);
    const changed = await changeRevision(compiled, changes.value, bodyOf, pace);
    if (!changed.ok) return changed;
    const { model } = await compileObjects(cluster, changed.value, pace, compiled.model);
    return ok({ model, note: whatIfNote(changes.value, changed.value) });
  }

  private async bodyAt(cluster: Cluster, revision: number, { kind, ...place }: ObjectIdentity): Promise<string | undefined> {
    for await (const [found] of this.revisions.objectsAt(cluster, revision, { kinds: [kind], ...place })) return found?.body;
    return undefined;
  }
}
