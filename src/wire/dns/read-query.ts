import { type Edns, readEdns } from './read-edns.js';
import { readName, skipName } from './read-name.js';

/** The one question of a query. */
export interface WireQuestion {
  /** Absolute, in the client's own case. */
  readonly name: string;
  readonly type: number;
  readonly class: number;
  /** Name, type and class as they came; the answer repeats them octet by octet, whatever case the client mixed in. */
  readonly octets: Buffer;
}

/** A packet that gets an answer. */
export interface WireQuery {
  readonly id: number;
  readonly opcode: number;
  readonly recursionDesired: boolean;
  readonly checkingDisabled: boolean;
  /** What is wrong with it, so that it is answered without looking at its question. */
  readonly fault: 'FORMERR' | 'NOTIMP' | undefined;
  /** Undefined where the fault is. */
  readonly question: WireQuestion | undefined;
  readonly edns: Edns | undefined;
}

const HEADER = 12;
const FIXED_OF_QUESTION = 4;
/** Type, class, time to live, length. */
const FIXED_OF_RECORD = 10;
const OPT = 41;

const IS_RESPONSE = 0x80;
const RECURSION_DESIRED = 0x01;
const CHECKING_DISABLED = 0x10;

/**
 * Reads a query (RFC 1035 section 4). Undefined: no answer is due, because it is shorter than a header or itself an answer: two servers must not answer each other
 * for ever. An opcode other than QUERY is not implemented. Anything else that cannot be read to its last octet, or has not exactly one question (RFC 9619), is malformed.
 */
export function readQuery(packet: Buffer): WireQuery | undefined {
  if (packet.length < HEADER) return undefined;
  const upper = packet[2] ?? 0;
  if ((upper & IS_RESPONSE) !== 0) return undefined;
  const opcode = (upper >> 3) & 0x0f;
  const body = opcode === 0 ? readBody(packet) : undefined;
  return {
    id: packet.readUInt16BE(0),
    opcode,
    recursionDesired: (upper & RECURSION_DESIRED) !== 0,
    checkingDisabled: ((packet[3] ?? 0) & CHECKING_DISABLED) !== 0,
    fault: body ? undefined : opcode === 0 ? 'FORMERR' : 'NOTIMP',
    question: body?.question,
    edns: body?.edns,
  };
}

function readBody(packet: Buffer): Pick<WireQuery, 'edns' | 'question'> | undefined {
  if (packet.readUInt16BE(4) !== 1) return undefined;
  const name = readName(packet, HEADER);
  if (!name || name.end + FIXED_OF_QUESTION > packet.length) return undefined;
  const end = name.end + FIXED_OF_QUESTION;
  const question = {
    name: name.text,
    type: packet.readUInt16BE(name.end),
    class: packet.readUInt16BE(name.end + 2),
    octets: packet.subarray(HEADER, end),
  };
  const others = packet.readUInt16BE(6) + packet.readUInt16BE(8);
  const edns = readRecords(packet, end, others, packet.readUInt16BE(10));
  return edns === 'malformed' ? undefined : { question, edns };
}

/** Walks the records behind the question; the only one that matters is OPT, at most once and among the additional ones (RFC 6891 section 6.1.1). */
function readRecords(packet: Buffer, start: number, others: number, additional: number): Edns | 'malformed' | undefined {
  let edns: Edns | undefined;
  let at = start;
  for (let record = 0; record < others + additional; record++) {
    const fixed = skipName(packet, at);
    if (fixed === undefined || fixed + FIXED_OF_RECORD > packet.length) return 'malformed';
    const data = fixed + FIXED_OF_RECORD;
    const length = packet.readUInt16BE(fixed + 8);
    if (data + length > packet.length) return 'malformed';
    if (packet.readUInt16BE(fixed) === OPT) {
      const isRoot = fixed === at + 1;
      if (edns || !isRoot || record < others) return 'malformed';
      edns = readEdns(packet, fixed + 2, data, length);
      if (!edns) return 'malformed';
    }
    at = data + length;
  }
  return at === packet.length ? edns : 'malformed';
}
