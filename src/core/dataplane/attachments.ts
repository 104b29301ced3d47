import type { NetworkModel } from '../model/network-model.js';
import type { CniPlugin } from '../model/network-profile.js';
import { familyBits, type IpFamily } from '../net/ip.js';
import { clusterMode } from './cluster-mode.js';

/** How the pods of a node hang on its network. Device names end in `*` where every pod has its own. */
export interface Attachment {
  /** The pod's end in the node's own network namespace; undefined: its device is a child of the node's own. */
  readonly port: string | undefined;
  /** What happens there on the way out, and on the way in; `{bits}`: the length of an address. */
  readonly portOut: string;
  readonly portIn: string;
  /** What joins the pods of a node: a bridge or a switch. Undefined: the node routes between their ports. */
  readonly hub?: {
    readonly device: string;
    /** From pod to pod of the node; out to the node's routes; in from them. */
    readonly across: string;
    readonly out: string;
    readonly in: string;
    /** The device by which it reaches the node's routes, where it is not the hub itself. */
    readonly gateway?: string;
    /** What happens at that device, where the node's routes have no part in it. */
    readonly atGateway?: string;
    /** The device by which it reaches what is outside the cluster, past the node's routes. */
    readonly outward?: string;
  };
  /** What the node's device does for its children: from one to another, out by the wire, in from it. The node's routes and its netfilter see nothing of it. */
  readonly parent?: { readonly across: string; readonly out: string; readonly in: string };
  /** The device of the node's own route to its pods, where that is neither the hub nor the port. */
  readonly routedBy?: string;
  /** Programs at the pod's port translate addresses of services, where they stand in for kube-proxy. */
  readonly translatesAtPort: string;
  /** The plugin itself translates addresses of services for its pods, in place of kube-proxy: how. */
  readonly ownServices?: string;
  readonly source: string;
}

const BRIDGE_PLUGIN = 'containernetworking/plugins plugins/main/bridge';

/** A pair of devices, one end of which is a port of a bridge. */
function bridged(bridge: string, source: string): Attachment {
  return {
    port: 'veth*',
    portOut: `a port of ${bridge}`,
    portIn: `a port of ${bridge}`,
    hub: {
      device: bridge,
      across: `${bridge} switches to the port that has the receiver’s MAC`,
      out: `${bridge} is the gateway: the node’s routes decide`,
      in: `the node’s range is dev ${bridge}`,
    },
    translatesAtPort: `the program at the ports of ${bridge}`,
    source,
  };
}

/** Routed, never bridged. */
const CALICO: Attachment = {
  port: 'cali*',
  portOut: 'proxy ARP answers for the gateway with ee:ee:ee:ee:ee:ee; the node’s routes decide',
  portIn: 'the receiver’s /{bits} route is dev cali*',
  translatesAtPort: 'Calico’s BPF at cali*',
  source: 'projectcalico/calico felix/docs, docs.tigera.io FAQ "Why does my container have a route to 169.254.1.1?"',
};

const CILIUM: Attachment = {
  port: 'lxc*',
  portOut: 'BPF at lxc*: egress policy, then the endpoint map and the ipcache',
  portIn: 'BPF at lxc*: ingress policy, then the receiver’s eth0',
  routedBy: 'cilium_host',
  translatesAtPort: 'Cilium’s BPF at lxc*',
  source: 'cilium/cilium Documentation/network/ebpf/lifeofapacket.rst',
};

/** Open vSwitch. */
function switched(gateway: string, ownServices: string, source: string): Attachment & Required<Pick<Attachment, 'hub'>> {
  return {
    port: 'veth*',
    portOut: 'a port of br-int',
    portIn: 'a port of br-int',
    hub: {
      device: 'br-int',
      across: 'flows of br-int lead to the receiver’s port',
      out: 'flows of br-int decide',
      in: 'flows of br-int lead to the receiver’s port',
      gateway,
    },
    translatesAtPort: 'flows of br-int',
    ownServices,
    source,
  };
}

const KUBE_OVN = switched('ovn0', 'a load balancer of OVN: flows of br-int', 'kubeovn/kube-ovn docs');

/**
 * A localnet port of br-int leads to the bridge of the provider network, whose port is the node's device (dist/images/install.sh, PROVIDER_NAME; pkg/util, ExternalBridgeName):
 * the node's own routes never see what pods send.
 */
const KUBE_OVN_UNDERLAY: Attachment = {
  ...KUBE_OVN,
  hub: { ...KUBE_OVN.hub, gateway: 'br-provider', atGateway: 'the bridge of the provider network switches' },
};

