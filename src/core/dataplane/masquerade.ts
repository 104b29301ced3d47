import { assertNever } from '../kernel/assert-never.js';
import { type Cidr, cidrContains, parseCidr } from '../net/cidr.js';
import type { AddressSet } from '../net/address-set.js';
import type { Ip, IpFamily } from '../net/ip.js';

/** A packet on the way out of a node. */
export interface LeavingPacket {
  readonly source: Ip;
  readonly destination: Ip;
  /** A pod of the node sends it, whatever range its address is of. */
  readonly sourceIsLocalPod?: boolean | undefined;
  /** kube-proxy has marked it for masquerading, and does it itself. */
  readonly kubeProxyMark?: boolean | undefined;
  /** The destination is an address of the node itself. */
  readonly destinationIsLocal?: boolean | undefined;
  /** The destination is a pod of the node. */
  readonly destinationIsLocalPod?: boolean | undefined;
}

/** Whether the source becomes the node's address, and what decided. */
export interface MasqueradeDecision {
  readonly masquerade: boolean;
  /** Number of the rule of Flannel's chain that matched; null: none did, or the rules have no numbers. */
  readonly rule: number | null;
  /** What the source becomes where that is not the node's address. */
  readonly address?: Ip | undefined;
  readonly why: string;
}

/** A pool as Calico's masquerading sees it. Disabled ones count as every other. */
export interface MasqueradingPool {
  readonly cidr: Cidr | undefined;
  readonly natOutgoing: boolean;
  /** Empty: Workload and Tunnel. */
  readonly allowedUses: readonly string[];
}

/** What ip-masq-agent is told. */
export interface MasqAgentSettings {
  /** Undefined: the default. An empty list exempts nothing. */
  readonly nonMasqueradeCIDRs?: readonly Cidr[] | undefined;
  readonly masqLinkLocal: boolean;
  readonly masqLinkLocalIPv6: boolean;
}

/** Who masquerades, and what it is told. */
export type Masquerading =
  | { readonly engine: 'none' }
  | { readonly engine: 'flannel'; readonly clusterCIDRs: readonly Cidr[]; readonly podCIDRs: readonly Cidr[] }
  | {
      readonly engine: 'calico';
      readonly pools: readonly MasqueradingPool[];
      readonly exemptHosts: AddressSet;
      /** `natOutgoingAddress`: for packets of its family, in place of the node's. */
      readonly outgoingAddress?: Ip | undefined;
    }
  | {
      readonly engine: 'cilium';
      /** Reached without tunnels and without translation. */
      readonly nativeRoutingCIDRs: readonly Cidr[];
      /** Of every node, as far as packets to them are told from others. */
      readonly nodeAddresses: AddressSet;
      /** What pods send to nodes is masqueraded too; undefined: it is left alone, as without tunnels. */
      readonly masqueradesNodes?: boolean | undefined;
      /** Of packets that are masqueraded; undefined: both. */
      readonly families?: readonly IpFamily[] | undefined;
      /** Ranges of the pods of this node. */
      readonly localPodCIDRs: readonly Cidr[];
      /** Ranges of pods whose source is never rewritten. */
      readonly exemptSources?: readonly Cidr[] | undefined;
      readonly agent?: MasqAgentSettings | undefined;
    }
  | { readonly engine: 'ip-masq-agent'; readonly settings: MasqAgentSettings; readonly allReservedRanges: boolean }
  | {
      readonly engine: 'weave';
      readonly ranges: readonly Cidr[];
      /** `NO_MASQ_LOCAL`: packets to containers of the node are left alone. */
      readonly exemptsLocal?: boolean | undefined;
    }
  | {
      readonly engine: 'aws';
      readonly vpcCIDRs: readonly Cidr[];
      /** Of nodes, which are in the VPC whatever ranges of it are known; undefined: none is known. */
      readonly nodeAddresses?: AddressSet | undefined;
      readonly excludedCIDRs: readonly Cidr[];
      readonly externalSNAT: boolean;
      /** Packets of other families keep their sources; undefined: none do. */
      readonly families?: readonly IpFamily[] | undefined;
    }
  | {
      readonly engine: 'cluster-cidrs';
      readonly clusterCIDRs: readonly Cidr[];
      /** Nodes to which pods keep their own addresses. */
      readonly exemptNodes?: AddressSet | undefined;
      readonly who: string;
    };

