-- Clusters and their history. Every table and every key leads with the cluster, so that clusters can be spread over machines without a redesign.

-- CreateTable
CREATE TABLE "cluster" (
    "id" UUID NOT NULL DEFAULT gen_random_uuid(),
    "name" TEXT NOT NULL,
    "display_name" TEXT NOT NULL,
    "profile" JSON NOT NULL DEFAULT '{}',
    "profile_version" INTEGER NOT NULL DEFAULT 1,
    "latest_revision" INTEGER NOT NULL DEFAULT 0,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT date_trunc('milliseconds', clock_timestamp()),

    CONSTRAINT "cluster_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "revision" (
    "cluster_id" UUID NOT NULL,
    "number" INTEGER NOT NULL,
    "parent" INTEGER,
    "author" TEXT NOT NULL,
    "message" TEXT NOT NULL,
    "source" TEXT,
    "mode" TEXT NOT NULL,
    "statistics" JSON NOT NULL,
    "report" JSON,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT date_trunc('milliseconds', clock_timestamp()),

    CONSTRAINT "revision_pkey" PRIMARY KEY ("cluster_id","number")
);

-- CreateTable
CREATE TABLE "tag" (
    "cluster_id" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "revision" INTEGER NOT NULL,

    CONSTRAINT "tag_pkey" PRIMARY KEY ("cluster_id","name")
);

-- CreateTable
CREATE TABLE "content" (
    "cluster_id" UUID NOT NULL,
    "hash" BYTEA NOT NULL,
    "body" TEXT NOT NULL,

    CONSTRAINT "content_pkey" PRIMARY KEY ("cluster_id","hash")
);

-- CreateTable
CREATE TABLE "object" (
    "cluster_id" UUID NOT NULL,
    "id" BIGSERIAL NOT NULL,
    "api_group" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "namespace" TEXT NOT NULL,
    "name" TEXT NOT NULL,

    CONSTRAINT "object_pkey" PRIMARY KEY ("cluster_id","id")
);

-- CreateTable
CREATE TABLE "object_version" (
    "cluster_id" UUID NOT NULL,
    "object_id" BIGINT NOT NULL,
    "from_revision" INTEGER NOT NULL,
    "to_revision" INTEGER,
    "source" TEXT NOT NULL,
    "content_hash" BYTEA NOT NULL,

    CONSTRAINT "object_version_pkey" PRIMARY KEY ("cluster_id","object_id","from_revision")
);

-- CreateIndex
CREATE UNIQUE INDEX "cluster_name_key" ON "cluster"("name");

-- CreateIndex
CREATE INDEX "revision_by_time" ON "revision"("cluster_id", "created_at");

-- CreateIndex
CREATE INDEX "tag_by_revision" ON "tag"("cluster_id", "revision");

-- CreateIndex
CREATE UNIQUE INDEX "object_identity" ON "object"("cluster_id", "kind", "namespace", "name", "api_group");

-- CreateIndex
CREATE INDEX "object_version_opened" ON "object_version"("cluster_id", "from_revision");

-- AddForeignKey
ALTER TABLE "revision" ADD CONSTRAINT "revision_cluster_id_fkey" FOREIGN KEY ("cluster_id") REFERENCES "cluster"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "tag" ADD CONSTRAINT "tag_cluster_id_revision_fkey" FOREIGN KEY ("cluster_id", "revision") REFERENCES "revision"("cluster_id", "number") ON DELETE CASCADE ON UPDATE CASCADE;

-- Hand-written: what the Prisma schema language cannot say.

-- One order everywhere, whatever the locale of the database: by code point.
ALTER TABLE "cluster" ALTER COLUMN "name" TYPE TEXT COLLATE "C";
ALTER TABLE "tag" ALTER COLUMN "name" TYPE TEXT COLLATE "C";
ALTER TABLE "object"
    ALTER COLUMN "api_group" TYPE TEXT COLLATE "C",
    ALTER COLUMN "kind" TYPE TEXT COLLATE "C",
    ALTER COLUMN "namespace" TYPE TEXT COLLATE "C",
    ALTER COLUMN "name" TYPE TEXT COLLATE "C";

