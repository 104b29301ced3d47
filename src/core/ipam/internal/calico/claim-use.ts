import type { CalicoClaim, CalicoIPAMBlock } from '../../../resources/calico-ipam.js';
import { isWindowsHandle } from './windows-hosts.js';

/** What an address that a block gives away is for. */
export type ClaimUse = 'Workload' | 'Tunnel' | 'LoadBalancer' | 'WindowsReserved' | 'Unknown';

/** "ipipTunnelAddress" … (projectcalico/calico `libcalico-go/lib/ipam/ipam_types.go`, AttributeType). */
const TUNNEL = /^(?:ipip|vxlan|vxlanV6|wireguard|wireguardV6)TunnelAddress$/;

/** As the block itself tells it (projectcalico/calico `libcalico-go/lib/ipam/accounting/allocation.go`, Kind). */
export function claimUse({ affinity }: CalicoIPAMBlock, claim: CalicoClaim): ClaimUse {
  const { handle, type, service } = claim;
  if (isWindowsHandle(handle)) return 'WindowsReserved';
  if (type === 'LoadBalancer' || service !== undefined) return 'LoadBalancer';
  if (affinity?.type === 'virtual' && affinity.name === 'load-balancer') return 'LoadBalancer';
  if (type === undefined) return isBare(claim) ? 'Tunnel' : 'Workload';
  return isTunnelType(type) ? 'Tunnel' : 'Unknown';
}

/** "Tunnel addresses predate both attributes and handles, while pod addresses always had a handle." */
function isBare({ handle, node, pod, namespace, unexplained }: CalicoClaim): boolean {
  return handle === null && node === undefined && pod === undefined && namespace === undefined && !unexplained;
}

/** Whether a `type` is that of the address of a node's tunnel. */
export function isTunnelType(type: string | undefined): boolean {
  return type !== undefined && TUNNEL.test(type);
}
