import { cleanPath } from './clean-path.js';

/** A path as Go's `url.URL` holds it, by bytes: every character is one byte of UTF-8. */
export interface GoPath {
  /** `Path`: decoded. */
  readonly plain: string;
  /** `RawPath`: as it was written; empty where `plain` is written so anyway. */
  readonly raw: string;
}

const ENCODED = '%[0-9a-fA-F]{2}';
/** What `validEncoded` of `net/url` lets stand in a path. */
const VALID = new RegExp(String.raw`^(?:${ENCODED}|[A-Za-z0-9\-_.~$&+,/:;=@!'()*[\]])*$`);

/** The bytes of a text. */
export function bytesOf(text: string): string {
  return Array.from(new TextEncoder().encode(text), (byte) => String.fromCharCode(byte)).join('');
}

/** The text of bytes; what is no UTF-8 becomes replacement characters. */
export function textOf(bytes: string): string {
  return new TextDecoder().decode(Uint8Array.from(bytes, (byte) => byte.charCodeAt(0)));
}

/** `URL.setPath`: undefined where a percent sign does not stand for a byte. */
export function goPath(written: string): GoPath | undefined {
  if (/%(?![0-9a-fA-F]{2})/.test(written)) return undefined;
  const plain = bytesOf(written).replace(new RegExp(ENCODED, 'g'), (code) => String.fromCharCode(Number.parseInt(code.slice(1), 16)));
  return { plain, raw: escape(plain) === written ? '' : written };
}

/** `URL.EscapedPath`: as it was written, where that is valid and means the path; else encoded anew. */
export function escapedPath({ plain, raw }: GoPath): string {
  const isMeant = raw !== '' && VALID.test(raw) && goPath(raw)?.plain === plain;
  return isMeant ? raw : escape(plain);
}

/** `url.JoinPath` would change the path: middlewares of Traefik refuse to send such a one on. */
export function isUnclean(path: GoPath): boolean {
  const written = escapedPath(path);
  return written !== '' && cleanPath(written) !== written;
}

function escape(plain: string): string {
  return plain.replace(/[^A-Za-z0-9\-_.~$&+,/:;=@]/g, (byte) => `%${byte.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`);
}
