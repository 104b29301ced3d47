import type { NetworkModel } from '../../model/network-model.js';
import type { CiliumIpamMode } from '../../model/cilium-ipam-mode.js';
import type { CniPlugin, CniProfile, NetworkProfile } from '../../model/network-profile.js';

/**
 * Who gives nodes ranges that pods get their addresses of. `controller`: kube-controller-manager; `operator`: Cilium's; `nobody`: any node gets any address of the range;
 * `interfaces`: pods get addresses of the interfaces that the cloud gives a node, or of whatever else stands outside the cluster's objects; `unknown`: nothing tells.
 */
export type RangeGiver = 'controller' | 'operator' | 'nobody' | 'interfaces' | 'unknown';

/** Where `interfaces` are from, in a sentence. */
export const OUTSIDE = 'interfaces or ranges that something outside the cluster gives its node';

const OF_PLUGIN: Readonly<Partial<Record<CniPlugin, RangeGiver>>> = {
  flannel: 'controller',
  canal: 'controller',
  antrea: 'controller',
  kindnet: 'controller',
  'kube-router': 'controller',
  'kube-network-policies': 'controller',
  // With host-local; with Calico's own address management nodes get blocks.
  calico: 'controller',
  weave: 'nobody',
  'kube-ovn': 'nobody',
  'aws-vpc-cni': 'interfaces',
  'azure-cni': 'interfaces',
};

/** cilium/cilium `Documentation/network/concepts/ipam`; where nobody says otherwise it is cluster-pool. */
const OF_CILIUM: Readonly<Record<CiliumIpamMode, RangeGiver>> = {
  'cluster-pool': 'operator',
  'multi-pool': 'operator',
  kubernetes: 'controller',
  crd: 'interfaces',
  eni: 'interfaces',
  azure: 'interfaces',
  alibabacloud: 'interfaces',
  'delegated-plugin': 'interfaces',
};

/** Whether a podCIDR that a node has divides nothing: its pods get any address of the cluster's ranges, or of what stands outside. */
export function isUndivided({ cni }: NetworkProfile): boolean {
  const giver = cni.plugin === 'cilium' ? OF_CILIUM[ciliumIpam(cni)] : OF_PLUGIN[cni.plugin];
  return giver === 'nobody' || giver === 'interfaces';
}

/** Who gives the nodes of a cluster their ranges. Without a plugin the ranges that nodes are seen with tell. */
export function rangeGiver({ profile: { cni }, nodes }: Pick<NetworkModel, 'profile' | 'nodes'>): RangeGiver {
  if (cni.plugin === 'cilium') return OF_CILIUM[ciliumIpam(cni)];
  if (cni.plugin !== 'unknown') return OF_PLUGIN[cni.plugin] ?? 'unknown';
  const isSeen = [...nodes.values()].some(({ podCIDRs }) => podCIDRs.some(({ provenance }) => provenance === 'observed'));
  return isSeen ? 'controller' : 'unknown';
}

function ciliumIpam({ ipam, mode }: CniProfile): CiliumIpamMode {
  return ipam ?? (mode === 'eni' ? 'eni' : 'cluster-pool');
}
