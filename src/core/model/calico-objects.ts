import type { ObjectRef } from '../kernel/object-ref.js';
import type { IpFamily } from '../net/ip.js';
import type { CalicoHostEndpoint } from '../resources/calico-host-endpoint.js';
import type { CalicoIPPool } from '../resources/calico-ip-pool.js';
import type {
  CalicoBlockAffinity,
  CalicoClaim,
  CalicoIPAMBlock,
  CalicoIPAMConfig,
  CalicoIPAMHandle,
  CalicoIPReservation,
} from '../resources/calico-ipam.js';
import type { CalicoPolicy } from '../resources/calico-policy.js';
import type { CalicoProfile } from '../resources/calico-profile.js';
import type { CalicoTier } from '../resources/calico-tier.js';
import type { ClusterInformation } from '../resources/cluster-information.js';
import type { FelixConfiguration } from '../resources/felix-configuration.js';
import type { KubeControllersConfiguration } from '../resources/kube-controllers-configuration.js';
import type { NetworkSet } from '../resources/network-set.js';
import type { StagedPolicy } from '../resources/staged-policy.js';

/** What Calico is told: policies, nodes' interfaces, pools. */
export interface CalicoObjects {
  /** In the order in which they act within their tiers: by order, then by name; those of one tier need not stand together. */
  readonly policies: readonly CalicoPolicy[];
  readonly stagedPolicies: readonly StagedPolicy[];
  readonly tiers: readonly CalicoTier[];
  readonly networkSets: readonly NetworkSet[];
  readonly hostEndpoints: readonly CalicoHostEndpoint[];
  readonly profiles: readonly CalicoProfile[];
  readonly ipPools: readonly CalicoIPPool[];
  readonly ipam: CalicoIpam;
  /** Undefined: the configuration was not imported, or cannot be read. */
  readonly cni: CalicoCni | undefined;
  /** `default` for all nodes, `node.<name>` for one of them. */
  readonly felixConfigurations: readonly FelixConfiguration[];
  readonly kubeControllers: readonly KubeControllersConfiguration[];
  readonly clusterInformation: readonly ClusterInformation[];
}

/** An address that a block gives to somebody, and the block. */
export interface ClaimedAddress {
  readonly block: CalicoIPAMBlock;
  readonly claim: CalicoClaim;
}

/** What Calico's address management keeps: blocks, whose they are, and who has which of their addresses. */
export interface CalicoIpam {
  readonly blocks: readonly CalicoIPAMBlock[];
  /** Blocks on their way out: Calico finds them no more, and their addresses and handles are not gone yet. */
  readonly deletedBlocks: readonly CalicoIPAMBlock[];
  /** By address as text. Where blocks overlap, an address has several. */
  readonly claims: ReadonlyMap<string, readonly ClaimedAddress[]>;
  readonly affinities: readonly CalicoBlockAffinity[];
  readonly handles: readonly CalicoIPAMHandle[];
  /** Undefined: not imported, or never changed. */
  readonly config: CalicoIPAMConfig | undefined;
  readonly reservations: readonly CalicoIPReservation[];
}

/** How Calico's CNI plugin comes by addresses: `ipam` of its configuration (projectcalico/calico `cni-plugin/pkg/types/types.go`, NetConf). */
export interface CalicoCni {
  readonly ref: ObjectRef;
  /** `calico-ipam`, or another plugin that gives the addresses. */
  readonly type: string;
  /** Whether a pod gets an address of a family: `assign_ipv4`, which is on by itself, and `assign_ipv6`, which is not. */
  readonly assigns: Readonly<Record<IpFamily, boolean>>;
  /** `ipv4_pools`, `ipv6_pools`: names or prefixes of pools; none: any pool. */
  readonly pools: Readonly<Record<IpFamily, readonly string[]>>;
}
