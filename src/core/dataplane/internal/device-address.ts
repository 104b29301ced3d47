import type { ModelNode } from '../../model/network-model.js';
import { isToldDevice } from '../../model/node-devices.js';
import { firstIp } from '../../net/cidr.js';
import type { Ip, IpFamily } from '../../net/ip.js';
import type { Underlay } from './underlay.js';

/** Where the address of a device stands: in objects, at so many addresses from the first of the node’s range, or nowhere. */
type Rule = 'told' | number | 'untold';

const [BASE, GATEWAY] = [0, 1];

/**
 * Devices of plugins that have addresses of their own. Flannel: each backend gives its device the first address of
 * the lease (`pkg/backend/vxlan/device.go`, `ipip/ipip.go`, `wireguard/device.go`, `udp/udp_network_amd64.go`). Bridges and the ends of pairs: the gateway of host-local
 * (containernetworking/plugins `plugins/main/{bridge,ptp}`). Antrea: `docs/design/architecture.md`. By OVN-Kubernetes'
 * `br-ex` its router sends with its address of the join network (`docs/design/topology.md`), by Kube-OVN's `ovn0` the node with its own. Those that objects tell of are the model’s (`node-devices.ts`).
 */
const RULES: Readonly<Record<string, Rule>> = {
  flannel: BASE,
  'flannel-v6': BASE,
  'flannel.ipip': BASE,
  'flannel-wg': BASE,
  'flannel-wg-v6': BASE,
  flannel0: BASE,
  cni0: GATEWAY,
  'kube-bridge': GATEWAY,
  'veth*': GATEWAY,
  'antrea-gw0': GATEWAY,
  'antrea-wg0': GATEWAY,
  weave: 'untold',
};

/** The address that the kernel takes for what a node sends, or masquerades, by a device. */
export interface DeviceAddress {
  readonly device: string;
  /** Where the device has one of its own that nobody tells: that of the node, in its place. */
  readonly ip: Ip;
  readonly isTold: boolean;
  /** It belongs to the network of the pods, and packets to it go as those to pods do. */
  readonly isOfPods: boolean;
}

/**
 * The address of a device of a node; undefined: the node has none of the family. A device without one (`cali*`, `lxc*`) lends that of another, which is the node's own
 * (Linux `net/ipv4/devinet.c`, inet_select_addr).
 */
export function deviceAddress(underlay: Underlay, node: ModelNode, device: string, family: IpFamily): DeviceAddress | undefined {
  const rule = ruleOf(device);
  const told = rule === undefined ? undefined : addressBy(rule, node, device, family);
  const ip = told ?? underlay.addressOf(node, family);
  return ip && { device, ip, isTold: rule === undefined || told !== undefined, isOfPods: rule !== undefined };
}

/** The address that objects or the plugin's rule tell of a device that has one of its own. */
export function toldAddress(node: ModelNode, device: string, family: IpFamily): Ip | undefined {
  const rule = ruleOf(device);
  return rule === undefined ? undefined : addressBy(rule, node, device, family);
}

/** Flannel's devices of VXLAN have their network id at the end. */
function ruleOf(device: string): Rule | undefined {
  if (isToldDevice(device)) return 'told';
  const name = device.replace(/^(flannel(?:-v6)?)\.\d+$/, '$1');
  return Object.hasOwn(RULES, name) ? RULES[name] : undefined;
}

function addressBy(rule: Rule, node: ModelNode, device: string, family: IpFamily): Ip | undefined {
  if (rule === 'untold') return undefined;
  if (typeof rule === 'number') return addressInRange(node, family, rule);
  return node.devices.find((one) => one.device === device && one.ip.family === family)?.ip;
}

/** An address of the node's range of pods, counted from its first; where the range itself is a guess, nothing tells it. */
export function addressInRange(node: ModelNode, family: IpFamily, offset: number): Ip | undefined {
  const range = node.podCIDRs.find(({ value, provenance }) => value.family === family && provenance !== 'assumed')?.value;
  const first = range && firstIp(range);
  return first && { family, value: first.value + BigInt(offset) };
}
