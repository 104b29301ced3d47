import { assertNever } from '../../kernel/assert-never.js';
import type { ProxyProfile } from '../../model/network-profile.js';
import type { Protocol } from '../../net/protocol.js';

/** How one service proxy differs from another. Everything else is alike: which endpoints a port has, their pools, the traffic policies. */
export interface ProxyRules {
  /** As answers name it. */
  readonly who: string;
  /** At which loopback addresses of a node its node ports answer the node itself. */
  readonly loopback: 'nobody' | 'ipv4' | 'both';
  /** Where node ports answer unless `nodePortAddresses` says so. */
  readonly nodePortsAt: 'every-address' | 'primary-address';
  /** Whether senders inside are translated on their own node, even for the node port of another node. */
  readonly translatesAtSender: boolean;
  /** Whether the proxy itself lets health check ports through the host's firewall. */
  readonly opensHealthChecks: boolean;
  /** What becomes of other ports of a service's address, and which addresses are meant. */
  readonly otherPorts: { readonly verdict: 'NONE' | 'REJECT' | 'ACCEPT'; readonly of: 'cluster-ips' | 'every-address' };
  /** Whether addresses of the service range that nobody has are dropped. */
  readonly dropsUnused: boolean;
  /** Whether senders are known by the cluster's own list of addresses, pods and nodes alike; otherwise by ranges. */
  readonly knowsCluster: boolean;
  /** Whether senders outside are served at cluster IPs. */
  readonly outsideAtClusterIP: boolean;
  /** Whether a Local policy without a local endpoint falls back to those of other nodes. */
  readonly localFallsBack: boolean;
  /** Whose source is rewritten by kube-proxy's rules; `remote`: that of senders outside where the endpoint is on another node; `never`. */
  readonly masquerades: 'kube-proxy' | 'remote' | 'never';
  /** Whether loadBalancerSourceRanges bind senders inside the cluster. */
  readonly rangesBindInside: boolean;
  /** Whether ranges of one family leave the other one open. */
  readonly rangesByFamily: boolean;
  readonly usesHints: boolean;
  /** How the proxy is told apart: where rules are not known, they are those of iptables mode. */
  readonly known: boolean;
}

/** kubernetes `pkg/proxy/iptables/proxier.go`. */
const IPTABLES: ProxyRules = {
  who: 'kube-proxy',
  loopback: 'ipv4',
  nodePortsAt: 'every-address',
  translatesAtSender: false,
  opensHealthChecks: true,
  otherPorts: { verdict: 'NONE', of: 'cluster-ips' },
  dropsUnused: false,
  knowsCluster: false,
  outsideAtClusterIP: true,
  localFallsBack: false,
  masquerades: 'kube-proxy',
  rangesBindInside: true,
  rangesByFamily: true,
  usesHints: true,
  known: true,
};

/** KEP-3866; kubernetes `pkg/proxy/nftables/proxier.go`. */
const NFTABLES: ProxyRules = {
  ...IPTABLES,
  loopback: 'nobody',
  nodePortsAt: 'primary-address',
  opensHealthChecks: false,
  otherPorts: { verdict: 'REJECT', of: 'cluster-ips' },
  dropsUnused: true,
};

/**
 * kubernetes `pkg/proxy/ipvs/proxier.go`: every address of a service is bound on `kube-ipvs0` and its other ports are the node's own, which the chain
 * KUBE-IPVS-FILTER rejects since 1.25; a virtual server of a Local policy that has no local endpoint gets those of other nodes (`syncEndpoint`).
 */
const IPVS: ProxyRules = {
  ...IPTABLES,
  loopback: 'nobody',
  otherPorts: { verdict: 'REJECT', of: 'every-address' },
  localFallsBack: true,
};

/** cilium/cilium `Documentation/network/kubernetes/kubeproxy-free.rst`, `bpf/lib/nodeport.h`, `pkg/loadbalancer/reconciler` (CheckSourceRange). */
const CILIUM: ProxyRules = {
  ...IPTABLES,
  who: 'Cilium',
  loopback: 'both',
  translatesAtSender: true,
  knowsCluster: true,
  outsideAtClusterIP: false,
  masquerades: 'remote',
  rangesBindInside: false,
  rangesByFamily: false,
};

/** projectcalico/calico `felix/bpf/proxy/syncer.go`; docs.tigera.io "eBPF dataplane": every node translates a node port of whatever node, clients keep their address. */
const CALICO: ProxyRules = {
  ...IPTABLES,
  who: 'Calico’s eBPF dataplane',
  loopback: 'nobody',
  translatesAtSender: true,
  opensHealthChecks: false,
  knowsCluster: true,
  masquerades: 'never',
};

/** The rules of a cluster's service proxy for a protocol. */
export function proxyRules(proxy: ProxyProfile, protocol: Protocol): ProxyRules {
  switch (proxy.mode) {
    case 'iptables':
      return proxy.localhostNodePorts ? IPTABLES : { ...IPTABLES, loopback: 'nobody' };
    case 'nftables':
      return NFTABLES;
    case 'ipvs':
      return proxy.ipvs.otherPorts === 'node' ? { ...IPVS, otherPorts: { verdict: 'ACCEPT', of: 'every-address' } } : IPVS;
    case 'ebpf':
      return ebpfRules(proxy, protocol);
    default:
      return assertNever(proxy.mode);
  }
}

function ebpfRules({ ebpf, localhostNodePorts }: ProxyProfile, protocol: Protocol): ProxyRules {
  const { program, externalClusterIP, topologyHints, connectTime } = ebpf;
  const masquerades = forwardsWithNodeAddress(ebpf, protocol) ? 'remote' : 'never';
  const shared = { outsideAtClusterIP: externalClusterIP, usesHints: topologyHints, masquerades } as const;
  if (program === 'cilium') {
    const translatesAtSender = connectTime === 'all' || (connectTime === 'tcp' && protocol === 'TCP');
    return { ...CILIUM, ...shared, translatesAtSender, loopback: connectTime === 'none' ? 'nobody' : 'both' };
  }
  if (program === 'calico') return { ...CALICO, ...shared };
  return { ...IPTABLES, who: 'the replacement of kube-proxy', loopback: localhostNodePorts ? 'ipv4' : 'nobody', known: false };
}

function forwardsWithNodeAddress({ forwarding }: ProxyProfile['ebpf'], protocol: Protocol): boolean {
  return forwarding === 'snat' || (forwarding === 'hybrid' && protocol !== 'TCP');
}

/** Whether the client itself is told the endpoint's address at `connect()`: it then talks to the endpoint as if there were no service. */
export function translatesAtConnect({ mode, ebpf }: ProxyProfile, protocol: Protocol, sender: 'pod' | 'node'): boolean {
  if (mode !== 'ebpf' || ebpf.program === undefined) return false;
  if (ebpf.connectTime === 'host') return sender === 'node';
  return ebpf.connectTime === 'all' || (ebpf.connectTime === 'tcp' && protocol === 'TCP');
}
