import type { NetworkModel } from '../../../model/network-model.js';
import type { ObjectReference } from '../../../resources/gateway-reference.js';
import { isGranted, type Referrer } from './grants.js';

/** What is wrong with references to certificates of authorities. */
export interface AuthorityFault {
  /** The first fault, as a reason of the condition ResolvedRefs. */
  readonly fault: { readonly reason: string; readonly message: string };
  /** No reference at all can be used. */
  readonly none: boolean;
}

/** Checks `caCertificateRefs` (rules G41 and G42): ConfigMaps with a certificate in `ca.crt`. Undefined when all of them can be used. */
export function authorityFault(model: NetworkModel, from: Referrer, references: readonly ObjectReference[]): AuthorityFault | undefined {
  const faults = references.map((reference) => faultOf(model, from, reference));
  const fault = faults.find((one) => one !== undefined);
  return fault && { fault, none: faults.every((one) => one !== undefined) };
}

function faultOf(model: NetworkModel, from: Referrer, reference: ObjectReference): AuthorityFault['fault'] | undefined {
  const namespace = reference.namespace ?? from.namespace;
  const isSecret = reference.kind === 'Secret';
  if (reference.group !== '' || (reference.kind !== 'ConfigMap' && !isSecret)) {
    return {
      reason: from.kind === 'Gateway' ? 'InvalidCACertificateKind' : 'InvalidKind',
      message: `certificates of an authority stand in a ConfigMap, not in a ${reference.kind}`,
    };
  }
  if (!isGranted(model.gatewayApi, from, reference)) {
    return {
      reason: 'RefNotPermitted',
      message: `no ReferenceGrant in ${namespace} lets ${from.kind}s of ${from.namespace} use ${reference.kind} ${reference.name}`,
    };
  }
  // Values of Secrets are not stored, so that of one only its keys are known.
  const found = isSecret
    ? model.secrets.get(`${namespace}/${reference.name}`)?.keys.includes('ca.crt') === true
    : model.gatewayApi.authorities.get(`${namespace}/${reference.name}`)?.includes('-----BEGIN CERTIFICATE-----') === true;
  if (found) return undefined;
  return {
    reason: 'InvalidCACertificateRef',
    message: `${reference.kind} ${namespace}/${reference.name} does not exist, or holds no certificate in \`ca.crt\``,
  };
}
