import { carrierOf, isWrapping } from '../carriers.js';
import type { Carrier } from '../carrier.js';
import { clusterMode } from '../cluster-mode.js';
import { ip as ipProtocol, NOWHERE } from './carriers/builders.js';
import { calicoForwarding } from './calico-forwarding.js';
import type { Conveyance } from './conveyance.js';
import type { JourneyEnds } from './journey-ends.js';

/** Direct server return: the receiver's node knows the service's address, and answers in its name (cilium/cilium `kubeproxy-free.rst`, DSR; Calico, BPFExternalServiceMode). */
export function answersDirectly({ model, protocol, from }: JourneyEnds): boolean {
  const { mode, ebpf } = model.profile.proxy;
  return mode === 'ebpf' && from.kind === 'outside' && (ebpf.forwarding === 'dsr' || (ebpf.forwarding === 'hybrid' && protocol === 'TCP'));
}

/** Bytes of the option that names the service: of IPv4's header, of an extension header of IPv6 (cilium/cilium `bpf/lib/nodeport.h`, dsr_opt_v4 and dsr_opt_v6). */
const OPTION = { 4: 8, 6: 24 } as const;
/** Of Geneve (`pkg/mtu/mtu.go`, DsrTunnelOverhead). */
const GENEVE_OPTION = 12;

/** "After DSR IPIP: [rssSrcIP -> backendIP], [clientIP:clientPort -> serviceIP:servicePort]" (`bpf/lib/nodeport.h`, dsr_set_ipip4; `pkg/mtu/mtu.go`, IPIPv4Overhead, IPIPv6Overhead). */
const IPIP: Carrier = {
  overhead: { 4: 20, 6: 48 },
  transport: { 4: ipProtocol(4), 6: ipProtocol(41) },
  device: NOWHERE,
  route: 'BPF sends it to the endpoint in IP in IP, with the service’s address inside',
  nextHop: 'none',
  source: 'cilium/cilium bpf/lib/nodeport.h',
};

/** How the node that a client's packet comes in by hands it to the endpoint's; undefined: as between pods, or it is there already. */
export function dispatchOf(ends: JourneyEnds): Conveyance | undefined {
  const isThere = ends.to.kind !== 'outside' && ends.turn?.node === ends.to.node;
  return isThere ? undefined : (calicoForwarding(ends) ?? ciliumDispatch(ends));
}

/**
 * How Cilium hands a client's packet to the endpoint's node, so that it can answer in the service's name; undefined: as between pods, or the agent does not start with such a dispatch: options of IP
 * and IPIP need native routing, Geneve that or its own tunnel (`pkg/kpr/initializer/kube_proxy_replacement.go`, "Tunnel routing with Node Port %q mode requires %s dispatch", "cannot be used with %s tunneling").
 */
function ciliumDispatch(ends: JourneyEnds): Conveyance | undefined {
  const { model, family, to } = ends;
  const { program, dispatch } = model.profile.proxy.ebpf;
  if (!answersDirectly(ends) || program !== 'cilium' || to.kind !== 'pod') return undefined;
  const { mode } = clusterMode(model);
  const isNative = !isWrapping('cilium', mode);
  if (dispatch === 'geneve' && (isNative || mode === 'geneve')) {
    const why = 'direct server return: an option of Geneve names the service';
    return { name: 'geneve', carrier: carrierOf('cilium', 'geneve'), why, extra: GENEVE_OPTION };
  }
  if (!isNative || dispatch === 'geneve') return undefined;
  if (dispatch === 'ipip') {
    const why = 'direct server return: the packet goes on in IP in IP';
    return { name: 'ipip', carrier: IPIP, why, extra: 0, outerTo: to.ip, keepsDestination: true };
  }
  return { name: mode, carrier: undefined, why: 'direct server return: an option of IP names the service', extra: OPTION[family] };
}
