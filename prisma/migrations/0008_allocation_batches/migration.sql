-- Many allocations are written by one statement, all of one ledger whose row the writer holds: that there is one is looked up once for a statement, not once for each row.

-- DropForeignKey
ALTER TABLE "allocation" DROP CONSTRAINT "allocation_cluster_id_fkey";

-- Hand-written: what the Prisma schema language cannot say.

-- INVARIANT: every allocation belongs to a ledger. The row is locked as a foreign key would lock it, so that it does not go before the transaction ends.
CREATE FUNCTION "require_allocation_ledger"() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    ledger UUID;
BEGIN
    FOR ledger IN SELECT DISTINCT "cluster_id" FROM "made" LOOP
        PERFORM FROM "allocation_ledger" WHERE "cluster_id" = ledger FOR KEY SHARE;
        IF NOT FOUND THEN
            RAISE EXCEPTION 'there is no ledger of the cluster %', ledger USING ERRCODE = 'foreign_key_violation';
        END IF;
    END LOOP;
    RETURN NULL;
END $$;
CREATE TRIGGER "allocation_has_ledger" AFTER INSERT ON "allocation" REFERENCING NEW TABLE AS "made"
    FOR EACH STATEMENT EXECUTE FUNCTION "require_allocation_ledger"();

CREATE FUNCTION "delete_allocations"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM "allocation" WHERE "cluster_id" = OLD."cluster_id";
    RETURN NULL;
END $$;
CREATE TRIGGER "allocation_ledger_ended" AFTER DELETE ON "allocation_ledger"
    FOR EACH ROW EXECUTE FUNCTION "delete_allocations"();
CREATE TRIGGER "allocation_ledger_kept" BEFORE UPDATE OF "cluster_id" ON "allocation_ledger" FOR EACH ROW
    WHEN (OLD."cluster_id" IS DISTINCT FROM NEW."cluster_id") EXECUTE FUNCTION "refuse_allocation_change"();
