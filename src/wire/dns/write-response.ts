import type { DnsRecord } from '../../core/dns/dns-record.js';
import { MessageWriter } from './message-writer.js';
import type { Edns } from './read-edns.js';
import type { WireQuery } from './read-query.js';
import { RESPONSE_CODES, type ResponseCode } from './response-code.js';
import { writeRecord } from './write-record.js';

/** What a query is answered with. */
export interface WireResponse {
  readonly code: ResponseCode;
  readonly authoritative: boolean;
  /** Whether something is missing already. */
  readonly truncated: boolean;
  /** Answer, authority, additional. */
  readonly sections: readonly [readonly DnsRecord[], readonly DnsRecord[], readonly DnsRecord[]];
  /** Why, for people (RFC 8914): a code of IANA's registry and a sentence. Told to clients that speak EDNS. */
  readonly remark?: { readonly code: number; readonly text: string } | undefined;
  /** Whether the client's subnet decided (RFC 7871). */
  readonly usedSubnet?: boolean;
}

/** What we take over UDP ourselves: what passes through any network in one piece (DNS flag day 2020). */
const OWN_UDP_SIZE = 1232;
const HEADER = 12;
const OPT = 41;
const CLIENT_SUBNET = 8;
const EXTENDED_ERROR = 15;
const MAX_REMARK = 160;

const FLAGS = { response: 0x8000, authoritative: 0x0400, truncated: 0x0200, recursionDesired: 0x0100, checkingDisabled: 0x0010 } as const;

const NO_RECORDS: WireResponse['sections'] = [[], [], []];

const NO_OPTIONS = Buffer.alloc(0);

const writer = new MessageWriter();

/**
 * Writes a response of at most `limit` octets. Records that do not fit are left out from the first one on, and TC says so, whichever section they are of, as in CoreDNS
 * (miekg/dns `msg_truncate.go`). RA is never set: nothing is asked of anybody else. Records that cannot stand in a message make SERVFAIL.
 */
export function writeResponse(query: WireQuery, response: WireResponse, limit: number): Buffer {
  const options = query.edns && optionsOf(query.edns, response);
  writer.begin(query.question?.name);
  writer.position = HEADER;
  if (query.question) writer.raw(query.question.octets);
  const counts = writeSections(response.sections, options ? limit - optLength(options) : limit);
  if (!counts) {
    const remark = { code: 0, text: 'a record has a name or data that DNS cannot carry' };
    return writeResponse(query, { code: 'SERVFAIL', authoritative: false, truncated: false, sections: NO_RECORDS, remark }, limit);
  }
  if (query.edns && options) writeOpt(query.edns, response.code, options);
  writeHeader(query, response, counts, options !== undefined);
  return writer.message();
}

/** How many records of each section were written, and whether that is fewer than there are. */
interface Counts {
  readonly written: readonly number[];
  readonly cut: boolean;
}

function writeSections(sections: WireResponse['sections'], limit: number): Counts | undefined {
  const written: number[] = [];
  for (const records of sections) {
    let count = 0;
    for (const record of records) {
      const start = writer.position;
      if (!writeRecord(writer, record)) return undefined;
      if (writer.position > limit) {
        writer.position = start; // nothing but OPT follows, so that nobody points to what is gone
        return { written: [...written, count], cut: true };
      }
      count++;
    }
    written.push(count);
  }
  return { written, cut: false };
}

function writeHeader(query: WireQuery, response: WireResponse, { written, cut }: Counts, hasOpt: boolean): void {
  const flags =
    FLAGS.response |
    (query.opcode << 11) |
    (response.authoritative ? FLAGS.authoritative : 0) |
    (response.truncated || cut ? FLAGS.truncated : 0) |
    (query.recursionDesired ? FLAGS.recursionDesired : 0) |
    (query.checkingDisabled ? FLAGS.checkingDisabled : 0) |
    (RESPONSE_CODES[response.code] & 0x0f);
  writer.uint16At(0, query.id);
  writer.uint16At(2, flags);
  writer.uint16At(4, query.question ? 1 : 0);
  writer.uint16At(6, written[0] ?? 0);
  writer.uint16At(8, written[1] ?? 0);
  writer.uint16At(10, (written[2] ?? 0) + (hasOpt ? 1 : 0));
}

/** Options of the OPT record, without the sentence of a remark where there is none. */
function optionsOf({ subnet }: Edns, { remark, usedSubnet }: WireResponse): Buffer {
  if (!subnet && !remark) return NO_OPTIONS;
  const options: Buffer[] = [];
  if (subnet) {
    const octets = Buffer.from(subnet.octets);
    octets[3] = usedSubnet === true ? (octets[2] ?? 0) : 0; // the scope: how much of the prefix mattered
    options.push(option(CLIENT_SUBNET, octets));
  }
  if (remark) options.push(option(EXTENDED_ERROR, Buffer.from(`\0${String.fromCharCode(remark.code)}${remark.text.slice(0, MAX_REMARK)}`)));
  return Buffer.concat(options);
}

function option(code: number, octets: Buffer): Buffer {
  const head = Buffer.alloc(4);
  head.writeUInt16BE(code, 0);
  head.writeUInt16BE(octets.length, 2);
  return Buffer.concat([head, octets]);
}

function optLength(options: Buffer): number {
  return 11 + options.length;
}

/** RFC 6891 section 6.1.3: the upper bits of the code, version 0, and DO as it was asked. */
function writeOpt({ dnssecOk }: Edns, code: ResponseCode, options: Buffer): void {
  writer.octet(0);
  writer.uint16(OPT);
  writer.uint16(OWN_UDP_SIZE);
  writer.octet(RESPONSE_CODES[code] >> 4);
  writer.octet(0);
  writer.uint16(dnssecOk ? 0x8000 : 0);
  writer.uint16(options.length);
  writer.raw(options);
}
