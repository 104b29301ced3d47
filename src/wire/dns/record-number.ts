import type { QueryType, RecordType } from '../../core/dns/dns-record.js';

/** Numbers of the record types that are answered with (IANA, DNS Parameters; RFC 1035, RFC 3596, RFC 2782, RFC 6672). */
export const RECORD_NUMBERS: Readonly<Record<RecordType, number>> = {
  A: 1,
  NS: 2,
  CNAME: 5,
  SOA: 6,
  PTR: 12,
  MX: 15,
  TXT: 16,
  AAAA: 28,
  SRV: 33,
  DNAME: 39,
};

const QUERY_TYPES: ReadonlyMap<number, QueryType> = new Map([
  [1, 'A'],
  [2, 'NS'],
  [5, 'CNAME'],
  [6, 'SOA'],
  [12, 'PTR'],
  [15, 'MX'],
  [16, 'TXT'],
  [28, 'AAAA'],
  [33, 'SRV'],
  [39, 'DNAME'],
]);

/** The question a type number asks. Any number without records of its own, ANY (255) included, only tells an existing name from a missing one, as in CoreDNS. */
export function queryTypeOf(number: number): QueryType {
  return QUERY_TYPES.get(number) ?? 'OTHER';
}
