import { invariant } from '../kernel/invariant.js';
import type { CniPlugin } from '../model/network-profile.js';
import type { Carrier, Encryption, PluginCarriers, Transport } from './carrier.js';
import { both, ip, NOWHERE, plain, udp } from './internal/carriers/builders.js';
import { CALICO } from './internal/carriers/calico.js';
import { FLANNEL } from './internal/carriers/flannel.js';
import { KUBE_ROUTER } from './internal/carriers/kube-router.js';
import { WEAVE } from './internal/carriers/weave.js';

const CILIUM_MTU = 'cilium/cilium pkg/mtu/mtu.go, Documentation/operations/system_requirements.rst';
const ANTREA = 'antrea-io/antrea pkg/agent/config/node_config.go, docs/design/architecture.md';
const KUBE_OVN = 'kubeovn/kube-ovn pkg/util/const.go, pkg/daemon/config.go';

/** Pods never see the node's own route, which leads to cilium_host: `pkg/datapath/linux/node.go`, createNodeRouteSpec. */
const CILIUM_TUNNEL_ROUTE = {
  route: 'BPF: the ipcache has the address at {peer}, with the identity of the receiver',
  routedBy: 'cilium_host',
  nextHop: 'self',
} as const;

const CILIUM: PluginCarriers = {
  usual: 'vxlan',
  tunnelsOverIPv4: true,
  modes: {
    native: { ...plain(CILIUM_MTU, 'BPF asks the routes of the node: {range} via {peer}'), mtuIsOnRoute: true },
    // pkg/datapath/linux/linux_defaults: RulePriorityEgress 111 (110 in older releases), RulePriorityIngress 20, RouteTableInterfacesOffset 10.
    eni: {
      ...plain(
        'cilium/cilium pkg/datapath/linux/routing',
        'rule 111 from the sender to table 10 + the number of its interface; the VPC knows every pod’s address, and rule 20 leads to it by the table main',
      ),
      nextHop: 'none',
      mtuIsOnRoute: true,
    },
    vxlan: {
      overhead: { 4: 50, 6: 70 },
      transport: both(udp(8472)),
      networkId: 'identity',
      device: both('cilium_vxlan'),
      ...CILIUM_TUNNEL_ROUTE,
      mtuIsOnRoute: true,
      source: CILIUM_MTU,
    },
    geneve: {
      overhead: { 4: 50, 6: 70 },
      transport: both(udp(6081)),
      networkId: 'identity',
      device: both('cilium_geneve'),
      ...CILIUM_TUNNEL_ROUTE,
      mtuIsOnRoute: true,
      source: CILIUM_MTU,
    },
  },
  // Documentation/security/network/encryption-{wireguard,ipsec}.rst: node-to-node encryption is off by default.
  encryptions: {
    wireguard: {
      adds: 'around',
      podsOnly: true,
      overhead: both(80),
      transport: both(udp(51_871)),
      device: both('cilium_wg0'),
      encrypts: true,
      source: CILIUM_MTU,
    },
    ipsec: {
      adds: 'around',
      podsOnly: true,
      overhead: both(77),
      transport: both(ip(50)),
      device: NOWHERE,
      encrypts: true,
      source: CILIUM_MTU,
    },
  },
};

/** One of Antrea's tunnels. */
function antreaTunnel(v4: number, transport: Transport): Carrier {
  return {
    overhead: { 4: v4, 6: v4 + 20 },
    transport: both(transport),
    device: both('antrea-tun0'),
    route: 'a flow of br-int: {range} is behind the tunnel to {peer}',
    routedBy: 'antrea-gw0',
    nextHop: 'gateway',
    source: ANTREA,
  };
}

