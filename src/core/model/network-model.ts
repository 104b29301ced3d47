import type { Note } from '../kernel/answer.js';
import type { ObjectRef } from '../kernel/object-ref.js';
import type { Provenance, Sourced } from '../kernel/provenance.js';
import type { Cidr } from '../net/cidr.js';
import type { Ip } from '../net/ip.js';
import type { LoadBalancerPools } from './load-balancer-pools.js';
import type { CiliumCIDRGroup } from '../resources/cilium-cidr-group.js';
import type { CiliumEgressGatewayPolicy } from '../resources/cilium-egress-gateway.js';
import type { AntreaIPPool } from '../resources/antrea-ip-pool.js';
import type { CiliumPodIPPool } from '../resources/cilium-ipam.js';
import type { CiliumPolicy } from '../resources/cilium-policy.js';
import type { ClusterPolicy } from '../resources/cluster-policy.js';
import type { EndpointSlice } from '../resources/endpoint-slice.js';
import type { Ingress, IngressClass } from '../resources/ingress.js';
import type { LabelSelector } from '../resources/label-selector.js';
import type { Namespace } from '../resources/namespace.js';
import type { NetworkPolicy } from '../resources/network-policy.js';
import type { Node, NodeAddress } from '../resources/node.js';
import type { KubeOvnSubnet } from '../resources/kube-ovn-subnet.js';
import type { OpenShiftRoute } from '../resources/openshift-route.js';
import type { Pod, PodPhase, PodSpec } from '../resources/pod.js';
import type { Labels } from '../resources/resource.js';
import type { ConfigMap } from '../resources/config-map.js';
import type { Secret } from '../resources/secret.js';
import type { Service } from '../resources/service.js';
import type { ServiceAccount } from '../resources/service-account.js';
import type { IPAddress } from '../resources/ip-address.js';
import type { ServiceCIDR } from '../resources/service-cidr.js';
import type { ServiceImport } from '../resources/service-import.js';
import type { PodTemplate } from '../resources/workload.js';
import type { CalicoObjects } from './calico-objects.js';
import type { DnsSetup } from './dns-setup.js';
import type { FelixAgent, FelixSettings } from './felix-settings.js';
import type { GatewayObjects } from './gateway-objects.js';
import type { NetworkProfile, ProfileSource } from './network-profile.js';
import type { NodeDevice } from './node-devices.js';
import type { TraefikObjects } from './traefik-objects.js';
import type { VirtualServers } from './virtual-servers.js';

/** A node: imported, or synthesised where the input has none. */
export interface ModelNode {
  readonly name: string;
  readonly ref: ObjectRef;
  readonly labels: Labels;
  readonly provenance: Provenance;
  /** The imported node; undefined where it was synthesised. */
  readonly resource: Node | undefined;
  readonly addresses: readonly NodeAddress[];
  readonly podCIDRs: readonly Sourced<Cidr>[];
  /** Devices with addresses of the pods’ network that objects tell of. */
  readonly devices: readonly NodeDevice[];
  /** Label `topology.kubernetes.io/zone`. */
  readonly zone: string | undefined;
}

/** A workload as people name it: a Deployment owns its ReplicaSets' pods; a pod without a controller is its own workload of kind Pod. */
export interface ModelWorkload {
  /** Position in {@link NetworkModel.workloads}. */
  readonly id: number;
  readonly ref: ObjectRef;
  readonly namespace: string;
  readonly name: string;
  readonly kind: string;
  /** The imported workload's template; undefined for bare pods and for owners that were not imported. */
  readonly template: PodTemplate | undefined;
  /** Ids of its pods, ascending. A workload scaled to nothing has none. */
  readonly pods: readonly number[];
}

