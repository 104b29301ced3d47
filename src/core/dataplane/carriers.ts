import type { CniPlugin } from '../model/network-profile.js';
import type { IpFamily } from '../net/ip.js';

/** What a packet between nodes travels in. */
export type Transport =
  | { readonly protocol: 'udp' | 'tcp'; readonly port: number }
  /** An IP protocol of its own: 4 (IP in IP), 41 (IPv6 in IP), 47 (GRE), 50 (ESP). */
  | { readonly protocol: 'ip'; readonly number: number };

/** By the family of the underlay; undefined: nothing there, or the mode does not go over that family. */
export type ByFamily<T> = Readonly<Record<IpFamily, T | undefined>>;

/** What is put around a packet on its way to another node. */
export interface Wrapping {
  /** Bytes around the inner IP packet, as the plugin itself subtracts them from the MTU of the node's device. */
  readonly overhead: ByFamily<number>;
  readonly transport: ByFamily<Transport>;
  /** VNI of VXLAN and Geneve; `identity`: that of the sender. */
  readonly networkId?: number | 'identity';
  /** The device that wraps and unwraps, by the family of the pods; undefined: the node's own device. */
  readonly device: ByFamily<string>;
  readonly source: string;
}

/** How one mode of a plugin brings packets from node to node. */
export interface Carrier extends Wrapping {
  /** The pod's device keeps the node's MTU, and its routes carry the smaller one. */
  readonly mtuIsOnRoute?: true;
  /** The pod MTU where nothing is configured, whatever the node has. */
  readonly fixedMtu?: number;
  /** Nodes of one layer 2 segment only: routes are laid where the next node is on-link. */
  readonly onLinkOnly?: true;
}

/** What encrypts packets between nodes, beside or in place of the mode's own wrapping. */
export interface Encryption extends Wrapping {
  /** Goes around the mode's own wrapping, or takes its place. */
  readonly adds: 'around' | 'instead';
}

/** The modes of one plugin, by the names that the profile gives them. */
export interface PluginCarriers {
  readonly modes: Readonly<Record<string, Carrier>>;
  /** Taken where nothing tells the mode: what the plugin does when it is not configured. */
  readonly usual: string;
  readonly encryptions: Readonly<Partial<Record<'wireguard' | 'ipsec', Encryption>>>;
}

const FELIX = 'projectcalico/calico felix/dataplane/linux/int_dataplane.go, felix/config/config_params.go';
const FLANNEL = 'flannel-io/flannel pkg/backend';
const CILIUM_MTU = 'cilium/cilium pkg/mtu/mtu.go, Documentation/operations/system_requirements.rst';
const ANTREA = 'antrea-io/antrea pkg/agent/config/node_config.go';
const KUBE_OVN = 'kubeovn/kube-ovn pkg/util/const.go, pkg/daemon/config.go';
const WEAVE = 'weaveworks/weave net/bridge.go, site/tasks/manage/fastdp.md';

const NONE = { 4: undefined, 6: undefined } as const;

const udp = (port: number): Transport => ({ protocol: 'udp', port });
const ip = (number: number): Transport => ({ protocol: 'ip', number });
const both = <T>(value: T): ByFamily<T> => ({ 4: value, 6: value });

/** Packets go out as they are. */
function plain(source: string): Carrier {
  return { overhead: both(0), transport: NONE, device: NONE, source };
}

function wrapped(
  source: string,
  [v4, v6]: readonly [number, number | undefined],
  transport: ByFamily<Transport>,
  device: ByFamily<string>,
): Wrapping {
  return { overhead: { 4: v4, 6: v6 }, transport, device, source };
}

const CALICO: PluginCarriers = {
  usual: 'ipip',
  modes: {
    bgp: plain(FELIX),
    ipip: wrapped(FELIX, [20, undefined], { 4: ip(4), 6: undefined }, { 4: 'tunl0', 6: undefined }),
    vxlan: { ...wrapped(FELIX, [50, 70], both(udp(4789)), { 4: 'vxlan.calico', 6: 'vxlan-v6.calico' }), networkId: 4096 },
    wireguard: wrapped(FELIX, [60, 80], { 4: udp(51_820), 6: udp(51_821) }, { 4: 'wireguard.cali', 6: 'wg-v6.cali' }),
  },
  encryptions: {},
};

/** VXLAN: 50 over both families, though the header of IPv6 has 20 bytes more (a defect of Flannel that its users meet). */
const FLANNEL_CARRIERS: PluginCarriers = {
  usual: 'vxlan',
  modes: {
    vxlan: {
      ...wrapped(`${FLANNEL}/vxlan/vxlan_network.go`, [50, 50], both(udp(8472)), { 4: 'flannel.1', 6: 'flannel-v6.1' }),
      networkId: 1,
    },
    'host-gw': { ...plain(`${FLANNEL}/hostgw/hostgw.go`), onLinkOnly: true },
    ipip: wrapped(`${FLANNEL}/ipip/ipip.go`, [20, undefined], { 4: ip(4), 6: undefined }, { 4: 'flannel.ipip', 6: undefined }),
    wireguard: wrapped(
      `${FLANNEL}/wireguard/wireguard_network.go`,
      [80, 80],
      { 4: udp(51_820), 6: udp(51_821) },
      { 4: 'flannel-wg', 6: 'flannel-wg-v6' },
    ),
    udp: wrapped(`${FLANNEL}/udp/udp_network_amd64.go`, [28, undefined], { 4: udp(8285), 6: undefined }, { 4: 'flannel0', 6: undefined }),
  },
  encryptions: {},
};

