-- the first allocation of a cluster

BEGIN;

SELECT sequence, greatest(changed_at, date_trunc('milliseconds', clock_timestamp())) AS now FROM allocation_ledger WHERE cluster_id = $1 FOR UPDATE;

INSERT INTO allocation_ledger (cluster_id) VALUES ($1) ON CONFLICT DO NOTHING;

SELECT sequence, greatest(changed_at, date_trunc('milliseconds', clock_timestamp())) AS now FROM allocation_ledger WHERE cluster_id = $1 FOR UPDATE;

SELECT ledger.sequence AS newest, live.* FROM allocation_ledger ledger
LEFT JOIN (SELECT cluster_id, sequence, pool, plane, address, prefix, identifier, owner, by_name, allocated_at, allocated_by, released_sequence, released_at, released_by, ordinal, request, lease_until, cooldown_seconds, freed_sequence, part, part_owner FROM allocation WHERE freed_sequence IS NULL) live USING (cluster_id)
WHERE ledger.cluster_id = $1;

UPDATE allocation_ledger SET sequence = $2, changed_at = $3 WHERE cluster_id = $1;

INSERT INTO allocation (cluster_id, sequence, pool, plane, address, prefix, identifier, owner, by_name, allocated_at, allocated_by, ordinal, request, lease_until, cooldown_seconds, part, part_owner, terms)
SELECT $1, unnest($3::bigint[]), unnest($4::text[]), unnest($5::text[]), unnest($6::bytea[]), unnest($7::cidr[]), unnest($8::text[]), unnest($9::text[]), unnest($10::boolean[]), $2, unnest($11::text[]), unnest($12::integer[]), unnest($13::text[]), unnest($14::timestamptz[]), unnest($15::integer[]), unnest($16::cidr[]), unnest($17::text[]), string_to_array(unnest($18::text[]), '
');

COMMIT;

-- another one, where nobody else was seen to write

WITH moved AS (
  UPDATE allocation_ledger SET sequence = $4, changed_at = $2 WHERE cluster_id = $1 AND sequence = $3 AND changed_at <= $2
    AND abs(extract(epoch FROM clock_timestamp() - $2::timestamptz)) < 1 RETURNING sequence
)
INSERT INTO allocation (cluster_id, sequence, pool, plane, address, prefix, identifier, owner, by_name, allocated_at, allocated_by, ordinal, request, lease_until, cooldown_seconds, part, part_owner, terms)
SELECT $1, unnest($5::bigint[]), unnest($6::text[]), unnest($7::text[]), unnest($8::bytea[]), unnest($9::cidr[]), unnest($10::text[]), unnest($11::text[]), unnest($12::boolean[]), $2, unnest($13::text[]), unnest($14::integer[]), unnest($15::text[]), unnest($16::timestamptz[]), unnest($17::integer[]), unnest($18::cidr[]), unnest($19::text[]), string_to_array(unnest($20::text[]), '
') FROM moved;

-- one that the caller has already

BEGIN;

SELECT sequence, greatest(changed_at, date_trunc('milliseconds', clock_timestamp())) AS now FROM allocation_ledger WHERE cluster_id = $1 FOR UPDATE;

COMMIT;

-- a release

BEGIN;

SELECT sequence, greatest(changed_at, date_trunc('milliseconds', clock_timestamp())) AS now FROM allocation_ledger WHERE cluster_id = $1 FOR UPDATE;

UPDATE allocation_ledger SET sequence = $2, changed_at = $3 WHERE cluster_id = $1;

UPDATE allocation SET released_sequence = ended.released_sequence, released_at = $2, released_by = ended.released_by,
  freed_sequence = CASE WHEN cooldown_seconds = 0 THEN ended.released_sequence END
FROM unnest($3::bigint[], $4::bigint[], $5::text[]) AS ended (sequence, released_sequence, released_by)
WHERE allocation.cluster_id = $1 AND allocation.sequence = ended.sequence;

COMMIT;

-- what is handed out now

SELECT sequence FROM allocation_ledger WHERE cluster_id = $1;

-- what was after a change

SELECT sequence FROM allocation_ledger WHERE cluster_id = $1;

SELECT sequence, pool, plane, address, prefix, identifier, owner, by_name, allocated_at, allocated_by, released_sequence, released_at, released_by, ordinal, request, lease_until, cooldown_seconds, freed_sequence, part, part_owner FROM allocation WHERE cluster_id = $1 AND released_sequence > $2 AND released_sequence <= $3 AND sequence <= $2
UNION ALL
SELECT sequence, pool, plane, address, prefix, identifier, owner, by_name, allocated_at, allocated_by, released_sequence, released_at, released_by, ordinal, request, lease_until, cooldown_seconds, freed_sequence, part, part_owner FROM allocation WHERE cluster_id = $1 AND freed_sequence > $2 AND freed_sequence <= $3 AND freed_sequence > released_sequence AND released_sequence <= $2;

-- the change of a time

SELECT coalesce(greatest(max(sequence) FILTER (WHERE allocated_at <= $2), max(released_sequence) FILTER (WHERE released_at <= $2)), 0) AS sequence
FROM allocation WHERE cluster_id = $1;

-- a page of a pool

(SELECT sequence, pool, plane, address, prefix, identifier, owner, by_name, allocated_at, allocated_by, released_sequence, released_at, released_by, ordinal, request, lease_until, cooldown_seconds, freed_sequence, part, part_owner FROM allocation WHERE cluster_id = $1 AND pool = $3 AND sequence > $4 AND sequence <= $5 AND released_sequence IS NULL AND freed_sequence IS NULL ORDER BY sequence ASC LIMIT $2) UNION ALL (SELECT * FROM (SELECT sequence, pool, plane, address, prefix, identifier, owner, by_name, allocated_at, allocated_by, released_sequence, released_at, released_by, ordinal, request, lease_until, cooldown_seconds, freed_sequence, part, part_owner FROM allocation WHERE cluster_id = $1 AND pool = $3 AND sequence > $4 AND sequence <= $5 AND released_sequence > $5 OFFSET 0) rare ORDER BY sequence ASC LIMIT $2) ORDER BY sequence ASC LIMIT $2;

-- the history of an address

(SELECT sequence, pool, plane, address, prefix, identifier, owner, by_name, allocated_at, allocated_by, released_sequence, released_at, released_by, ordinal, request, lease_until, cooldown_seconds, freed_sequence, part, part_owner FROM allocation WHERE cluster_id = $1 AND plane IN ('pod', 'service', 'node', 'lb', 'external') AND octet_length(address) = octet_length($3::bytea) AND address = $3 AND freed_sequence IS NULL ORDER BY sequence DESC LIMIT $2) UNION ALL (SELECT sequence, pool, plane, address, prefix, identifier, owner, by_name, allocated_at, allocated_by, released_sequence, released_at, released_by, ordinal, request, lease_until, cooldown_seconds, freed_sequence, part, part_owner FROM allocation WHERE cluster_id = $1 AND plane IN ('pod', 'service', 'node', 'lb', 'external') AND octet_length(address) = octet_length($3::bytea) AND address = $3 AND freed_sequence IS NOT NULL ORDER BY sequence DESC LIMIT $2) UNION ALL (SELECT sequence, pool, plane, address, prefix, identifier, owner, by_name, allocated_at, allocated_by, released_sequence, released_at, released_by, ordinal, request, lease_until, cooldown_seconds, freed_sequence, part, part_owner FROM allocation WHERE cluster_id = $1 AND prefix IS NOT NULL AND prefix >>= $4::inet AND address <> $3 ORDER BY sequence DESC LIMIT $2) ORDER BY sequence DESC LIMIT $2;

-- the last allocation of an identifier

(SELECT sequence, pool, plane, address, prefix, identifier, owner, by_name, allocated_at, allocated_by, released_sequence, released_at, released_by, ordinal, request, lease_until, cooldown_seconds, freed_sequence, part, part_owner FROM allocation WHERE cluster_id = $1 AND pool = $3 AND identifier = $4 AND released_sequence IS NULL ORDER BY sequence DESC LIMIT $2) UNION ALL (SELECT sequence, pool, plane, address, prefix, identifier, owner, by_name, allocated_at, allocated_by, released_sequence, released_at, released_by, ordinal, request, lease_until, cooldown_seconds, freed_sequence, part, part_owner FROM allocation WHERE cluster_id = $1 AND pool = $3 AND identifier = $4 AND released_sequence IS NOT NULL ORDER BY sequence DESC LIMIT $2) ORDER BY sequence DESC LIMIT $2;
