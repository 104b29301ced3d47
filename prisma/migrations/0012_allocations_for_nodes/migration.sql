-- Addresses that were handed out for nodes of plugins that cut their pools for them: of which part, and whose that is.

-- AlterTable
ALTER TABLE "allocation"
    ADD COLUMN "part" cidr,
    ADD COLUMN "part_owner" TEXT;

-- Hand-written: what the Prisma schema language cannot say.

-- A part has the address, and an owner is one of a part.
ALTER TABLE "allocation" ADD CONSTRAINT "allocation_part" CHECK (
    ("part" IS NOT NULL OR "part_owner" IS NULL) AND ("part" IS NULL OR substring(cidr_send("part") FROM 5) <= "address" AND "address" <= allocation_last("part")));

-- The past never changes, nor does what was handed out.
DROP TRIGGER "allocation_ended_once" ON "allocation";
CREATE TRIGGER "allocation_ended_once" BEFORE UPDATE ON "allocation" FOR EACH ROW
    WHEN (OLD."freed_sequence" IS NOT NULL OR NEW."released_sequence" IS NULL
        OR (OLD."released_sequence" IS NOT NULL AND (NEW."freed_sequence" IS NULL
            OR (OLD."released_sequence", OLD."released_at", OLD."released_by") IS DISTINCT FROM (NEW."released_sequence", NEW."released_at", NEW."released_by")))
        OR (OLD."cluster_id", OLD."sequence", OLD."pool", OLD."plane", OLD."address", OLD."prefix", OLD."identifier", OLD."ordinal", OLD."request", OLD."owner", OLD."by_name",
            OLD."lease_until", OLD."cooldown_seconds", OLD."allocated_at", OLD."allocated_by", OLD."part", OLD."part_owner")
            IS DISTINCT FROM
           (NEW."cluster_id", NEW."sequence", NEW."pool", NEW."plane", NEW."address", NEW."prefix", NEW."identifier", NEW."ordinal", NEW."request", NEW."owner", NEW."by_name",
            NEW."lease_until", NEW."cooldown_seconds", NEW."allocated_at", NEW."allocated_by", NEW."part", NEW."part_owner"))
    EXECUTE FUNCTION "refuse_allocation_change"();
