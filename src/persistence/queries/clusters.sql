-- snapshot

CREATE TEMPORARY TABLE staged (
  position integer, api_group text COLLATE "C", kind text COLLATE "C", namespace text COLLATE "C", name text COLLATE "C", hash bytea, body text);
CREATE TEMPORARY TABLE planned (
  position integer, object_id bigint, is_new boolean, change text,
  api_group text COLLATE "C", kind text COLLATE "C", namespace text COLLATE "C", name text COLLATE "C", source text, hash bytea, opened tid);

COPY staged FROM STDIN (FORMAT binary);

BEGIN;

SET LOCAL enable_nestloop = off; SET LOCAL enable_mergejoin = off; SET LOCAL plan_cache_mode = force_generic_plan;

SELECT latest_revision FROM cluster WHERE id = $1 FOR UPDATE;

INSERT INTO planned
SELECT s.position, coalesce(o.id, nextval('object_id_seq')), o.id IS NULL,
  CASE WHEN v.opened IS NULL THEN 'added' WHEN v.content_hash = s.hash AND $2 IN ('', v.source) THEN 'unchanged' ELSE 'changed' END,
  s.api_group, s.kind, s.namespace, s.name, coalesce(nullif($2, ''), v.source, ''), s.hash, v.opened

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
) v ON true;

INSERT INTO planned (object_id, is_new, change, opened)
SELECT object_id, false, 'removed', opened FROM (
  SELECT object_id, ctid AS opened FROM object_version WHERE cluster_id = $1 AND to_revision IS NULL AND $2 IN ('', source)
  EXCEPT SELECT object_id, opened FROM planned
) gone;

INSERT INTO object (cluster_id, id, api_group, kind, namespace, name)
SELECT $1, object_id, api_group, kind, namespace, name FROM planned WHERE is_new;

INSERT INTO content (cluster_id, hash, body)
SELECT $1, s.hash, s.body FROM staged s JOIN planned p USING (position) WHERE p.change IN ('added', 'changed')
ON CONFLICT DO NOTHING;

UPDATE object_version SET to_revision = $2
WHERE ctid = ANY (ARRAY(SELECT opened FROM planned WHERE change IN ('changed', 'removed'))) AND cluster_id = $1 AND to_revision IS NULL;

INSERT INTO object_version (cluster_id, object_id, from_revision, source, content_hash)
SELECT $1, object_id, $2, source, hash FROM planned WHERE change IN ('added', 'changed');

SELECT statistics FROM revision WHERE cluster_id = $1 AND number = $2;

SELECT o.api_group AS "group", o.kind, p.change, count(*)::integer AS objects
FROM planned p, LATERAL (SELECT o.api_group, o.kind FROM object o WHERE o.cluster_id = $1 AND o.id = p.object_id LIMIT 1) o
WHERE p.change IN ('added', 'changed', 'removed') GROUP BY 1, 2, 3;

SELECT api_group AS "group", kind, namespace, name FROM planned WHERE change = 'missing' ORDER BY kind, namespace, name, api_group;

INSERT INTO revision (cluster_id, number, parent, author, message, source, mode, statistics, report)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) RETURNING created_at;

UPDATE cluster SET latest_revision = $2 WHERE id = $1;

DROP TABLE staged, planned;

COMMIT;

-- upsert

CREATE TEMPORARY TABLE staged (
  position integer, api_group text COLLATE "C", kind text COLLATE "C", namespace text COLLATE "C", name text COLLATE "C", hash bytea, body text);
CREATE TEMPORARY TABLE planned (
  position integer, object_id bigint, is_new boolean, change text,
  api_group text COLLATE "C", kind text COLLATE "C", namespace text COLLATE "C", name text COLLATE "C", source text, hash bytea, opened tid);

COPY staged FROM STDIN (FORMAT binary);

BEGIN;

SET LOCAL enable_nestloop = off; SET LOCAL enable_mergejoin = off; SET LOCAL plan_cache_mode = force_generic_plan;

SELECT latest_revision FROM cluster WHERE id = $1 FOR UPDATE;

