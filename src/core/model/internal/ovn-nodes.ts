import { type Cidr, firstIp } from '../../net/cidr.js';
import type { Node } from '../../resources/node.js';
import type { ModelNode } from '../network-model.js';
import { parseIp } from '../../net/ip.js';
import { GATEWAY_ROUTER, JOIN_PORT, MANAGEMENT_PORT, type NodeDevice } from '../node-devices.js';
import { readConfigText } from './profile/config-text.js';
import { addressesOf, cidrsOf, configValue, textOf } from './profile/config-value.js';

/** Subnets by network: `{"default":["10.128.0.0/23"]}`; older releases write a text where there is one (ovn-org/ovn-kubernetes `go-controller/pkg/util/subnet_annotations.go`). */
const SUBNETS = 'k8s.ovn.org/node-subnets';
const SUBNETS_POINTER = '/metadata/annotations/k8s.ovn.org~1node-subnets';

/** The ranges that OVN-Kubernetes has given a node, whatever kube-controller-manager gives it; undefined: its annotation is missing, or tells none. */
export function ovnNodeSubnets({ annotations }: Node): readonly Cidr[] | undefined {
  return cidrsOf(configValue(readConfigText(annotations[SUBNETS] ?? ''), 'default'));
}

/** The management port has the second address of each range of its node (`go-controller/pkg/util/net.go`, GetNodeManagementIfAddr). */
export function managementPorts({ ref, resource, podCIDRs }: ModelNode): readonly NodeDevice[] {
  const pointer = resource && ovnNodeSubnets(resource) ? SUBNETS_POINTER : '/spec/podCIDRs';
  return podCIDRs.map(({ value }) => {
    const first = firstIp(value);
    return { device: MANAGEMENT_PORT, ip: { family: first.family, value: first.value + 2n }, source: ref, pointer };
  });
}

/** By network, `{"default":{"ipv4":"100.64.0.4/16"}}`, and as older releases write that of the one network (`go-controller/pkg/util/node_annotations.go`, ovnNodeGRLRPAddrs and ovnNodeGRLRPAddr). */
const JOIN_ADDRESSES = [
  ['k8s.ovn.org/node-gateway-router-lrp-ifaddrs', 'default.'],
  ['k8s.ovn.org/node-gateway-router-lrp-ifaddr', ''],
] as const;

/** The addresses of the node's gateway router on the join network; the newest releases tell none. */
export function gatewayRouters({ ref, annotations }: Node): readonly NodeDevice[] {
  for (const [key, network] of JOIN_ADDRESSES) {
    const told = readConfigText(annotations[key] ?? '');
    const texts = ['ipv4', 'ipv6'].flatMap((family) => textOf(configValue(told, `${network}${family}`)) ?? []);
    const ips = texts.flatMap((text) => parseIp(text.split('/')[0] ?? '') ?? []);
    const pointer = `/metadata/annotations/${key.replace('/', '~1')}`;
    if (ips.length > 0) return ips.map((ip) => ({ device: GATEWAY_ROUTER, ip, source: ref, pointer }));
  }
  return [];
}

/** Kube-OVN's port of the node on its join network (kubeovn/kube-ovn `pkg/controller/node.go`, handleAddNode: IpAddressAnnotation). */
export function joinPorts({ ref, annotations }: Node): readonly NodeDevice[] {
  const ips = addressesOf(annotations['ovn.kubernetes.io/ip_address']) ?? [];
  return ips.map((ip) => ({ device: JOIN_PORT, ip, source: ref, pointer: '/metadata/annotations/ovn.kubernetes.io~1ip_address' }));
}
