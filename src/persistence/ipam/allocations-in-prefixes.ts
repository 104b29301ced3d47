import type { AllocationsIn } from '../../application/ipam/allocation-store.js';
import { formatCidr } from '../../core/net/cidr.js';
import { rangeOfCidr } from '../../core/net/ip-set.js';
import { ipBytes } from './allocation-mapper.js';
import { COLUMNS } from './allocation-statements.js';

/** While no more has changed since than this, what has ended meanwhile is looked up by its end, once for all prefixes; otherwise among all that was ever handed out of each. */
const MOST_SINCE = 1_000;

const LIVED = 'sequence <= $2 AND (released_sequence IS NULL OR released_sequence > $2)';

/** Of a prefix what lived after the change $2, by address. */
const inside = (from: string): string => `
    (SELECT ${COLUMNS} FROM ${from} AND plane = asked.plane AND octet_length(address) = octet_length(first) AND address BETWEEN greatest(first, after) AND last
        AND address IS DISTINCT FROM after
      ORDER BY address LIMIT $3)`;

/** One statement however many prefixes are asked for. Live addresses are apart, so that the address names the place in the list. */
const inPrefixes = (ended: string): string => `
WITH ended AS MATERIALIZED (
  SELECT * FROM allocation WHERE cluster_id = $1 AND ${LIVED} AND released_sequence > $2 AND freed_sequence IS NOT NULL
)
SELECT asked.number, found.*
FROM unnest($4::text[], $5::cidr[], $6::bytea[], $7::bytea[], $8::bytea[]) WITH ORDINALITY AS asked (plane, whole, first, last, after, number)
CROSS JOIN LATERAL (
  SELECT * FROM (${inside(`allocation WHERE cluster_id = $1 AND ${LIVED} AND freed_sequence IS NULL`)}
    UNION ALL${inside(ended)}
    UNION ALL
    SELECT ${COLUMNS} FROM allocation
      WHERE after IS NULL AND cluster_id = $1 AND plane = asked.plane AND prefix >> whole AND address < first AND ${LIVED}
  ) either ORDER BY address LIMIT $3) found
ORDER BY asked.number, found.address`;

const BY_END = inPrefixes('ended WHERE TRUE');
const BY_ADDRESS = inPrefixes(`allocation WHERE cluster_id = $1 AND ${LIVED} AND freed_sequence IS NOT NULL`);

/** The statement and its values; without a name, as its plan depends on the sequence. `newest`: the newest change that is known of. */
export function allocationsIn(
  clusterId: string,
  { sequence, newest, limit }: { readonly sequence: number; readonly newest: number; readonly limit: number },
  asked: readonly AllocationsIn[],
): { readonly text: string; readonly values: readonly unknown[] } {
  const ranges = asked.map(({ cidr }) => rangeOfCidr(cidr));
  const values = [
    clusterId,
    sequence,
    limit,
    asked.map(({ plane }) => plane),
    asked.map(({ cidr }) => formatCidr(cidr)),
    ranges.map(({ family, first }) => ipBytes({ family, value: first })),
    ranges.map(({ family, last }) => ipBytes({ family, value: last })),
    asked.map(({ after }) => after && ipBytes(after)),
  ];
  return { text: newest - sequence <= MOST_SINCE ? BY_END : BY_ADDRESS, values };
}