const MULTICAST: readonly Cidr[] = cidrs('224.0.0.0/4', 'ff00::/8');
/** RFC 1918. */
export const PRIVATE_CIDRS: readonly Cidr[] = cidrs('10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16');
/** Reserved beside the private ones: RFC 6598, 6890, 5737, 7526, 6815, 1112. */
const RESERVED: readonly Cidr[] = cidrs(
  '100.64.0.0/10',
  '192.0.0.0/24',
  '192.0.2.0/24',
  '192.88.99.0/24',
  '198.18.0.0/15',
  '198.51.100.0/24',
  '203.0.113.0/24',
  '240.0.0.0/4',
);
const LINK_LOCAL: readonly Cidr[] = cidrs('169.254.0.0/16');
const LINK_LOCAL_V6: readonly Cidr[] = cidrs('fe80::/10');

/** Addresses that nobody on the internet has: private, reserved, link-local, unique local (RFC 4193), multicast. */
export const NOT_PUBLIC_CIDRS: readonly Cidr[] = [
  ...PRIVATE_CIDRS,
  ...RESERVED,
  ...LINK_LOCAL,
  ...LINK_LOCAL_V6,
  ...MULTICAST,
  ...cidrs('127.0.0.0/8', 'fc00::/7', '2001:db8::/32'),
];

/**
 * What ip-masq-agent leaves alone (kubernetes-sigs/ip-masq-agent `cmd/ip-masq-agent/ip-masq-agent.go`). Its list replaces the default: the private ranges, and the
 * reserved ones where it is told so; those of Cilium's own agent are always in its default.
 */
export function nonMasqueradeCIDRs(settings: MasqAgentSettings, allReservedRanges: boolean): readonly Cidr[] {
  return [
    ...(settings.nonMasqueradeCIDRs ?? [...PRIVATE_CIDRS, ...(allReservedRanges ? RESERVED : [])]),
    ...(settings.masqLinkLocal ? [] : LINK_LOCAL),
    ...(settings.masqLinkLocalIPv6 ? [] : LINK_LOCAL_V6),
  ];
}

/**
 * What Cilium's own agent leaves alone. Unlike ip-masq-agent it takes the default only where its configuration says nothing at all: one that tells of link-local addresses only
 * has no list (cilium/cilium `pkg/ipmasq/ipmasq.go`, `Update`, `readConfig`).
 */
export function ciliumNonMasqueradeCIDRs(settings: MasqAgentSettings): readonly Cidr[] {
  const saysNothing = !settings.masqLinkLocal && !settings.masqLinkLocalIPv6;
  return nonMasqueradeCIDRs({ ...settings, nonMasqueradeCIDRs: settings.nonMasqueradeCIDRs ?? (saysNothing ? undefined : []) }, true);
}

/** Whether a packet that leaves a node gets the node's address as its source. */
export function masqueradeDecision(by: Masquerading, packet: LeavingPacket): MasqueradeDecision {
  switch (by.engine) {
    case 'none':
      return keeps('nobody masquerades');
    case 'flannel':
      return flannelDecision(by, packet);
    case 'calico':
      return calicoDecision(by, packet);
    case 'cilium':
      return ciliumDecision(by, packet);
    case 'ip-masq-agent':
      return agentDecision(by, packet);
    case 'weave':
      return weaveDecision(by, packet);
    case 'aws':
      return awsDecision(by, packet);
    case 'cluster-cidrs':
      return clusterDecision(by, packet);
    default:
      return assertNever(by);
  }
}