INSERT INTO planned
SELECT s.position, coalesce(o.id, nextval('object_id_seq')), o.id IS NULL,
  CASE WHEN v.opened IS NULL THEN 'added' WHEN v.content_hash = s.hash AND $2 IN ('', v.source) THEN 'unchanged' ELSE 'changed' END,
  s.api_group, s.kind, s.namespace, s.name, coalesce(nullif($2, ''), v.source, ''), s.hash, v.opened

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
) v ON true;

INSERT INTO object (cluster_id, id, api_group, kind, namespace, name)
SELECT $1, object_id, api_group, kind, namespace, name FROM planned WHERE is_new;

INSERT INTO content (cluster_id, hash, body)
SELECT $1, s.hash, s.body FROM staged s JOIN planned p USING (position) WHERE p.change IN ('added', 'changed')
ON CONFLICT DO NOTHING;

UPDATE object_version SET to_revision = $2
WHERE ctid = ANY (ARRAY(SELECT opened FROM planned WHERE change IN ('changed', 'removed'))) AND cluster_id = $1 AND to_revision IS NULL;

INSERT INTO object_version (cluster_id, object_id, from_revision, source, content_hash)
SELECT $1, object_id, $2, source, hash FROM planned WHERE change IN ('added', 'changed');

SELECT statistics FROM revision WHERE cluster_id = $1 AND number = $2;

SELECT o.api_group AS "group", o.kind, p.change, count(*)::integer AS objects
FROM planned p, LATERAL (SELECT o.api_group, o.kind FROM object o WHERE o.cluster_id = $1 AND o.id = p.object_id LIMIT 1) o
WHERE p.change IN ('added', 'changed', 'removed') GROUP BY 1, 2, 3;

SELECT api_group AS "group", kind, namespace, name FROM planned WHERE change = 'missing' ORDER BY kind, namespace, name, api_group;

INSERT INTO revision (cluster_id, number, parent, author, message, source, mode, statistics, report)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) RETURNING created_at;

UPDATE cluster SET latest_revision = $2 WHERE id = $1;

DROP TABLE staged, planned;

COMMIT;

-- delete

CREATE TEMPORARY TABLE staged (
  position integer, api_group text COLLATE "C", kind text COLLATE "C", namespace text COLLATE "C", name text COLLATE "C", hash bytea, body text);
CREATE TEMPORARY TABLE planned (
  position integer, object_id bigint, is_new boolean, change text,
  api_group text COLLATE "C", kind text COLLATE "C", namespace text COLLATE "C", name text COLLATE "C", source text, hash bytea, opened tid);

COPY staged FROM STDIN (FORMAT binary);

BEGIN;

SET LOCAL enable_nestloop = off; SET LOCAL enable_mergejoin = off; SET LOCAL plan_cache_mode = force_generic_plan;

SELECT latest_revision FROM cluster WHERE id = $1 FOR UPDATE;

INSERT INTO planned
SELECT s.position, o.id, false, CASE WHEN v.opened IS NOT NULL AND $2 IN ('', v.source) THEN 'removed' ELSE 'missing' END,
  s.api_group, s.kind, s.namespace, s.name, v.source, s.hash, v.opened

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
) v ON true;

INSERT INTO object (cluster_id, id, api_group, kind, namespace, name)
SELECT $1, object_id, api_group, kind, namespace, name FROM planned WHERE is_new;

INSERT INTO content (cluster_id, hash, body)
SELECT $1, s.hash, s.body FROM staged s JOIN planned p USING (position) WHERE p.change IN ('added', 'changed')
ON CONFLICT DO NOTHING;

UPDATE object_version SET to_revision = $2
WHERE ctid = ANY (ARRAY(SELECT opened FROM planned WHERE change IN ('changed', 'removed'))) AND cluster_id = $1 AND to_revision IS NULL;

INSERT INTO object_version (cluster_id, object_id, from_revision, source, content_hash)
SELECT $1, object_id, $2, source, hash FROM planned WHERE change IN ('added', 'changed');

SELECT statistics FROM revision WHERE cluster_id = $1 AND number = $2;

