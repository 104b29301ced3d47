import type { NetworkModel } from '../../model/network-model.js';
import type { CniPlugin } from '../../model/network-profile.js';
import type { IpFamily } from '../../net/ip.js';
import { clusterMode } from '../cluster-mode.js';

/**
 * Where a pod's next hop comes from: written down, so many addresses from the first of the node's range, the address of a device of the node, or told by whoever gives addresses
 * (`ipam`), which no object does.
 */
export type PodGateway = Readonly<Record<IpFamily, string>> | number | { readonly device: string } | 'ipam';

/** To where a route leads: everything, the gateway itself, the range that the pod's address is in, all pods, all services, multicast. */
export type PodRouteTarget = 'default' | 'gateway' | 'range' | 'pods' | 'services' | 'multicast';

/** What stands in the network namespace of a pod. */
export interface PodRouting {
  readonly gateway: PodGateway;
  /** In the order of `ip route`; `link`: what is there needs no next hop. */
  readonly routes: readonly (readonly [to: PodRouteTarget, how: 'via' | 'link'])[];
  /** Of the address: of itself alone, of the node's range, of the whole network of pods. */
  readonly prefix: 'own' | 'range' | 'pods';
  readonly source: string;
}

const ALONE = [
  ['default', 'via'],
  ['gateway', 'link'],
] as const;

/** The link-local address that a device with the MAC address ee:ee:ee:ee:ee:ee has (RFC 4291, appendix A). */
const CALICO: PodRouting = {
  gateway: { 4: '169.254.1.1', 6: 'fe80::ecee:eeff:feee:eeee' },
  routes: ALONE,
  prefix: 'own',
  source: 'projectcalico/calico cni-plugin/pkg/dataplane/linux/dataplane_linux.go, DoNetworking',
};

const CILIUM: PodRouting = {
  gateway: { device: 'cilium_host' },
  routes: ALONE,
  prefix: 'own',
  source: 'cilium/cilium pkg/datapath/connector/ipam.go, IPv4Routes',
};

/** The gateway is the first address of the node's range, and what the range holds is on-link. */
function onLink(source: string, more: PodRouting['routes'] = []): PodRouting {
  return { gateway: 1, routes: [['default', 'via'], ...more, ['range', 'link']], prefix: 'range', source };
}

const PTP: PodRouting = {
  gateway: 1,
  routes: [
    ['default', 'via'],
    ['range', 'via'],
    ['gateway', 'link'],
  ],
  prefix: 'range',
  source: 'containernetworking/plugins plugins/main/ptp/ptp.go, setupContainerVeth',
};

/** The routes of pods, by plugin. */
const POD_ROUTING: Readonly<Record<CniPlugin, PodRouting>> = {
  calico: CALICO,
  canal: CALICO,
  cilium: CILIUM,
  'gke-dataplane-v2': CILIUM,
  flannel: onLink('flannel-io/cni-plugin flannel_linux.go, doCmdAdd; containernetworking/plugins plugins/main/bridge', [['pods', 'via']]),
  weave: {
    gateway: { device: 'weave' },
    routes: [
      ['default', 'via'],
      ['pods', 'link'],
      ['multicast', 'link'],
    ],
    prefix: 'pods',
    source: 'weaveworks/weave plugin/net/cni.go; net/veth.go',
  },
  antrea: onLink('antrea-io/antrea pkg/agent/cniserver/interface_configuration_linux.go, docs/design/architecture.md'),
  'kube-ovn': {
    gateway: 1,
    routes: [
      ['default', 'via'],
      ['pods', 'link'],
    ],
    prefix: 'pods',
    source: 'kubeovn/kube-ovn pkg/daemon/ovs_linux.go, configureContainerNic',
  },
  'ovn-kubernetes': onLink('ovn-org/ovn-kubernetes go-controller/pkg/util/pod_annotation.go, AddRoutesGatewayIP', [
    ['pods', 'via'],
    ['services', 'via'],
  ]),
  'aws-vpc-cni': {
    gateway: { 4: '169.254.1.1', 6: 'fe80::1' },
    routes: ALONE,
    prefix: 'own',
    source: 'aws/amazon-vpc-cni-k8s cmd/routed-eni-cni-plugin/driver/driver.go, createVethPairContext',
  },
  'azure-cni': {
    gateway: { 4: '169.254.1.1', 6: 'fe80::1234:5678:9abc' },
    routes: ALONE,
    prefix: 'own',
    source: 'Azure/azure-container-networking network/transparent_endpointclient_linux.go',
  },
  kindnet: PTP,
  'kube-router': onLink('containernetworking/plugins plugins/main/bridge; cloudnativelabs/kube-router docs/user-guide.md'),
  'kube-network-policies': PTP,
  unknown: PTP,
};

/** On the network outside: what the plugin for addresses tells is all there is. */
const MACVLAN: PodRouting = {
  gateway: 'ipam',
  routes: [
    ['default', 'via'],
    ['pods', 'link'],
  ],
  prefix: 'pods',
  source: 'containernetworking/plugins plugins/main/macvlan/macvlan.go, cmdAdd; pkg/ipam/ipam_linux.go, ConfigureIface',
};

/** Modes in which pods have other routes than in the plugin's others. */
const OF_MODES: Readonly<Partial<Record<CniPlugin, Readonly<Record<string, PodRouting>>>>> = {
  unknown: { macvlan: MACVLAN, vlan: MACVLAN },
};

/** The routes of the pods of a cluster. */
export function podRoutingOf(model: NetworkModel): PodRouting {
  const { plugin } = model.profile.cni;
  return OF_MODES[plugin]?.[clusterMode(model).mode] ?? POD_ROUTING[plugin];
}
