-- Allocations are looked up by labels, by the object that they are for and by a part of the owner's name: `label team=shop`, `label team`, `owner kind=Pod`.

-- AlterTable
ALTER TABLE "allocation" ADD COLUMN "terms" TEXT[];

-- Hand-written: what the Prisma schema language cannot say.

CREATE EXTENSION IF NOT EXISTS btree_gin;
CREATE EXTENSION IF NOT EXISTS pg_trgm;

-- What was handed out before. `request` is JSON; escapes that PostgreSQL takes for no text, such as that of a zero, are in no label and no owner.
DROP TRIGGER "allocation_ended_once" ON "allocation";
UPDATE "allocation" SET "terms" = (
    SELECT array_agg("term") FROM (
        SELECT 'label ' || "key" AS "term" FROM jsonb_object_keys("asked" -> 'labels') AS "keys" ("key")
        UNION ALL SELECT 'label ' || "key" || '=' || "value" FROM jsonb_each_text("asked" -> 'labels')
        UNION ALL SELECT 'owner ' || "key" || '=' || "value" FROM jsonb_each_text("asked" -> 'ownerObject')) "told")
FROM (SELECT "cluster_id" AS "of", "sequence" AS "made", regexp_replace("request", '(\\\\)|\\u[0-9a-f]{4}', '\1', 'g')::jsonb AS "asked"
    FROM "allocation" WHERE "request" LIKE '%"labels":%' OR "request" LIKE '%"ownerObject":%') "requests"
WHERE "cluster_id" = "of" AND "sequence" = "made";

-- What has neither pays nothing for it.
CREATE INDEX "allocation_asked" ON "allocation" USING gin ("cluster_id", "terms", "owner" gin_trgm_ops) WHERE "terms" IS NOT NULL OR "owner" IS NOT NULL;
-- What rests, of a pool; the sweep reads all of it anyhow.
DROP INDEX "allocation_resting";
CREATE INDEX "allocation_resting" ON "allocation"("cluster_id", "pool", "sequence") WHERE "released_sequence" IS NOT NULL AND "freed_sequence" IS NULL;

-- The past never changes, nor does what was handed out.
CREATE TRIGGER "allocation_ended_once" BEFORE UPDATE ON "allocation" FOR EACH ROW
    WHEN (OLD."freed_sequence" IS NOT NULL OR NEW."released_sequence" IS NULL
        OR (OLD."released_sequence" IS NOT NULL AND (NEW."freed_sequence" IS NULL
            OR (OLD."released_sequence", OLD."released_at", OLD."released_by") IS DISTINCT FROM (NEW."released_sequence", NEW."released_at", NEW."released_by")))
        OR (OLD."cluster_id", OLD."sequence", OLD."pool", OLD."plane", OLD."address", OLD."prefix", OLD."identifier", OLD."ordinal", OLD."request", OLD."owner", OLD."by_name",
            OLD."lease_until", OLD."cooldown_seconds", OLD."allocated_at", OLD."allocated_by", OLD."part", OLD."part_owner", OLD."terms")
            IS DISTINCT FROM
           (NEW."cluster_id", NEW."sequence", NEW."pool", NEW."plane", NEW."address", NEW."prefix", NEW."identifier", NEW."ordinal", NEW."request", NEW."owner", NEW."by_name",
            NEW."lease_until", NEW."cooldown_seconds", NEW."allocated_at", NEW."allocated_by", NEW."part", NEW."part_owner", NEW."terms"))
    EXECUTE FUNCTION "refuse_allocation_change"();
