import { namesIn, readFirstCertificate } from './certificate.js';

/**
 * The DNS names the first certificate of a PEM text is made out to, lower-case: those of its subjectAltName extension, or the subject's common name where it has
 * none (RFC 5280 §4.2.1.6, RFC 6125 §6.4.4). Undefined when the text is no readable certificate.
 */
export function certificateNames(pem: string): readonly string[] | undefined {
  const first = readFirstCertificate(pem);
  return first && namesIn(first);
}
