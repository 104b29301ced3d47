import { formatIp } from '../../net/ip.js';
import type { ModelService } from '../../model/network-model.js';
import type { ServicePort } from '../../resources/service.js';
import type { PortView, ServiceView } from '../service-question.js';

/** A service as answers show it. */
export function serviceView(service: ModelService, port: ServicePort | undefined): ServiceView {
  const { type, headless, externalName, internalTrafficPolicy, externalTrafficPolicy, sessionAffinity, sessionAffinityTimeoutSeconds } =
    service.resource;
  return {
    namespace: service.namespace,
    name: service.name,
    type,
    headless,
    clusterIPs: service.clusterIPs.map(({ value }) => formatIp(value)),
    port: port ? portView(service, port) : null,
    externalName: externalName ?? null,
    internalTrafficPolicy: internalTrafficPolicy ?? null,
    externalTrafficPolicy: externalTrafficPolicy ?? null,
    affinity: sessionAffinity === 'None' ? null : { type: sessionAffinity, timeoutSeconds: sessionAffinityTimeoutSeconds ?? 10_800 },
  };
}

/** A port as answers show it. */
export function portView(service: ModelService, port: ServicePort): PortView {
  const nodePort = service.nodePorts[service.resource.ports.indexOf(port)]?.value;
  return { name: port.name, port: port.port, protocol: port.protocol, targetPort: String(port.targetPort), nodePort: nodePort ?? null };
}