const ANTREA_CARRIERS: PluginCarriers = {
  usual: 'geneve',
  tunnelsOverIPv4: true,
  // cmd/antrea-agent/options.go: "TrafficEncryptionMode %s may only be enabled in encap mode".
  encryptsTunnelsOnly: true,
  modes: {
    native: plain(ANTREA, 'the agent’s route {range} via {peer}'),
    vxlan: antreaTunnel(50, udp(4789)),
    geneve: antreaTunnel(50, udp(6081)),
    // pkg/agent/agent.go: "GRE tunnel type is not supported for IPv6 overlay".
    gre: { ...antreaTunnel(42, ip(47)), podsOf: 4 },
    // CalculateMTUDeduction knows the other three alone, and of IPv6 its longer header: the MTU leaves no room for STT, which Open vSwitch puts into TCP.
    stt: { ...antreaTunnel(0, { protocol: 'tcp', port: 7471 }), onWire: { 4: 72, 6: 92 } },
  },
  encryptions: {
    wireguard: {
      adds: 'instead',
      overhead: { 4: 60, 6: 80 },
      transport: both(udp(51_820)),
      device: both('antrea-wg0'),
      encrypts: true,
      source: ANTREA,
    },
    // "IPsec ESP can add a maximum of 38 bytes to the packet including the ESP header and trailer."
    ipsec: { adds: 'around', overhead: both(38), transport: both(ip(50)), device: NOWHERE, encrypts: true, source: ANTREA },
  },
};

/** One of the tunnels of Kube-OVN: pkg/controller/node.go gives each node's address a policy of the router (pkg/util/const.go, NodeRouterPolicyPriority), so that pods meet no netfilter on the way. */
function kubeOvnTunnel(overhead: readonly [number, number], transport: Transport, device: string): Carrier {
  const toNodes = 'OVN’s router, policy 30000: what pods send to {peer} goes to the port ovn0 of that node';
  return { ...ovnTunnel(overhead, transport, [device, 'ovn0'], KUBE_OVN), toNodes };
}

/** One of the tunnels of OVN. */
function ovnTunnel(
  [v4, v6]: readonly [number, number],
  transport: Transport,
  [device, routedBy]: readonly [string, string],
  source: string,
): Carrier {
  return {
    overhead: { 4: v4, 6: v6 },
    transport: both(transport),
    device: both(device),
    route: 'OVN’s flows of br-int: the port of the receiver is bound at {peer}',
    routedBy,
    nextHop: 'none',
    source,
  };
}

const KUBE_OVN_CARRIERS: PluginCarriers = {
  usual: 'geneve',
  tunnelsOverIPv4: true,
  modes: {
    geneve: kubeOvnTunnel([100, 120], udp(6081), 'genev_sys_6081'),
    vxlan: kubeOvnTunnel([50, 70], udp(4789), 'vxlan_sys_4789'),
    stt: kubeOvnTunnel([72, 92], { protocol: 'tcp', port: 7471 }, 'stt_sys_7471'),
    // Packets are not wrapped, and the MTU is lowered all the same.
    vlan: {
      ...plain(KUBE_OVN, 'the VLAN of the provider network'),
      nextHop: 'none',
      overhead: { 4: 100, 6: 120 },
      onWire: both(0),
      onLinkOnly: true,
    },
  },
  encryptions: {},
};

/** Pods have addresses of the virtual network itself, whose router knows each. */
function ofVirtualNetwork(source: string, route: string): PluginCarriers {
  return { usual: 'eni', modes: { eni: { ...plain(source, route), nextHop: 'none' } }, encryptions: {} };
}

/** One network for all pods, that of the nodes' devices or a VLAN on them; the MTU of a child is at most that of its parent, and as by default the same (README). */
const MACVLAN: Carrier = {
  ...plain('containernetworking/plugins plugins/main/macvlan', 'the switch knows where the receiver’s MAC is'),
  nextHop: 'none',
  onLinkOnly: true,
};

/**
 * Every plugin that the model knows, its modes, and what each takes of the MTU. The numbers belong to plugin, mode and family of the underlay, never to the protocol:
 * each plugin reckons in its own way.
 */