function keeps(why: string, rule: number | null = null): MasqueradeDecision {
  return { masquerade: false, rule, why };
}

function masquerades(why: string, rule: number | null = null): MasqueradeDecision {
  return { masquerade: true, rule, why };
}

/** The chain FLANNEL-POSTRTG, first match (flannel-io/flannel `pkg/trafficmngr/iptables/iptables.go`, masqRules). */
function flannelDecision(
  { clusterCIDRs, podCIDRs }: Extract<Masquerading, { engine: 'flannel' }>,
  packet: LeavingPacket,
): MasqueradeDecision {
  const { source, destination } = packet;
  const [fromCluster, toCluster] = [within(clusterCIDRs, source), within(clusterCIDRs, destination)];
  const [fromHere, toHere] = [within(podCIDRs, source), within(podCIDRs, destination)];
  if (packet.kubeProxyMark) return keeps('FLANNEL-POSTRTG rule 1: kube-proxy has marked it, and masquerades itself', 1);
  if (fromHere && toCluster) return keeps('FLANNEL-POSTRTG rule 2: from a pod of the node to the pods’ network', 2);
  if (fromCluster && toHere) return keeps('FLANNEL-POSTRTG rule 3: from the pods’ network to a pod of the node', 3);
  if (!fromCluster && toHere) return keeps('FLANNEL-POSTRTG rule 4: from outside to a pod of the node', 4);
  if (fromCluster && !within(MULTICAST, destination))
    return masquerades('FLANNEL-POSTRTG rule 5: from the pods’ network to anywhere else', 5);
  if (!fromCluster && toCluster) return masquerades('FLANNEL-POSTRTG rule 6: from outside, or the node, to the pods’ network', 6);
  return keeps('no rule of FLANNEL-POSTRTG matches');
}

/** projectcalico/calico `felix/rules/nat.go`, `felix/dataplane/linux/masq_mgr.go`. */
function calicoDecision(by: Extract<Masquerading, { engine: 'calico' }>, packet: LeavingPacket): MasqueradeDecision {
  const { pools, exemptHosts, outgoingAddress } = by;
  const counted = pools.filter(({ allowedUses }) => allowedUses.length === 0 || allowedUses.some((use) => use !== 'LoadBalancer'));
  const holds = (pool: MasqueradingPool, ip: Ip) => pool.cidr !== undefined && cidrContains(pool.cidr, ip);
  if (!counted.some((pool) => pool.natOutgoing && holds(pool, packet.source))) return keeps('the source is in no pool with natOutgoing');
  if (counted.some((pool) => holds(pool, packet.destination))) return keeps('the destination is in a pool of Calico');
  if (exemptHosts.has(packet.destination)) return keeps('natOutgoingExclusions: the destination is a node');
  const decision = masquerades('natOutgoing: the source is in a pool that has it, the destination in none');
  return outgoingAddress?.family === packet.source.family ? { ...decision, address: outgoingAddress } : decision;
}

/**
 * cilium/cilium `Documentation/network/concepts/masquerading.rst`; `bpf/lib/nat.h`, snat_v4_needs_masquerade; `pkg/datapath/iptables/iptables.go`, installMasqueradeRules. Where
 * pods travel in tunnels, both masquerade what goes to other nodes, which no tunnel leads to: "Otherwise, it might be dropped either by underlying network [...] or by the
 * remote node if its native dev's rp_filter=1".
 */