SELECT o.api_group AS "group", o.kind, p.change, count(*)::integer AS objects
FROM planned p, LATERAL (SELECT o.api_group, o.kind FROM object o WHERE o.cluster_id = $1 AND o.id = p.object_id LIMIT 1) o
WHERE p.change IN ('added', 'changed', 'removed') GROUP BY 1, 2, 3;

SELECT api_group AS "group", kind, namespace, name FROM planned WHERE change = 'missing' ORDER BY kind, namespace, name, api_group;

INSERT INTO revision (cluster_id, number, parent, author, message, source, mode, statistics, report)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) RETURNING created_at;

UPDATE cluster SET latest_revision = $2 WHERE id = $1;

DROP TABLE staged, planned;

COMMIT;

-- restore

BEGIN;

CREATE TEMPORARY TABLE staged (
  position integer, api_group text COLLATE "C", kind text COLLATE "C", namespace text COLLATE "C", name text COLLATE "C", hash bytea, body text);
CREATE TEMPORARY TABLE planned (
  position integer, object_id bigint, is_new boolean, change text,
  api_group text COLLATE "C", kind text COLLATE "C", namespace text COLLATE "C", name text COLLATE "C", source text, hash bytea, opened tid);

SET LOCAL enable_nestloop = off; SET LOCAL enable_mergejoin = off; SET LOCAL plan_cache_mode = force_generic_plan;

SELECT latest_revision FROM cluster WHERE id = $1 FOR UPDATE;

SELECT 1 FROM revision WHERE cluster_id = $1 AND number = $2;

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
WHERE (v.content_hash, v.source) IS DISTINCT FROM (w.content_hash, w.source);

INSERT INTO object (cluster_id, id, api_group, kind, namespace, name)
SELECT $1, object_id, api_group, kind, namespace, name FROM planned WHERE is_new;

INSERT INTO content (cluster_id, hash, body)
SELECT $1, s.hash, s.body FROM staged s JOIN planned p USING (position) WHERE p.change IN ('added', 'changed')
ON CONFLICT DO NOTHING;

UPDATE object_version SET to_revision = $2
WHERE ctid = ANY (ARRAY(SELECT opened FROM planned WHERE change IN ('changed', 'removed'))) AND cluster_id = $1 AND to_revision IS NULL;

INSERT INTO object_version (cluster_id, object_id, from_revision, source, content_hash)
SELECT $1, object_id, $2, source, hash FROM planned WHERE change IN ('added', 'changed');

SELECT statistics FROM revision WHERE cluster_id = $1 AND number = $2;

SELECT o.api_group AS "group", o.kind, p.change, count(*)::integer AS objects
FROM planned p, LATERAL (SELECT o.api_group, o.kind FROM object o WHERE o.cluster_id = $1 AND o.id = p.object_id LIMIT 1) o
WHERE p.change IN ('added', 'changed', 'removed') GROUP BY 1, 2, 3;

SELECT api_group AS "group", kind, namespace, name FROM planned WHERE change = 'missing' ORDER BY kind, namespace, name, api_group;

INSERT INTO revision (cluster_id, number, parent, author, message, source, mode, statistics, report)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) RETURNING created_at;

UPDATE cluster SET latest_revision = $2 WHERE id = $1;

DROP TABLE staged, planned;

COMMIT;

-- all objects

COPY (
SELECT o.api_group, o.kind, o.namespace, o.name, v.source, c.body
FROM object_version v
JOIN object o ON o.cluster_id = '<cluster>' AND o.id = v.object_id
JOIN content c ON c.cluster_id = '<cluster>' AND c.hash = v.content_hash
WHERE v.cluster_id = '<cluster>' AND v.from_revision <= 2 AND (v.to_revision IS NULL OR v.to_revision > 2)
  AND (NULL::text IS NULL OR o.api_group = NULL) AND (NULL::text[] IS NULL OR o.kind = ANY (NULL))
  AND (NULL::text IS NULL OR o.namespace = NULL) AND (NULL::text IS NULL OR o.name = NULL)
  AND (NULL::text IS NULL OR (o.kind, o.namespace, o.name, o.api_group) > (NULL, NULL, NULL, NULL))
ORDER BY o.kind, o.namespace, o.name, o.api_group) TO STDOUT (FORMAT binary);

-- a page of objects

