/** One element of DER: its tag and where its content lies. */
interface Element {
  readonly tag: number;
  readonly start: number;
  readonly end: number;
}

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
const MAX_PEM = 1 << 20;

/** The bytes of the first certificate of a PEM text; undefined when there is none. */
function firstCertificate(pem: string): Uint8Array | undefined {
  if (pem.length > MAX_PEM) return undefined;
  const begin = pem.indexOf('-----BEGIN CERTIFICATE-----');
  const end = pem.indexOf('-----END CERTIFICATE-----', begin);
  if (begin < 0 || end < 0) return undefined;
  const bytes: number[] = [];
  let bits = 0;
  let held = 0;
  for (const character of pem.slice(begin + 27, end)) {
    const value = ALPHABET.indexOf(character);
    if (value < 0) continue; // line breaks and padding
    bits = ((bits << 6) | value) & 0xffffff;
    held += 6;
    if (held >= 8) {
      held -= 8;
      bytes.push((bits >> held) & 0xff);
    }
  }
  return Uint8Array.from(bytes);
}

/** Reads the element at `at`; undefined where the bytes end early. */
function elementAt(bytes: Uint8Array, at: number, limit: number): Element | undefined {
  const tag = bytes[at];
  const first = bytes[at + 1];
  if (tag === undefined || first === undefined) return undefined;
  let length = first;
  let start = at + 2;
  if (first >= 0x80) {
    const count = first & 0x7f;
    if (count === 0 || count > 4) return undefined;
    length = 0;
    for (let index = 0; index < count; index++) length = length * 256 + (bytes[start + index] ?? Number.NaN);
    start += count;
  }
  return start + length <= limit ? { tag, start, end: start + length } : undefined;
}

/** The elements inside another, as far as they can be read. */
function children(bytes: Uint8Array, parent: Element): readonly Element[] {
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

const text = (bytes: Uint8Array, { start, end }: Element) => String.fromCharCode(...bytes.subarray(start, end));

const SUBJECT_ALT_NAME = '\u0055\u001d\u0011'; // 2.5.29.17
const COMMON_NAME = '\u0055\u0004\u0003'; // 2.5.4.3
const TAG = { oid: 0x06, octets: 0x04, sequence: 0x30, extensions: 0xa3, dnsName: 0x82 } as const;

/** The content behind an object identifier among the elements of `parent`s, each a SEQUENCE that begins with one. */
function valueOf(bytes: Uint8Array, sequences: readonly Element[], oid: string): Element | undefined {
  for (const sequence of sequences) {
    const parts = children(bytes, sequence);
    const [name] = parts;
    if (name?.tag === TAG.oid && text(bytes, name) === oid) return parts.at(-1);
  }
  return undefined;
}

/**
 * The DNS names a certificate is made out to, lower-case: those of the subjectAltName extension, else the subject's common name (RFC 5280 §4.2.1.6). Undefined
 * when the text is no readable certificate. A reader of exactly this much DER, because core knows no platform.
 */
export function certificateNames(pem: string): readonly string[] | undefined {
  const bytes = firstCertificate(pem);
  const outer = bytes && elementAt(bytes, 0, bytes.length);
  const body = bytes && outer && elementAt(bytes, outer.start, outer.end);
  if (!bytes || !body || outer?.tag !== TAG.sequence || body.tag !== TAG.sequence) return undefined;
  const fields = children(bytes, body);
  const extensions = fields.find((field) => field.tag === TAG.extensions);
  const list = extensions && elementAt(bytes, extensions.start, extensions.end);
  const octets = list && valueOf(bytes, children(bytes, list), SUBJECT_ALT_NAME);
  const names = octets?.tag === TAG.octets ? elementAt(bytes, octets.start, octets.end) : undefined;
  const alternative = names ? children(bytes, names).filter((name) => name.tag === TAG.dnsName) : [];
  if (alternative.length > 0) return alternative.map((name) => text(bytes, name).toLowerCase());
  const common = fields
    .filter((field) => field.tag === TAG.sequence)
    .flatMap((field) => children(bytes, field))
    .map((set) => valueOf(bytes, children(bytes, set), COMMON_NAME))
    .filter((name) => name !== undefined);
  const subject = common.at(-1); // the issuer stands before the subject
  return subject ? [text(bytes, subject).toLowerCase()] : [];
}
