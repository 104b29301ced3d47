import { invariant } from '../kernel/invariant.js';
import type { CniPlugin } from '../model/network-profile.js';
import type { ByFamily, Carrier, PluginCarriers, Transport } from './carrier.js';

const FELIX = 'projectcalico/calico felix/dataplane/linux/int_dataplane.go, felix/config/config_params.go';
const FLANNEL = 'flannel-io/flannel pkg/backend';
const CILIUM_MTU = 'cilium/cilium pkg/mtu/mtu.go, Documentation/operations/system_requirements.rst';
const ANTREA = 'antrea-io/antrea pkg/agent/config/node_config.go, docs/design/architecture.md';
const KUBE_OVN = 'kubeovn/kube-ovn pkg/util/const.go, pkg/daemon/config.go';
const WEAVE = 'weaveworks/weave net/bridge.go, site/tasks/manage/fastdp.md';

const NOWHERE = { 4: undefined, 6: undefined } as const;

const udp = (port: number): Transport => ({ protocol: 'udp', port });
const ip = (number: number): Transport => ({ protocol: 'ip', number });
const both = <T>(value: T): ByFamily<T> => ({ 4: value, 6: value });
const onlyIPv4 = <T>(value: T): ByFamily<T> => ({ 4: value, 6: undefined });

/** Packets go out as they are. */
function plain(source: string, route: string): Carrier {
  return { overhead: both(0), transport: NOWHERE, device: NOWHERE, source, route };
}

const CALICO: PluginCarriers = {
  usual: 'ipip',
  modes: {
    bgp: plain(FELIX, 'BIRD’s route {range} via {peer}'),
    ipip: {
      overhead: onlyIPv4(20),
      transport: onlyIPv4(ip(4)),
      device: onlyIPv4('tunl0'),
      route: 'BIRD’s route {range} via {peer} dev tunl0 onlink',
      source: FELIX,
    },
    vxlan: {
      overhead: { 4: 50, 6: 70 },
      transport: both(udp(4789)),
      networkId: 4096,
      device: { 4: 'vxlan.calico', 6: 'vxlan-v6.calico' },
      route: 'Felix’ route {range} via the tunnel address of {peer} dev vxlan.calico onlink, whose FDB entry is {peer}',
      source: FELIX,
    },
    wireguard: {
      overhead: { 4: 60, 6: 80 },
      transport: { 4: udp(51_820), 6: udp(51_821) },
      device: { 4: 'wireguard.cali', 6: 'wg-v6.cali' },
      route: 'Felix’ rule 99 to the table of wireguard.cali: {range} is allowed to the peer {peer}',
      encrypts: true,
      source: FELIX,
    },
  },
  encryptions: {},
};

const FLANNEL_CARRIERS: PluginCarriers = {
  usual: 'vxlan',
  modes: {
    // 50 over both families, though the header of IPv6 has 20 bytes more: a defect of Flannel that its users meet.
    vxlan: {
      overhead: both(50),
      onWire: { 4: 50, 6: 70 },
      transport: both(udp(8472)),
      networkId: 1,
      device: { 4: 'flannel.1', 6: 'flannel-v6.1' },
      route: 'flanneld’s route {range} via {base} dev flannel.1 onlink; neighbour and FDB entries lead to {peer}',
      source: `${FLANNEL}/vxlan/vxlan_network.go`,
    },
    'host-gw': { ...plain(`${FLANNEL}/hostgw/hostgw.go`, 'flanneld’s route {range} via {peer}'), onLinkOnly: true },
    ipip: {
      overhead: onlyIPv4(20),
      transport: onlyIPv4(ip(4)),
      device: onlyIPv4('flannel.ipip'),
      route: 'flanneld’s route {range} via {peer} dev flannel.ipip onlink',
      source: `${FLANNEL}/ipip/ipip.go`,
    },
    wireguard: {
      overhead: both(80),
      transport: { 4: udp(51_820), 6: udp(51_821) },
      device: { 4: 'flannel-wg', 6: 'flannel-wg-v6' },
      route: 'flanneld’s route to the pods’ network dev flannel-wg: {range} is allowed to the peer {peer}',
      encrypts: true,
      source: `${FLANNEL}/wireguard/wireguard_network.go`,
    },
    udp: {
      overhead: onlyIPv4(28),
      transport: onlyIPv4(udp(8285)),
      device: onlyIPv4('flannel0'),
      route: 'the route of the TUN device flannel0, which flanneld reads: {range} is at {peer}',
      source: `${FLANNEL}/udp/udp_network_amd64.go`,
    },
  },
  encryptions: {},
};

