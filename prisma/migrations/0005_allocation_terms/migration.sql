-- Addresses on terms: several under one identifier, for a time, and with a rest before somebody else gets them.

-- AlterTable
ALTER TABLE "allocation"
    ADD COLUMN "ordinal" INTEGER NOT NULL DEFAULT 0,
    ADD COLUMN "request" TEXT NOT NULL DEFAULT '',
    ADD COLUMN "lease_until" TIMESTAMPTZ(3),
    ADD COLUMN "cooldown_seconds" INTEGER NOT NULL DEFAULT 0,
    ADD COLUMN "freed_sequence" BIGINT;

-- Hand-written: what the Prisma schema language cannot say.

DROP TRIGGER "allocation_released_once" ON "allocation";
-- Until now an address was free as soon as it was given back.
UPDATE "allocation" SET "freed_sequence" = "released_sequence" WHERE "released_sequence" IS NOT NULL;

ALTER TABLE "allocation" ADD CONSTRAINT "allocation_freed" CHECK (
    "freed_sequence" IS NULL OR ("released_sequence" IS NOT NULL AND "freed_sequence" >= "released_sequence"));
-- Only what was given a rest rests.
ALTER TABLE "allocation" ADD CONSTRAINT "allocation_rest" CHECK (
    "cooldown_seconds" >= 0 AND ("cooldown_seconds" > 0 OR "freed_sequence" IS NOT DISTINCT FROM "released_sequence"));

-- INVARIANT INV-IPAM-1: in one address space, a plane of a cluster, no address has two owners at a time, nor an owner while it rests.
DROP INDEX "allocation_live_address";
CREATE UNIQUE INDEX "allocation_live_address" ON "allocation"("cluster_id", "plane", "address") WHERE "freed_sequence" IS NULL;
-- A caller has the addresses of one request under one identifier at a time.
DROP INDEX "allocation_live_identifier";
CREATE UNIQUE INDEX "allocation_live_identifier" ON "allocation"("cluster_id", "pool", "identifier", "ordinal") WHERE "released_sequence" IS NULL;
CREATE INDEX "allocation_by_freeing" ON "allocation"("cluster_id", "freed_sequence") WHERE "freed_sequence" > "released_sequence";
-- What time brings about, looked for by the sweep.
CREATE INDEX "allocation_leased" ON "allocation"("lease_until") WHERE "lease_until" IS NOT NULL AND "released_sequence" IS NULL;
CREATE INDEX "allocation_resting" ON "allocation"("released_at") WHERE "released_sequence" IS NOT NULL AND "freed_sequence" IS NULL;

-- The past never changes: an allocation is made live, is released once, is free once, and is never taken out of the history, unless its cluster is.
CREATE TRIGGER "allocation_ended_once" BEFORE UPDATE ON "allocation" FOR EACH ROW
    WHEN (OLD."freed_sequence" IS NOT NULL OR NEW."released_sequence" IS NULL
        OR (OLD."released_sequence" IS NOT NULL AND (NEW."freed_sequence" IS NULL
            OR (OLD."released_sequence", OLD."released_at", OLD."released_by") IS DISTINCT FROM (NEW."released_sequence", NEW."released_at", NEW."released_by")))
        OR (OLD."cluster_id", OLD."sequence", OLD."pool", OLD."plane", OLD."address", OLD."identifier", OLD."ordinal", OLD."request", OLD."owner", OLD."by_name",
            OLD."lease_until", OLD."cooldown_seconds", OLD."allocated_at", OLD."allocated_by")
            IS DISTINCT FROM
           (NEW."cluster_id", NEW."sequence", NEW."pool", NEW."plane", NEW."address", NEW."identifier", NEW."ordinal", NEW."request", NEW."owner", NEW."by_name",
            NEW."lease_until", NEW."cooldown_seconds", NEW."allocated_at", NEW."allocated_by"))
    EXECUTE FUNCTION "refuse_allocation_change"();