const OVN_KUBERNETES_SWITCHED = switched(
  'ovn-k8s-mp0',
  'a load balancer of OVN: flows of br-int',
  'ovn-org/ovn-kubernetes docs/design/topology.md',
);

/** The shared gateway, as by default (dist/images/ovnkube.sh): the router of OVN rewrites sources, and its external bridge has the node's device as a port. */
const OVN_KUBERNETES: Attachment = { ...OVN_KUBERNETES_SWITCHED, hub: { ...OVN_KUBERNETES_SWITCHED.hub, outward: 'br-ex' } };

const AWS: Attachment = {
  port: 'eni*',
  portOut: 'the node’s rules decide: 512 to its pods, 1536 from its secondary addresses',
  portIn: 'rule 512: the receiver’s /{bits} route is dev eni*',
  translatesAtPort: 'the program at eni*',
  source: 'aws/amazon-vpc-cni-k8s docs/cni-proposal.md',
};

const POINT_TO_POINT: Attachment = {
  port: 'veth*',
  portOut: 'the node’s routes decide',
  portIn: 'the receiver’s /{bits} route is dev veth*',
  translatesAtPort: 'the program at veth*',
  source: 'containernetworking/plugins plugins/main/ptp',
};

/**
 * In mode `bridge`, as by default. What a child sends to another's MAC is handed over within the driver, and all else goes out by the parent (Linux `drivers/net/macvlan.c`,
 * macvlan_queue_xmit); what comes in by the parent and is for a child never comes to the node's own stack (macvlan_handle_frame).
 */
const MACVLAN: Attachment = {
  port: undefined,
  portOut: '',
  portIn: '',
  parent: {
    across: 'the parent, in bridge mode, hands it to the child that has the receiver’s MAC',
    out: 'the parent sends it out by the wire, past the node’s routes; the switch knows where the receiver’s MAC is',
    in: 'the parent hands it to the child that has the receiver’s MAC, past the node’s routes',
  },
  translatesAtPort: '',
  source: 'containernetworking/plugins plugins/main/macvlan',
};

/** How pods hang on their node's network, by plugin. */
const ATTACHMENTS: Readonly<Record<CniPlugin, Attachment>> = {
  calico: CALICO,
  canal: CALICO,
  cilium: CILIUM,
  'gke-dataplane-v2': CILIUM,
  flannel: bridged('cni0', `flannel-io/flannel-cni-plugin, ${BRIDGE_PLUGIN}`),
  weave: bridged('weave', 'weaveworks/weave net/bridge.go'),
  antrea: switched('antrea-gw0', 'AntreaProxy: flows of br-int', 'antrea-io/antrea docs/design/architecture.md'),
  'kube-ovn': KUBE_OVN,
  'ovn-kubernetes': OVN_KUBERNETES,
  'aws-vpc-cni': AWS,
  'azure-cni': { ...POINT_TO_POINT, port: 'azv*', source: 'Azure/azure-container-networking, transparent mode' },
  kindnet: POINT_TO_POINT,
  'kube-router': bridged('kube-bridge', 'cloudnativelabs/kube-router docs/how-it-works.md'),
  'kube-network-policies': POINT_TO_POINT,
  unknown: POINT_TO_POINT,
};

/** Modes in which pods hang otherwise than in the plugin's others. */
const OF_MODES: Readonly<Partial<Record<CniPlugin, Readonly<Record<string, Attachment>>>>> = {
  'kube-ovn': { vlan: KUBE_OVN_UNDERLAY },
  unknown: { macvlan: MACVLAN, vlan: MACVLAN },
};

/**
 * How pods hang on their node's network, by plugin and mode. With the local gateway, "pod egress traffic [is] to exit via the ovn-k8s-mp0 management port into the host" (openshift/api
 * `operator/v1/types_network.go`, RoutingViaHost): the node's routes decide, and masquerade.
 */
export function attachmentOf(model: NetworkModel): Attachment {
  const { plugin, routingViaHost } = model.profile.cni;
  if (plugin === 'ovn-kubernetes' && routingViaHost) return OVN_KUBERNETES_SWITCHED;
  return OF_MODES[plugin]?.[clusterMode(model).mode] ?? ATTACHMENTS[plugin];
}

/** What happens where a packet comes in at the port of a pod. */
export function portInText({ portIn }: Attachment, family: IpFamily): string {
  return portIn.replace('{bits}', String(familyBits(family)));
}
