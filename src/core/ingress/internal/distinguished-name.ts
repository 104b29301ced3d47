import { children, type Element } from './der.js';

/** Short names of the parts of a name, by their object identifiers, as OpenSSL has them (`crypto/objects/objects.txt`). */
const SHORT_NAMES = new Map([
  ['2.5.4.3', 'CN'],
  ['2.5.4.4', 'SN'],
  ['2.5.4.5', 'serialNumber'],
  ['2.5.4.6', 'C'],
  ['2.5.4.7', 'L'],
  ['2.5.4.8', 'ST'],
  ['2.5.4.9', 'street'],
  ['2.5.4.10', 'O'],
  ['2.5.4.11', 'OU'],
  ['2.5.4.12', 'title'],
  ['2.5.4.13', 'description'],
  ['2.5.4.15', 'businessCategory'],
  ['2.5.4.17', 'postalCode'],
  ['2.5.4.41', 'name'],
  ['2.5.4.42', 'GN'],
  ['2.5.4.43', 'initials'],
  ['2.5.4.44', 'generationQualifier'],
  ['2.5.4.45', 'x500UniqueIdentifier'],
  ['2.5.4.46', 'dnQualifier'],
  ['2.5.4.65', 'pseudonym'],
  ['2.5.4.97', 'organizationIdentifier'],
  ['0.9.2342.19200300.100.1.1', 'UID'],
  ['0.9.2342.19200300.100.1.3', 'mail'],
  ['0.9.2342.19200300.100.1.25', 'DC'],
  ['1.2.840.113549.1.9.1', 'emailAddress'],
  ['1.2.840.113549.1.9.2', 'unstructuredName'],
  ['1.3.6.1.4.1.311.60.2.1.1', 'jurisdictionL'],
  ['1.3.6.1.4.1.311.60.2.1.2', 'jurisdictionST'],
  ['1.3.6.1.4.1.311.60.2.1.3', 'jurisdictionC'],
]);

const TAG = { utf8: 0x0c, universal: 0x1c, bmp: 0x1e };
/** Numeric, printable, teletex, IA5, visible and general strings: one byte a character, read as Latin-1. */
const SINGLE_BYTE: ReadonlySet<number> = new Set([0x12, 0x13, 0x14, 0x16, 0x1a, 0x1b]);

/**
 * The bytes of a name (RFC 5280 §4.1.2.4) as text: RFC 2253 as OpenSSL writes it (`X509_NAME_print_ex`, `XN_FLAG_RFC2253`), which is what nginx takes for
 * `$ssl_client_s_dn` and `$ssl_client_i_dn`. The last part comes first.
 */
export function distinguishedName(bytes: string): string {
  const sets = children(bytes, { tag: 0, start: 0, end: bytes.length });
  return sets
    .toReversed()
    .map((set) =>
      children(bytes, set)
        .toReversed()
        .map((part) => partText(bytes, part))
        .join('+'),
    )
    .join(',');
}

function partText(bytes: string, part: Element): string {
  const [type, value] = children(bytes, part);
  if (!type || !value) return '';
  const identifier = dotted(bytes.slice(type.start, type.end));
  const short = SHORT_NAMES.get(identifier);
  const text = short === undefined ? undefined : readable(value.tag, bytes.slice(value.start, value.end));
  return `${short ?? identifier}=${text === undefined ? `#${hex(bytes.slice(type.end, value.end))}` : escaped(text)}`;
}

/** The text of a value as bytes of UTF-8; undefined: it is none. */
function readable(tag: number, bytes: string): string | undefined {
  if (tag === TAG.utf8) return bytes;
  if (SINGLE_BYTE.has(tag)) return utf8(bytes);
  if (tag === TAG.bmp) return utf8(wide(bytes, 2));
  return tag === TAG.universal ? utf8(wide(bytes, 4)) : undefined;
}

function wide(bytes: string, width: number): string {
  let text = '';
  for (let at = 0; at + width <= bytes.length; at += width) {
    const point = Array.from(bytes.slice(at, at + width)).reduce((sum, byte) => sum * 256 + byte.charCodeAt(0), 0);
    text += String.fromCodePoint(point > 0x10ffff ? 0xfffd : point);
  }
  return text;
}

const utf8 = (text: string) => Array.from(new TextEncoder().encode(text), (byte) => String.fromCharCode(byte)).join('');

const hex = (bytes: string) => Array.from(bytes, (byte) => code(byte)).join('');
const code = (byte: string) => byte.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0');

/** RFC 2253 §2.4; what is no printable ASCII as `\\XX`. */
function escaped(bytes: string): string {
  return bytes
    .replace(/[,+"\\<>;]/g, '\\$&')
    .replace(/^[ #]| $/g, '\\$&')
    .replace(/[^ -~]/g, (byte) => `\\${code(byte)}`);
}

/** An object identifier in dots (X.690 §8.19). */
function dotted(bytes: string): string {
  const numbers: number[] = [];
  let number = 0;
  for (const byte of bytes) {
    number = number * 128 + (byte.charCodeAt(0) & 0x7f);
    if (byte.charCodeAt(0) >= 0x80) continue;
    numbers.push(number);
    number = 0;
  }
  const [first = 0, ...others] = numbers;
  const root = Math.min(2, Math.floor(first / 40));
  return [root, first - root * 40, ...others].join('.');
}
