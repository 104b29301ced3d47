import { X509Certificate } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { AUTHORITIES, CERTIFICATES } from '../../../../test/support/certificates.js';
import { mayBeIssuedBy, readCertificates, readFirstCertificate } from './certificate.js';

const read = (pem: string) => {
  const certificate = readFirstCertificate(pem);
  if (!certificate) throw new Error('no certificate');
  return certificate;
};

describe('who issued a certificate', () => {
  const all = Object.entries({ ...AUTHORITIES, ...CERTIFICATES });
  const pairs = all.flatMap(([leaf, pem]) => all.map(([authority, ca]) => [leaf, authority, pem, ca] as const));

  /** OpenSSL's `X509_check_issued` compares names and key identifiers, and the use of the authority's key, which no authority here forbids. */
  it.each(pairs)('%s by %s, as node:crypto says', (_, __, pem, ca) => {
    expect(mayBeIssuedBy(read(pem), read(ca))).toBe(new X509Certificate(pem).checkIssued(new X509Certificate(ca)));
  });

  it('reads names of both kinds', () => {
    expect(read(AUTHORITIES.issuedByFirst)).toMatchObject({ dnsNames: ['web.example.com'], uris: ['spiffe://example.com/web'] });
  });

  it('reads every certificate of a bundle, and the first alone of a chain', () => {
    const bundle = `${AUTHORITIES.first}\n${AUTHORITIES.other}`;
    expect(readCertificates(bundle).map(({ commonName }) => commonName)).toEqual(['portolan ca', 'portolan other']);
    expect(readFirstCertificate(`-----BEGIN CERTIFICATE-----\nAA==\n-----END CERTIFICATE-----\n${bundle}`)).toBeUndefined();
  });
});