function ciliumDecision(by: Extract<Masquerading, { engine: 'cilium' }>, packet: LeavingPacket): MasqueradeDecision {
  const { source, destination, sourceIsLocalPod } = packet;
  if (by.families && !by.families.includes(source.family)) return keeps(`nothing of IPv${source.family} is masqueraded`);
  if (!sourceIsLocalPod && !within(by.localPodCIDRs, source)) return keeps('the source is no pod of the node');
  if (within(by.exemptSources ?? [], source)) return keeps('the pool of the source skips masquerading');
  if (within(by.nativeRoutingCIDRs, destination)) return keeps('the destination is in the native routing CIDR');
  if (by.agent && within(ciliumNonMasqueradeCIDRs(by.agent), destination)) return keeps('nonMasqueradeCIDRs hold the destination');
  if (!by.nodeAddresses.has(destination)) return masquerades('from a pod to outside the native routing CIDR');
  return by.masqueradesNodes
    ? masquerades('the destination is a node of the cluster, which no tunnel leads to')
    : keeps('the destination is a node of the cluster');
}

function agentDecision(
  { settings, allReservedRanges }: Extract<Masquerading, { engine: 'ip-masq-agent' }>,
  packet: LeavingPacket,
): MasqueradeDecision {
  if (packet.destinationIsLocal) return keeps('IP-MASQ-AGENT: the destination is the node itself');
  if (within(nonMasqueradeCIDRs(settings, allReservedRanges), packet.destination))
    return keeps('IP-MASQ-AGENT: nonMasqueradeCIDRs hold the destination');
  return masquerades('IP-MASQ-AGENT: nonMasqueradeCIDRs do not hold the destination');
}

/** The chain WEAVE (weaveworks/weave `net/expose.go`, exposeNAT). */
function weaveDecision({ ranges, exemptsLocal }: Extract<Masquerading, { engine: 'weave' }>, packet: LeavingPacket): MasqueradeDecision {
  const { source, destination } = packet;
  if (exemptsLocal && packet.destinationIsLocalPod) return keeps('WEAVE: a container of the node (NO_MASQ_LOCAL)');
  const [from, to] = [within(ranges, source), within(ranges, destination)];
  if (from && within(MULTICAST, destination)) return keeps('WEAVE: multicast');
  if (!from && to) return masquerades('WEAVE: from outside to the range of the pods');
  if (from && !to) return masquerades('WEAVE: from the range of the pods to outside');
  return keeps('no rule of WEAVE matches');
}

/** aws/amazon-vpc-cni-k8s README, `AWS_VPC_K8S_CNI_EXTERNALSNAT`, `AWS_VPC_K8S_CNI_EXCLUDE_SNAT_CIDRS`; `pkg/networkutils/network.go`, updateHostIptablesRules: "For v6, we don't add any SNAT or Connmark rules". */
function awsDecision(by: Extract<Masquerading, { engine: 'aws' }>, { destination }: LeavingPacket): MasqueradeDecision {
  if (by.families && !by.families.includes(destination.family)) return keeps(`nothing of IPv${destination.family} is masqueraded`);
  if (by.externalSNAT) return keeps('AWS_VPC_K8S_CNI_EXTERNALSNAT: a gateway translates, the node does not');
  if (by.nodeAddresses?.has(destination) || within([...by.vpcCIDRs, ...by.excludedCIDRs], destination))
    return keeps('the destination is in the VPC, or excluded');
  return masquerades('the destination is outside the VPC: the primary address of the node’s first interface');
}

function clusterDecision(
  { clusterCIDRs, exemptNodes, who }: Extract<Masquerading, { engine: 'cluster-cidrs' }>,
  packet: LeavingPacket,
): MasqueradeDecision {
  if (!within(clusterCIDRs, packet.source)) return keeps('the source is no pod');
  if (within(clusterCIDRs, packet.destination)) return keeps('the destination is a pod');
  if (exemptNodes?.has(packet.destination)) return keeps('the destination is a node of the cluster');
  return masquerades(`${who}: from the pods’ network to outside`);
}

function within(ranges: readonly Cidr[], ip: Ip): boolean {
  return ranges.some((cidr) => cidrContains(cidr, ip));
}

function cidrs(...texts: readonly string[]): readonly Cidr[] {
  return texts.flatMap((text) => parseCidr(text) ?? []);
}
