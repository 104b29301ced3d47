import type { Cluster } from '../../application/clusters/cluster.js';
import type { ObjectChange, Revision, RevisionStatistics, WriteMode } from '../../application/clusters/revision.js';
import type { StoredObject } from '../../application/clusters/stored-object.js';
import type { Prisma } from '../generated/prisma/client.js';

/** Everything of a revision but its report, which may be long. */
export const REVISION_COLUMNS = {
  number: true,
  parent: true,
  author: true,
  message: true,
  source: true,
  mode: true,
  statistics: true,
  createdAt: true,
  tags: { select: { name: true }, orderBy: { name: 'asc' } },
} satisfies Prisma.RevisionSelect;

/** What was written by commit-revision.ts and constrained by the database is not checked again. */
export function revisionOf(cluster: Cluster, row: Prisma.RevisionGetPayload<{ select: typeof REVISION_COLUMNS }>): Revision {
  const { mode, statistics, tags, ...same } = row;
  return {
    ...same,
    cluster: cluster.name,
    mode: mode as WriteMode,
    statistics: statistics as unknown as RevisionStatistics,
    tags: tags.map((tag) => tag.name),
  };
}

/** A row of `objectsAt`; none of its columns can be null. */
export function objectOf([group, kind, namespace, name, source, body]: readonly (string | null)[]): StoredObject {
  return { group: group ?? '', kind: kind ?? '', namespace: namespace ?? '', name: name ?? '', source: source ?? '', body: body ?? '' };
}

/** A row of `changesBetween`; asked backwards, what came is what went. */
export function changeOf([group, kind, namespace, name, older, newer]: readonly (string | null)[], backwards: boolean): ObjectChange {
  const before = (backwards ? newer : older) ?? null;
  const after = (backwards ? older : newer) ?? null;
  const change = before === null ? 'added' : after === null ? 'removed' : 'changed';
  return { identity: { group: group ?? '', kind: kind ?? '', namespace: namespace ?? '', name: name ?? '' }, change, before, after };
}
