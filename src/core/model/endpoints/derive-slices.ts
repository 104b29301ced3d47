import type { IpFamily } from '../../net/ip.js';
import type { Endpoint, EndpointPort, EndpointSlice } from '../../resources/endpoint-slice.js';
import type { Service } from '../../resources/service.js';
import type { ModelNode, ModelPod } from '../network-model.js';
import { newSlice } from './new-slice.js';
import type { PodPorts } from './pod-ports.js';
import { podToEndpoint } from './pod-to-endpoint.js';
import { SLICE_CONTROLLER, sliceLabels } from './slice-labels.js';
import { withTrafficHints } from './traffic-hints.js';

/** `--max-endpoints-per-slice` of kube-controller-manager. */
const MOST_ENDPOINTS = 100;

/** A pod that is published, with what the slice needs of it. */
export interface PublishedPod {
  readonly pod: ModelPod;
  readonly node: ModelNode | undefined;
  readonly ports: PodPorts;
}

/** Endpoints that share their ports. */
interface Group {
  readonly ports: readonly EndpointPort[];
  readonly endpoints: Endpoint[];
}

/**
 * The slices of a service's pods: one set a family, pods with different port numbers apart, at most a hundred endpoints in a slice; a family without
 * endpoints has one empty slice (kubernetes/endpointslice `reconciler.go`). `shares`: each zone's part of the CPUs, for topology hints.
 */
export function deriveSlices(
  service: Service,
  families: readonly IpFamily[],
  published: readonly PublishedPod[],
  shares: ReadonlyMap<string, number> | undefined,
): readonly EndpointSlice[] {
  const labels = sliceLabels(service, service.headless, SLICE_CONTROLLER);
  const slices: EndpointSlice[] = [];
  const add = (family: IpFamily, ports: readonly EndpointPort[], endpoints: readonly Endpoint[]) =>
    slices.push(newSlice(service, { labels }, slices.length, { family, ports, endpoints }));
  for (const family of families) {
    const groups = groupByPorts(service, family, published, shares);
    if (groups.length === 0) add(family, [], []);
    for (const { ports, endpoints } of groups) {
      for (let start = 0; start < endpoints.length; start += MOST_ENDPOINTS)
        add(family, ports, endpoints.slice(start, start + MOST_ENDPOINTS));
    }
  }
  return slices;
}

function groupByPorts(
  service: Service,
  family: IpFamily,
  published: readonly PublishedPod[],
  shares: ReadonlyMap<string, number> | undefined,
): readonly Group[] {
  const ofFamily = published.filter(({ pod }) => pod.ips.some(({ value }) => value.family === family));
  const endpoints = withTrafficHints(
    service,
    ofFamily.map(({ pod, node }) => podToEndpoint(pod, node, service, family)),
    shares,
  );
  const groups = new Map<string, Group>();
  for (const [index, { ports }] of ofFamily.entries()) {
    const endpoint = endpoints[index];
    if (!endpoint) continue;
    const group = groups.get(ports.key) ?? { ports: ports.ports, endpoints: [] };
    groups.set(ports.key, group);
    group.endpoints.push(endpoint);
  }
  return [...groups.values()];
}
