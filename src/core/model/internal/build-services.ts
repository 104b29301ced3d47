import { qualifiedName } from '../../kernel/object-ref.js';
import type { IpFamily } from '../../net/ip.js';
import type { EndpointSlice } from '../../resources/endpoint-slice.js';
import type { Service } from '../../resources/service.js';
import type { DetectedProfile } from '../detect-profile.js';
import type { ModelNode, ModelPod, ModelService, NetworkModel } from '../network-model.js';
import type { NetworkProfile } from '../network-profile.js';
import { addressTypes } from '../endpoints/address-types.js';
import { serviceEndpoints } from '../endpoints/service-endpoints.js';
import { zoneShares } from '../endpoints/zone-shares.js';
import { familiesOf } from '../families-of.js';
import { allocateClusterIPs } from './allocate-cluster-ips.js';
import { allocateNodePorts } from './allocate-node-ports.js';
import { type Assumptions, counted } from './assumptions.js';
import { CarriedEndpoints, type EndpointSources, rememberSources } from './carried-endpoints.js';
import { inChunks } from './in-chunks.js';
import type { LabelIndex } from './label-index.js';
import type { ResourceIndex } from './resource-index.js';
import { rangeProvenance } from './settle-nodes.js';

/** What services and their endpoints follow from. */
export interface ServiceInput extends DetectedProfile {
  readonly index: ResourceIndex;
  readonly nodes: ReadonlyMap<string, ModelNode>;
  readonly pods: readonly ModelPod[];
  readonly podByKey: ReadonlyMap<string, ModelPod>;
  readonly labels: LabelIndex;
  /** The model that this one follows, if one is at hand: what did not change since is not derived again. */
  readonly earlier: NetworkModel | undefined;
}

/** Services by `namespace/name`, and the slices that belong to none of them. */
export interface BuiltServices {
  readonly services: ReadonlyMap<string, ModelService>;
  readonly orphanSlices: readonly EndpointSlice[];
}

/** How many pods' worth of endpoints are derived between two breaths. */
const STRETCH = 1_000;

/** Gives every service its addresses, its node ports and its endpoints. */
export function* buildServices(input: ServiceInput, assumptions: Assumptions): Generator<undefined, BuiltServices> {
  const { index, profile } = input;
  const clusterIPs = allocateClusterIPs(index.services, index.ipAddresses, profile, rangeProvenance(input, 'serviceCIDRs'));
  yield;
  const nodePorts = allocateNodePorts(index.services, profile);
  yield;
  const { byService, orphans } = yield* sortSlices(index);
  const services = new Map<string, ModelService>();
  const world = { ...input, shares: zoneShares(input.nodes.values()) };
  const carried = input.earlier && CarriedEndpoints.of(input.earlier, input);
  const sources = new Map<string, EndpointSources>();
  yield;
  let effort = 0;
  for (const resource of index.services) {
    const key = qualifiedName(resource.ref);
    const observed = { slices: byService.get(key) ?? [], legacy: index.endpoints.get(key) };
    const families = endpointFamilies(resource, profile);
    sources.set(key, { service: resource, families, observed });
    const kept = carried?.find(key, { service: resource, families, observed });
    const endpoints = kept ?? serviceEndpoints(resource, families, observed, world);
    services.set(key, {
      ref: resource.ref,
      namespace: resource.ref.namespace ?? 'default',
      name: resource.ref.name,
      resource,
      clusterIPs: clusterIPs.get(key) ?? [],
      nodePorts: nodePorts.get(key) ?? [],
      endpoints,
    });
    effort += 10 + (kept ? 0 : endpoints.candidates.length);
    if (effort < STRETCH) continue;
    effort = 0;
    yield;
  }
  rememberSources(services, sources);
  noteAllocations([...services.values()], assumptions);
  return { services, orphanSlices: orphans };
}

/** A manifest gets the families the API server would fill in; a service that a cluster has held without them never got any. */
function endpointFamilies(service: Service, profile: NetworkProfile): readonly IpFamily[] {
  const isOld = service.createdAt !== undefined && service.ipFamilies === undefined;
  return isOld ? addressTypes(service).filter((family) => profile.ipFamilies.includes(family)) : familiesOf(service, profile);
}

function* sortSlices(
  index: ResourceIndex,
): Generator<undefined, { byService: Map<string, EndpointSlice[]>; orphans: readonly EndpointSlice[] }> {
  const known = new Set(index.services.map((service) => qualifiedName(service.ref)));
  const byService = new Map<string, EndpointSlice[]>();
  const orphans: EndpointSlice[] = [];
  for (const chunk of inChunks(index.slices)) {
    for (const slice of chunk) {
      const key = `${slice.ref.namespace ?? ''}/${slice.serviceName ?? ''}`;
      const list = byService.get(key);
      if (slice.serviceName === undefined || !known.has(key)) orphans.push(slice);
      else if (list) list.push(slice);
      else byService.set(key, [slice]);
    }
    yield;
  }
  return { byService, orphans };
}

function noteAllocations(services: readonly ModelService[], assumptions: Assumptions): void {
  const withAddress = services.filter((service) => service.clusterIPs.some((ip) => ip.provenance !== 'observed')).length;
  const withPort = services.filter((service) => service.nodePorts.some((port) => port && port.provenance !== 'observed')).length;
  const without = services.filter((service) => {
    const { type, headless } = service.resource;
    return type !== 'ExternalName' && !headless && service.clusterIPs.length === 0;
  }).length;
  if (withAddress > 0) {
    assumptions.add(
      'CLUSTER_IPS_ALLOCATED',
      `the cluster IPs of ${counted(withAddress, 'service')} are not in the input: the API server would choose others at random`,
    );
  }
  if (withPort > 0) {
    assumptions.add(
      'NODE_PORTS_ALLOCATED',
      `the node ports of ${counted(withPort, 'service')} are not in the input: the API server would choose others at random`,
    );
  }
  if (without > 0)
    assumptions.add(
      'SERVICES_WITHOUT_ADDRESS',
      `${counted(without, 'service')} without a cluster IP: the service ranges are full or of another family`,
    );
}