/** A pod: imported, or the one a workload's controller would make. */
export interface ModelPod {
  /** Position in {@link NetworkModel.pods}: dense, so that sets of pods are bitsets. */
  readonly id: number;
  readonly ref: ObjectRef;
  readonly namespace: string;
  readonly name: string;
  readonly labels: Labels;
  readonly spec: PodSpec;
  /** `observed` for an imported pod, `derived` for one expanded from a workload. */
  readonly provenance: Provenance;
  /** The imported pod; undefined for a derived one. */
  readonly resource: Pod | undefined;
  /** Id of the owning workload. */
  readonly workload: number;
  /** Undefined: not placed (Pending, or no node fits: see `placementProblem`). */
  readonly nodeName: Sourced<string> | undefined;
  readonly placementProblem: string | undefined;
  readonly ips: readonly Sourced<Ip>[];
  readonly phase: Sourced<PodPhase>;
  readonly ready: Sourced<boolean>;
  readonly terminating: boolean;
  /** Phase Succeeded or Failed: neither an endpoint nor an address holder, though its status may still name an address. */
  readonly finished: boolean;
}

/** Why a pod is, or is not, an endpoint of a service (kubernetes/endpointslice `util/controller_utils.go`). */
export type EndpointReason =
  | 'READY'
  | 'NOT_READY'
  | 'TERMINATING'
  | 'PUBLISHED_NOT_READY'
  | 'SELECTOR_NEAR_MISS'
  | 'NO_POD_IP'
  | 'POD_TERMINAL_PHASE'
  | 'NODE_MISSING'
  | 'FAMILY_MISMATCH'
  | 'PORT_NAME_NOT_FOUND'
  | 'PORT_PROTOCOL_MISMATCH';

/** One pod that a service selects, or nearly selects, and what became of it. */
export interface EndpointCandidate {
  readonly pod: number;
  /** Published in a slice (ready or not). */
  readonly included: boolean;
  readonly ready: boolean;
  readonly reason: EndpointReason;
  readonly message: string;
  /** Ports of the service that this pod does not offer, with the reason; other ports may still be served. */
  readonly missingPorts: readonly {
    readonly port: string;
    readonly target: string;
    readonly reason: 'PORT_NAME_NOT_FOUND' | 'PORT_PROTOCOL_MISMATCH';
  }[];
}

/** Where a service's endpoints come from. `not-imported`: the API servers write those of `default/kubernetes` themselves, and the import has none of them. */
export type EndpointSource = 'observed-slices' | 'mirrored-endpoints' | 'derived' | 'not-imported' | 'none';

/** The endpoints of one service: the effective slices, and what was decided about each candidate pod. */
export interface ServiceEndpoints {
  readonly source: EndpointSource;
  readonly slices: readonly EndpointSlice[];
  /** In the order of the model's pods. Near misses come after the selected pods. */
  readonly candidates: readonly EndpointCandidate[];
}

/** A service with what the cluster would allocate for it. */
export interface ModelService {
  readonly ref: ObjectRef;
  readonly namespace: string;
  readonly name: string;
  readonly resource: Service;
  /** Primary family first; empty for headless and ExternalName services. */
  readonly clusterIPs: readonly Sourced<Ip>[];
  /** nodePort by position of the port in `resource.ports`; undefined where the service has none. */
  readonly nodePorts: readonly (Sourced<number> | undefined)[];
  readonly endpoints: ServiceEndpoints;
}

/** Who holds an address. Several owners of one address are a finding, never an import error. */
export type IpOwner =
  | { readonly type: 'pod'; readonly ip: Sourced<Ip>; readonly pod: number }
  | { readonly type: 'node'; readonly ip: Sourced<Ip>; readonly node: string; readonly addressType: string }
  | { readonly type: 'clusterIP'; readonly ip: Sourced<Ip>; readonly service: string }
  | { readonly type: 'loadBalancer'; readonly ip: Sourced<Ip>; readonly service: string }
  | { readonly type: 'externalIP'; readonly ip: Sourced<Ip>; readonly service: string };

/** A stored object that is not modelled though it could change an answer (AuthorizationPolicy, VirtualService …). */
export interface UnmodelledObject {
  readonly ref: ObjectRef;
  /** Which answers it could change. */
  readonly affects: 'policy' | 'routing' | 'gateways' | 'services' | 'dns' | 'ipam';
}

/**
 * The network of one cluster at one coordinate: immutable, indexed, a pure function of objects and profile. Every list is in a stable order
 * (namespace, then name), whatever the order of the input. Maps are keyed by `namespace/name`, or by name for cluster-scoped kinds.
 */
