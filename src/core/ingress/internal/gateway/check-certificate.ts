import { inMap } from '../../../kernel/in-map.js';
import type { NetworkModel } from '../../../model/network-model.js';
import type { ObjectReference } from '../../../resources/gateway-reference.js';
import { type Certificate, mayBeIssuedBy, readCertificates, readFirstCertificate } from '../certificate.js';

/** What can be told of a certificate without the arithmetic of keys: `unknown` carries what is not known. */
export type CertificateCheck =
  { readonly state: 'fits' } | { readonly state: 'refused'; readonly why: string } | { readonly state: 'unknown'; readonly why: string };

/** The certificate in a stored Secret (`namespace/name`); undefined where there is none that can be read. */
export function storedCertificate({ secrets }: NetworkModel, secret: string): Certificate | undefined {
  const stored = secrets.get(secret);
  return stored && inMap(read, stored, () => ({ certificate: readFirstCertificate(stored.tlsCertificate ?? '') })).certificate;
}

/** What was read: a Secret is asked for with every request that names it. */
const read = new WeakMap<object, { readonly certificate: Certificate | undefined }>();

/** Whether a certificate may have been issued by one of the authorities that are referred to. */
export function checkIssuer(
  model: NetworkModel,
  certificate: Certificate,
  references: readonly ObjectReference[],
  namespace: string,
): CertificateCheck {
  const unread: string[] = [];
  for (const reference of references) {
    const name = `${reference.namespace ?? namespace}/${reference.name}`;
    // Values of Secrets are not stored, but for `tls.crt`.
    const pem = reference.kind === 'ConfigMap' ? model.gatewayApi.authorities.get(name) : undefined;
    if (pem === undefined) unread.push(`${reference.kind} ${name}`);
    else if (readCertificates(pem).some((authority) => mayBeIssuedBy(certificate, authority))) return { state: 'fits' };
  }
  if (unread.length > 0) return { state: 'unknown', why: `the authorities in ${unread.join(', ')} are not stored` };
  return { state: 'refused', why: 'it was issued by none of the authorities' };
}