const CILIUM: PluginCarriers = {
  usual: 'vxlan',
  tunnelsOverIPv4: true,
  modes: {
    native: { ...plain(CILIUM_MTU, 'BPF asks the routes of the node: {range} via {peer}'), mtuIsOnRoute: true },
    vxlan: {
      overhead: { 4: 50, 6: 70 },
      transport: both(udp(8472)),
      networkId: 'identity',
      device: both('cilium_vxlan'),
      route: 'BPF: the ipcache has the address at {peer}, with the identity of the receiver',
      mtuIsOnRoute: true,
      source: CILIUM_MTU,
    },
    geneve: {
      overhead: { 4: 50, 6: 70 },
      transport: both(udp(6081)),
      networkId: 'identity',
      device: both('cilium_geneve'),
      route: 'BPF: the ipcache has the address at {peer}, with the identity of the receiver',
      mtuIsOnRoute: true,
      source: CILIUM_MTU,
    },
  },
  encryptions: {
    wireguard: {
      adds: 'around',
      overhead: both(80),
      transport: both(udp(51_871)),
      device: both('cilium_wg0'),
      encrypts: true,
      source: CILIUM_MTU,
    },
    ipsec: { adds: 'around', overhead: both(77), transport: both(ip(50)), device: NOWHERE, encrypts: true, source: CILIUM_MTU },
  },
};

/** One of Antrea's tunnels. */
function antreaTunnel(v4: number, transport: Transport): Carrier {
  return {
    overhead: { 4: v4, 6: v4 + 20 },
    transport: both(transport),
    device: both('antrea-tun0'),
    route: 'a flow of br-int: {range} is behind the tunnel to {peer}',
    source: ANTREA,
  };
}

