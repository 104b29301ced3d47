import { compareBy, compareText } from '../../kernel/compare.js';
import type { ObjectRef } from '../../kernel/object-ref.js';
import { formatIp } from '../../net/ip.js';
import type { CalicoIPAMBlock } from '../../resources/calico-ipam.js';
import type { CiliumCIDRGroup } from '../../resources/cilium-cidr-group.js';
import type { CiliumEgressGatewayPolicy } from '../../resources/cilium-egress-gateway.js';
import type { CalicoInstallation } from '../../resources/calico-installation.js';
import type { NetworkAttachmentDefinition } from '../../resources/network-attachment-definition.js';
import type { AntreaIPPool } from '../../resources/antrea-ip-pool.js';
import type { CiliumNode, CiliumPodIPPool } from '../../resources/cilium-ipam.js';
import type { CiliumPolicy } from '../../resources/cilium-policy.js';
import type { ClusterPolicy } from '../../resources/cluster-policy.js';
import type { ConfigMap } from '../../resources/config-map.js';
import type { LoadBalancerPools } from '../load-balancer-pools.js';
import type { Endpoints, EndpointSlice } from '../../resources/endpoint-slice.js';
import type { Ingress, IngressClass } from '../../resources/ingress.js';
import type { Namespace } from '../../resources/namespace.js';
import type { NetworkPolicy } from '../../resources/network-policy.js';
import type { Node } from '../../resources/node.js';
import type { KubeOvnSubnet } from '../../resources/kube-ovn-subnet.js';
import type { OpenShiftNetworkConfig, OpenShiftNetworkOperator } from '../../resources/openshift-network.js';
import type { OpenShiftRoute } from '../../resources/openshift-route.js';
import type { Pod } from '../../resources/pod.js';
import type { Resource } from '../../resources/resource.js';
import type { Secret } from '../../resources/secret.js';
import type { Service } from '../../resources/service.js';
import type { ServiceAccount } from '../../resources/service-account.js';
import type { IPAddress } from '../../resources/ip-address.js';
import type { ServiceCIDR } from '../../resources/service-cidr.js';
import type { ServiceImport } from '../../resources/service-import.js';
import type { UnderstoodResource } from '../../resources/understood-resource.js';
import type { Workload, WorkloadKind } from '../../resources/workload.js';
import type { CalicoIpam, CalicoObjects, ClaimedAddress } from '../calico-objects.js';
import type { GatewayObjects } from '../gateway-objects.js';
import type { TraefikObjects } from '../traefik-objects.js';
import type { VirtualServers } from '../virtual-servers.js';
import { byQualifiedName } from './by-qualified-name.js';
import { compareCalicoPolicies } from './compare-calico-policies.js';
import { inChunks } from './in-chunks.js';
import { inNamespaceOrder } from './in-namespace-order.js';
import { readCalicoCni } from './read-calico-cni.js';

/** The resources by kind, each list in the order of namespace and name. */
export interface ResourceIndex {
  readonly namespaces: readonly Namespace[];
  readonly nodes: readonly Node[];
  readonly pods: readonly Pod[];
  readonly workloads: ReadonlyMap<WorkloadKind, readonly Workload[]>;
  readonly services: readonly Service[];
  readonly slices: readonly EndpointSlice[];
  readonly endpoints: ReadonlyMap<string, Endpoints>;
  readonly networkPolicies: readonly NetworkPolicy[];
  /** In the order in which they act: Admin before Baseline, then by priority, then by name. */
  readonly clusterPolicies: readonly ClusterPolicy[];
  readonly calico: CalicoObjects;
  readonly serviceAccounts: ReadonlyMap<string, ServiceAccount>;
  /** CiliumNetworkPolicies, then the clusterwide ones. */
  readonly ciliumPolicies: readonly CiliumPolicy[];
  readonly ciliumCIDRGroups: readonly CiliumCIDRGroup[];
  readonly ciliumNodes: readonly CiliumNode[];
  readonly ciliumEgressGateways: readonly CiliumEgressGatewayPolicy[];
  readonly ciliumPodIPPools: readonly CiliumPodIPPool[];
  readonly loadBalancerPools: LoadBalancerPools;
  readonly ingresses: readonly Ingress[];
  readonly ingressClasses: readonly IngressClass[];
  readonly openShiftRoutes: readonly OpenShiftRoute[];
  /** The operator's first: it is what the others follow. */
  readonly openShiftNetworks: readonly (OpenShiftNetworkConfig | OpenShiftNetworkOperator)[];
  readonly antreaIPPools: readonly AntreaIPPool[];
  readonly kubeOvnSubnets: readonly KubeOvnSubnet[];
  readonly calicoInstallations: readonly CalicoInstallation[];
  readonly networkAttachments: readonly NetworkAttachmentDefinition[];
  readonly gatewayApi: GatewayObjects;
  readonly traefik: TraefikObjects;
  readonly virtualServers: VirtualServers;
  readonly configMaps: ReadonlyMap<string, ConfigMap>;
  readonly secrets: readonly Secret[];
  readonly serviceCIDRs: readonly ServiceCIDR[];
  /** By canonical text. */
  readonly ipAddresses: ReadonlyMap<string, IPAddress>;
  readonly serviceImports: readonly ServiceImport[];
}

