-- Long work, and answers that are kept for those who ask again. Both are found by their own key only: an operation may work on no cluster, a key belongs to a token.

-- CreateTable
CREATE TABLE "operation" (
    "id" UUID NOT NULL,
    "kind" TEXT NOT NULL,
    "cluster" TEXT,
    "author" TEXT NOT NULL,
    "state" TEXT NOT NULL,
    "progress" JSON NOT NULL,
    "result" JSON,
    "problem" JSON,
    "process" INTEGER NOT NULL,
    "cancel_requested" BOOLEAN NOT NULL DEFAULT false,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,
    "finished_at" TIMESTAMPTZ(3),

    CONSTRAINT "operation_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "idempotency_key" (
    "owner" TEXT NOT NULL,
    "key_hash" BYTEA NOT NULL,
    "process" INTEGER NOT NULL,
    "fingerprint" TEXT,
    "answer" BYTEA,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "idempotency_key_pkey" PRIMARY KEY ("owner","key_hash")
);

-- CreateIndex
CREATE INDEX "operation_by_end" ON "operation"("finished_at");

-- CreateIndex
CREATE INDEX "idempotency_key_by_end" ON "idempotency_key"("expires_at");

-- Hand-written: what the Prisma schema language cannot say.

-- INVARIANT INV-OPERATION-1: an operation runs or has an end; what ended well has no problem, what did not has one.
ALTER TABLE "operation" ADD CONSTRAINT "operation_state" CHECK ("state" IN ('running', 'succeeded', 'failed', 'cancelled'));
ALTER TABLE "operation" ADD CONSTRAINT "operation_end" CHECK (("state" = 'running') = ("finished_at" IS NULL));
ALTER TABLE "operation" ADD CONSTRAINT "operation_problem" CHECK (("state" IN ('failed', 'cancelled')) = ("problem" IS NOT NULL));
ALTER TABLE "idempotency_key" ADD CONSTRAINT "idempotency_key_answered" CHECK (("answer" IS NULL) = ("fingerprint" IS NULL));

-- A process has a number, and holds the advisory lock (7878002, number) on a connection for as long as it lives: however it ends, the database notices at once.
CREATE SEQUENCE "process_number" AS INTEGER CYCLE;
CREATE FUNCTION "process_is_alive"("number" INTEGER) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT EXISTS (
        SELECT 1 FROM pg_locks WHERE "locktype" = 'advisory' AND "classid" = 7878002 AND "objid"::bigint = "number" AND "objsubid" = 2 AND "granted"
            AND "database" = (SELECT "oid" FROM pg_database WHERE "datname" = current_database())
    )
$$;