export const CARRIERS: Readonly<Record<CniPlugin, PluginCarriers>> = {
  calico: CALICO,
  canal: FLANNEL,
  flannel: FLANNEL,
  cilium: CILIUM,
  'gke-dataplane-v2': { ...CILIUM, usual: 'native' },
  weave: WEAVE,
  antrea: ANTREA_CARRIERS,
  'kube-ovn': KUBE_OVN_CARRIERS,
  'ovn-kubernetes': {
    usual: 'geneve',
    tunnelsOverIPv4: true,
    modes: {
      geneve: ovnTunnel(
        [100, 100],
        udp(6081),
        ['genev_sys_6081', 'ovn-k8s-mp0'],
        'ovn-org/ovn-kubernetes docs: 100 below the MTU of the node',
      ),
    },
    encryptions: {
      ipsec: {
        adds: 'around',
        overhead: both(46),
        transport: both(ip(50)),
        device: NOWHERE,
        encrypts: true,
        source:
          'openshift/cluster-network-operator pkg/network/ovn_kubernetes.go, getOVNEncapOverhead: 46 in mode Full, of AES-GCM in transport mode',
      },
    },
  },
  'aws-vpc-cni': ofVirtualNetwork(
    'aws/amazon-vpc-cni-k8s README, AWS_VPC_ENI_MTU; docs/cni-proposal.md',
    'rule 1536 to the table of the sender’s interface: the VPC knows every pod’s address',
  ),
  'azure-cni': ofVirtualNetwork('learn.microsoft.com/azure/aks, Azure CNI', 'the virtual network knows every pod’s address'),
  kindnet: {
    usual: 'ptp',
    modes: { ptp: { ...plain('kubernetes-sigs/kind images/kindnetd', 'kindnetd’s route {range} via {peer}'), onLinkOnly: true } },
    encryptions: {},
  },
  'kube-router': KUBE_ROUTER,
  'kube-network-policies': {
    usual: 'routed',
    modes: { routed: plain('it carries no packets: routes between the nodes are taken as given', 'route {range} via {peer}') },
    encryptions: {},
  },
  unknown: {
    usual: 'routed',
    modes: {
      routed: plain('routes of the underlay, given by hand', 'route {range} via {peer}'),
      macvlan: MACVLAN,
      vlan: MACVLAN,
    },
    encryptions: {},
  },
};

/** Other names of modes: of the plugins' own settings, and of the tables that list them. */
const ALIASES: Readonly<Partial<Record<CniPlugin, Readonly<Record<string, string>>>>> = {
  calico: { none: 'bgp' },
  antrea: { noencap: 'native', networkpolicyonly: 'native', encap: 'geneve', hybrid: 'geneve' },
  cilium: { disabled: 'native' },
};

/** The mode as the table calls it; undefined where the plugin has none of the name. */
export function modeNamed(plugin: CniPlugin, mode: string): string | undefined {
  const { modes } = CARRIERS[plugin];
  const name = ALIASES[plugin]?.[mode.toLowerCase()] ?? mode.toLowerCase();
  return Object.hasOwn(modes, name) ? name : undefined;
}

/** Whether a mode puts something around packets, in whichever family. */
export function isWrapping(plugin: CniPlugin, mode: string): boolean {
  const { transport } = CARRIERS[plugin].modes[mode] ?? {};
  return transport?.[4] !== undefined || transport?.[6] !== undefined;
}

/** What encrypts packets in a mode; undefined: nothing, the mode itself, or the plugin cannot in that mode. `crossSubnet`: packets within a subnet are not wrapped. */
export function encryptionIn(
  plugin: CniPlugin,
  mode: string,
  { encryption, crossSubnet }: { readonly encryption: 'none' | 'wireguard' | 'ipsec'; readonly crossSubnet: boolean },
): Encryption | undefined {
  const { encryptions, encryptsTunnelsOnly, modes } = CARRIERS[plugin];
  if (modes[mode]?.encrypts === 'where-told') return undefined;
  const isTunnel = !crossSubnet && modes[mode]?.transport[4] !== undefined;
  return encryption === 'none' || (encryptsTunnelsOnly && !isTunnel) ? undefined : encryptions[encryption];
}

/** The row of a mode that the table has. */
export function carrierOf(plugin: CniPlugin, mode: string): Carrier {
  const carrier = CARRIERS[plugin].modes[mode];
  invariant(carrier, `${plugin} has the mode \`${mode}\``);
  return carrier;
}
