import type { DnsRecord } from '../../core/dns/dns-record.js';
import { assertNever } from '../../core/kernel/assert-never.js';
import { parseIp } from '../../core/net/ip.js';
import type { MessageWriter } from './message-writer.js';
import { RECORD_NUMBERS } from './record-number.js';

/** Class IN. */
const INTERNET = 1;
const MAX_TEXT = 255;
const MAX_TTL = 2 ** 31 - 1;

/** Writes a record (RFC 1035 section 3.2.1). False: its name or data cannot stand in a message, and what was written is worth nothing. */
export function writeRecord(writer: MessageWriter, record: DnsRecord): boolean {
  if (!writer.name(record.name, true)) return false;
  writer.uint16(RECORD_NUMBERS[record.type]);
  writer.uint16(INTERNET);
  writer.uint32(Math.min(record.ttl, MAX_TTL));
  const lengthAt = writer.position;
  writer.uint16(0);
  if (!writeData(writer, record)) return false;
  writer.uint16At(lengthAt, writer.position - lengthAt - 2);
  return true;
}

function writeData(writer: MessageWriter, { type, data }: DnsRecord): boolean {
  switch (type) {
    case 'A':
      return writeIPv4(writer, data);
    case 'AAAA':
      return writeIPv6(writer, data);
    case 'CNAME':
    case 'NS':
    case 'PTR':
      return writer.name(data, true);
    case 'DNAME':
      return writer.name(data, false); // never a pointer (RFC 6672 section 2.5)
    case 'MX':
      return writeExchange(writer, data);
    case 'SRV':
      return writeService(writer, data);
    case 'SOA':
      return writeAuthority(writer, data);
    case 'TXT':
      return writeText(writer, data);
    default:
      return assertNever(type);
  }
}

/** Four numbers up to 255. */
function writeIPv4(writer: MessageWriter, text: string): boolean {
  let start = 0;
  for (let part = 0; part < 4; part++) {
    const dot = part < 3 ? text.indexOf('.', start) : text.length;
    const value = dot > start ? Number(text.slice(start, dot)) : Number.NaN;
    if (!(value >= 0 && value <= 255)) return false;
    writer.octet(value);
    start = dot + 1;
  }
  return true;
}

/** RFC 3596. */
function writeIPv6(writer: MessageWriter, text: string): boolean {
  const ip = parseIp(text);
  if (!ip) return false;
  const value = ip.family === 4 ? (0xffffn << 32n) | ip.value : ip.value; // mapped: read as what it carries
  for (let shift = 96n; shift >= 0n; shift -= 32n) writer.uint32(Number((value >> shift) & 0xffffffffn));
  return true;
}

/** `priority weight port target`; the target is never written as a pointer (RFC 2782), but others may point to it. */
function writeService(writer: MessageWriter, data: string): boolean {
  const [priority = '', weight = '', port = '', target = ''] = data.split(' ');
  for (const number of [priority, weight, port]) writer.uint16(Number(number));
  return writer.name(target, false);
}

/** `preference exchange`. */
function writeExchange(writer: MessageWriter, data: string): boolean {
  const [preference = '', exchange = ''] = data.split(' ');
  writer.uint16(Number(preference));
  return writer.name(exchange, true);
}

/** `mname rname serial refresh retry expire minimum`. */
function writeAuthority(writer: MessageWriter, data: string): boolean {
  const [primary = '', mailbox = '', ...numbers] = data.split(' ');
  if (!writer.name(primary, true) || !writer.name(mailbox, true)) return false;
  for (const number of numbers) writer.uint32(Number(number));
  return numbers.length === 5;
}

/** Strings of at most 255 octets. */
function writeText(writer: MessageWriter, data: string): boolean {
  const octets = Buffer.from(data);
  for (let at = 0; at === 0 || at < octets.length; at += MAX_TEXT) {
    const part = octets.subarray(at, at + MAX_TEXT);
    writer.octet(part.length);
    writer.raw(part);
  }
  return true;
}
