/** The record types the cluster's DNS server answers with. */
export type RecordType = 'A' | 'AAAA' | 'CNAME' | 'DNAME' | 'MX' | 'NS' | 'PTR' | 'SOA' | 'SRV' | 'TXT';

/** What may be asked. `OTHER` (any further type) has no records: it only tells an existing name from a missing one. */
export type QueryType = RecordType | 'OTHER';

/** The answer codes a name server of a cluster gives. */
export type Rcode = 'NOERROR' | 'NXDOMAIN' | 'SERVFAIL' | 'REFUSED';

/**
 * One resource record in the presentation form of a zone file (RFC 1035 section 5): `name ttl IN type data`. Names are absolute. The data of TXT stands
 * without quotes, the data of SOA is `mname rname serial refresh retry expire minimum`.
 */
export interface DnsRecord {
  readonly name: string;
  readonly type: RecordType;
  /** Seconds. */
  readonly ttl: number;
  readonly data: string;
}

/** `web.shop.svc.cluster.local. 5 IN A 10.96.0.1`: a record as a zone file has it. */
export function formatRecord(record: DnsRecord): string {
  return `${record.name} ${record.ttl} IN ${record.type} ${record.data}`;
}

/** Drops repeated records, keeping the first. */
export function uniqueRecords(records: readonly DnsRecord[]): readonly DnsRecord[] {
  if (records.length < 2) return records;
  const seen = new Set<string>();
  return records.filter((record) => {
    const key = `${record.type} ${record.ttl} ${record.name} ${record.data}`;
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  });
}
