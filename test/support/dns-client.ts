import { decode, type DecodedPacket } from 'dns-packet';
import type { DnsRecord, RecordType } from '../../src/core/dns/dns-record.js';

/** A response as a client reads it, in the terms of `resolve-name`. */
export interface WireAnswer {
  readonly rcode: string;
  readonly truncated: boolean;
  readonly authoritative: boolean;
  readonly answer: readonly DnsRecord[];
  readonly authority: readonly DnsRecord[];
  /** Without the OPT record. */
  readonly additional: readonly DnsRecord[];
}

interface Decoded {
  readonly name: string;
  readonly type: string;
  readonly ttl: number;
  readonly data: unknown;
}

const absolute = (name: string): string => (name.endsWith('.') ? name : `${name}.`);

/** Reads a response with dns-packet, a decoder that is not ours. */
export function readAnswer(message: Buffer): WireAnswer {
  const packet = decode(message) as DecodedPacket & { readonly rcode: string };
  const records = (section: unknown): readonly DnsRecord[] =>
    (section as readonly Decoded[]).filter(({ type }) => type !== 'OPT').map(recordOf);
  return {
    rcode: packet.rcode,
    truncated: packet.flag_tc,
    authoritative: packet.flag_aa,
    answer: records(packet.answers),
    authority: records(packet.authorities),
    additional: records(packet.additionals),
  };
}

function recordOf({ name, type, ttl, data }: Decoded): DnsRecord {
  return { name: absolute(name), type: type as RecordType, ttl, data: textOf(type, data) };
}

/** The data as a zone file has it. */
function textOf(type: string, data: unknown): string {
  const fields = data as Readonly<Record<string, string | number>>;
  switch (type) {
    case 'SRV':
      return `${fields['priority']} ${fields['weight']} ${fields['port']} ${absolute(String(fields['target']))}`;
    case 'SOA': {
      const numbers = ['serial', 'refresh', 'retry', 'expire', 'minimum'].map((field) => fields[field]);
      return [absolute(String(fields['mname'])), absolute(String(fields['rname'])), ...numbers].join(' ');
    }
    case 'TXT':
      return Buffer.concat(data as Buffer[]).toString();
    case 'CNAME':
    case 'NS':
    case 'PTR':
      return absolute(String(data));
    default:
      return String(data);
  }
}