export interface NetworkModel {
  readonly profile: NetworkProfile;
  readonly profileSources: ReadonlyMap<string, ProfileSource>;
  readonly dnsSetup: DnsSetup;
  /** What the environment of calico-node tells Felix, which goes before every FelixConfiguration. */
  readonly felixEnvironment: FelixSettings;
  /** Where that stands; undefined: no calico-node was imported. */
  readonly felixAgent: FelixAgent | undefined;
  readonly namespaces: ReadonlyMap<string, Namespace>;
  readonly nodes: ReadonlyMap<string, ModelNode>;
  readonly workloads: readonly ModelWorkload[];
  /** Key `Kind/namespace/name` with the kind as Kubernetes spells it. */
  readonly workloadByKey: ReadonlyMap<string, ModelWorkload>;
  readonly pods: readonly ModelPod[];
  readonly podByKey: ReadonlyMap<string, ModelPod>;
  /** Ids of each namespace's pods, ascending. */
  readonly podsByNamespace: ReadonlyMap<string, readonly number[]>;
  readonly services: ReadonlyMap<string, ModelService>;
  /** Slices that belong to no known service, kept for DNS reverse look-ups and findings. */
  readonly orphanSlices: readonly EndpointSlice[];
  /** Services of the clusterset (KEP-1645). Their endpoints are the orphan slices labelled with their name. */
  readonly serviceImports: ReadonlyMap<string, ServiceImport>;
  readonly networkPolicies: readonly NetworkPolicy[];
  /** Policies of `policy.networking.k8s.io` in the order in which they act: Admin before Baseline, then by priority, then by name. */
  readonly clusterPolicies: readonly ClusterPolicy[];
  /** Calico's policies in the order in which they act within their tiers, and what they refer to. */
  readonly calico: CalicoObjects;
  readonly serviceAccounts: ReadonlyMap<string, ServiceAccount>;
  /** Policies of Cilium's own API: those of namespaces, then the clusterwide ones. */
  readonly ciliumPolicies: readonly CiliumPolicy[];
  readonly ciliumCIDRGroups: readonly CiliumCIDRGroup[];
  /** By name. */
  readonly ciliumEgressGateways: readonly CiliumEgressGatewayPolicy[];
  /** Pools that nodes get their ranges of, where Cilium has several. */
  readonly ciliumPodIPPools: readonly CiliumPodIPPool[];
  /** By name. */
  readonly antreaIPPools: readonly AntreaIPPool[];
  readonly kubeOvnSubnets: readonly KubeOvnSubnet[];
  readonly loadBalancerPools: LoadBalancerPools;
  readonly serviceCIDRs: readonly ServiceCIDR[];
  /** What the allocator of ClusterIPs has given out, where it was imported; keyed by canonical text. */
  readonly ipAddresses: ReadonlyMap<string, IPAddress>;
  readonly ingresses: readonly Ingress[];
  readonly ingressClasses: ReadonlyMap<string, IngressClass>;
  /** What Routes serve; how they match requests is not modelled, and they stand in `unmodelled` too. */
  readonly openShiftRoutes: readonly OpenShiftRoute[];
  /** Gateways, their routes and what these refer to. */
  readonly gatewayApi: GatewayObjects;
  /** IngressRoutes, and what they refer to. */
  readonly traefik: TraefikObjects;
  readonly virtualServers: VirtualServers;
  readonly secrets: ReadonlyMap<string, Secret>;
  readonly configMaps: ReadonlyMap<string, ConfigMap>;
  /** Owners of each address, keyed by canonical text. */
  readonly ipOwners: ReadonlyMap<string, readonly IpOwner[]>;
  readonly unmodelled: readonly UnmodelledObject[];
  /** What the compiler had to assume; engines add to an answer those their result rests on. */
  readonly assumptions: readonly Note[];
  /** Ids of the pods of one namespace that the selector matches, ascending. Memoised. */
  selectPods(namespace: string, selector: LabelSelector): readonly number[];
}
