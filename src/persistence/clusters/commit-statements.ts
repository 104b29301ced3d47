/**
 * A write in a fixed number of statements. `staged` holds what came in, `planned` one row for each object that is concerned: what changes, and `opened`, where
 * its open version lies. Parameters: $1 the cluster's id; $2 the source, empty for none, or as noted.
 *
 * Nothing here may depend on the planner's statistics: the write before may have been the first one, of a million objects. Look-ups are therefore `LATERAL …
 * LIMIT 1`, which goes one way only; other joins are left the hash join; and plans are made for the average cluster, not for one that was empty when somebody
 * looked.
 */

export const CREATE_STAGING = `
CREATE TEMPORARY TABLE staged (
  position integer, api_group text COLLATE "C", kind text COLLATE "C", namespace text COLLATE "C", name text COLLATE "C", hash bytea, body text);
CREATE TEMPORARY TABLE planned (
  position integer, object_id bigint, is_new boolean, change text,
  api_group text COLLATE "C", kind text COLLATE "C", namespace text COLLATE "C", name text COLLATE "C", source text, hash bytea, opened tid)`;

export const FILL_STAGING = 'COPY staged FROM STDIN (FORMAT binary)';

export const STEADY_PLANS =
  'SET LOCAL enable_nestloop = off; SET LOCAL enable_mergejoin = off; SET LOCAL plan_cache_mode = force_generic_plan';

export const LOCK_CLUSTER = 'SELECT latest_revision FROM cluster WHERE id = $1 FOR UPDATE';

/** The staged objects, of equal ones the last, each with its open version. */
const STAGED_WITH_OPEN = `
FROM (
  SELECT DISTINCT ON (kind, namespace, name, api_group) * FROM
    (SELECT position, api_group, kind, namespace, name, hash FROM staged) AS identity
  ORDER BY kind, namespace, name, api_group, position DESC
) s
LEFT JOIN LATERAL (
  SELECT id FROM object o
  WHERE o.cluster_id = $1 AND o.kind = s.kind AND o.namespace = s.namespace AND o.name = s.name AND o.api_group = s.api_group LIMIT 1
) o ON true
LEFT JOIN LATERAL (
  SELECT v.ctid AS opened, v.source, v.content_hash FROM object_version v
  WHERE v.cluster_id = $1 AND v.object_id = o.id AND v.to_revision IS NULL LIMIT 1
) v ON true`;

/** What is staged is to be there. Without a source an object keeps the one it has. */
export const PLAN_PRESENCE = `
INSERT INTO planned
SELECT s.position, coalesce(o.id, nextval('object_id_seq')), o.id IS NULL,
  CASE WHEN v.opened IS NULL THEN 'added' WHEN v.content_hash = s.hash AND $2 IN ('', v.source) THEN 'unchanged' ELSE 'changed' END,
  s.api_group, s.kind, s.namespace, s.name, coalesce(nullif($2, ''), v.source, ''), s.hash, v.opened
${STAGED_WITH_OPEN}`;

/** A snapshot: what its source (or anybody) has and it does not name is to go. */
export const PLAN_ABSENCE_OF_REST = `
INSERT INTO planned (object_id, is_new, change, opened)
SELECT object_id, false, 'removed', opened FROM (
  SELECT object_id, ctid AS opened FROM object_version WHERE cluster_id = $1 AND to_revision IS NULL AND $2 IN ('', source)
  EXCEPT SELECT object_id, opened FROM planned
) gone`;

/** What is staged is to go. */
export const PLAN_ABSENCE = `
INSERT INTO planned
SELECT s.position, o.id, false, CASE WHEN v.opened IS NOT NULL AND $2 IN ('', v.source) THEN 'removed' ELSE 'missing' END,
  s.api_group, s.kind, s.namespace, s.name, v.source, s.hash, v.opened
${STAGED_WITH_OPEN}`;

/** Everything is to be as it was at revision $2. Only what was opened or closed since can differ. */
export const PLAN_RESTORE = `
INSERT INTO planned (object_id, is_new, change, source, hash, opened)
SELECT t.object_id, false, CASE WHEN v.opened IS NULL THEN 'added' WHEN w.content_hash IS NULL THEN 'removed' ELSE 'changed' END,
  w.source, w.content_hash, v.opened
FROM (
  SELECT object_id FROM object_version WHERE cluster_id = $1 AND from_revision > $2
  UNION SELECT object_id FROM object_version WHERE cluster_id = $1 AND to_revision > $2
) t
LEFT JOIN LATERAL (
  SELECT v.ctid AS opened, v.source, v.content_hash FROM object_version v
  WHERE v.cluster_id = $1 AND v.object_id = t.object_id AND v.to_revision IS NULL LIMIT 1
) v ON true
LEFT JOIN LATERAL (
  SELECT w.source, w.content_hash FROM object_version w
  WHERE w.cluster_id = $1 AND w.object_id = t.object_id AND w.from_revision <= $2 AND (w.to_revision IS NULL OR w.to_revision > $2) LIMIT 1
) w ON true
WHERE (v.content_hash, v.source) IS DISTINCT FROM (w.content_hash, w.source)`;

export const INSERT_OBJECTS = `
INSERT INTO object (cluster_id, id, api_group, kind, namespace, name)
SELECT $1, object_id, api_group, kind, namespace, name FROM planned WHERE is_new`;

/** A text that was stored before, perhaps in another revision, is not stored again. */
export const INSERT_CONTENT = `
INSERT INTO content (cluster_id, hash, body)
SELECT $1, s.hash, s.body FROM staged s JOIN planned p USING (position) WHERE p.change IN ('added', 'changed')
ON CONFLICT DO NOTHING`;

/** $2: the new revision. */
export const CLOSE_VERSIONS = `
UPDATE object_version SET to_revision = $2
WHERE ctid = ANY (ARRAY(SELECT opened FROM planned WHERE change IN ('changed', 'removed'))) AND cluster_id = $1 AND to_revision IS NULL`;

/** $2: the new revision. */
export const OPEN_VERSIONS = `
INSERT INTO object_version (cluster_id, object_id, from_revision, source, content_hash)
SELECT $1, object_id, $2, source, hash FROM planned WHERE change IN ('added', 'changed')`;

export const COUNT_CHANGES = `
SELECT o.api_group AS "group", o.kind, p.change, count(*)::integer AS objects
FROM planned p, LATERAL (SELECT o.api_group, o.kind FROM object o WHERE o.cluster_id = $1 AND o.id = p.object_id LIMIT 1) o
WHERE p.change IN ('added', 'changed', 'removed') GROUP BY 1, 2, 3`;

export const LIST_MISSING = `
SELECT api_group AS "group", kind, namespace, name FROM planned WHERE change = 'missing' ORDER BY kind, namespace, name, api_group`;

export const PARENT_STATISTICS = 'SELECT statistics FROM revision WHERE cluster_id = $1 AND number = $2';

export const INSERT_REVISION = `
INSERT INTO revision (cluster_id, number, parent, author, message, source, mode, statistics, report)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) RETURNING created_at`;

export const MOVE_POINTER = 'UPDATE cluster SET latest_revision = $2 WHERE id = $1';

/** So that whoever reads a large write next has statistics that know of it, which autovacuum would bring a minute later. */
export const REFRESH_STATISTICS = 'ANALYZE (SKIP_LOCKED) object, object_version';

export const DROP_STAGING = 'DROP TABLE staged, planned';
