-- Who may do what. A secret is never stored, only its SHA-256.

-- CreateTable
CREATE TABLE "access_token" (
    "id" UUID NOT NULL DEFAULT gen_random_uuid(),
    "name" TEXT NOT NULL,
    "role" TEXT NOT NULL,
    "every_cluster" BOOLEAN NOT NULL,
    "clusters" TEXT[],
    "hash" BYTEA NOT NULL,
    "created_by" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT date_trunc('milliseconds', clock_timestamp()),
    "expires_at" TIMESTAMPTZ(3),

    CONSTRAINT "access_token_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE UNIQUE INDEX "access_token_hash_key" ON "access_token"("hash");

-- Hand-written: what the Prisma schema language cannot say.
ALTER TABLE "access_token" ADD CONSTRAINT "access_token_role" CHECK ("role" IN ('viewer', 'editor', 'admin'));
ALTER TABLE "access_token" ADD CONSTRAINT "access_token_hash_length" CHECK (octet_length("hash") = 32);
