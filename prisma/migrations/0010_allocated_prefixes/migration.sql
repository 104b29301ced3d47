-- Prefixes that are handed out as a whole, beside addresses. The address of such an allocation is its first one.

-- AlterTable
ALTER TABLE "allocation" ADD COLUMN "prefix" cidr;

-- AlterTable
ALTER TABLE "allocation_ledger" ADD COLUMN "has_prefixes" BOOLEAN NOT NULL DEFAULT false;

-- Hand-written: what the Prisma schema language cannot say.

-- What `cidr_send` gives is four bytes about the address, and the address.
ALTER TABLE "allocation" ADD CONSTRAINT "allocation_prefix" CHECK ("prefix" IS NULL OR substring(cidr_send("prefix") FROM 5) = "address");

-- INVARIANT INV-IPAM-1, of prefixes: in one address space no two meet, nor does one meet another that rests. Addresses are not in this index, and pay nothing for it.
ALTER TABLE "allocation" ADD CONSTRAINT "allocation_prefixes_apart"
    EXCLUDE USING gist ("prefix" inet_ops WITH &&, "plane" WITH =, "cluster_id" WITH =) WHERE ("prefix" IS NOT NULL AND "freed_sequence" IS NULL);
-- Who had a prefix that an address is in.
CREATE INDEX "allocation_by_prefix" ON "allocation" USING gist ("prefix" inet_ops, "cluster_id") WHERE "prefix" IS NOT NULL;

-- The last address of a prefix, as its bytes.
CREATE FUNCTION "allocation_last"("prefix" cidr) RETURNS BYTEA LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT substring(inet_send(broadcast(prefix)) FROM 5)
$$;

-- INVARIANT: every allocation belongs to a ledger. INVARIANT INV-IPAM-1, of addresses and prefixes: nothing is handed out that meets what is, or rests. As nothing meets before, it is enough to
-- look at the one before and at the one behind. Whoever inserts has the row of the ledger for himself before this is looked at, so that nobody else inserts meanwhile; a cluster that never had a
-- prefix is not looked at. The one index in that order is asked, whatever the statistics of a table that grows say: another plan compares what is made with all there is.
CREATE OR REPLACE FUNCTION "require_allocation_ledger"() RETURNS trigger LANGUAGE plpgsql
    SET enable_seqscan = off SET enable_bitmapscan = off SET enable_sort = off AS $$
DECLARE
    ledger RECORD;
    "had_prefixes" BOOLEAN;
BEGIN
    FOR ledger IN SELECT "cluster_id" AS "id", bool_or("prefix" IS NOT NULL) AS "gets_prefixes" FROM "made" GROUP BY "cluster_id" ORDER BY "cluster_id" LOOP
        SELECT "has_prefixes" INTO "had_prefixes" FROM "allocation_ledger" WHERE "cluster_id" = ledger."id" FOR NO KEY UPDATE;
        IF NOT FOUND THEN
            RAISE EXCEPTION 'there is no ledger of the cluster %', ledger."id" USING ERRCODE = 'foreign_key_violation';
        END IF;
        CONTINUE WHEN NOT ("had_prefixes" OR ledger."gets_prefixes");
        IF NOT "had_prefixes" THEN
            UPDATE "allocation_ledger" SET "has_prefixes" = true WHERE "cluster_id" = ledger."id";
        END IF;
        IF EXISTS (SELECT FROM "made" CROSS JOIN LATERAL (
                    SELECT "prefix" FROM "allocation" "other"
                    WHERE "other"."cluster_id" = "made"."cluster_id" AND "other"."plane" = "made"."plane" AND "other"."freed_sequence" IS NULL
                        AND "other"."address" < "made"."address" AND octet_length("other"."address") = octet_length("made"."address")
                    ORDER BY "other"."address" DESC LIMIT 1) "before"
                WHERE "made"."cluster_id" = ledger."id" AND allocation_last("before"."prefix") >= "made"."address")
            OR ledger."gets_prefixes" AND EXISTS (SELECT FROM "made" CROSS JOIN LATERAL (
                    SELECT "address" FROM "allocation" "other"
                    WHERE "other"."cluster_id" = "made"."cluster_id" AND "other"."plane" = "made"."plane" AND "other"."freed_sequence" IS NULL
                        AND "other"."address" > "made"."address" AND octet_length("other"."address") = octet_length("made"."address")
                    ORDER BY "other"."address" LIMIT 1) "behind"
                WHERE "made"."cluster_id" = ledger."id" AND "made"."prefix" IS NOT NULL AND "behind"."address" <= allocation_last("made"."prefix")) THEN
            RAISE EXCEPTION 'an address of it is handed out' USING ERRCODE = 'exclusion_violation';
        END IF;
    END LOOP;
    RETURN NULL;
END $$;

-- The past never changes, nor does what was handed out.
DROP TRIGGER "allocation_ended_once" ON "allocation";
CREATE TRIGGER "allocation_ended_once" BEFORE UPDATE ON "allocation" FOR EACH ROW
    WHEN (OLD."freed_sequence" IS NOT NULL OR NEW."released_sequence" IS NULL
        OR (OLD."released_sequence" IS NOT NULL AND (NEW."freed_sequence" IS NULL
            OR (OLD."released_sequence", OLD."released_at", OLD."released_by") IS DISTINCT FROM (NEW."released_sequence", NEW."released_at", NEW."released_by")))
        OR (OLD."cluster_id", OLD."sequence", OLD."pool", OLD."plane", OLD."address", OLD."prefix", OLD."identifier", OLD."ordinal", OLD."request", OLD."owner", OLD."by_name",
            OLD."lease_until", OLD."cooldown_seconds", OLD."allocated_at", OLD."allocated_by")
            IS DISTINCT FROM
           (NEW."cluster_id", NEW."sequence", NEW."pool", NEW."plane", NEW."address", NEW."prefix", NEW."identifier", NEW."ordinal", NEW."request", NEW."owner", NEW."by_name",
            NEW."lease_until", NEW."cooldown_seconds", NEW."allocated_at", NEW."allocated_by"))
    EXECUTE FUNCTION "refuse_allocation_change"();
