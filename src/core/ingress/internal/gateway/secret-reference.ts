import type { NetworkModel } from '../../../model/network-model.js';
import type { ObjectReference } from '../../../resources/gateway-reference.js';
import { isGranted, type Referrer } from './grants.js';

/** Why a reference to the Secret of a certificate cannot be used. */
export interface SecretFault {
  readonly reason: string;
  readonly message: string;
}

/** Checks a reference to a Secret with a certificate in `tls.crt` (rules G27 and G28); `invalid` is the reason for whatever a grant could not mend. */
export function certificateFault(
  model: NetworkModel,
  from: Referrer,
  reference: ObjectReference,
  invalid: 'InvalidCertificateRef' | 'InvalidClientCertificateRef',
): SecretFault | undefined {
  const namespace = reference.namespace ?? from.namespace;
  const name = `Secret ${namespace}/${reference.name}`;
  if (reference.kind !== 'Secret' || reference.group !== '')
    return { reason: invalid, message: `a certificate stands in a Secret, not in a ${reference.kind}` };
  if (!isGranted(model.gatewayApi, from, reference)) {
    const message = `no ReferenceGrant in ${namespace} lets ${from.kind}s of ${from.namespace} use Secret ${reference.name}`;
    return { reason: 'RefNotPermitted', message };
  }
  const secret = model.secrets.get(`${namespace}/${reference.name}`);
  if (!secret) return { reason: invalid, message: `${name} does not exist` };
  if (secret.tlsCertificate?.includes('-----BEGIN CERTIFICATE-----') !== true)
    return { reason: invalid, message: `${name} holds no certificate in \`tls.crt\`` };
  return undefined;
}
