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

-- The bytes of an address as PostgreSQL's own type.
CREATE FUNCTION "allocation_inet"("address" BYTEA) RETURNS inet LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT CASE octet_length(address)
        WHEN 4 THEN '0.0.0.0'::inet + ('x' || encode(address, 'hex'))::bit(32)::bigint
        ELSE regexp_replace(encode(address, 'hex'), '(.{4})(?!$)', '\1:', 'g')::inet
    END
$$;

-- INVARIANT: every allocation belongs to a ledger. INVARIANT INV-IPAM-1, of addresses and prefixes: no address is handed out, or rests, that is in a prefix that is or does. Whoever inserts
-- has the row of the ledger for himself before this is looked at, so that nobody else inserts meanwhile; clusters without a prefix are not looked at.
CREATE OR REPLACE FUNCTION "require_allocation_ledger"() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    ledger RECORD;
BEGIN
    FOR ledger IN SELECT "cluster_id" AS "id", bool_or("prefix" IS NOT NULL) AS "made_prefixes" FROM "made" GROUP BY "cluster_id" ORDER BY "cluster_id" LOOP
        PERFORM FROM "allocation_ledger" WHERE "cluster_id" = ledger."id" FOR NO KEY UPDATE;
        IF NOT FOUND THEN
            RAISE EXCEPTION 'there is no ledger of the cluster %', ledger."id" USING ERRCODE = 'foreign_key_violation';
        END IF;
        IF ledger."made_prefixes" THEN
            UPDATE "allocation_ledger" SET "has_prefixes" = true WHERE "cluster_id" = ledger."id" AND NOT "has_prefixes";
            IF EXISTS (SELECT FROM "made" JOIN "allocation" "other" USING ("cluster_id", "plane")
                    WHERE "cluster_id" = ledger."id" AND "made"."prefix" IS NOT NULL AND "other"."prefix" IS NULL AND "other"."freed_sequence" IS NULL
                        AND "other"."address" >= "made"."address" AND "other"."address" <= substring(inet_send(broadcast("made"."prefix")) FROM 5)
                        AND octet_length("other"."address") = octet_length("made"."address")) THEN
                RAISE EXCEPTION 'the prefix has an address that is handed out' USING ERRCODE = 'exclusion_violation';
            END IF;
        END IF;
        IF EXISTS (SELECT FROM "allocation_ledger" WHERE "cluster_id" = ledger."id" AND "has_prefixes") THEN
            IF EXISTS (SELECT FROM "made" JOIN "allocation" "other" USING ("cluster_id", "plane")
                    WHERE "cluster_id" = ledger."id" AND "made"."prefix" IS NULL AND "other"."freed_sequence" IS NULL
                        AND "other"."prefix" >>= allocation_inet("made"."address")) THEN
                RAISE EXCEPTION 'the address is in a prefix that is handed out' USING ERRCODE = 'exclusion_violation';
            END IF;
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
