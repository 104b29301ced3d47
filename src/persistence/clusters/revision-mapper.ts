import { z } from 'zod';
import type { Cluster } from '../../application/clusters/cluster.js';
import type { ObjectChange, Revision, RevisionStatistics, WriteMode } from '../../application/clusters/revision.js';
import type { StoredObject } from '../../application/clusters/stored-object.js';
import { invariant } from '../../core/kernel/invariant.js';
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

const MODES: readonly WriteMode[] = ['snapshot', 'upsert', 'delete', 'restore'];

const STATISTICS: z.ZodType<RevisionStatistics> = z.object({
  objects: z.int(),
  added: z.int(),
  changed: z.int(),
  removed: z.int(),
  unchanged: z.int(),
  kinds: z.array(z.object({ group: z.string(), kind: z.string(), objects: z.int() })),
});

/** A revision as the product speaks of it. */
export function revisionOf(cluster: Cluster, row: Prisma.RevisionGetPayload<{ select: typeof REVISION_COLUMNS }>): Revision {
  const { mode: written, statistics, tags, ...same } = row;
  const mode = MODES.find((one) => one === written);
  invariant(mode !== undefined, 'the database constrains how a revision was written');
  return {
    ...same,
    cluster: cluster.name,
    mode,
    statistics: STATISTICS.parse(statistics),
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
