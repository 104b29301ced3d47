import type pg from 'pg';
import type { Cluster } from '../../application/clusters/cluster.js';
import { type ChangeCount, countChanges } from '../../application/clusters/count-changes.js';
import type { Revision, RevisionNote, RevisionStatistics, WriteMode } from '../../application/clusters/revision.js';
import type { Written } from '../../application/clusters/revision-store.js';
import type { ObjectIdentity } from '../../application/clusters/stored-object.js';
import { clusterGone } from '../../application/clusters/unknown-cluster.js';
import { problem, ProblemError } from '../../core/kernel/problem.js';
import * as sql from './commit-statements.js';

/** A write of so many objects makes the planner's picture of the tables wrong. */
const LARGE_WRITE = 1_000;

/** What to commit, and how. */
export interface Commit {
  readonly cluster: Cluster;
  readonly mode: WriteMode;
  readonly note: RevisionNote;
  /** Fills the table `planned`. */
  readonly plan: (client: pg.ClientBase) => Promise<void>;
}

/**
 * Makes the next revision within the transaction of `client`, whose session has the tables `staged` and `planned`. Writers of one cluster wait for one another at its row; writers
 * of different clusters never meet. Throws `unknown-cluster` and `precondition-failed`.
 */
export async function commitRevision(client: pg.ClientBase, { cluster, mode, note, plan }: Commit): Promise<Written> {
  await client.query(sql.STEADY_PLANS);
  const parent = await lock(client, cluster, note.ifMatch);
  const number = parent + 1;
  await plan(client);
  await client.query(sql.INSERT_OBJECTS, [cluster.id]);
  await client.query(sql.INSERT_CONTENT, [cluster.id]);
  await client.query(sql.CLOSE_VERSIONS, [cluster.id, number]);
  await client.query(sql.OPEN_VERSIONS, [cluster.id, number]);
  const statistics = await count(client, cluster, parent);
  const missing = await client.query<ObjectIdentity>(sql.LIST_MISSING);
  const { author, message, source, report } = note;
  const base = { number, parent: parent === 0 ? null : parent, author, message, source: source ?? null, mode, statistics };
  const createdAt = await insertRevision(client, cluster, base, report);
  await client.query(sql.MOVE_POINTER, [cluster.id, number]);
  await client.query(sql.DROP_STAGING);
  if (statistics.added + statistics.changed + statistics.removed >= LARGE_WRITE) await client.query(sql.REFRESH_STATISTICS);
  return { revision: { cluster: cluster.name, ...base, createdAt, tags: [] }, notFound: missing.rows };
}

/** Returns the newest revision, which nobody can move from now on. */
async function lock(client: pg.ClientBase, { id, name }: Cluster, ifMatch: RevisionNote['ifMatch']): Promise<number> {
  const { rows } = await client.query<{ latest_revision: number }>(sql.LOCK_CLUSTER, [id]);
  const latest = rows[0]?.latest_revision;
  if (latest === undefined) throw new ProblemError(clusterGone(name));
  if (ifMatch === undefined || ifMatch.includes(latest)) return latest;
  const message = `cluster \`${name}\` is at revision ${latest}, not ${ifMatch.join(' or ').slice(0, 80)}: somebody else wrote to it`;
  throw new ProblemError(
    problem('precondition-failed', message, { hint: 'read what changed, then write again', extra: { current: latest } }),
  );
}

async function count(client: pg.ClientBase, cluster: Cluster, parent: number): Promise<RevisionStatistics> {
  const before = await client.query<{ statistics: RevisionStatistics }>(sql.PARENT_STATISTICS, [cluster.id, parent]);
  const changes = await client.query<ChangeCount>(sql.COUNT_CHANGES, [cluster.id]);
  return countChanges(before.rows[0]?.statistics.kinds ?? [], changes.rows);
}

async function insertRevision(
  client: pg.ClientBase,
  cluster: Cluster,
  { number, parent, author, message, source, mode, statistics }: Omit<Revision, 'cluster' | 'createdAt' | 'tags'>,
  report: unknown,
): Promise<Date> {
  const { rows } = await client.query<{ created_at: Date }>(sql.INSERT_REVISION, [
    cluster.id,
    number,
    parent,
    author,
    message,
    source,
    mode,
    JSON.stringify(statistics),
    report === undefined ? null : JSON.stringify(report),
  ]);
  return rows[0]?.created_at ?? new Date();
}