-- INVARIANT INV-STORE-1: an object has at most one content in every revision (docs/adr/0003-revisions-as-ranges.md).
-- Present and present: one open version an object.
CREATE UNIQUE INDEX "object_version_open" ON "object_version"("cluster_id", "object_id") WHERE "to_revision" IS NULL;
-- Past and past: closed versions never overlap.
CREATE EXTENSION IF NOT EXISTS btree_gist;
ALTER TABLE "object_version" ADD CONSTRAINT "object_version_not_empty" CHECK ("to_revision" > "from_revision");
ALTER TABLE "object_version" ADD CONSTRAINT "object_version_no_overlap"
    EXCLUDE USING gist ("cluster_id" WITH =, "object_id" WITH =, int4range("from_revision", "to_revision") WITH &&) WHERE ("to_revision" IS NOT NULL);
CREATE INDEX "object_version_closed" ON "object_version"("cluster_id", "to_revision") WHERE "to_revision" IS NOT NULL;

-- INVARIANT INV-STORE-2: the past never changes. A revision is immutable; a version is opened, and later closed, by the revision that is being written and by no
-- other. So whatever is closed ended before what is opened now begins: past and present never overlap either.
CREATE FUNCTION "refuse_change"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the history of a cluster never changes (%)', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$;
ALTER TABLE "revision" ADD CONSTRAINT "revision_mode" CHECK ("mode" IN ('snapshot', 'upsert', 'delete', 'restore'));
CREATE TRIGGER "revision_immutable" BEFORE UPDATE ON "revision" FOR EACH ROW EXECUTE FUNCTION "refuse_change"();
CREATE TRIGGER "object_version_closed_once" BEFORE UPDATE ON "object_version" FOR EACH ROW
    WHEN (OLD."to_revision" IS NOT NULL
        OR (OLD."cluster_id", OLD."object_id", OLD."from_revision", OLD."source", OLD."content_hash")
            IS DISTINCT FROM (NEW."cluster_id", NEW."object_id", NEW."from_revision", NEW."source", NEW."content_hash"))
    EXECUTE FUNCTION "refuse_change"();

CREATE FUNCTION "written_by_next_revision"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    -- A writer holds its cluster's row already; one that does not has to wait here, or it could write a revision that others have passed.
    PERFORM 1 FROM "cluster" WHERE "id" IN (SELECT "cluster_id" FROM "written") FOR UPDATE;
    IF EXISTS (
        SELECT 1 FROM "written" LEFT JOIN "cluster" ON "cluster"."id" = "written"."cluster_id"
        WHERE COALESCE("to_revision", "from_revision") IS DISTINCT FROM "latest_revision" + 1 OR ("to_revision" IS NULL) <> (TG_OP = 'INSERT')
    ) THEN
        RAISE EXCEPTION 'a version is opened and closed by the next revision of its cluster only' USING ERRCODE = 'exclusion_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER "object_version_opened_now" AFTER INSERT ON "object_version" REFERENCING NEW TABLE AS "written"
    FOR EACH STATEMENT EXECUTE FUNCTION "written_by_next_revision"();
CREATE TRIGGER "object_version_closed_now" AFTER UPDATE ON "object_version" REFERENCING NEW TABLE AS "written"
    FOR EACH STATEMENT EXECUTE FUNCTION "written_by_next_revision"();

-- Every process keeps the newest revision of each cluster in memory and hears here when it changes.
CREATE FUNCTION "tell_cluster_change"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_notify('portolan_cluster', json_build_object('name', COALESCE(NEW."name", OLD."name"), 'id', COALESCE(NEW."id", OLD."id"),
        'revision', NEW."latest_revision", 'profileVersion', NEW."profile_version",
        'written', TG_OP = 'UPDATE' AND NEW."latest_revision" > OLD."latest_revision")::text);
    RETURN NULL;
END $$;
CREATE TRIGGER "cluster_changed" AFTER INSERT OR UPDATE OR DELETE ON "cluster" FOR EACH ROW EXECUTE FUNCTION "tell_cluster_change"();
