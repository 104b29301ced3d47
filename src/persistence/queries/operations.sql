-- start of a process

UPDATE operation SET state = 'failed', problem = $1, updated_at = now(), finished_at = now()
WHERE state = 'running' AND ($2::uuid IS NULL OR id = $2) AND NOT process_is_alive(process);

DELETE FROM operation WHERE finished_at < now() - interval '30 days';

-- a new operation

INSERT INTO "public"."operation" ("id","kind","cluster","author","state","progress","result","problem","process","cancel_requested","created_at","updated_at","finished_at") VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11,$12,$13) RETURNING "public"."operation"."id", "public"."operation"."kind", "public"."operation"."cluster", "public"."operation"."author", "public"."operation"."state", "public"."operation"."progress", "public"."operation"."result", "public"."operation"."problem", "public"."operation"."process", "public"."operation"."cancel_requested", "public"."operation"."created_at", "public"."operation"."updated_at", "public"."operation"."finished_at";

-- progress

UPDATE "public"."operation" SET "kind" = $1, "cluster" = $2, "author" = $3, "state" = $4, "progress" = $5, "result" = $6, "problem" = $7, "created_at" = $8, "updated_at" = $9, "finished_at" = $10 WHERE ("public"."operation"."id" = $11 AND "public"."operation"."state" = $12) RETURNING "public"."operation"."id", "public"."operation"."cancel_requested";

-- a running operation

SELECT "public"."operation"."id", "public"."operation"."kind", "public"."operation"."cluster", "public"."operation"."author", "public"."operation"."state", "public"."operation"."progress", "public"."operation"."result", "public"."operation"."problem", "public"."operation"."process", "public"."operation"."cancel_requested", "public"."operation"."created_at", "public"."operation"."updated_at", "public"."operation"."finished_at" FROM "public"."operation" WHERE ("public"."operation"."id" = $1 AND 1=1) LIMIT $2 OFFSET $3;

UPDATE operation SET state = 'failed', problem = $1, updated_at = now(), finished_at = now()
WHERE state = 'running' AND ($2::uuid IS NULL OR id = $2) AND NOT process_is_alive(process);

SELECT "public"."operation"."id", "public"."operation"."kind", "public"."operation"."cluster", "public"."operation"."author", "public"."operation"."state", "public"."operation"."progress", "public"."operation"."result", "public"."operation"."problem", "public"."operation"."process", "public"."operation"."cancel_requested", "public"."operation"."created_at", "public"."operation"."updated_at", "public"."operation"."finished_at" FROM "public"."operation" WHERE ("public"."operation"."id" = $1 AND 1=1) LIMIT $2 OFFSET $3;

-- a request to cancel

UPDATE "public"."operation" SET "cancel_requested" = $1 WHERE ("public"."operation"."id" = $2 AND "public"."operation"."state" = $3);

-- the end

UPDATE "public"."operation" SET "kind" = $1, "cluster" = $2, "author" = $3, "state" = $4, "progress" = $5, "result" = $6, "problem" = $7, "created_at" = $8, "updated_at" = $9, "finished_at" = $10 WHERE ("public"."operation"."id" = $11 AND "public"."operation"."state" = $12) RETURNING "public"."operation"."id", "public"."operation"."cancel_requested";

-- a finished operation

SELECT "public"."operation"."id", "public"."operation"."kind", "public"."operation"."cluster", "public"."operation"."author", "public"."operation"."state", "public"."operation"."progress", "public"."operation"."result", "public"."operation"."problem", "public"."operation"."process", "public"."operation"."cancel_requested", "public"."operation"."created_at", "public"."operation"."updated_at", "public"."operation"."finished_at" FROM "public"."operation" WHERE ("public"."operation"."id" = $1 AND 1=1) LIMIT $2 OFFSET $3;
