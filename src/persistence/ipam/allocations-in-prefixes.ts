import type { AllocationsIn } from '../../application/ipam/allocation-store.js';
import { formatCidr } from '../../core/net/cidr.js';
import { rangeOfCidr } from '../../core/net/ip-set.js';
import { ipBytes } from './allocation-mapper.js';
import { COLUMNS } from './allocation-statements.js';

/** Of a prefix what was handed out after the change $2, in the order of the index that tells it. */
const inside = (state: string): string => `
    (SELECT ${COLUMNS} FROM allocation
      WHERE cluster_id = $1 AND plane = asked.plane AND octet_length(address) = octet_length(first) AND address BETWEEN first AND last
        AND sequence <= $2 AND (released_sequence IS NULL OR released_sequence > $2) AND ${state}
      ORDER BY address LIMIT $3)`;

/** One statement however many prefixes are asked for. Live addresses are apart, so that the address names the place in the list. */
const ALLOCATIONS_IN_PREFIXES = `
SELECT asked.number, found.*
FROM unnest($4::text[], $5::cidr[], $6::bytea[], $7::bytea[], $8::boolean[]) WITH ORDINALITY AS asked (plane, whole, first, last, begins, number)
CROSS JOIN LATERAL (
  SELECT * FROM (${inside('freed_sequence IS NULL')}
    UNION ALL${inside('freed_sequence IS NOT NULL')}
    UNION ALL
    SELECT ${COLUMNS} FROM allocation
      WHERE begins AND cluster_id = $1 AND plane = asked.plane AND prefix >> whole AND address < first
        AND sequence <= $2 AND (released_sequence IS NULL OR released_sequence > $2)
  ) either ORDER BY address LIMIT $3) found
ORDER BY asked.number, found.address`;

/** The statement and its values. */
export function allocationsIn(
  clusterId: string,
  sequence: number,
  asked: readonly AllocationsIn[],
  limit: number,
): { readonly text: string; readonly values: readonly unknown[] } {
  const ranges = asked.map(({ cidr, after }) => {
    const { family, first, last } = rangeOfCidr(cidr);
    return { first: ipBytes({ family, value: after ? after.value + 1n : first }), last: ipBytes({ family, value: last }) };
  });
  const values = [
    clusterId,
    sequence,
    limit,
    asked.map(({ plane }) => plane),
    asked.map(({ cidr }) => formatCidr(cidr)),
    ranges.map(({ first }) => first),
    ranges.map(({ last }) => last),
    asked.map(({ after }) => after === undefined),
  ];
  return { text: ALLOCATIONS_IN_PREFIXES, values };
}