const ANTREA_CARRIERS: PluginCarriers = {
  usual: 'geneve',
  tunnelsOverIPv4: true,
  modes: {
    native: plain(ANTREA, 'the agent’s route {range} via {peer}'),
    vxlan: antreaTunnel(50, udp(4789)),
    geneve: antreaTunnel(50, udp(6081)),
    gre: antreaTunnel(42, ip(47)),
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

/** One of the tunnels of OVN. */
function ovnTunnel([v4, v6]: readonly [number, number], transport: Transport, device: string, source: string): Carrier {
  return {
    overhead: { 4: v4, 6: v6 },
    transport: both(transport),
    device: both(device),
    route: 'OVN’s flows of br-int: the port of the receiver is bound at {peer}',
    source,
  };
}

const KUBE_OVN_CARRIERS: PluginCarriers = {
  usual: 'geneve',
  tunnelsOverIPv4: true,
  modes: {
    geneve: ovnTunnel([100, 120], udp(6081), 'genev_sys_6081', KUBE_OVN),
    vxlan: ovnTunnel([50, 70], udp(4789), 'vxlan_sys_4789', KUBE_OVN),
    stt: ovnTunnel([72, 92], { protocol: 'tcp', port: 7471 }, 'stt_sys_7471', KUBE_OVN),
    // Packets are not wrapped, and the MTU is lowered all the same.
    vlan: { ...plain(KUBE_OVN, 'the VLAN of the provider network'), overhead: { 4: 100, 6: 120 }, onWire: both(0), onLinkOnly: true },
  },
  encryptions: {},
};

/** What Weave gives its bridge: 1460 − (20 IP + 8 UDP + 8 VXLAN + 14 Ethernet + 34 ESP), fast datapath or not. */
const WEAVE_MTU = { overhead: onlyIPv4(84), fixedMtu: 1376, source: WEAVE } as const;

const WEAVE_CARRIERS: PluginCarriers = {
  usual: 'fastdp',
  modes: {
    fastdp: {
      ...WEAVE_MTU,
      transport: onlyIPv4(udp(6784)),
      device: onlyIPv4('vxlan-6784'),
      between: ['vethwe-bridge', 'vethwe-datapath'],
      route: 'the bridge has learned where the receiver’s MAC is; a flow of the datapath leads to {peer}',
    },
    sleeve: {
      ...WEAVE_MTU,
      transport: onlyIPv4(udp(6783)),
      device: onlyIPv4('weaver'),
      between: ['vethwe-bridge', 'vethwe-pcap'],
      route: 'the process weaver captures the frame and sends it to {peer}',
    },
  },
  encryptions: {},
};

function unwrapped(mode: string, source: string, route: string): PluginCarriers {
  return { usual: mode, modes: { [mode]: plain(source, route) }, encryptions: {} };
}

/**
 * Every plugin that the model knows, its modes, and what each takes of the MTU. The numbers belong to plugin, mode and family of the underlay, never to the protocol:
 * each plugin reckons in its own way.
 */
export const CARRIERS: Readonly<Record<CniPlugin, PluginCarriers>> = {
  calico: CALICO,
  canal: FLANNEL_CARRIERS,
  flannel: FLANNEL_CARRIERS,
  cilium: CILIUM,
  'gke-dataplane-v2': { ...CILIUM, usual: 'native' },
  weave: WEAVE_CARRIERS,
  antrea: ANTREA_CARRIERS,
  'kube-ovn': KUBE_OVN_CARRIERS,
  'ovn-kubernetes': {
    usual: 'geneve',
    tunnelsOverIPv4: true,
    modes: { geneve: ovnTunnel([100, 100], udp(6081), 'genev_sys_6081', 'ovn-org/ovn-kubernetes docs: 100 below the MTU of the node') },
    encryptions: {},
  },
  'aws-vpc-cni': unwrapped(
    'eni',
    'aws/amazon-vpc-cni-k8s README, AWS_VPC_ENI_MTU; docs/cni-proposal.md',
    'rule 1536 to the table of the sender’s interface: the VPC knows every pod’s address',
  ),
  'azure-cni': unwrapped('eni', 'learn.microsoft.com/azure/aks, Azure CNI', 'the virtual network knows every pod’s address'),
  kindnet: {
    usual: 'ptp',
    modes: { ptp: { ...plain('kubernetes-sigs/kind images/kindnetd', 'kindnetd’s route {range} via {peer}'), onLinkOnly: true } },
    encryptions: {},
  },
  'kube-router': {
    usual: 'bgp',
    modes: {
      bgp: plain('cloudnativelabs/kube-router docs/bgp.md', 'the BGP route {range} via {peer}'),
      ipip: {
        overhead: onlyIPv4(20),
        transport: onlyIPv4(ip(4)),
        device: onlyIPv4('tun-ipip'),
        route: 'the route {range} dev the tunnel to {peer}',
        source: 'cloudnativelabs/kube-router docs/tunnels.md',
      },
    },
    encryptions: {},
  },
  'kube-network-policies': unwrapped(
    'routed',
    'it carries no packets: routes between the nodes are taken as given',
    'route {range} via {peer}',
  ),
  unknown: {
    usual: 'routed',
    modes: {
      routed: plain('routes of the underlay, given by hand', 'route {range} via {peer}'),
      vlan: {
        ...plain('containernetworking/plugins plugins/main/vlan: one VLAN for all pods', 'the switch knows where the receiver’s MAC is'),
        onLinkOnly: true,
      },
    },
    encryptions: {},
  },
};

/** Other names of modes: of the plugins' own settings, and of the tables that list them. */
const ALIASES: Readonly<Partial<Record<CniPlugin, Readonly<Record<string, string>>>>> = {
  calico: { none: 'bgp' },
  antrea: { noencap: 'native' },
  cilium: { disabled: 'native' },
};

/** The mode as the table calls it; undefined where the plugin has none of the name. */
export function modeNamed(plugin: CniPlugin, mode: string): string | undefined {
  const { modes } = CARRIERS[plugin];
  const name = ALIASES[plugin]?.[mode.toLowerCase()] ?? mode.toLowerCase();
  return Object.hasOwn(modes, name) ? name : undefined;
}

/** The row of a mode that the table has. */
export function carrierOf(plugin: CniPlugin, mode: string): Carrier {
  const carrier = CARRIERS[plugin].modes[mode];
  invariant(carrier, `${plugin} has the mode \`${mode}\``);
  return carrier;
}
