import type { CiliumIpamMode } from './cilium-ipam-mode.js';
import type { CniPlugin, CniProfile } from './network-profile.js';

/**
 * Who gives nodes ranges that pods get their addresses of. `controller`: kube-controller-manager; `operator`: Cilium's; `nobody`: any node gets any address of the range;
 * `interfaces`: pods get addresses of the interfaces that the cloud gives a node, or of whatever else stands outside the cluster's objects; `unknown`: nothing tells.
 */
export type RangeGiver = 'controller' | 'operator' | 'nobody' | 'interfaces' | 'unknown';

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

/** Who gives ranges by the plugin and what it is told; nodes are not looked at. */
export function rangeGiverOf({ plugin, ipam, mode }: CniProfile): RangeGiver {
  if (plugin === 'cilium') return OF_CILIUM[ipam ?? (mode === 'eni' ? 'eni' : 'cluster-pool')];
  return OF_PLUGIN[plugin] ?? 'unknown';
}
