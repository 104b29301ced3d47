import { formatIp, type IpFamily } from '../../net/ip.js';
import type { Endpoint } from '../../resources/endpoint-slice.js';
import type { Service } from '../../resources/service.js';
import type { ModelNode, ModelPod } from '../network-model.js';

/** Conditions of an endpoint. */
export type Conditions = Pick<Endpoint, 'ready' | 'serving' | 'terminating'>;

/** What a slice says of a pod (kubernetes/endpointslice `utils.go`, `podToEndpoint`): it serves when Ready, and is ready unless it terminates. */
export function conditionsOf(pod: Pick<ModelPod, 'ready' | 'terminating'>, service: Pick<Service, 'publishNotReadyAddresses'>): Conditions {
  const serving = pod.ready.value;
  return { ready: service.publishNotReadyAddresses || (serving && !pod.terminating), serving, terminating: pod.terminating };
}

/** The endpoint of a pod in the slices of one family; its list of addresses is empty where the pod has none of that family. */
export function podToEndpoint(pod: ModelPod, node: ModelNode | undefined, service: Service, family: IpFamily): Endpoint {
  return {
    addresses: pod.ips.flatMap(({ value }) => (value.family === family ? formatIp(value) : [])),
    ...conditionsOf(pod, service),
    hostname: hasHostname(pod, service) ? pod.spec.hostname : undefined,
    nodeName: pod.nodeName?.value,
    zone: node?.zone,
    targetRef: { kind: 'Pod', namespace: pod.namespace, name: pod.name },
    zoneHints: [],
    nodeHints: [],
  };
}

/** Whether the pod has a DNS name of its own below the service's (kubernetes/endpointslice `util/controller_utils.go`, `ShouldSetHostname`). */
export function hasHostname(pod: Pick<ModelPod, 'namespace' | 'spec'>, service: Pick<Service, 'ref'>): boolean {
  const { hostname, subdomain } = pod.spec;
  return hostname !== undefined && subdomain === service.ref.name && pod.namespace === service.ref.namespace;
}
