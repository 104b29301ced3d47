import { X509Certificate } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { CERTIFICATES } from '../../../../test/support/certificates.js';
import { certificateNames } from './certificate-names.js';

describe('certificateNames', () => {
  it('reads the alternative names and nothing else', () => {
    const pem = CERTIFICATES.alternativeNames;
    expect(certificateNames(pem)).toEqual(['shop.example.com', '*.foo.com']);
    expect(new X509Certificate(pem).subjectAltName).toBe('DNS:shop.example.com, DNS:*.foo.com, IP Address:192.0.2.1');
  });

  it('reads the common name where there is no alternative name', () =>
    expect(certificateNames(CERTIFICATES.commonName)).toEqual(['old.example.com']));

  it('finds no name where there is none', () => expect(certificateNames(CERTIFICATES.nameless)).toEqual([]));

  it('reads the first certificate of a chain', () => {
    expect(certificateNames(`${CERTIFICATES.commonName}\n${CERTIFICATES.alternativeNames}`)).toEqual(['old.example.com']);
  });

  it.each([
    ['empty text', ''],
    ['no PEM', 'hello'],
    ['no DER', '-----BEGIN CERTIFICATE-----\naGVsbG8=\n-----END CERTIFICATE-----'],
    ['nothing inside', '-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----'],
    ['a length beyond the end', '-----BEGIN CERTIFICATE-----\nMIP/////\n-----END CERTIFICATE-----'],
  ])('%s is no certificate', (_, pem) => expect(certificateNames(pem)).toBeUndefined());

  it('survives a certificate that is cut anywhere', () => {
    const [head = '', body = '', tail = ''] = CERTIFICATES.alternativeNames.split(/(?<=BEGIN CERTIFICATE-----\n)|(?=\n-----END)/);
    for (let length = 0; length < body.length; length++) expect(() => certificateNames(head + body.slice(0, length) + tail)).not.toThrow();
  });
});
