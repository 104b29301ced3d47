import { decodeBase64 } from '../../kernel/base64.js';

/** One element of DER: its tag and where its content lies. */
export interface Element {
  readonly tag: number;
  readonly start: number;
  readonly end: number;
}

const MAX_PEM = 1 << 20;
const OID = 0x06;

/** The certificates of a PEM text, as bytes. */
export function pemCertificates(pem: string): readonly string[] {
  if (pem.length > MAX_PEM) return [];
  return [...pem.matchAll(/-----BEGIN CERTIFICATE-----([^-]*)-----END CERTIFICATE-----/g)].map(([, body = '']) => decodeBase64(body));
}

/** Reads the element at `at`; undefined where the bytes end early. */
export function elementAt(bytes: string, at: number, limit: number): Element | undefined {
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
export function children(bytes: string, parent: Element): readonly Element[] {
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

/** The last part of the sequence that begins with an object identifier. */
export function valueOf(bytes: string, sequences: readonly Element[], oid: string): Element | undefined {
  for (const sequence of sequences) {
    const parts = children(bytes, sequence);
    const [name] = parts;
    if (name?.tag === OID && bytes.slice(name.start, name.end) === oid) return parts.at(-1);
  }
  return undefined;
}
