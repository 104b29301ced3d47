import type { ModelNode, NetworkModel } from '../../model/network-model.js';
import type { UnderlaySubnet } from '../../model/network-profile.js';
import { type Cidr, cidrContains, parseCidr } from '../../net/cidr.js';
import { CidrIndex } from '../../net/cidr-index.js';
import type { Ip, IpFamily } from '../../net/ip.js';

/** What Calico writes on every node: its address, with the length of the prefix of its subnet. */
const CALICO_ADDRESS: Readonly<Record<IpFamily, string>> = { 4: 'projectcalico.org/IPv4Address', 6: 'projectcalico.org/IPv6Address' };

/** No object tells the name of a node's device: the usual one stands for it. */
export const NODE_DEVICE = 'eth0';

const MEMORY = new WeakMap<NetworkModel, CidrIndex<UnderlaySubnet>>();

/** The network that the nodes are on, as far as objects and profile tell. */
export class Underlay {
  constructor(private readonly model: NetworkModel) {}

  /** The address by which other nodes reach the node: its InternalIP, else any of the family. */
  addressOf(node: ModelNode, family: IpFamily): Ip | undefined {
    const own = node.addresses.filter(({ ip }) => ip.family === family);
    return (own.find(({ type }) => type === 'InternalIP') ?? own[0])?.ip;
  }

  /** The subnet that the node takes for its own: as Calico tells on it, else the longest that a user has named. */
  subnetOf(node: ModelNode, family: IpFamily): Cidr | undefined {
    const told = parseCidr(node.resource?.annotations[CALICO_ADDRESS[family]] ?? '');
    return told ?? this.namedSubnet(node, family)?.cidr;
  }

  /** Whether the node takes the other for a neighbour; undefined: its subnet is not known. */
  isOnLink(node: ModelNode, other: ModelNode, family: IpFamily): boolean | undefined {
    const subnet = this.subnetOf(node, family);
    const address = this.addressOf(other, family);
    return subnet && address && cidrContains(subnet, address);
  }

  /** The node's device: that of its VLAN, where it has one. */
  deviceOf(node: ModelNode, family: IpFamily): string {
    const vlan = this.namedSubnet(node, family)?.vlan;
    return vlan === undefined ? NODE_DEVICE : `${NODE_DEVICE}.${vlan}`;
  }

  /** MTU of the node's device, in bytes. */
  mtuOf(node: ModelNode, family: IpFamily): number {
    return this.namedSubnet(node, family)?.mtu ?? this.model.profile.underlay.mtu;
  }

  private namedSubnet(node: ModelNode, family: IpFamily): UnderlaySubnet | undefined {
    const address = this.addressOf(node, family);
    return address && subnetIndex(this.model).longestMatch(address)?.at(-1);
  }
}

/** The subnets that a user has named, by their addresses. Made once for a model: they are asked for with every node. */
function subnetIndex(model: NetworkModel): CidrIndex<UnderlaySubnet> {
  const known = MEMORY.get(model) ?? CidrIndex.of(model.profile.underlay.subnets.map((one) => [one.cidr, one] as const));
  MEMORY.set(model, known);
  return known;
}
