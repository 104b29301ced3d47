import { describe, expect, it } from 'vitest';
import { AUTHORITIES, CERTIFICATES, SUBJECTS } from '../../../../test/support/certificates.js';
import { certificatePem, readFirstCertificate } from './certificate.js';
import { distinguishedName } from './distinguished-name.js';

/** Der of a name: parts of an identifier and a value, each a set of its own. */
const nameOf = (...parts: readonly (readonly [oid: string, tag: number, value: string])[]) =>
  parts.map(([oid, tag, value]) => element(0x31, element(0x30, element(0x06, oid) + element(tag, value)))).join('');
const element = (tag: number, content: string) => String.fromCharCode(tag, content.length) + content;
const CN = '\u0055\u0004\u0003';

/** `openssl x509 -noout -subject -nameopt RFC2253` of OpenSSL 3.0 on the same certificates. */
describe('a distinguished name', () => {
  it.each([
    [
      'odd',
      SUBJECTS.odd,
      String.raw`UID=u1,emailAddress=a@example.com,CN=\ J\C3\BCrgen \<x\>\;\\\ ,OU=\#Fleet,OU=Sea,O=Portolan\, \"Ltd\" \+ Co,C=DE`,
    ],
    ['of two', SUBJECTS.ofTwo, 'UID=7+CN=client,O=Portolan'],
    ['plain', CERTIFICATES.commonName, 'CN=old.example.com,O=Portolan'],
    ['of an authority', AUTHORITIES.first, 'CN=Portolan ca'],
  ])('%s', (_, pem, expected) => {
    expect(distinguishedName(readFirstCertificate(pem)?.subject ?? '')).toBe(expected);
  });

  /** RFC 2253 §2.4: the value of a type that has no name is `#` and its DER; ASN.1 BMPString is UCS-2, TeletexString is read as Latin-1 (OpenSSL `a_strex.c`). */
  it('is written out where a type or the kind of a text is unusual', () => {
    expect(distinguishedName(nameOf(['\u002a\u0003\u0004', 0x0c, 'odd']))).toBe('1.2.3.4=#0C036F6464');
    expect(distinguishedName(nameOf([CN, 0x1e, '\u0000a\u0020\u00ac']))).toBe(String.raw`CN=a\E2\82\AC`);
    expect(distinguishedName(nameOf([CN, 0x14, '\u00e9']))).toBe(String.raw`CN=\C3\A9`);
    expect(distinguishedName(nameOf([CN, 0x03, '\u0000a']))).toBe('CN=#03020061');
    expect(distinguishedName('')).toBe('');
    expect(distinguishedName('\u0031\u00ff')).toBe('');
  });

  // Whoever may write a Secret says how long it is, up to 1 MiB (kubernetes `pkg/apis/core/types.go`, `MaxSecretSize`).
  it('may be as long as a Secret', () => {
    const long = (tag: number, content: string) =>
      String.fromCharCode(tag, 0x83, content.length >> 16, (content.length >> 8) & 0xff, content.length & 0xff) + content;
    const value = long(0x1e, '\u0000a'.repeat(300_000));
    expect(distinguishedName(long(0x31, long(0x30, element(0x06, CN) + value)))).toBe(`CN=${'a'.repeat(300_000)}`);
  });

  it('belongs to the first certificate of a text, which OpenSSL writes in lines of 64', () => {
    const { odd } = SUBJECTS;
    expect(certificatePem(`leaf\n${odd.replaceAll('\n', '\r\n')}\n${SUBJECTS.ofTwo}`)).toBe(`${odd}\n`);
    expect(certificatePem('none')).toBeUndefined();
  });
});
