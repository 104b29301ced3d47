import type { CalicoClaim, CalicoIPAMBlock } from '../../../resources/calico-ipam.js';
import { isWindowsHandle } from './windows-hosts.js';

/** What an address that a block gives away is for. */
export type ClaimUse = 'Workload' | 'Tunnel' | 'LoadBalancer' | 'WindowsReserved' | 'Unknown';

/** "ipipTunnelAddress" … (projectcalico/calico `libcalico-go/lib/ipam/ipam_types.go`, AttributeType). */
const TUNNEL = /^(?:ipip|vxlan|vxlanV6|wireguard|wireguardV6)TunnelAddress$/;

/** As the block itself tells it (projectcalico/calico `libcalico-go/lib/ipam/accounting/allocation.go`, Kind). */
export function claimUse({ affinity }: CalicoIPAMBlock, { handle, type, service }: CalicoClaim): ClaimUse {
  if (isWindowsHandle(handle)) return 'WindowsReserved';
  if (type === 'LoadBalancer' || service !== undefined) return 'LoadBalancer';
  if (affinity?.type === 'virtual' && affinity.name === 'load-balancer') return 'LoadBalancer';
  if (type === undefined) return 'Workload';
  return isTunnelType(type) ? 'Tunnel' : 'Unknown';
}

/** Whether a `type` is that of the address of a node's tunnel. */
export function isTunnelType(type: string | undefined): boolean {
  return type !== undefined && TUNNEL.test(type);
}
