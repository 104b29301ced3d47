import { type Cidr, firstIp } from '../../net/cidr.js';
import type { Node } from '../../resources/node.js';
import type { ModelNode } from '../network-model.js';
import { MANAGEMENT_PORT, type NodeDevice } from '../node-devices.js';
import { readConfigText } from './profile/config-text.js';
import { cidrsOf, configValue } from './profile/config-value.js';

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
