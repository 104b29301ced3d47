-- Questions with the answers that a team requires.

-- CreateTable
CREATE TABLE "assertion" (
    "cluster_id" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "description" TEXT,
    "question" TEXT NOT NULL,
    "required_coverage" DOUBLE PRECISION,
    "cases" JSON NOT NULL,
    "case_count" INTEGER NOT NULL,
    "version" INTEGER NOT NULL DEFAULT 1,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT date_trunc('milliseconds', clock_timestamp()),
    "created_by" TEXT NOT NULL,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT date_trunc('milliseconds', clock_timestamp()),
    "updated_by" TEXT NOT NULL,

    CONSTRAINT "assertion_pkey" PRIMARY KEY ("cluster_id","name")
);

-- AddForeignKey
ALTER TABLE "assertion" ADD CONSTRAINT "assertion_cluster_id_fkey" FOREIGN KEY ("cluster_id") REFERENCES "cluster"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- Hand-written: what the Prisma schema language cannot say.

-- One order everywhere, whatever the locale of the database: by code point.
ALTER TABLE "assertion" ALTER COLUMN "name" TYPE TEXT COLLATE "C";

ALTER TABLE "assertion" ADD CONSTRAINT "assertion_coverage" CHECK ("required_coverage" >= 0 AND "required_coverage" <= 1);
-- INVARIANT: an assertion that has no case asserts nothing.
ALTER TABLE "assertion" ADD CONSTRAINT "assertion_cases" CHECK ("case_count" = json_array_length("cases") AND "case_count" > 0);
