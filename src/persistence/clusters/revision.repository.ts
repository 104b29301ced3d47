import { Injectable } from '@nestjs/common';
import type { Cluster } from '../../application/clusters/cluster.js';
import type { ObjectChange, Revision, RevisionNote } from '../../application/clusters/revision.js';
import { type ObjectVersion, RevisionStore, type RevisionWriter, type Tag } from '../../application/clusters/revision-store.js';
import type { ObjectFilter, ObjectIdentity, ObjectWindow, StoredObject } from '../../application/clusters/stored-object.js';
import { problem, ProblemError, type Problem } from '../../core/kernel/problem.js';
import type { Result } from '../../core/kernel/result.js';
import { readRows } from '../copy/read-rows.js';
import { Database } from '../database.js';
import { codeOf } from '../database-failure.js';
import { ClusterMemory } from './cluster-memory.js';
import { ClusterNotices } from './cluster-notices.js';
import { commitRevision } from './commit-revision.js';
import { CREATE_STAGING, PLAN_RESTORE } from './commit-statements.js';
import { changeOf, objectOf, REVISION_COLUMNS, revisionOf } from './revision-mapper.js';
import { changesBetween, OBJECT_HISTORY, objectsAt, REVISION_AT, type Statement } from './object-statements.js';
import { resultOf } from './result-of.js';
import { PgRevisionWriter } from './revision-writer.js';

const FOREIGN_KEY_VIOLATION = 'P2003';

/** Bulk and hot reads by `pg`, the lists of revisions and tags by Prisma. */
@Injectable()
export class RevisionRepository extends RevisionStore {
  constructor(
    private readonly database: Database,
    private readonly memory: ClusterMemory,
    private readonly notices: ClusterNotices,
  ) {
    super();
  }

  override async begin(cluster: Cluster): Promise<RevisionWriter> {
    return PgRevisionWriter.open(this.database, this.memory, cluster);
  }

  override async restore(cluster: Cluster, revision: number, note: RevisionNote): Promise<Result<Revision, Problem>> {
    return resultOf(async () => {
      const written = await this.database.transaction(async (client) => {
        await client.query(CREATE_STAGING);
        const plan = async () => {
          const known = await client.query('SELECT 1 FROM revision WHERE cluster_id = $1 AND number = $2', [cluster.id, revision]);
          if (!known.rowCount)
            throw new ProblemError(problem('unknown-revision', `cluster \`${cluster.name}\` has no revision ${revision}`));
          await client.query(PLAN_RESTORE, [cluster.id, revision]);
        };
        return commitRevision(client, { cluster, mode: 'restore', note, plan });
      });
      this.memory.wrote(cluster.name, cluster.id, written.revision.number);
      return written.revision;
    });
  }

  override async *objectsAt(
    cluster: Cluster,
    revision: number,
    filter: ObjectFilter = {},
    window: ObjectWindow = {},
  ): AsyncGenerator<readonly StoredObject[]> {
    for await (const rows of this.read(objectsAt(cluster.id, revision, filter, window), window)) yield rows.map(objectOf);
  }

  override async *changesBetween(
    cluster: Cluster,
    from: number,
    to: number,
    filter: ObjectFilter = {},
    window: Pick<ObjectWindow, 'after' | 'limit'> = {},
  ): AsyncGenerator<readonly ObjectChange[]> {
    const backwards = from > to;
    const statement = changesBetween(cluster.id, Math.min(from, to), Math.max(from, to), filter, window);
    for await (const rows of this.read(statement, window)) yield rows.map((row) => changeOf(row, backwards));
  }

  override async history(cluster: Cluster, { group, kind, namespace, name }: ObjectIdentity): Promise<readonly ObjectVersion[]> {
    const versions = await this.database.rows<{ readonly from: number; readonly to: number | null; readonly body: string }>(
      OBJECT_HISTORY,
      [cluster.id, kind, namespace, name, group],
      'object-history',
    );
    return versions;
  }

