import { assertNever } from '../../kernel/assert-never.js';
import type { FelixField } from '../../model/felix-settings.js';
import type { ModelNode, NetworkModel } from '../../model/network-model.js';
import type { CniPlugin } from '../../model/network-profile.js';
import { rangeGiverOf } from '../../model/range-giver.js';
import type { Cidr } from '../../net/cidr.js';
import { NO_ADDRESSES } from '../../net/address-set.js';
import { attachmentOf } from '../attachments.js';
import { felixConfigurationOf } from './felix-of.js';
import { nodeAddressesOf } from './node-addresses.js';
import { clusterMode } from '../cluster-mode.js';
import { isWrapping } from '../carriers.js';
import { type MasqAgentSettings, type Masquerading, type MasqueradingPool, PRIVATE_CIDRS } from '../masquerade.js';

/** Who rewrites the sources of what leaves a node, by the cluster's plugin and profile. */
export function masqueradingOf(model: NetworkModel, node: ModelNode): Masquerading {
  const { cni, masquerade, podCIDRs } = model.profile;
  // What pods send goes past the node's netfilter.
  if (attachmentOf(model).parent) return { engine: 'none' };
  const local = podRangesOf(model, node);
  const agent = {
    nonMasqueradeCIDRs: masquerade.nonMasqueradeCIDRs,
    masqLinkLocal: masquerade.linkLocal,
    masqLinkLocalIPv6: masquerade.linkLocalIPv6,
  };
  const isCilium = cni.plugin === 'cilium' || cni.plugin === 'gke-dataplane-v2';
  if (masquerade.agent && !isCilium) return { engine: 'ip-masq-agent', settings: agent, allReservedRanges: masquerade.allReservedRanges };
  if (cni.plugin === 'calico') return calicoOf(model, node);
  if (!masquerade.plugin) return { engine: 'none' };
  switch (cni.plugin) {
    case 'flannel':
    case 'canal':
      return { engine: 'flannel', clusterCIDRs: podCIDRs, podCIDRs: local };
    case 'cilium':
    case 'gke-dataplane-v2':
      return ciliumOf(model, local, masquerade.agent ? agent : undefined);
    case 'weave':
      // Its add-on has NO_MASQ_LOCAL on: "set to 0 to disable preserving the client source IP address" (site/kubernetes/kube-addon.md).
      return { engine: 'weave', ranges: podCIDRs, exemptsLocal: true };
    case 'aws-vpc-cni':
    case 'azure-cni':
      return ofVirtualNetwork(model);
    case 'kube-ovn':
      return isUnderlay(model) ? { engine: 'none' } : ofClusterRanges(cni.plugin, podCIDRs);
    case 'antrea':
    case 'ovn-kubernetes':
    case 'kindnet':
    case 'kube-network-policies':
    case 'unknown':
      return ofClusterRanges(cni.plugin, podCIDRs);
    case 'kube-router':
      // cloudnativelabs/kube-router pkg/controllers/routing/pod_egress.go, podEgressArgs4: neither to kube-router-pod-subnets nor to kube-router-node-ips.
      return { engine: 'cluster-cidrs', clusterCIDRs: podCIDRs, exemptNodes: nodeAddressesOf(model).all, who: cni.plugin };
    default:
      return assertNever(cni.plugin);
  }
}

function ofClusterRanges(plugin: CniPlugin, clusterCIDRs: readonly Cidr[]): Masquerading {
  return { engine: 'cluster-cidrs', clusterCIDRs, who: plugin === 'unknown' ? 'the plugin' : plugin };
}

/** Subnets of a VLAN have a gateway of the network outside, and are not translated (kubeovn/kube-ovn pkg/daemon/gateway.go, getSubnetsNeedNAT). */
function isUnderlay(model: NetworkModel): boolean {
  return clusterMode(model).mode === 'vlan';
}

/**
 * The ranges of pods are not translated to where a native routing CIDR does not say more: those of the node itself (cilium/cilium `pkg/datapath/types/config.go`,
 * RemoteSNATDstAddrExclusionCIDRv4), and none where its own agent has a list (`pkg/datapath/linux/config/config.go`). Without tunnels the agent does not start without that CIDR
 * (`daemon/cmd/daemon_main.go`, "native routing cidr must be configured"), and the ranges of all pods stand for it. Netfilter knows the internal addresses of nodes alone
 * (`pkg/node/manager`, `pkg/datapath/iptables/ipset`).
 */
