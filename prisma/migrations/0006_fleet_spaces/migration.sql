-- Address spaces above clusters, and the ranges that clusters have of them.

-- CreateTable
CREATE TABLE "fleet_space" (
    "name" TEXT NOT NULL,
    "description" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT date_trunc('milliseconds', clock_timestamp()),
    "created_by" TEXT NOT NULL,

    CONSTRAINT "fleet_space_pkey" PRIMARY KEY ("name")
);

-- CreateTable
CREATE TABLE "fleet_space_prefix" (
    "id" BIGSERIAL NOT NULL,
    "space" TEXT NOT NULL,
    "prefix" cidr NOT NULL,

    CONSTRAINT "fleet_space_prefix_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "fleet_range" (
    "id" BIGSERIAL NOT NULL,
    "space" TEXT NOT NULL,
    "cluster" TEXT NOT NULL,
    "plane" TEXT NOT NULL,
    "prefix" cidr NOT NULL,
    "taken_at" TIMESTAMPTZ(3) NOT NULL DEFAULT date_trunc('milliseconds', clock_timestamp()),
    "taken_by" TEXT NOT NULL,
    "released_at" TIMESTAMPTZ(3),
    "released_by" TEXT,

    CONSTRAINT "fleet_range_pkey" PRIMARY KEY ("id")
);

-- AddForeignKey
ALTER TABLE "fleet_space_prefix" ADD CONSTRAINT "fleet_space_prefix_space_fkey" FOREIGN KEY ("space") REFERENCES "fleet_space"("name") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "fleet_range" ADD CONSTRAINT "fleet_range_space_fkey" FOREIGN KEY ("space") REFERENCES "fleet_space"("name") ON DELETE CASCADE ON UPDATE CASCADE;

-- Hand-written: what the Prisma schema language cannot say.

-- One order everywhere, whatever the locale of the database: by code point.
ALTER TABLE "fleet_space" ALTER COLUMN "name" TYPE TEXT COLLATE "C";
ALTER TABLE "fleet_space_prefix" ALTER COLUMN "space" TYPE TEXT COLLATE "C";
ALTER TABLE "fleet_range" ALTER COLUMN "space" TYPE TEXT COLLATE "C", ALTER COLUMN "cluster" TYPE TEXT COLLATE "C";

ALTER TABLE "fleet_range" ADD CONSTRAINT "fleet_range_plane" CHECK ("plane" IN ('pod', 'service', 'node'));
ALTER TABLE "fleet_range" ADD CONSTRAINT "fleet_range_released" CHECK (num_nulls("released_at", "released_by") IN (0, 2) AND "released_at" >= "taken_at");

-- No prefix of a space lies in another one of it.
ALTER TABLE "fleet_space_prefix" ADD CONSTRAINT "fleet_space_prefix_apart" EXCLUDE USING gist ("prefix" inet_ops WITH &&, "space" WITH =);
-- INVARIANT: no two clusters have addresses of a space in common.
ALTER TABLE "fleet_range" ADD CONSTRAINT "fleet_range_apart" EXCLUDE USING gist ("prefix" inet_ops WITH &&, "space" WITH =) WHERE ("released_at" IS NULL);
-- A cluster has one range of each plane and family.
CREATE UNIQUE INDEX "fleet_range_live" ON "fleet_range"("space", "cluster", "plane", family("prefix")) WHERE "released_at" IS NULL;