COPY (
SELECT o.api_group, o.kind, o.namespace, o.name, v.source, c.body
FROM object_version v
JOIN object o ON o.cluster_id = '<cluster>' AND o.id = v.object_id
JOIN content c ON c.cluster_id = '<cluster>' AND c.hash = v.content_hash
WHERE v.cluster_id = '<cluster>' AND v.from_revision <= 2 AND (v.to_revision IS NULL OR v.to_revision > 2)
  AND (NULL::text IS NULL OR o.api_group = NULL) AND (ARRAY['Pod']::text[]::text[] IS NULL OR o.kind = ANY (ARRAY['Pod']::text[]))
  AND ('ns'::text IS NULL OR o.namespace = 'ns') AND (NULL::text IS NULL OR o.name = NULL)
  AND ('Pod'::text IS NULL OR (o.name, o.namespace, o.kind, o.api_group) > ('p0', 'ns', 'Pod', ''))
ORDER BY o.name, o.namespace, o.kind, o.api_group LIMIT 1) TO STDOUT (FORMAT binary);

-- difference of two revisions

COPY (
SELECT o.api_group, o.kind, o.namespace, o.name, b.body, a.body
FROM (
  SELECT object_id FROM object_version WHERE cluster_id = '<cluster>' AND from_revision > 1 AND from_revision <= 2
  UNION SELECT object_id FROM object_version WHERE cluster_id = '<cluster>' AND to_revision > 1 AND to_revision <= 2
) t
JOIN object o ON o.cluster_id = '<cluster>' AND o.id = t.object_id
LEFT JOIN LATERAL (
  SELECT c.hash, c.body FROM object_version v JOIN content c ON c.cluster_id = '<cluster>' AND c.hash = v.content_hash
  WHERE v.cluster_id = '<cluster>' AND v.object_id = t.object_id AND v.from_revision <= 1 AND (v.to_revision IS NULL OR v.to_revision > 1)
) b ON true
LEFT JOIN LATERAL (
  SELECT c.hash, c.body FROM object_version v JOIN content c ON c.cluster_id = '<cluster>' AND c.hash = v.content_hash
  WHERE v.cluster_id = '<cluster>' AND v.object_id = t.object_id AND v.from_revision <= 2 AND (v.to_revision IS NULL OR v.to_revision > 2)
) a ON true
WHERE b.hash IS DISTINCT FROM a.hash
  AND (NULL::text IS NULL OR o.api_group = NULL) AND (NULL::text[] IS NULL OR o.kind = ANY (NULL))
  AND (NULL::text IS NULL OR o.namespace = NULL) AND (NULL::text IS NULL OR o.name = NULL)
  AND (NULL::text IS NULL OR (o.kind, o.namespace, o.name, o.api_group) > (NULL, NULL, NULL, NULL))
ORDER BY o.kind, o.namespace, o.name, o.api_group) TO STDOUT (FORMAT binary);

-- history of an object

SELECT v.from_revision AS "from", v.to_revision AS "to", c.body
FROM object o
JOIN object_version v ON v.cluster_id = $1 AND v.object_id = o.id
JOIN content c ON c.cluster_id = $1 AND c.hash = v.content_hash
WHERE o.cluster_id = $1 AND o.kind = $2 AND o.namespace = $3 AND o.name = $4 AND o.api_group = $5
ORDER BY v.from_revision;

-- revision of a time

SELECT max(number) AS number FROM revision WHERE cluster_id = $1 AND created_at <= $2;

-- a revision

SELECT "public"."revision"."cluster_id", "public"."revision"."number", "public"."revision"."parent", "public"."revision"."author", "public"."revision"."message", "public"."revision"."source", "public"."revision"."mode", "public"."revision"."statistics", "public"."revision"."created_at" FROM "public"."revision" WHERE (("public"."revision"."cluster_id" = $1 AND "public"."revision"."number" = $2) AND 1=1) LIMIT $3 OFFSET $4;

SELECT "public"."tag"."cluster_id", "public"."tag"."name", "public"."tag"."revision" FROM "public"."tag" WHERE ("public"."tag"."cluster_id" = $1 AND "public"."tag"."revision" = $2) ORDER BY "public"."tag"."name" ASC OFFSET $3;