function ciliumOf(model: NetworkModel, local: readonly Cidr[], agent: MasqAgentSettings | undefined): Masquerading {
  const { podCIDRs, masquerade } = model.profile;
  const { nativeRoutingCIDRs: told, program, remoteNodes, families, exemptSources } = masquerade;
  const isBpf = program === 'bpf';
  const inTunnels = isWrapping('cilium', clusterMode(model).mode);
  const untold = inTunnels ? (agent && isBpf ? [] : local) : hasVpcAddresses(model) ? vpcRanges(model) : podCIDRs;
  const { all, internal } = nodeAddressesOf(model);
  return {
    engine: 'cilium',
    nativeRoutingCIDRs: told.length > 0 ? told : untold,
    nodeAddresses: isBpf ? all : internal,
    masqueradesNodes: inTunnels || (isBpf && remoteNodes),
    families,
    localPodCIDRs: local,
    exemptSources,
    agent: isBpf ? agent : undefined,
  };
}

/** The profile says what is so on every node. What a user has set, and what the environment of calico-node tells, goes before the configuration of one node. */
function calicoOf(model: NetworkModel, node: ModelNode): Masquerading {
  const { profile, profileSources, felixEnvironment } = model;
  const own = felixConfigurationOf(model, node.name);
  const isSettled = (field: FelixField, setting: string) =>
    Object.hasOwn(felixEnvironment, field) || profileSources.get(setting)?.provenance === 'set';
  const exclusions = isSettled('natOutgoingExclusions', 'masquerade.exemptNodes') ? undefined : own?.natOutgoingExclusions;
  const address = isSettled('natOutgoingAddress', 'masquerade.natOutgoingAddress') ? undefined : own?.natOutgoingAddress;
  const exemptNodes = exclusions ? exclusions === 'IPPoolsAndHostIPs' : profile.masquerade.exemptNodes;
  return {
    engine: 'calico',
    pools: poolsOf(model),
    exemptHosts: exemptNodes ? nodeAddressesOf(model).all : NO_ADDRESSES,
    outgoingAddress: address ?? profile.masquerade.natOutgoingAddress,
  };
}

/** "ipv4-native-routing-cidr is set or has been autodetected": with ENIs it is what the VPC has (cilium/cilium `pkg/ipam/crd.go`, autoDetectIPv4NativeRoutingCIDR). */
function hasVpcAddresses({ profile: { cni } }: NetworkModel): boolean {
  return rangeGiverOf(cni) === 'interfaces';
}

/** What is for a node stays in the virtual network, whose addresses nodes have; of IPv6 the VPC CNI rewrites nothing. */
function ofVirtualNetwork(model: NetworkModel): Masquerading {
  const { cni, masquerade } = model.profile;
  const nodeAddresses = nodeAddressesOf(model).internal;
  const families = cni.plugin === 'aws-vpc-cni' ? ([4] as const) : undefined;
  return {
    engine: 'aws',
    vpcCIDRs: vpcRanges(model),
    nodeAddresses,
    excludedCIDRs: masquerade.exemptDestinations,
    externalSNAT: false,
    families,
  };
}

/** Ranges of the VPC; where nobody tells them, the private ones. */
function vpcRanges({ profile }: NetworkModel): readonly Cidr[] {
  const { nativeRoutingCIDRs } = profile.masquerade;
  return nativeRoutingCIDRs.length > 0 ? nativeRoutingCIDRs : [...PRIVATE_CIDRS, ...profile.podCIDRs];
}

/** Ranges of the pods of a node: its own, or those of the cluster where it has none of its own. */
function podRangesOf(model: NetworkModel, node: ModelNode): readonly Cidr[] {
  const own = node.podCIDRs.map(({ value }) => value);
  return own.length > 0 && model.profile.cni.plugin !== 'weave' ? own : model.profile.podCIDRs;
}

/** Calico's pools; where no object tells them, the cluster's ranges as calico-node would make them. */
function poolsOf({ calico, profile }: NetworkModel): readonly MasqueradingPool[] {
  if (calico.ipPools.length > 0) return calico.ipPools;
  return profile.podCIDRs.map((cidr) => ({ cidr, natOutgoing: profile.masquerade.plugin, allowedUses: [] }));
}
