import type { Endpoint } from '../../../resources/endpoint-slice.js';
import type { Labels } from '../../../resources/resource.js';
import type { Service } from '../../../resources/service.js';

/**
 * Whether the service asks for topology aware hints: the deprecated annotation wins over its successor, and only `Auto` and `auto` count
 * (kubernetes/endpointslice `utils.go`, `hintsEnabled`).
 */
export function hintsEnabled(annotations: Labels): boolean {
  const mode = annotations['service.kubernetes.io/topology-aware-hints'] ?? annotations['service.kubernetes.io/topology-mode'];
  return mode === 'Auto' || mode === 'auto';
}

/**
 * The endpoints with the hints of `spec.trafficDistribution`: ready ones are hinted to their own zone, with PreferSameNode to their node as well
 * (kubernetes/endpointslice `trafficdist/`; KEP-4444, KEP-3015). The annotation of topology aware hints goes before; its proportional hints depend on
 * the CPUs of all nodes and on earlier hints, and are not derived.
 */
export function withTrafficHints(service: Service, endpoints: readonly Endpoint[]): readonly Endpoint[] {
  const { trafficDistribution } = service;
  const node = trafficDistribution === 'PreferSameNode';
  const zone = node || trafficDistribution === 'PreferClose' || trafficDistribution === 'PreferSameZone';
  if (!zone || hintsEnabled(service.annotations)) return endpoints;
  return endpoints.map((endpoint) => {
    if (!endpoint.ready) return endpoint;
    const zoneHints = endpoint.zone === undefined ? [] : [endpoint.zone];
    const nodeHints = node && endpoint.nodeName !== undefined ? [endpoint.nodeName] : [];
    return { ...endpoint, zoneHints, nodeHints };
  });
}
