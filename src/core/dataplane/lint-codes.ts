import type { Severity } from '../kernel/diagnostic.js';

/** What one code says, how grave it is, and where the rule stands. */
export interface DataplaneCode {
  readonly severity: Severity;
  readonly means: string;
  readonly source: string;
}

const FELIX_MTU = 'projectcalico/calico felix/dataplane/linux/int_dataplane.go, determinePodMTU';

/** Every code of findings about the data plane: a closed list. */
export const DATAPLANE_CODES = {
  MTU_TOO_LARGE: {
    severity: 'error',
    means: 'the largest packet of a pod, once it is wrapped, does not fit into the nodes’ network: large packets are lost without a word',
    source: 'arithmetic: pod MTU + overhead ≤ MTU of the underlay; projectcalico/calico#7651, flannel-io/flannel#2388',
  },
  MTU_LARGER_THAN_HOST: {
    severity: 'error',
    means: 'the MTU that is set for pods is larger than that of the nodes’ devices',
    source: FELIX_MTU,
  },
  OVERHEAD_UNDERSTATED: {
    severity: 'warning',
    means: 'the plugin subtracts less than it puts around packets',
    source: 'flannel-io/flannel pkg/backend/vxlan/vxlan_network.go, encapOverhead',
  },
  MTU_MIXED: {
    severity: 'warning',
    means: 'nodes’ devices have different MTUs: the pods of some may send what others cannot take',
    source: 'projectcalico docs, "Configure MTU to maximize network performance": use one MTU for the cluster',
  },
  ENCRYPTION_REFUSED: {
    severity: 'error',
    means: 'Antrea is to encrypt what goes between nodes as it is: its agent does not start so, and answers take nothing to be encrypted',
    source: 'antrea-io/antrea cmd/antrea-agent/options.go, validateNodeOptions: "may only be enabled in encap mode"',
  },
  NODES_NOT_ENCRYPTED: {
    severity: 'warning',
    means:
      'Calico encrypts by WireGuard, and some nodes have no key, or that of another: what goes between them and others is not encrypted',
    source: 'projectcalico/calico felix/wireguard/wireguard.go, shouldProgramWireguardPeer',
  },
  TUNNEL_PORT_BLOCKED: {
    severity: 'error',
    means: 'policies of nodes deny what the plugin sends from node to node: tunnels or routes fail',
    source:
      'docs.tigera.io "Protect hosts"; cilium Documentation/security/host-firewall.rst; flannel Documentation/troubleshooting.md, Firewalls',
  },
  ROUTES_ASYMMETRIC: {
    severity: 'warning',
    means: 'masks of nodes’ subnets differ: one node wraps packets for another, which does not wrap its replies',
    source: 'projectcalico/calico felix/calc/l3_route_resolver.go, nodeInOurSubnet',
  },
  HOST_PORT_CONFLICT: {
    severity: 'error',
    means: 'two pods of one node ask for the same port of it: only one of them gets it, and the scheduler places no second one',
    source: 'kubernetes pkg/scheduler/framework/types.go, HostPortInfo.CheckConflict',
  },
  HOST_PORT_DIFFERS: {
    severity: 'error',
    means: 'a hostNetwork pod asks for a port of the node that is not its own: the API server refuses it',
    source:
      'kubernetes pkg/apis/core/validation/validation.go, validateHostNetwork: "must match `containerPort` when `hostNetwork` is true"',
  },
  NODES_UNREACHABLE: {
    severity: 'error',
    means: 'packets of pods are not wrapped, and the network between two nodes does not bring them there',
    source: 'flannel-io/flannel Documentation/backends.md, host-gw: "requires direct layer2 connectivity"',
  },
  PODS_MASQUERADED: {
    severity: 'warning',
    means: 'packets between pods of different nodes get the address of a node: policies and logs do not see the pod',
    source: 'kubernetes-sigs/ip-masq-agent README; cilium Documentation/network/concepts/masquerading.rst',
  },
  EXEMPTS_PUBLIC: {
    severity: 'warning',
    means: 'a range that is left alone holds public addresses: packets to them leave with the pod’s address, and no answer comes back',
    source: 'kubernetes-sigs/ip-masq-agent README, nonMasqueradeCIDRs',
  },
  MASQ_AGENT_TOO_MANY: {
    severity: 'error',
    means: 'ip-masq-agent is told of more ranges than it takes: it refuses its configuration',
    source: 'kubernetes-sigs/ip-masq-agent cmd/ip-masq-agent/ip-masq-agent.go, validate: "the daemon can only accept up to 64 CIDRs"',
  },
  NON_MASQUERADE_OVERLAP: {
    severity: 'info',
    means: 'a range that is left alone lies in another of the same list: it changes nothing',
    source: 'kubernetes-sigs/ip-masq-agent README, nonMasqueradeCIDRs: what any of them holds is left alone',
  },
  NAT_OUTGOING_OFF: {
    severity: 'info',
    means: 'packets of pods leave the cluster with the pod’s address: the network outside has to know the way back',
    source: 'docs.tigera.io IPPool, natOutgoing',
  },
} as const satisfies Record<string, DataplaneCode>;

/** A code of a finding. */
export type DataplaneCodeName = keyof typeof DATAPLANE_CODES;