  override async revision(cluster: Cluster, number: number): Promise<Revision | undefined> {
    const row = await this.database.attempt(async () =>
      this.database.prisma.revision.findUnique({
        where: { clusterId_number: { clusterId: cluster.id, number } },
        select: REVISION_COLUMNS,
      }),
    );
    return row ? revisionOf(cluster, row) : undefined;
  }

  override async report(cluster: Cluster, number: number): Promise<unknown> {
    const row = await this.database.attempt(async () =>
      this.database.prisma.revision.findUnique({
        where: { clusterId_number: { clusterId: cluster.id, number } },
        select: { report: true },
      }),
    );
    return row?.report;
  }

  override async revisions(cluster: Cluster, limit: number, before?: number): Promise<readonly Revision[]> {
    const rows = await this.database.attempt(async () =>
      this.database.prisma.revision.findMany({
        where: { clusterId: cluster.id, ...(before === undefined ? {} : { number: { lt: before } }) },
        orderBy: { number: 'desc' },
        take: limit,
        select: REVISION_COLUMNS,
      }),
    );
    return rows.map((row) => revisionOf(cluster, row));
  }

  override async revisionAt(cluster: Cluster, time: Date): Promise<number | undefined> {
    const rows = await this.database.rows<{ number: number | null }>(REVISION_AT, [cluster.id, time], 'revision-at');
    return rows[0]?.number ?? undefined;
  }

  override async tags(cluster: Cluster): Promise<readonly Tag[]> {
    return this.database.attempt(async () =>
      this.database.prisma.tag.findMany({
        where: { clusterId: cluster.id },
        orderBy: { name: 'asc' },
        select: { name: true, revision: true },
      }),
    );
  }

  override async tagsOf(clusters: readonly Cluster[]): Promise<readonly (readonly Tag[])[]> {
    const rows = await this.database.attempt(async () =>
      this.database.prisma.tag.findMany({ where: { clusterId: { in: clusters.map(({ id }) => id) } }, orderBy: { name: 'asc' } }),
    );
    return clusters.map(({ id }) => rows.filter(({ clusterId }) => clusterId === id).map(({ name, revision }) => ({ name, revision })));
  }

  override async tag(cluster: Cluster, name: string): Promise<Tag | undefined> {
    const row = await this.database.attempt(async () =>
      this.database.prisma.tag.findUnique({
        where: { clusterId_name: { clusterId: cluster.id, name } },
        select: { name: true, revision: true },
      }),
    );
    return row ?? undefined;
  }

  override async setTag(cluster: Cluster, { name, revision }: Tag): Promise<boolean> {
    return this.database.attempt(async () => {
      try {
        const where = { clusterId_name: { clusterId: cluster.id, name } };
        await this.database.prisma.tag.upsert({ where, create: { clusterId: cluster.id, name, revision }, update: { revision } });
        return true;
      } catch (error) {
        if (codeOf(error) !== FOREIGN_KEY_VIOLATION) throw error;
        return false;
      }
    });
  }

  override async deleteTag(cluster: Cluster, name: string): Promise<boolean> {
    const { count } = await this.database.attempt(async () =>
      this.database.prisma.tag.deleteMany({ where: { clusterId: cluster.id, name } }),
    );
    return count > 0;
  }

  override onRevision(listener: (cluster: string, revision: number) => void): () => void {
    return this.notices.listen({
      notice: ({ name, revision, written }) => {
        if (written && revision !== null) listener(name, revision);
      },
    });
  }

  /** A part of a list ends soon; a whole one lasts as long as its consumer likes. */
  private read({ text, values }: Statement, { limit }: Pick<ObjectWindow, 'limit'>): AsyncGenerator<(string | null)[][]> {
    return readRows(limit === undefined ? this.database.streams : this.database.pool, text, values);
  }
}
