import { decodeBase64 } from '../../kernel/base64.js';

/** One element of DER: its tag and where its content lies. */
interface Element {
  readonly tag: number;
  readonly start: number;
  readonly end: number;
}

const MAX_PEM = 1 << 20;
const PEM = /-----BEGIN CERTIFICATE-----([^-]*)-----END CERTIFICATE-----/;

const SUBJECT_ALT_NAME = '\u0055\u001d\u0011'; // 2.5.29.17
const COMMON_NAME = '\u0055\u0004\u0003'; // 2.5.4.3
const TAG = { oid: 0x06, octets: 0x04, sequence: 0x30, extensions: 0xa3, dnsName: 0x82 } as const;

/** Reads the element at `at`; undefined where the bytes end early. */
function elementAt(bytes: string, at: number, limit: number): Element | undefined {
  if (at + 2 > limit) return undefined;
  const tag = bytes.charCodeAt(at);
  const first = bytes.charCodeAt(at + 1);
  let length = first;
  let start = at + 2;
  if (first >= 0x80) {
    const count = first & 0x7f;
    if (count === 0 || count > 4 || start + count > limit) return undefined;
    length = 0;
    for (let index = 0; index < count; index++) length = length * 256 + bytes.charCodeAt(start + index);
    start += count;
  }
  return start + length <= limit ? { tag, start, end: start + length } : undefined;
}

/** The elements inside another, as far as they can be read. */
function children(bytes: string, parent: Element): readonly Element[] {
  const found: Element[] = [];
  let at = parent.start;
  while (at < parent.end) {
    const element = elementAt(bytes, at, parent.end);
    if (!element) break;
    found.push(element);
    at = element.end;
  }
  return found;
}

const text = (bytes: string, { start, end }: Element) => bytes.slice(start, end).toLowerCase();

/** The last part of the sequence that begins with an object identifier. */
function valueOf(bytes: string, sequences: readonly Element[], oid: string): Element | undefined {
  for (const sequence of sequences) {
    const parts = children(bytes, sequence);
    const [name] = parts;
    if (name?.tag === TAG.oid && bytes.slice(name.start, name.end) === oid) return parts.at(-1);
  }
  return undefined;
}

/**
 * The DNS names the first certificate of a PEM text is made out to, lower-case: those of its subjectAltName extension, or the subject's common name where it has
 * none (RFC 5280 §4.2.1.6, RFC 6125 §6.4.4). Undefined when the text is no readable certificate.
 */
export function certificateNames(pem: string): readonly string[] | undefined {
  const body = pem.length > MAX_PEM ? undefined : PEM.exec(pem)?.[1];
  if (body === undefined) return undefined;
  const bytes = decodeBase64(body);
  const certificate = elementAt(bytes, 0, bytes.length);
  const signed = certificate && elementAt(bytes, certificate.start, certificate.end);
  if (certificate?.tag !== TAG.sequence || signed?.tag !== TAG.sequence) return undefined;
  const fields = children(bytes, signed);
  const alternative = alternativeNames(bytes, fields);
  if (alternative) return alternative;
  const subject = subjectName(bytes, fields);
  return subject === undefined ? [] : [subject];
}

function alternativeNames(bytes: string, fields: readonly Element[]): readonly string[] | undefined {
  const extensions = fields.find((field) => field.tag === TAG.extensions);
  const list = extensions && elementAt(bytes, extensions.start, extensions.end);
  const octets = list && valueOf(bytes, children(bytes, list), SUBJECT_ALT_NAME);
  const names = octets?.tag === TAG.octets ? elementAt(bytes, octets.start, octets.end) : undefined;
  return (
    names &&
    children(bytes, names)
      .filter((name) => name.tag === TAG.dnsName)
      .map((name) => text(bytes, name))
  );
}

/** Signature algorithm, issuer, validity and subject are sequences; of those with a common name the subject is the last. */
function subjectName(bytes: string, fields: readonly Element[]): string | undefined {
  const sets = fields.filter((field) => field.tag === TAG.sequence).map((field) => children(bytes, field));
  const named = sets.flatMap((parts) => parts.map((set) => valueOf(bytes, children(bytes, set), COMMON_NAME)).find((value) => value) ?? []);
  const subject = named.at(-1);
  return subject && text(bytes, subject);
}
