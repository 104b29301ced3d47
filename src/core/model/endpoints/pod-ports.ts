import type { EndpointPort } from '../../resources/endpoint-slice.js';
import type { PodSpec } from '../../resources/pod.js';
import type { Service } from '../../resources/service.js';
import type { EndpointCandidate } from '../network-model.js';
import { findPort } from './find-port.js';

/** What a pod offers of a service's ports. */
export interface PodPorts {
  readonly ports: readonly EndpointPort[];
  readonly missing: EndpointCandidate['missingPorts'];
  /** Equal for pods whose ports are the same: they share slices. */
  readonly key: string;
}

/**
 * The ports of a slice that the pod goes into: each port of the service by the pod's own number; one that the pod does not offer is left out for this
 * pod alone (kubernetes/endpointslice `utils.go`, `getEndpointPorts`).
 */
export function podPorts(service: Pick<Service, 'ports'>, spec: Pick<PodSpec, 'containers'>): PodPorts {
  const ports: EndpointPort[] = [];
  const missing: EndpointCandidate['missingPorts'][number][] = [];
  for (const port of service.ports) {
    const found = findPort(spec, port);
    if (typeof found === 'number') ports.push({ name: port.name, protocol: port.protocol, port: found, appProtocol: port.appProtocol });
    else missing.push({ port: port.name || String(port.port), target: String(port.targetPort), reason: found });
  }
  return {
    ports,
    missing,
    key: ports.map(({ name, protocol, port, appProtocol }) => `${name}/${port}/${protocol}/${appProtocol ?? ''}`).join(','),
  };
}

/** {@link podPorts} for one service: looked up once where every target is a number, because then every pod offers the same. */
export function portsOfService(service: Service): (spec: PodSpec) => PodPorts {
  if (service.ports.some((port) => typeof port.targetPort === 'string')) return (spec) => podPorts(service, spec);
  const same = podPorts(service, { containers: [] });
  return () => same;
}
