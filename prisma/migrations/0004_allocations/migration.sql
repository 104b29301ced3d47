-- Addresses that were handed out through the API. They are not part of a revision: they have an append-only history of their own, one for each cluster.

-- CreateTable
CREATE TABLE "allocation_ledger" (
    "cluster_id" UUID NOT NULL,
    "sequence" BIGINT NOT NULL DEFAULT 0,
    "changed_at" TIMESTAMPTZ(3) NOT NULL DEFAULT date_trunc('milliseconds', clock_timestamp()),

    CONSTRAINT "allocation_ledger_pkey" PRIMARY KEY ("cluster_id")
);

-- CreateTable
CREATE TABLE "allocation" (
    "cluster_id" UUID NOT NULL,
    "sequence" BIGINT NOT NULL,
    "pool" TEXT NOT NULL,
    "plane" TEXT NOT NULL,
    "address" BYTEA NOT NULL,
    "identifier" TEXT NOT NULL,
    "owner" TEXT,
    "by_name" BOOLEAN NOT NULL,
    "allocated_at" TIMESTAMPTZ(3) NOT NULL,
    "allocated_by" TEXT NOT NULL,
    "released_sequence" BIGINT,
    "released_at" TIMESTAMPTZ(3),
    "released_by" TEXT,

    CONSTRAINT "allocation_pkey" PRIMARY KEY ("cluster_id","sequence")
);

-- CreateIndex
CREATE INDEX "allocation_by_address" ON "allocation"("cluster_id", "address", "sequence");

-- CreateIndex
CREATE INDEX "allocation_by_identifier" ON "allocation"("cluster_id", "pool", "identifier", "sequence");

-- AddForeignKey
ALTER TABLE "allocation_ledger" ADD CONSTRAINT "allocation_ledger_cluster_id_fkey" FOREIGN KEY ("cluster_id") REFERENCES "cluster"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "allocation" ADD CONSTRAINT "allocation_cluster_id_fkey" FOREIGN KEY ("cluster_id") REFERENCES "allocation_ledger"("cluster_id") ON DELETE CASCADE ON UPDATE CASCADE;

-- Hand-written: what the Prisma schema language cannot say.

-- One order everywhere, whatever the locale of the database: by code point.
ALTER TABLE "allocation"
    ALTER COLUMN "pool" TYPE TEXT COLLATE "C",
    ALTER COLUMN "identifier" TYPE TEXT COLLATE "C";

ALTER TABLE "allocation" ADD CONSTRAINT "allocation_plane" CHECK ("plane" IN ('pod', 'service', 'node', 'lb', 'external'));
-- The bytes of IPv4 or IPv6, so that their order is the order of the addresses.
ALTER TABLE "allocation" ADD CONSTRAINT "allocation_address" CHECK (octet_length("address") IN (4, 16));
ALTER TABLE "allocation" ADD CONSTRAINT "allocation_released" CHECK (
    num_nulls("released_sequence", "released_at", "released_by") IN (0, 3) AND "released_sequence" > "sequence" AND "released_at" >= "allocated_at");

-- INVARIANT INV-IPAM-1: in one address space, a plane of a cluster, no address has two owners at a time.
CREATE UNIQUE INDEX "allocation_live_address" ON "allocation"("cluster_id", "plane", "address") WHERE "released_sequence" IS NULL;
-- A caller has one address of a pool under one identifier at a time.
CREATE UNIQUE INDEX "allocation_live_identifier" ON "allocation"("cluster_id", "pool", "identifier") WHERE "released_sequence" IS NULL;
-- No two changes have one sequence: not two allocations (primary key), not two releases; that a release is no allocation is up to the ledger's row, which every writer holds.
CREATE UNIQUE INDEX "allocation_by_release" ON "allocation"("cluster_id", "released_sequence") WHERE "released_sequence" IS NOT NULL;

-- The past never changes: an allocation is made live, is released once, and is never taken out of the history, unless its cluster is.
CREATE FUNCTION "refuse_allocation_change"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the history of allocations never changes' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER "allocation_made_live" BEFORE INSERT ON "allocation" FOR EACH ROW
    WHEN (NEW."released_sequence" IS NOT NULL) EXECUTE FUNCTION "refuse_allocation_change"();
CREATE TRIGGER "allocation_released_once" BEFORE UPDATE ON "allocation" FOR EACH ROW
    WHEN (OLD."released_sequence" IS NOT NULL OR NEW."released_sequence" IS NULL
        OR (OLD."cluster_id", OLD."sequence", OLD."pool", OLD."plane", OLD."address", OLD."identifier", OLD."owner", OLD."by_name", OLD."allocated_at", OLD."allocated_by")
            IS DISTINCT FROM
           (NEW."cluster_id", NEW."sequence", NEW."pool", NEW."plane", NEW."address", NEW."identifier", NEW."owner", NEW."by_name", NEW."allocated_at", NEW."allocated_by"))
    EXECUTE FUNCTION "refuse_allocation_change"();
