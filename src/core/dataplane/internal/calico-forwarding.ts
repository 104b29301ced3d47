import type { Carrier } from '../carrier.js';
import { both, NOWHERE, udp } from './carriers/builders.js';
import type { Conveyance } from './conveyance.js';
import type { JourneyEnds } from './journey-ends.js';

/** A network id of its own, whatever pods travel in (projectcalico/calico `felix/bpf-gpl/nat.h`, CALI_VXLAN_VNI); the port is Felix' for VXLAN (`nat4.h` and `nat6.h`, vxlan_encap: VXLAN_PORT). */
const FORWARDING: Carrier = {
  overhead: { 4: 50, 6: 70 },
  transport: both(udp(4789)),
  networkId: 0xca_11_c0,
  hasOwnNetworkId: true,
  device: NOWHERE,
  route: 'BPF sends it to the endpoint’s node in VXLAN, with the service’s address inside',
  nextHop: 'none',
  tellsSender: true,
  source: 'projectcalico/calico felix/bpf-gpl/nat.h, felix/bpf-gpl/tc.c',
};

/**
 * How Calico's eBPF dataplane hands a client's packet to the node of an endpoint that is a pod: from the one node to the other, not yet translated, "regardless of whether the overlay
 * uses VXLAN, IPIP, WireGuard, or no encap" (projectcalico/calico `felix/design/bpf-services-nat.md`; `felix/bpf-gpl/tc.c`, do_nat: it wraps before it rewrites). Undefined: there is no such packet.
 */
export function calicoForwarding({ model, from, to }: JourneyEnds): Conveyance | undefined {
  const { mode, ebpf } = model.profile.proxy;
  if (mode !== 'ebpf' || ebpf.program !== 'calico' || from.kind !== 'outside' || to.kind !== 'pod') return undefined;
  const why = 'Calico’s eBPF dataplane forwards what clients send to services in a VXLAN of its own';
  return { name: 'vxlan', carrier: FORWARDING, why, extra: 0, keepsDestination: true };
}
