import type { ObjectFilter, ObjectOrder, ObjectWindow } from '../../application/clusters/stored-object.js';
import type { SqlValue } from '../copy/sql-literals.js';

/** A statement and what stands for its placeholders. */
export interface Statement {
  readonly text: string;
  readonly values: readonly SqlValue[];
}

const ORDER: Readonly<Record<ObjectOrder, readonly string[]>> = {
  kind: ['kind', 'namespace', 'name', 'api_group'],
  namespace: ['namespace', 'kind', 'name', 'api_group'],
  name: ['name', 'namespace', 'kind', 'api_group'],
};

/** Placeholders $2 to $9 of every statement here: a filter and the place to go on from. A condition whose value is NULL vanishes when the statement is planned. */
function filterValues(filter: ObjectFilter, { after }: ObjectWindow): readonly SqlValue[] {
  const { group, kinds, namespace, name } = filter;
  return [group, kinds, namespace, name, after?.kind, after?.namespace, after?.name, after?.group];
}

const ADMITTED = `($2::text IS NULL OR o.api_group = $2) AND ($3::text[] IS NULL OR o.kind = ANY ($3))
  AND ($4::text IS NULL OR o.namespace = $4) AND ($5::text IS NULL OR o.name = $5)`;

const POSITION: Readonly<Record<string, string>> = { kind: '$6', namespace: '$7', name: '$8', api_group: '$9' };

/** The condition, order and limit that a window means. */
function windowOf({ order = 'kind', descending = false, limit }: ObjectWindow): { readonly beyond: string; readonly tail: string } {
  const columns = ORDER[order];
  const place = columns.map((column) => POSITION[column]).join(', ');
  const beyond = `($6::text IS NULL OR (${columns.map((column) => `o.${column}`).join(', ')}) ${descending ? '<' : '>'} (${place}))`;
  const direction = descending ? ' DESC' : '';
  const tail = `ORDER BY ${columns.map((column) => `o.${column}${direction}`).join(', ')}${limit === undefined ? '' : ` LIMIT ${Math.trunc(limit)}`}`;
  return { beyond, tail };
}

/** The objects that are valid at a revision: group, kind, namespace, name, source, body. */
export function objectsAt(cluster: string, revision: number, filter: ObjectFilter, window: ObjectWindow): Statement {
  const { beyond, tail } = windowOf(window);
  const text = `
SELECT o.api_group, o.kind, o.namespace, o.name, v.source, c.body
FROM object_version v
JOIN object o ON o.cluster_id = $1 AND o.id = v.object_id
JOIN content c ON c.cluster_id = $1 AND c.hash = v.content_hash
WHERE v.cluster_id = $1 AND v.from_revision <= $10 AND (v.to_revision IS NULL OR v.to_revision > $10)
  AND ${ADMITTED}
  AND ${beyond}
${tail}`;
  return { text, values: [cluster, ...filterValues(filter, window), revision] };
}

/**
 * What two revisions (`from` < `to`) do not agree on: group, kind, namespace, name, body before, body after. Starts from what was opened or closed between them,
 * which two indexes tell.
 */
export function changesBetween(cluster: string, from: number, to: number, filter: ObjectFilter, window: ObjectWindow): Statement {
  const { beyond, tail } = windowOf(window);
  const contentAt = (revision: string) => `
LEFT JOIN LATERAL (
  SELECT c.hash, c.body FROM object_version v JOIN content c ON c.cluster_id = $1 AND c.hash = v.content_hash
  WHERE v.cluster_id = $1 AND v.object_id = t.object_id AND v.from_revision <= ${revision} AND (v.to_revision IS NULL OR v.to_revision > ${revision})
)`;
  const text = `
SELECT o.api_group, o.kind, o.namespace, o.name, b.body, a.body
FROM (
  SELECT object_id FROM object_version WHERE cluster_id = $1 AND from_revision > $10 AND from_revision <= $11
  UNION SELECT object_id FROM object_version WHERE cluster_id = $1 AND to_revision > $10 AND to_revision <= $11
) t
JOIN object o ON o.cluster_id = $1 AND o.id = t.object_id${contentAt('$10')} b ON true${contentAt('$11')} a ON true
WHERE b.hash IS DISTINCT FROM a.hash
  AND ${ADMITTED}
  AND ${beyond}
${tail}`;
  return { text, values: [cluster, ...filterValues(filter, window), from, to] };
}

export const OBJECT_HISTORY = `
SELECT v.from_revision AS "from", v.to_revision AS "to", c.body
FROM object o
JOIN object_version v ON v.cluster_id = $1 AND v.object_id = o.id
JOIN content c ON c.cluster_id = $1 AND c.hash = v.content_hash
WHERE o.cluster_id = $1 AND o.kind = $2 AND o.namespace = $3 AND o.name = $4 AND o.api_group = $5
ORDER BY v.from_revision`;

export const REVISION_AT = 'SELECT max(number) AS number FROM revision WHERE cluster_id = $1 AND created_at <= $2';
