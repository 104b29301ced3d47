import type pg from 'pg';
import type { Cluster } from '../../application/clusters/cluster.js';
import type { RevisionNote, WriteMode } from '../../application/clusters/revision.js';
import { RevisionWriter, type Written } from '../../application/clusters/revision-store.js';
import type { NewObject } from '../../application/clusters/stored-object.js';
import { invariant } from '../../core/kernel/invariant.js';
import type { Problem } from '../../core/kernel/problem.js';
import type { Result } from '../../core/kernel/result.js';
import { type Database, inTransaction } from '../database.js';
import { commitRevision } from './commit-revision.js';
import { PLAN_ABSENCE, PLAN_ABSENCE_OF_REST, PLAN_PRESENCE } from './commit-statements.js';
import type { ClusterMemory } from './cluster-memory.js';
import { resultOf } from './result-of.js';
import { StagingArea } from './staging-area.js';

const PLANS: Readonly<Record<Exclude<WriteMode, 'restore'>, readonly string[]>> = {
  snapshot: [PLAN_PRESENCE, PLAN_ABSENCE_OF_REST],
  upsert: [PLAN_PRESENCE],
  delete: [PLAN_ABSENCE],
};

/** A write over one connection of its own. */
export class PgRevisionWriter extends RevisionWriter {
  private ended = false;

  private constructor(
    private readonly database: Database,
    private readonly memory: ClusterMemory,
    private readonly cluster: Cluster,
    private readonly client: pg.PoolClient,
    private readonly staging: StagingArea,
  ) {
    super();
  }

  static async open(database: Database, memory: ClusterMemory, cluster: Cluster): Promise<PgRevisionWriter> {
    return database.attempt(async () => {
      const client = await database.streams.connect();
      try {
        return new PgRevisionWriter(database, memory, cluster, client, await StagingArea.open(client));
      } catch (error) {
        client.release(true);
        throw error;
      }
    });
  }

  override async stage(objects: readonly NewObject[]): Promise<void> {
    if (objects.length > 0) await this.database.attempt(async () => this.staging.add(objects));
  }

  override async commit(mode: Exclude<WriteMode, 'restore'>, note: RevisionNote): Promise<Result<Written, Problem>> {
    invariant(!this.ended, 'a write ends once');
    return resultOf(async () => {
      const written = await this.database
        .attempt(async () => this.write(mode, note))
        .catch(async (error: unknown) => {
          await this.abort();
          throw error;
        });
      this.memory.wrote(this.cluster.name, this.cluster.id, written.revision.number);
      this.ended = true;
      this.client.release();
      return written;
    });
  }

  /** Closing the connection takes everything staged with it. */
  override async abort(): Promise<void> {
    if (!this.ended) this.client.release(true);
    this.ended = true;
    return Promise.resolve();
  }

  private async write(mode: Exclude<WriteMode, 'restore'>, note: RevisionNote): Promise<Written> {
    await this.staging.close();
    const values = [this.cluster.id, note.source ?? ''];
    const plan = async (client: pg.ClientBase) => {
      for (const statement of PLANS[mode]) await client.query(statement, values);
    };
    return inTransaction(this.client, async (client) => commitRevision(client, { cluster: this.cluster, mode, note, plan }));
  }
}
