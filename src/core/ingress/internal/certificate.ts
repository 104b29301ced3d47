import { children, type Element, elementAt, pemCertificates, valueOf } from './der.js';

/** What routing needs of an X.509 certificate (RFC 5280 §4.1). Signatures are not checked: that needs the keys' arithmetic. */
export interface Certificate {
  /** DNS names of subjectAltName, lower-case; undefined where it has no such extension. */
  readonly dnsNames: readonly string[] | undefined;
  /** URIs of subjectAltName. */
  readonly uris: readonly string[];
  /** The last common name of the subject, lower-case. */
  readonly commonName: string | undefined;
  /** Bytes of the names, for comparison. */
  readonly subject: string;
  readonly issuer: string;
  readonly subjectKey: string | undefined;
  readonly authorityKey: string | undefined;
}

const OIDS = {
  altName: '\u0055\u001d\u0011',
  subjectKey: '\u0055\u001d\u000e',
  authorityKey: '\u0055\u001d\u0023',
  commonName: '\u0055\u0004\u0003',
};
const TAG = { octets: 0x04, sequence: 0x30, version: 0xa0, extensions: 0xa3, dnsName: 0x82, uri: 0x86, keyId: 0x80 } as const;

const slice = (bytes: string, { start, end }: Element) => bytes.slice(start, end);

/** The certificates of a PEM text that can be read. */
export function readCertificates(pem: string): readonly Certificate[] {
  return pemCertificates(pem).flatMap((bytes) => readCertificate(bytes) ?? []);
}

/** The first certificate of a PEM text, as OpenSSL writes it; undefined where there is none. */
export function certificatePem(pem: string): string | undefined {
  const body = /-----BEGIN CERTIFICATE-----([^-]*)-----END CERTIFICATE-----/.exec(pem)?.[1];
  const lines = body?.replace(/[^A-Za-z0-9+/=]/g, '').match(/.{1,64}/g);
  return lines ? `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n` : undefined;
}

/** The first certificate of a PEM text, that of its holder; undefined where it cannot be read. */
export function readFirstCertificate(pem: string): Certificate | undefined {
  const [bytes] = pemCertificates(pem);
  return bytes === undefined ? undefined : readCertificate(bytes);
}

function readCertificate(bytes: string): Certificate | undefined {
  const whole = elementAt(bytes, 0, bytes.length);
  const signed = whole && elementAt(bytes, whole.start, whole.end);
  if (whole?.tag !== TAG.sequence || signed?.tag !== TAG.sequence) return undefined;
  const fields = children(bytes, signed).filter(({ tag }) => tag !== TAG.version);
  const [, , issuer, , subject] = fields;
  if (issuer?.tag !== TAG.sequence || subject?.tag !== TAG.sequence) return undefined;
  const list = fields.find(({ tag }) => tag === TAG.extensions);
  const inner = list && elementAt(bytes, list.start, list.end);
  const extensions = inner ? children(bytes, inner) : [];
  const names = alternatives(bytes, extensions);
  return {
    dnsNames: names?.filter(({ tag }) => tag === TAG.dnsName).map((name) => slice(bytes, name).toLowerCase()),
    uris: (names ?? []).filter(({ tag }) => tag === TAG.uri).map((name) => slice(bytes, name)),
    commonName: commonName(bytes, subject),
    subject: slice(bytes, subject),
    issuer: slice(bytes, issuer),
    subjectKey: subjectKey(bytes, extensions),
    authorityKey: authorityKey(bytes, extensions),
  };
}

function extension(bytes: string, extensions: readonly Element[], oid: string): Element | undefined {
  const octets = valueOf(bytes, extensions, oid);
  return octets?.tag === TAG.octets ? elementAt(bytes, octets.start, octets.end) : undefined;
}

function alternatives(bytes: string, extensions: readonly Element[]): readonly Element[] | undefined {
  const names = extension(bytes, extensions, OIDS.altName);
  return names && children(bytes, names);
}

function subjectKey(bytes: string, extensions: readonly Element[]): string | undefined {
  const key = extension(bytes, extensions, OIDS.subjectKey);
  return key && slice(bytes, key);
}

function authorityKey(bytes: string, extensions: readonly Element[]): string | undefined {
  const body = extension(bytes, extensions, OIDS.authorityKey);
  const key = body && children(bytes, body).find(({ tag }) => tag === TAG.keyId);
  return key && slice(bytes, key);
}

function commonName(bytes: string, subject: Element): string | undefined {
  const named = children(bytes, subject).flatMap((set) => valueOf(bytes, children(bytes, set), OIDS.commonName) ?? []);
  const last = named.at(-1);
  return last && slice(bytes, last).toLowerCase();
}

/** The names a certificate is made out to: those of its subjectAltName, or the subject's common name where it has none (RFC 6125 §6.4.4). */
export function namesIn({ dnsNames, commonName: common }: Certificate): readonly string[] {
  return dnsNames ?? (common === undefined ? [] : [common]);
}

/** Whether a certificate may have been issued by an authority: by its name and, where both tell one, its key (RFC 5280 §6.1.3 (a)(4), §4.2.1.1). */
export function mayBeIssuedBy({ issuer, authorityKey: key }: Certificate, authority: Certificate): boolean {
  if (issuer !== authority.subject) return false;
  return key === undefined || authority.subjectKey === undefined || key === authority.subjectKey;
}
