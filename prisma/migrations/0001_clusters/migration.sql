-- Clusters and their history. Every table leads with the cluster's key, so that clusters can be spread over machines without a redesign.

-- CreateTable
CREATE TABLE "cluster" (
    "id" UUID NOT NULL DEFAULT gen_random_uuid(),
    "name" TEXT NOT NULL,
    "display_name" TEXT NOT NULL,
    "profile" JSONB NOT NULL DEFAULT '{}',
    "profile_version" INTEGER NOT NULL DEFAULT 1,
    "latest_revision" INTEGER NOT NULL DEFAULT 0,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

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
    "statistics" JSONB NOT NULL,
    "report" JSONB,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT clock_timestamp(),

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
CREATE UNIQUE INDEX "object_identity" ON "object"("cluster_id", "api_group", "kind", "namespace", "name");

-- CreateIndex
CREATE INDEX "object_version_opened" ON "object_version"("cluster_id", "from_revision");

-- CreateIndex
CREATE INDEX "object_version_closed" ON "object_version"("cluster_id", "to_revision");

-- AddForeignKey
ALTER TABLE "revision" ADD CONSTRAINT "revision_cluster_id_fkey" FOREIGN KEY ("cluster_id") REFERENCES "cluster"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "tag" ADD CONSTRAINT "tag_cluster_id_revision_fkey" FOREIGN KEY ("cluster_id", "revision") REFERENCES "revision"("cluster_id", "number") ON DELETE CASCADE ON UPDATE CASCADE;

-- Hand-written: what the Prisma schema language cannot say.
-- INVARIANT INV-STORE-1: an object has one content in every revision. One range over (object, revision) makes this a plain exclusion, which SP-GiST holds for a
-- fraction of what a GiST index over two columns costs (docs/adr/0003-revisions-as-ranges.md).
ALTER TABLE "object_version" ADD CONSTRAINT "object_version_not_empty" CHECK ("to_revision" IS NULL OR "to_revision" > "from_revision");
ALTER TABLE "object_version" ADD COLUMN "span" int8range GENERATED ALWAYS AS (
    int8range("object_id" * 2147483648 + "from_revision", "object_id" * 2147483648 + COALESCE("to_revision", 2147483647))
) STORED;
ALTER TABLE "object_version" ADD CONSTRAINT "object_version_no_overlap" EXCLUDE USING spgist ("span" WITH &&);
ALTER TABLE "revision" ADD CONSTRAINT "revision_mode" CHECK ("mode" IN ('snapshot', 'upsert', 'delete', 'restore'));
-- INVARIANT INV-STORE-2: a revision never changes.
CREATE FUNCTION "refuse_change"() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'revisions are immutable'; END $$;
CREATE TRIGGER "revision_immutable" BEFORE UPDATE ON "revision" FOR EACH ROW EXECUTE FUNCTION "refuse_change"();
