-- What lives stands in the unique indexes already. These two are for what has ended, so that handing out an address writes three indexes instead of five.

-- DropIndex
DROP INDEX "allocation_by_address";

-- DropIndex
DROP INDEX "allocation_by_identifier";

-- Hand-written: what the Prisma schema language cannot say.

CREATE INDEX "allocation_past_address" ON "allocation"("cluster_id", "plane", "address", "sequence") WHERE "freed_sequence" IS NOT NULL;
CREATE INDEX "allocation_past_identifier" ON "allocation"("cluster_id", "pool", "identifier", "sequence") WHERE "released_sequence" IS NOT NULL;
