import { Injectable } from '@nestjs/common';
import type { Cluster, ClusterChange, NewCluster } from '../../application/clusters/cluster.js';
import { ClusterStore } from '../../application/clusters/cluster-store.js';
import { isJsonObject } from '../../core/kernel/json.js';
import { invariant } from '../../core/kernel/invariant.js';
import { problem, type Problem } from '../../core/kernel/problem.js';
import { err, ok, type Result } from '../../core/kernel/result.js';
import { Database } from '../database.js';
import { codeOf } from '../database-failure.js';
import type { Cluster as ClusterRow } from '../generated/prisma/client.js';
import { ClusterMemory } from './cluster-memory.js';

/** Prisma's code: a unique constraint is violated. */
const UNIQUE_VIOLATION = 'P2002';

/** Prisma's names of the columns. */
const ROW = `id, name, display_name AS "displayName", profile, profile_version AS "profileVersion", latest_revision AS "latestRevision", created_at AS "createdAt"`;
/** Whoever changes a cluster or writes to it waits for the others at its row. */
const LOCK = `SELECT ${ROW} FROM cluster WHERE name = $1 FOR UPDATE`;
const CHANGE = `UPDATE cluster SET display_name = $2, profile = $3::json, profile_version = profile_version + 1 WHERE id = $1 RETURNING ${ROW}`;

/** In the order in which nothing refers to what is gone. No foreign keys lead to a cluster's bulk: checking them would cost more than the rows. */
const BULK_OF_CLUSTER = ['object_version', 'content', 'object'] as const;

/** Clusters by Prisma; the pointer to the newest revision from memory. */
@Injectable()
export class ClusterRepository extends ClusterStore {
  constructor(
    private readonly database: Database,
    private readonly memory: ClusterMemory,
  ) {
    super();
  }

  override async create({ name, displayName, profile }: NewCluster): Promise<Result<Cluster, Problem>> {
    return this.database.attempt(async () => {
      try {
        const row = await this.database.prisma.cluster.create({ data: { name, displayName, profile } });
        return ok(clusterOf(row));
      } catch (error) {
        if (codeOf(error) !== UNIQUE_VIOLATION) throw error;
        return err(problem('cluster-exists', `there already is a cluster \`${name}\``));
      }
    });
  }

  override async find(name: string): Promise<Cluster | undefined> {
    const known = this.memory.get(name);
    if (known) return known;
    const { mark } = this.memory;
    const row = await this.database.attempt(async () => this.database.prisma.cluster.findUnique({ where: { name } }));
    if (!row) return undefined;
    const cluster = clusterOf(row);
    this.memory.keep(cluster, mark);
    return cluster;
  }

  override async list(): Promise<readonly Cluster[]> {
    const rows = await this.database.attempt(async () => this.database.prisma.cluster.findMany({ orderBy: { name: 'asc' } }));
    return rows.map(clusterOf);
  }

  override async change(name: string, decide: (current: Cluster) => Result<ClusterChange, Problem>): Promise<Result<Cluster, Problem>> {
    const changed = await this.database.transaction(async (client): Promise<Result<Cluster, Problem>> => {
      const [row] = (await client.query<ClusterRow>(LOCK, [name])).rows;
      if (!row) return err(problem('unknown-cluster', `there is no cluster \`${name}\``));
      const change = decide(clusterOf(row));
      if (!change.ok) return change;
      const { displayName = row.displayName, profile = row.profile } = change.value;
      const [after = row] = (await client.query<ClusterRow>(CHANGE, [row.id, displayName, JSON.stringify(profile)])).rows;
      return ok(clusterOf(after));
    });
    this.memory.forget(name); // what was remembered may be older than what is there
    return changed;
  }

  override async delete(name: string, objection?: (current: Cluster) => Problem | undefined): Promise<Result<boolean, Problem>> {
    const deleted = await this.database.transaction(async (client): Promise<Result<boolean, Problem>> => {
      const [row] = (await client.query<ClusterRow>(LOCK, [name])).rows;
      if (!row) return ok(false);
      const refused = objection?.(clusterOf(row));
      if (refused) return err(refused);
      for (const table of BULK_OF_CLUSTER) await client.query(`DELETE FROM ${table} WHERE cluster_id = $1`, [row.id]);
      await client.query('DELETE FROM cluster WHERE id = $1', [row.id]);
      return ok(true);
    });
    this.memory.forget(name);
    return deleted;
  }
}

function clusterOf({ profile, ...row }: ClusterRow): Cluster {
  invariant(isJsonObject(profile), 'a profile is an object');
  return { ...row, profile };
}
