import type { Cidr } from '../net/cidr.js';
import type { Ip, IpFamily } from '../net/ip.js';

/** Whose packets leave the cluster with a node's address. */
export interface MasqueradeProfile {
  /** Whether the plugin masquerades. Pools of Calico that are in the input tell by themselves. */
  readonly plugin: boolean;
  /** Whether ip-masq-agent runs beside it, or inside Cilium. */
  readonly agent: boolean;
  /** Families of the packets that the plugin masquerades. */
  readonly families: readonly IpFamily[];
  /** What masquerades for Cilium: its own program at the node's device, or the node's netfilter. */
  readonly program: 'bpf' | 'iptables';
  /** Whether Cilium's own program masquerades what pods send to other nodes where they are reached without a tunnel, too. */
  readonly remoteNodes: boolean;
  /** What the agent leaves alone; undefined: its default. */
  readonly nonMasqueradeCIDRs: readonly Cidr[] | undefined;
  readonly allReservedRanges: boolean;
  readonly linkLocal: boolean;
  readonly linkLocalIPv6: boolean;
  /** Ranges that the underlay leads to without translation: Cilium's native routing CIDRs, those of a VPC. */
  readonly nativeRoutingCIDRs: readonly Cidr[];
  /** Ranges of pods whose packets keep their source (pools of Cilium that skip masquerading). */
  readonly exemptSources: readonly Cidr[];
  /** Ranges outside the network that the plugin does not translate for (the AWS VPC CNI's `AWS_VPC_K8S_CNI_EXCLUDE_SNAT_CIDRS`). */
  readonly exemptDestinations: readonly Cidr[];
  /** Whether packets of pods to nodes are left alone too (Calico's `natOutgoingExclusions`). */
  readonly exemptNodes: boolean;
  /** The source that packets get in place of the node's address (Calico's `natOutgoingAddress`); undefined: the node's. */
  readonly natOutgoingAddress: Ip | undefined;
}
