-- Addresses of one family stand together, in their order: whoever asks for the one before or behind among others of its family walks over none of the other family.

DROP INDEX "allocation_live_address";
CREATE UNIQUE INDEX "allocation_live_address" ON "allocation"("cluster_id", "plane", octet_length("address"), "address") WHERE "freed_sequence" IS NULL;
