import { err, ok, type Result } from '../kernel/result.js';
import { absoluteName } from './dns-name.js';
import type { DnsRecord, RecordType } from './dns-record.js';

/** The types a record can be written of. */
export const RECORD_TYPES: readonly RecordType[] = ['A', 'AAAA', 'CNAME', 'DNAME', 'MX', 'NS', 'PTR', 'SOA', 'SRV', 'TXT'];

/**
 * Reads a record as a zone file has it: `name [ttl] [IN] type data`, the name absolute or not, 5 seconds where no ttl is given.
 * @returns the error as a sentence that quotes the text
 */
export function parseRecord(text: string): Result<DnsRecord, string> {
  const match = /^(\S+)\s+(?:(\d{1,9})\s+)?(?:IN\s+)?([A-Za-z]+)\s+(\S.*)$/.exec(text.trim());
  const type = RECORD_TYPES.find((one) => one === match?.[3]?.toUpperCase());
  const [, name, ttl, , data] = match ?? [];
  if (name === undefined || data === undefined || type === undefined) {
    return err(`\`${text}\` is no record: expected \`name ttl IN type data\` with a type of ${RECORD_TYPES.join(', ')}`);
  }
  return ok({ name: absoluteName(name), type, ttl: Number(ttl ?? 5), data: data.trim() });
}
