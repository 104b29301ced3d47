import { describeRef } from '../kernel/object-ref.js';
import type { ClaimedAddress } from '../model/calico-objects.js';
import type { NetworkModel } from '../model/network-model.js';
import { formatCidr } from '../net/cidr.js';
import { formatIp, type Ip } from '../net/ip.js';

/** Who has the address by the blocks of Calico; the first where blocks overlap. */
export function claimOn({ calico }: NetworkModel, ip: Ip): ClaimedAddress | undefined {
  return calico.ipam.claims.get(formatIp(ip))?.[0];
}

/** `handle k8s-pod-network.4f2a (Pod shop/web-0) of Calico’s block 10.244.3.0/26`. */
export function claimText({ block, claim }: ClaimedAddress): string {
  const { handle, namespace, pod, service, node, type, resting } = claim;
  const whose = resting ? 'nobody, resting' : handle === null ? 'no handle' : `handle ${handle}`;
  const ref = (kind: string, name: string) => describeRef({ apiVersion: 'v1', kind, namespace: namespace ?? '', name });
  const whom = pod !== undefined ? ref('Pod', pod) : service !== undefined ? ref('Service', service) : (type ?? node);
  const cidr = block.cidr ? formatCidr(block.cidr) : block.ref.name;
  return `${whose}${whom === undefined ? '' : ` (${whom})`} of Calico’s block ${cidr}`;
}