-- report of a revision

SELECT "public"."revision"."cluster_id", "public"."revision"."number", "public"."revision"."report" FROM "public"."revision" WHERE (("public"."revision"."cluster_id" = $1 AND "public"."revision"."number" = $2) AND 1=1) LIMIT $3 OFFSET $4;

-- page of revisions

SELECT "public"."revision"."cluster_id", "public"."revision"."number", "public"."revision"."parent", "public"."revision"."author", "public"."revision"."message", "public"."revision"."source", "public"."revision"."mode", "public"."revision"."statistics", "public"."revision"."created_at" FROM "public"."revision" WHERE ("public"."revision"."cluster_id" = $1 AND "public"."revision"."number" < $2) ORDER BY "public"."revision"."number" DESC LIMIT $3 OFFSET $4;

SELECT "public"."tag"."cluster_id", "public"."tag"."name", "public"."tag"."revision" FROM "public"."tag" WHERE ("public"."tag"."cluster_id" IN ($1,$2,$3) AND "public"."tag"."revision" IN ($4,$5,$6)) ORDER BY "public"."tag"."name" ASC OFFSET $7;

-- set a tag

INSERT INTO "public"."tag" ("cluster_id","name","revision") VALUES ($1,$2,$3) ON CONFLICT ("cluster_id","name") DO UPDATE SET "revision" = $4 WHERE (("public"."tag"."cluster_id" = $5 AND "public"."tag"."name" = $6) AND 1=1) RETURNING "public"."tag"."cluster_id", "public"."tag"."name", "public"."tag"."revision";

-- tags

SELECT "public"."tag"."cluster_id", "public"."tag"."name", "public"."tag"."revision" FROM "public"."tag" WHERE "public"."tag"."cluster_id" = $1 ORDER BY "public"."tag"."name" ASC OFFSET $2;

-- a tag

SELECT "public"."tag"."cluster_id", "public"."tag"."name", "public"."tag"."revision" FROM "public"."tag" WHERE (("public"."tag"."cluster_id" = $1 AND "public"."tag"."name" = $2) AND 1=1) LIMIT $3 OFFSET $4;

-- delete a tag

DELETE FROM "public"."tag" WHERE ("public"."tag"."cluster_id" = $1 AND "public"."tag"."name" = $2);

-- clusters

SELECT "public"."cluster"."id", "public"."cluster"."name", "public"."cluster"."display_name", "public"."cluster"."profile", "public"."cluster"."profile_version", "public"."cluster"."latest_revision", "public"."cluster"."created_at" FROM "public"."cluster" WHERE 1=1 ORDER BY "public"."cluster"."name" ASC OFFSET $1;

-- change a cluster

BEGIN;

SELECT id, name, display_name AS "displayName", profile, profile_version AS "profileVersion", latest_revision AS "latestRevision", created_at AS "createdAt" FROM cluster WHERE name = $1 FOR UPDATE;

UPDATE cluster SET display_name = $2, profile = $3::json, profile_version = profile_version + 1 WHERE id = $1 RETURNING id, name, display_name AS "displayName", profile, profile_version AS "profileVersion", latest_revision AS "latestRevision", created_at AS "createdAt";

COMMIT;

-- a cluster, read from the database

SELECT "public"."cluster"."id", "public"."cluster"."name", "public"."cluster"."display_name", "public"."cluster"."profile", "public"."cluster"."profile_version", "public"."cluster"."latest_revision", "public"."cluster"."created_at" FROM "public"."cluster" WHERE ("public"."cluster"."name" = $1 AND 1=1) LIMIT $2 OFFSET $3;

-- a cluster, known by heart



-- delete a cluster

BEGIN;

SELECT id, name, display_name AS "displayName", profile, profile_version AS "profileVersion", latest_revision AS "latestRevision", created_at AS "createdAt" FROM cluster WHERE name = $1 FOR UPDATE;

DELETE FROM object_version WHERE cluster_id = $1;

DELETE FROM content WHERE cluster_id = $1;

DELETE FROM object WHERE cluster_id = $1;

DELETE FROM cluster WHERE id = $1;

COMMIT;
