/** $1 is the cluster's id. */
export const COLUMNS = `sequence, pool, plane, address, prefix, identifier, owner, by_name, allocated_at, allocated_by, released_sequence, released_at, released_by, ordinal, request, lease_until, cooldown_seconds, freed_sequence, part, part_owner`;

/** Makes sure that there is a row to lock. */
export const OPEN_LEDGER = 'INSERT INTO allocation_ledger (cluster_id) VALUES ($1) ON CONFLICT DO NOTHING';

/**
 * In a statement of its own: one that also reads would read what was true before it had to wait. The time is that of the changes to come; times never run backwards, whatever
 * the clock does.
 */
export const LOCK_LEDGER = `
SELECT sequence, greatest(changed_at, date_trunc('milliseconds', clock_timestamp())) AS now FROM allocation_ledger WHERE cluster_id = $1 FOR UPDATE`;

/** The newest change, without waiting for who writes. */
export const NEWEST = 'SELECT sequence FROM allocation_ledger WHERE cluster_id = $1';

/** What happened after the change $2. */
export const CHANGES_SINCE = `
SELECT ${COLUMNS} FROM allocation WHERE cluster_id = $1 AND sequence > $2
UNION ALL
SELECT ${COLUMNS} FROM allocation WHERE cluster_id = $1 AND released_sequence > $2 AND sequence <= $2
UNION ALL
SELECT ${COLUMNS} FROM allocation WHERE cluster_id = $1 AND freed_sequence > $2 AND freed_sequence > released_sequence AND released_sequence <= $2`;

/** What lives or rests, and the newest change; one row without an allocation when nothing does. */
export const LIVE_NOW = `
SELECT ledger.sequence AS newest, live.* FROM allocation_ledger ledger
LEFT JOIN (SELECT cluster_id, ${COLUMNS} FROM allocation WHERE freed_sequence IS NULL) live USING (cluster_id)
WHERE ledger.cluster_id = $1`;

/** Back from the change $3 to the change $2: what was handed out after the one and has been given back by the other, and what rested after the one and does not by the other. */
export const ENDED_BETWEEN = `
SELECT ${COLUMNS} FROM allocation WHERE cluster_id = $1 AND released_sequence > $2 AND released_sequence <= $3 AND sequence <= $2
UNION ALL
SELECT ${COLUMNS} FROM allocation WHERE cluster_id = $1 AND freed_sequence > $2 AND freed_sequence <= $3 AND freed_sequence > released_sequence AND released_sequence <= $2`;

/** Up to the change $2 the newest allocation of each pool, and those by which parts became somebody else's. Numbers are grouped and sorted, not whole rows. */
export const TELLING = `
SELECT ${COLUMNS} FROM allocation WHERE cluster_id = $1 AND sequence IN (
  SELECT max(sequence) FROM allocation WHERE cluster_id = $1 AND sequence <= $2 GROUP BY pool
  UNION ALL
  SELECT sequence FROM (
    SELECT sequence, row_number() OVER part = 1 OR part_owner IS DISTINCT FROM lag(part_owner) OVER part AS is_another
    FROM allocation WHERE cluster_id = $1 AND sequence <= $2 AND part IS NOT NULL WINDOW part AS (PARTITION BY part ORDER BY sequence)) turns
  WHERE is_another)`;

/** The addresses that are free again after the change $2, in the order in which they were given back: an address is handed out again after its last end only. */
export const GIVEN_BACK = `
SELECT plane, address FROM allocation WHERE cluster_id = $1 AND sequence <= $2 AND prefix IS NULL
GROUP BY plane, address HAVING bool_and(coalesce(freed_sequence <= $2, FALSE)) ORDER BY max(freed_sequence)`;

/** Clusters in which time has brought something about. */
export const DUE_CLUSTERS = `
SELECT id, name FROM cluster WHERE id IN (
  SELECT cluster_id FROM allocation WHERE lease_until <= clock_timestamp() AND released_sequence IS NULL
  UNION
  SELECT cluster_id FROM allocation WHERE released_sequence IS NOT NULL AND freed_sequence IS NULL
    AND released_at + make_interval(secs => cooldown_seconds) <= clock_timestamp())`;

/** $2 is the sequence after the changes, $3 their time. */
export const MOVE_LEDGER = 'UPDATE allocation_ledger SET sequence = $2, changed_at = $3 WHERE cluster_id = $1';

const ALLOCATION_COLUMNS =
  'cluster_id, sequence, pool, plane, address, prefix, identifier, owner, by_name, allocated_at, allocated_by, ordinal, request, lease_until, cooldown_seconds, part, part_owner, terms';

/** The types of the columns that are given as arrays, in the order of {@link ALLOCATION_COLUMNS}. */
const GIVEN_TYPES = 'bigint text text bytea cidr text text boolean text integer text timestamptz integer cidr text text'.split(' ');

/** $2 is the time; from the parameter `first` on stand the columns. They are unrolled side by side where rows are made: as a table in FROM all would be kept first, and read again. */
const madeFrom = (first: number): string => {
  const given = GIVEN_TYPES.map((type, index) => `unnest($${first + index}::${type}[])`);
  const [before, behind, terms] = [given.slice(0, 8), given.slice(8, -1), given.slice(-1)];
  return `SELECT $1, ${before.join(', ')}, $2, ${behind.join(', ')}, string_to_array(${terms.join('')}, '\n')`;
};

export const INSERT_ALLOCATIONS = `
INSERT INTO allocation (${ALLOCATION_COLUMNS})
${madeFrom(3)}`;

/** Moves the ledger from the change $3 to the change $4 and inserts, where nobody else has moved it and $2 is the time: all in one statement, which is its own transaction.
 * Else it does nothing. */
export const INSERT_AFTER = `
WITH moved AS (
  UPDATE allocation_ledger SET sequence = $4, changed_at = $2 WHERE cluster_id = $1 AND sequence = $3 AND changed_at <= $2
    AND abs(extract(epoch FROM clock_timestamp() - $2::timestamptz)) < 1 RETURNING sequence
)
INSERT INTO allocation (${ALLOCATION_COLUMNS})
${madeFrom(5)} FROM moved`;

/** What is to rest is not free yet. */
export const CLOSE_ALLOCATIONS = `
UPDATE allocation SET released_sequence = ended.released_sequence, released_at = $2, released_by = ended.released_by,
  freed_sequence = CASE WHEN cooldown_seconds = 0 THEN ended.released_sequence END
FROM unnest($3::bigint[], $4::bigint[], $5::text[]) AS ended (sequence, released_sequence, released_by)
WHERE allocation.cluster_id = $1 AND allocation.sequence = ended.sequence`;

export const FREE_ADDRESSES = `
UPDATE allocation SET freed_sequence = rested.freed_sequence
FROM unnest($2::bigint[], $3::bigint[]) AS rested (sequence, freed_sequence)
WHERE allocation.cluster_id = $1 AND allocation.sequence = rested.sequence`;

export const SEQUENCE_AT = `
SELECT coalesce(greatest(max(sequence) FILTER (WHERE allocated_at <= $2), max(released_sequence) FILTER (WHERE released_at <= $2)), 0) AS sequence
FROM allocation WHERE cluster_id = $1`;