const CILIUM: PluginCarriers = {
  usual: 'vxlan',
  modes: {
    native: { ...plain(CILIUM_MTU), mtuIsOnRoute: true },
    vxlan: { ...wrapped(CILIUM_MTU, [50, 70], both(udp(8472)), both('cilium_vxlan')), networkId: 'identity', mtuIsOnRoute: true },
    geneve: { ...wrapped(CILIUM_MTU, [50, 70], both(udp(6081)), both('cilium_geneve')), networkId: 'identity', mtuIsOnRoute: true },
  },
  encryptions: {
    wireguard: { ...wrapped(CILIUM_MTU, [80, 80], both(udp(51_871)), both('cilium_wg0')), adds: 'around' },
    ipsec: { ...wrapped(CILIUM_MTU, [77, 77], both(ip(50)), NONE), adds: 'around' },
  },
};

const ANTREA_CARRIERS: PluginCarriers = {
  usual: 'geneve',
  modes: {
    native: plain(ANTREA),
    vxlan: wrapped(ANTREA, [50, 70], both(udp(4789)), both('antrea-tun0')),
    geneve: wrapped(ANTREA, [50, 70], both(udp(6081)), both('antrea-tun0')),
    gre: wrapped(ANTREA, [42, 62], both(ip(47)), both('antrea-tun0')),
  },
  encryptions: {
    wireguard: { ...wrapped(ANTREA, [60, 80], both(udp(51_820)), both('antrea-wg0')), adds: 'instead' },
    ipsec: { ...wrapped(ANTREA, [38, 38], both(ip(50)), NONE), adds: 'around' },
  },
};

const KUBE_OVN_CARRIERS: PluginCarriers = {
  usual: 'geneve',
  modes: {
    geneve: wrapped(KUBE_OVN, [100, 120], both(udp(6081)), both('genev_sys_6081')),
    vxlan: wrapped(KUBE_OVN, [50, 70], both(udp(4789)), both('vxlan_sys_4789')),
    stt: wrapped(KUBE_OVN, [72, 92], both({ protocol: 'tcp', port: 7471 }), both('stt_sys_7471')),
    // Packets are not wrapped, and the MTU is lowered all the same.
    vlan: { ...plain(KUBE_OVN), overhead: { 4: 100, 6: 120 } },
  },
  encryptions: {},
};

/** 1376 = 1460 − (20 IP + 8 UDP + 8 VXLAN + 14 Ethernet + 34 ESP): what Weave gives its bridge, fast datapath or not. */
const WEAVE_CARRIERS: PluginCarriers = {
  usual: 'fastdp',
  modes: {
    fastdp: { ...wrapped(WEAVE, [84, undefined], { 4: udp(6784), 6: undefined }, { 4: 'vxlan-6784', 6: undefined }), fixedMtu: 1376 },
    sleeve: { ...wrapped(WEAVE, [84, undefined], { 4: udp(6783), 6: undefined }, { 4: 'weaver', 6: undefined }), fixedMtu: 1376 },
  },
  encryptions: {},
};

function unwrapped(mode: string, source: string): PluginCarriers {
  return { usual: mode, modes: { [mode]: plain(source) }, encryptions: {} };
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
    modes: {
      geneve: wrapped('ovn-org/ovn-kubernetes docs, MTU: 100 below the node’s', [100, 100], both(udp(6081)), both('genev_sys_6081')),
    },
    encryptions: {},
  },
  'aws-vpc-cni': unwrapped('eni', 'aws/amazon-vpc-cni-k8s README, AWS_VPC_ENI_MTU'),
  'azure-cni': unwrapped('eni', 'learn.microsoft.com/azure/aks, Azure CNI: pods have addresses of the virtual network'),
  kindnet: { usual: 'ptp', modes: { ptp: { ...plain('kubernetes-sigs/kind images/kindnetd'), onLinkOnly: true } }, encryptions: {} },
  'kube-router': {
    usual: 'bgp',
    modes: {
      bgp: plain('cloudnativelabs/kube-router docs/bgp.md'),
      ipip: wrapped(
        'cloudnativelabs/kube-router docs/tunnels.md',
        [20, undefined],
        { 4: ip(4), 6: undefined },
        { 4: 'tun-ipip', 6: undefined },
      ),
    },
    encryptions: {},
  },
  'kube-network-policies': unwrapped('routed', 'it carries no packets: routes between the nodes are assumed'),
  unknown: {
    usual: 'routed',
    modes: {
      routed: plain('routes of the underlay, given by hand'),
      vlan: plain('one VLAN for all pods, given by hand (containernetworking/plugins plugins/main/vlan, macvlan)'),
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