type OfKind<K extends UnderstoodResource['kind']> = Extract<UnderstoodResource, { kind: K }>;

/** Every resource of a kind. */
type OfKinds = <K extends UnderstoodResource['kind']>(kind: K) => readonly OfKind<K>[];

/** Sorts resources into their kinds, and each kind into a stable order. */
export function* indexResources(resources: readonly UnderstoodResource[]): Generator<undefined, ResourceIndex> {
  const kinds = new Map<string, UnderstoodResource[]>();
  for (const chunk of inChunks(resources)) {
    for (const resource of chunk) append(kinds, resource.kind, resource);
    yield;
  }
  const ordered = new Map<string, readonly UnderstoodResource[]>();
  for (const [kind, list] of kinds) ordered.set(kind, yield* inOrder(list));
  const of: OfKinds = (kind) => (ordered.get(kind) ?? []).filter(isOf(kind));
  return {
    namespaces: of('Namespace'),
    nodes: of('Node'),
    pods: of('Pod'),
    workloads: new Map(WORKLOAD_KINDS.map((kind) => [kind, (ordered.get(kind) ?? []).filter(isWorkload)])),
    services: of('Service'),
    slices: of('EndpointSlice'),
    endpoints: byQualifiedName(of('Endpoints')),
    networkPolicies: of('NetworkPolicy'),
    clusterPolicies: [...of('AdminNetworkPolicy'), ...of('BaselineAdminNetworkPolicy'), ...of('ClusterNetworkPolicy')].sort(inForce),
    calico: calicoObjects(of, yield* calicoIpam(of)),
    serviceAccounts: byQualifiedName(of('ServiceAccount')),
    ciliumPolicies: [...of('CiliumNetworkPolicy'), ...of('CiliumClusterwideNetworkPolicy')],
    ciliumCIDRGroups: of('CiliumCIDRGroup'),
    ciliumNodes: of('CiliumNode'),
    ciliumEgressGateways: of('CiliumEgressGatewayPolicy'),
    ciliumPodIPPools: of('CiliumPodIPPool'),
    loadBalancerPools: { cilium: of('CiliumLoadBalancerIPPool'), metallb: of('IPAddressPool') },
    ingresses: of('Ingress'),
    ingressClasses: of('IngressClass'),
    openShiftRoutes: of('Route'),
    openShiftNetworks: [...of('OpenShiftNetworkOperator'), ...of('OpenShiftNetworkConfig')],
    ...ofPlugins(of),
    gatewayApi: gatewayApiObjects(of),
    traefik: traefikObjects(of),
    virtualServers: {
      servers: of('VirtualServer'),
      routes: of('VirtualServerRoute'),
      transports: of('TransportServer'),
      policies: byQualifiedName(of('NginxPolicy')),
      configurations: of('GlobalConfiguration'),
    },
    configMaps: byQualifiedName(of('ConfigMap')),
    secrets: of('Secret'),
    serviceCIDRs: of('ServiceCIDR'),
    ipAddresses: new Map(of('IPAddress').flatMap((one) => (one.ip ? [[formatIp(one.ip), one] as const] : []))),
    serviceImports: of('ServiceImport'),
  };
}

/** Objects that single plugins are told by. */
function ofPlugins(of: OfKinds): Pick<ResourceIndex, 'antreaIPPools' | 'kubeOvnSubnets' | 'calicoInstallations' | 'networkAttachments'> {
  return {
    antreaIPPools: of('AntreaIPPool'),
    kubeOvnSubnets: of('Subnet'),
    calicoInstallations: of('Installation'),
    networkAttachments: of('NetworkAttachmentDefinition'),
  };
}

function calicoObjects(of: OfKinds, ipam: CalicoIpam): CalicoObjects {
  return {
    policies: [...of('CalicoNetworkPolicy'), ...of('GlobalNetworkPolicy')].sort(compareCalicoPolicies),
    stagedPolicies: [...of('StagedNetworkPolicy'), ...of('StagedGlobalNetworkPolicy'), ...of('StagedKubernetesNetworkPolicy')],
    tiers: of('Tier'),
    networkSets: [...of('GlobalNetworkSet'), ...of('NetworkSet')],
    hostEndpoints: of('HostEndpoint'),
    profiles: of('Profile'),
    ipPools: of('IPPool'),
    ipam,
    cni: readCalicoCni(of('ConfigMap')),
    felixConfigurations: of('FelixConfiguration'),
    kubeControllers: of('KubeControllersConfiguration'),
    clusterInformation: of('ClusterInformation'),
  };
}

