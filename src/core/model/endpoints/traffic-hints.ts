import type { Endpoint } from '../../resources/endpoint-slice.js';
import type { Labels } from '../../resources/resource.js';
import type { Service } from '../../resources/service.js';
import { proportionalHints } from './proportional-hints.js';

/**
 * Whether the service asks for topology aware hints: the deprecated annotation wins over its successor, and only `Auto` and `auto` count
 * (kubernetes/endpointslice `utils.go`, `hintsEnabled`).
 */
export function hintsEnabled(annotations: Labels): boolean {
  const mode = annotations['service.kubernetes.io/topology-aware-hints'] ?? annotations['service.kubernetes.io/topology-mode'];
  return mode === 'Auto' || mode === 'auto';
}

/**
 * The endpoints of one family with their topology hints. The annotation goes before `spec.trafficDistribution`, whose hints are simple: ready endpoints are
 * hinted to their own zone, with PreferSameNode to their node as well (kubernetes/endpointslice `reconciler.go`, `trafficdist/`; KEP-4444, KEP-3015). `shares`:
 * each zone's part of the CPUs.
 */
export function withTrafficHints(
  { annotations, trafficDistribution }: Pick<Service, 'annotations' | 'trafficDistribution'>,
  endpoints: readonly Endpoint[],
  shares: ReadonlyMap<string, number> | undefined,
): readonly Endpoint[] {
  if (hintsEnabled(annotations)) return proportionalHints(endpoints, shares) ?? endpoints;
  const node = trafficDistribution === 'PreferSameNode';
  const zone = node || trafficDistribution === 'PreferClose' || trafficDistribution === 'PreferSameZone';
  if (!zone) return endpoints;
  return endpoints.map((endpoint) => {
    if (!endpoint.ready) return endpoint;
    const zoneHints = endpoint.zone === undefined ? [] : [endpoint.zone];
    const nodeHints = node && endpoint.nodeName !== undefined ? [endpoint.nodeName] : [];
    return { ...endpoint, zoneHints, nodeHints };
  });
}
