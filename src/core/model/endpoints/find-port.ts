import type { PodSpec } from '../../resources/pod.js';
import type { ServicePort } from '../../resources/service.js';

/** Why a pod does not offer a port of a service. */
export type MissingPortReason = 'PORT_NAME_NOT_FOUND' | 'PORT_PROTOCOL_MISMATCH';

/**
 * The number that a service port has on a pod. A number is used as it is, whether a container declares it or not; a name is looked up among the ports of
 * the protocol, ordinary containers before sidecars (kubernetes/endpointslice `utils.go`, `findPort`).
 */
export function findPort(
  spec: Pick<PodSpec, 'containers'>,
  { targetPort, protocol }: Pick<ServicePort, 'targetPort' | 'protocol'>,
): number | MissingPortReason {
  if (typeof targetPort === 'number') return targetPort;
  let reason: MissingPortReason = 'PORT_NAME_NOT_FOUND';
  for (const { ports } of spec.containers) {
    for (const port of ports) {
      if (port.name !== targetPort) continue;
      if (port.protocol === protocol) return port.containerPort;
      reason = 'PORT_PROTOCOL_MISMATCH';
    }
  }
  return reason;
}