function* calicoIpam(of: OfKinds): Generator<undefined, CalicoIpam> {
  const all = of('IPAMBlock');
  const blocks = all.filter(isThere);
  return {
    blocks,
    deletedBlocks: all.filter(({ deleted }) => deleted),
    claims: yield* claimsByAddress(blocks),
    affinities: of('BlockAffinity').filter(isThere),
    handles: of('IPAMHandle').filter(isThere),
    config: of('IPAMConfig').find(({ ref }) => ref.name === 'default'),
    reservations: of('IPReservation'),
  };
}

function isThere({ deleted }: { readonly deleted: boolean }): boolean {
  return !deleted;
}

function* claimsByAddress(blocks: readonly CalicoIPAMBlock[]): Generator<undefined, CalicoIpam['claims']> {
  const claims = new Map<string, ClaimedAddress[]>();
  for (const block of blocks) {
    for (const claim of block.claims) append(claims, formatIp(claim.ip), { block, claim });
    yield;
  }
  return claims;
}

function gatewayApiObjects(of: OfKinds): GatewayObjects {
  return {
    classes: byQualifiedName(of('GatewayClass')),
    gateways: byQualifiedName(of('Gateway')),
    listenerSets: byQualifiedName(of('ListenerSet')),
    routes: [...of('HTTPRoute'), ...of('GRPCRoute'), ...of('TLSRoute'), ...of('TCPRoute'), ...of('UDPRoute')],
    grants: of('ReferenceGrant'),
    backendPolicies: of('BackendTLSPolicy'),
    authorities: new Map(of('ConfigMap').flatMap(authority)),
    configMaps: new Set(of('ConfigMap').map(({ namespace, ref }) => `${namespace}/${ref.name}`)),
  };
}

function traefikObjects(of: OfKinds): TraefikObjects {
  return {
    ingressRoutes: of('IngressRoute'),
    middlewares: byQualifiedName(of('Middleware')),
    services: byQualifiedName(of('TraefikService')),
    tlsOptions: byQualifiedName(of('TLSOption')),
    tlsStores: of('TLSStore'),
    serversTransports: byQualifiedName(of('ServersTransport')),
    tcpRoutes: of('IngressRouteTCP'),
    udpRoutes: of('IngressRouteUDP'),
    tcpMiddlewares: byQualifiedName(of('MiddlewareTCP')),
    tcpServersTransports: byQualifiedName(of('ServersTransportTCP')),
  };
}

/** A ConfigMap with certificates of an authority, as the Gateway API names them (`ca.crt`). */
function authority({ namespace, ref, data }: ConfigMap): readonly (readonly [string, string])[] {
  const certificates = data['ca.crt'];
  return certificates === undefined ? [] : [[`${namespace}/${ref.name}`, certificates]];
}

/** Of equal priority the specification leaves the order open; by name, as kube-network-policies does. */
const inForce = compareBy<ClusterPolicy>(
  ({ tier }) => (tier === 'Admin' ? 0 : 1),
  ({ priority }) => priority ?? Number.MAX_SAFE_INTEGER,
  ({ ref }) => ref.name,
  ({ kind }) => kind,
);

const WORKLOAD_KINDS: readonly WorkloadKind[] = [
  'Deployment',
  'ReplicaSet',
  'StatefulSet',
  'DaemonSet',
  'Job',
  'CronJob',
  'ReplicationController',
];

/** Whether a resource is of the kind; for the compiler, which cannot tell from the key of a list. */
function isOf<K extends UnderstoodResource['kind']>(kind: K): (resource: UnderstoodResource) => resource is OfKind<K> {
  return (resource): resource is OfKind<K> => resource.kind === kind;
}

function isWorkload(resource: UnderstoodResource): resource is Workload {
  return WORKLOAD_KINDS.some((kind) => kind === resource.kind);
}

function append<T>(lists: Map<string, T[]>, key: string, item: T): void {
  const list = lists.get(key);
  if (list) list.push(item);
  else lists.set(key, [item]);
}

/**
 * By namespace, then name. A dump may hold one object under two API groups (`extensions` and its successor, Calico's two groups); one of them
 * counts, the one of the newer group.
 */
function* inOrder<T extends Resource>(resources: readonly T[]): Generator<undefined, readonly T[]> {
  const sorted = yield* inNamespaceOrder(
    resources,
    ({ ref }) => ref.namespace ?? '',
    (a, b) => compareText(nameOf(a), nameOf(b)) || compareVersions(a.ref, b.ref),
  );
  return sorted.filter((one, index) => {
    const next = sorted[index + 1];
    return !next || nameOf(next) !== nameOf(one) || next.ref.namespace !== one.ref.namespace;
  });
}

/** Calico's CRDs may carry the tier in the name where its API leaves it out. */
function nameOf(resource: Resource & { readonly name?: string; readonly policy?: Resource & { readonly name?: string } }): string {
  return resource.name ?? resource.policy?.name ?? resource.ref.name;
}

function compareVersions(a: ObjectRef, b: ObjectRef): number {
  const isOld = (ref: ObjectRef) => (ref.apiVersion.startsWith('extensions/') ? 0 : 1);
  return isOld(a) - isOld(b) || compareText(a.apiVersion, b.apiVersion);
}
