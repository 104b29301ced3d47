import { type Ip, type IpFamily, parseIp } from '../net/ip.js';
import type { ModelNode } from './network-model.js';

/** The annotation of nodes that tells the address of a device, by family. */
export type AnnotatedAddress = Readonly<Partial<Record<IpFamily, string>>>;

/** Devices of Calico that have addresses of pools (projectcalico/calico `libcalico-go/lib/apis/internalapi`, `lib/backend/k8s/resources/node.go`). */
export const CALICO_TUNNELS = {
  tunl0: { 4: 'projectcalico.org/IPv4IPIPTunnelAddr' },
  'vxlan.calico': { 4: 'projectcalico.org/IPv4VXLANTunnelAddr' },
  'vxlan-v6.calico': { 6: 'projectcalico.org/IPv6VXLANTunnelAddr' },
  'wireguard.cali': { 4: 'projectcalico.org/IPv4WireguardInterfaceAddr' },
  'wg-v6.cali': { 6: 'projectcalico.org/IPv6WireguardInterfaceAddr' },
} as const satisfies Readonly<Record<string, AnnotatedAddress>>;

/** The addresses of Calico's devices that a node tells of. */
export function calicoTunnelAddresses({ resource }: ModelNode): readonly Ip[] {
  if (!resource) return [];
  const keys = Object.values(CALICO_TUNNELS).flatMap((annotated) => Object.values(annotated));
  return keys.flatMap((key) => parseIp(resource.annotations[key] ?? '') ?? []);
}
