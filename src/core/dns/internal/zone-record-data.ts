import { err, ok, type Result } from '../../kernel/result.js';
import { formatIp, parseIp } from '../../net/ip.js';
import type { DnsRecord } from '../dns-record.js';
import { secondsOf } from './seconds.js';
import { unescaped, type ZoneWord } from './zone-entries.js';

type NameReader = (text: string) => Result<string, string>;
type Data = Pick<DnsRecord, 'type' | 'data'>;

/**
 * The data of a record as {@link DnsRecord} has it. Names that CoreDNS puts in lower case are (coredns `plugin/file/zone.go` Insert).
 * @returns undefined for a type that is not modelled
 */
export function zoneRecordData(type: string, words: readonly ZoneWord[], nameIn: NameReader): Result<Data, string> | undefined {
  const texts = words.map(({ text }) => text);
  switch (type) {
    case 'A':
    case 'AAAA':
      return address(type, texts);
    case 'NS':
    case 'CNAME':
      return shaped(type, texts, [lower(nameIn)]);
    case 'PTR':
    case 'DNAME':
      return shaped(type, texts, [nameIn]);
    case 'MX':
      return shaped(type, texts, [number, lower(nameIn)]);
    case 'SRV':
      return shaped(type, texts, [number, number, number, nameIn]);
    case 'SOA':
      return shaped(type, texts, [lower(nameIn), lower(nameIn), serial, time, time, time, time]);
    case 'TXT':
      return text(texts);
    default:
      return undefined;
  }
}

function address(type: 'A' | 'AAAA', [text = '', ...more]: readonly string[]): Result<Data, string> {
  const ip = parseIp(text);
  const family = type === 'A' ? 4 : 6;
  return ip?.family === family && more.length === 0 ? ok({ type, data: formatIp(ip) }) : err(`\`${text}\` is no IPv${family} address`);
}

function shaped(type: DnsRecord['type'], texts: readonly string[], shape: readonly NameReader[]): Result<Data, string> {
  if (texts.length !== shape.length)
    return err(`${type} needs ${shape.length} ${shape.length === 1 ? 'word' : 'words'} of data and has ${texts.length}`);
  const words: string[] = [];
  for (const [index, read] of shape.entries()) {
    const word = read(texts[index] ?? '');
    if (!word.ok) return word;
    words.push(word.value);
  }
  return ok({ type, data: words.join(' ') });
}

/** The strings of a record as one: DNS carries it in pieces of 255 octets. */
function text(texts: readonly string[]): Result<Data, string> | undefined {
  if (texts.length === 0) return err('TXT needs a text');
  const strings = texts.map(unescaped);
  return strings.includes(undefined) ? undefined : ok({ type: 'TXT', data: strings.join('') });
}

function lower(nameIn: NameReader): NameReader {
  return (name) => {
    const read = nameIn(name);
    return read.ok ? ok(read.value.toLowerCase()) : read;
  };
}

function number(word: string): Result<string, string> {
  return /^\d{1,5}$/.test(word) && Number(word) <= 65_535 ? ok(String(Number(word))) : err(`\`${word}\` is no number of 0–65535`);
}

function serial(word: string): Result<string, string> {
  return /^\d{1,10}$/.test(word) && Number(word) < 2 ** 32 ? ok(String(Number(word))) : err(`\`${word}\` is no serial number`);
}

function time(word: string): Result<string, string> {
  const seconds = secondsOf(word);
  return seconds === undefined ? err(`\`${word}\` is no time`) : ok(String(seconds));
}
