import { Injectable } from '@nestjs/common';
import type { Cluster, ClusterChange, NewCluster } from '../../application/clusters/cluster.js';
import { ClusterStore } from '../../application/clusters/cluster-store.js';
import { isJsonObject } from '../../core/kernel/json.js';
import { invariant } from '../../core/kernel/invariant.js';
import { problem, type Problem } from '../../core/kernel/problem.js';
import { err, ok, type Result } from '../../core/kernel/result.js';
import { Database } from '../database.js';
import { codeOf } from '../database-failure.js';
import type { Cluster as ClusterRow, Prisma } from '../generated/prisma/client.js';
import { ClusterMemory } from './cluster-memory.js';

/** Prisma's codes: a unique constraint is violated; the row to change is not there. */
const UNIQUE_VIOLATION = 'P2002';
const NOT_FOUND = 'P2025';

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

  override async change(name: string, { displayName, profile }: ClusterChange, ifMatch?: number): Promise<Result<Cluster, Problem>> {
    const data = {
      ...(displayName === undefined ? {} : { displayName }),
      ...(profile === undefined ? {} : { profile: profile as Prisma.InputJsonObject }),
      profileVersion: { increment: 1 },
    };
    const where = { name, ...(ifMatch === undefined ? {} : { profileVersion: ifMatch }) };
    return this.database.attempt(async () => {
      try {
        const row = await this.database.prisma.cluster.update({ where, data });
        this.memory.forget(name);
        return ok(clusterOf(row));
      } catch (error) {
        if (codeOf(error) !== NOT_FOUND) throw error;
        this.memory.forget(name); // what was remembered may be older than what is there
        return err(await this.whyUnchanged(name, ifMatch));
      }
    });
  }

  override async delete(name: string): Promise<boolean> {
    const deleted = await this.database.transaction(async (client) => {
      const { rows } = await client.query<{ id: string }>('SELECT id FROM cluster WHERE name = $1 FOR UPDATE', [name]);
      const id = rows[0]?.id;
      if (id === undefined) return false;
      for (const table of BULK_OF_CLUSTER) await client.query(`DELETE FROM ${table} WHERE cluster_id = $1`, [id]);
      await client.query('DELETE FROM cluster WHERE id = $1', [id]);
      return true;
    });
    this.memory.forget(name);
    return deleted;
  }

  private async whyUnchanged(name: string, ifMatch: number | undefined): Promise<Problem> {
    const row = await this.database.prisma.cluster.findUnique({ where: { name } });
    if (!row) return problem('unknown-cluster', `there is no cluster \`${name}\``);
    return problem(
      'precondition-failed',
      `cluster \`${name}\` was changed meanwhile: it is at version ${row.profileVersion}, not ${ifMatch}`,
      {
        hint: 'read it again, then change it',
        extra: { current: row.profileVersion },
      },
    );
  }
}

function clusterOf({ profile, ...row }: ClusterRow): Cluster {
  invariant(isJsonObject(profile), 'a profile is an object');
  return { ...row, profile };
}
