import type { NetworkModel } from '../../../model/network-model.js';
import { GATEWAY_GROUP } from '../../../resources/gateway-reference.js';
import type { Gateway } from '../../../resources/gateway.js';
import { certificateFault, type SecretFault } from './secret-reference.js';

/** What is wrong with the certificate that a Gateway is to show its backends (`apis/v1/gateway_types.go`, `GatewayBackendTLS.ClientCertificateRef`). */
export function ownCertificateFault(model: NetworkModel, { namespace, backendClientCertificate }: Gateway): SecretFault | undefined {
  if (!backendClientCertificate) return undefined;
  return certificateFault(
    model,
    { group: GATEWAY_GROUP, kind: 'Gateway', namespace },
    backendClientCertificate,
    'InvalidClientCertificateRef',
  );
}

/** `namespace/name` of the Secret with the certificate that a Gateway shows backends it speaks TLS with; null: it has none that can be used. */
export function ownCertificate(model: NetworkModel, gateway: Gateway): string | null {
  const reference = gateway.backendClientCertificate;
  if (!reference || ownCertificateFault(model, gateway)) return null;
  return `${reference.namespace ?? gateway.namespace}/${reference.name}`;
}
