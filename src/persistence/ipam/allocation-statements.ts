import type { AllocationFilter, AllocationWindow } from '../../application/ipam/allocation-store.js';
import { ipBytes } from './allocation-mapper.js';

/** $1 is the cluster's id. */
const COLUMNS = `sequence, pool, plane, address, identifier, owner, by_name, allocated_at, allocated_by, released_sequence, released_at, released_by`;

/** Makes sure that there is a row to lock. */
export const OPEN_LEDGER = 'INSERT INTO allocation_ledger (cluster_id) VALUES ($1) ON CONFLICT DO NOTHING';

/** In a statement of its own: one that also reads would read what was true before it had to wait. */
export const LOCK_LEDGER = 'SELECT sequence FROM allocation_ledger WHERE cluster_id = $1 FOR UPDATE';

/** What happened after the change $2. */
export const CHANGES_SINCE = `
SELECT ${COLUMNS} FROM allocation WHERE cluster_id = $1 AND sequence > $2
UNION ALL
SELECT ${COLUMNS} FROM allocation WHERE cluster_id = $1 AND released_sequence > $2 AND sequence <= $2`;

/** What lives, and the newest change; one row without an allocation when nothing lives. */
export const LIVE_NOW = `
SELECT ledger.sequence AS newest, live.* FROM allocation_ledger ledger
LEFT JOIN (SELECT cluster_id, ${COLUMNS} FROM allocation WHERE released_sequence IS NULL) live USING (cluster_id)
WHERE ledger.cluster_id = $1`;

/** What lived after the change $2. */
export const LIVE_AFTER = `
SELECT ${COLUMNS} FROM allocation WHERE cluster_id = $1 AND sequence <= $2 AND (released_sequence IS NULL OR released_sequence > $2)`;

/** Times never run backwards, whatever the clock does: $2 is the sequence after the changes. */
export const MOVE_LEDGER = `
UPDATE allocation_ledger SET sequence = $2, changed_at = greatest(changed_at, date_trunc('milliseconds', clock_timestamp()))
WHERE cluster_id = $1 RETURNING changed_at`;

export const INSERT_ALLOCATIONS = `
INSERT INTO allocation (cluster_id, sequence, pool, plane, address, identifier, owner, by_name, allocated_at, allocated_by)
SELECT $1, sequence, pool, plane, address, identifier, owner, by_name, $2, allocated_by
FROM unnest($3::bigint[], $4::text[], $5::text[], $6::bytea[], $7::text[], $8::text[], $9::boolean[], $10::text[])
  AS made (sequence, pool, plane, address, identifier, owner, by_name, allocated_by)`;

export const CLOSE_ALLOCATIONS = `
UPDATE allocation SET released_sequence = ended.released_sequence, released_at = $2, released_by = ended.released_by
FROM unnest($3::bigint[], $4::bigint[], $5::text[]) AS ended (sequence, released_sequence, released_by)
WHERE allocation.cluster_id = $1 AND allocation.sequence = ended.sequence`;

export const SEQUENCE_AT = `
SELECT coalesce(greatest(max(sequence) FILTER (WHERE allocated_at <= $2), max(released_sequence) FILTER (WHERE released_at <= $2)), 0) AS sequence
FROM allocation WHERE cluster_id = $1`;

/** A part of the history. */
export function recordsOf(
  clusterId: string,
  { pool, identifier, ip, liveAt }: AllocationFilter,
  { descending = false, after, limit }: AllocationWindow,
): { readonly text: string; readonly values: readonly unknown[] } {
  const values: unknown[] = [clusterId, limit];
  const conditions = ['cluster_id = $1'];
  const admit = (value: unknown, condition: (parameter: string) => string): void => {
    if (value !== undefined) conditions.push(condition(`$${values.push(value)}`));
  };
  admit(pool, (parameter) => `pool = ${parameter}`);
  admit(identifier, (parameter) => `identifier = ${parameter}`);
  admit(ip && ipBytes(ip), (parameter) => `address = ${parameter}`);
  admit(liveAt, (parameter) => `sequence <= ${parameter} AND (released_sequence IS NULL OR released_sequence > ${parameter})`);
  admit(after, (parameter) => `sequence ${descending ? '<' : '>'} ${parameter}`);
  const order = descending ? 'DESC' : 'ASC';
  return { text: `SELECT ${COLUMNS} FROM allocation WHERE ${conditions.join(' AND ')} ORDER BY sequence ${order} LIMIT $2`, values };
}
