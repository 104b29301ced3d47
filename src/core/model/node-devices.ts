import type { ObjectRef } from '../kernel/object-ref.js';
import { type Ip, type IpFamily, parseIp, sameIp } from '../net/ip.js';
import type { CiliumNode } from '../resources/cilium-ipam.js';
import type { Node } from '../resources/node.js';

/** An address of the pods' network that a device of a node has, and where that stands. */
export interface NodeDevice {
  /** `tunl0`, `cilium_host` …; of Cilium's listener for Ingress, which has no device of its own, `ingress`. */
  readonly device: string;
  readonly ip: Ip;
  readonly source: ObjectRef;
  /** JSON pointer in the source. */
  readonly pointer: string;
}

/** The annotations of nodes that tell the address of a device, by family. */
type Annotated = Readonly<Partial<Record<IpFamily, string>>>;

/**
 * Devices that a node's annotations tell of. Calico: projectcalico/calico `libcalico-go/lib/apis/internalapi`, `lib/backend/k8s/resources/node.go`. Cilium: cilium/cilium
 * `pkg/annotation/k8s.go`; the device of the health endpoint: `cilium-health/launch/endpoint.go`.
 */
const CALICO_DEVICES = {
  tunl0: { 4: 'projectcalico.org/IPv4IPIPTunnelAddr' },
  'vxlan.calico': { 4: 'projectcalico.org/IPv4VXLANTunnelAddr' },
  'vxlan-v6.calico': { 6: 'projectcalico.org/IPv6VXLANTunnelAddr' },
  'wireguard.cali': { 4: 'projectcalico.org/IPv4WireguardInterfaceAddr' },
  'wg-v6.cali': { 6: 'projectcalico.org/IPv6WireguardInterfaceAddr' },
} as const satisfies Readonly<Record<string, Annotated>>;

const CILIUM_DEVICES = {
  cilium_host: { 4: 'network.cilium.io/ipv4-cilium-host', 6: 'network.cilium.io/ipv6-cilium-host' },
  lxc_health: { 4: 'network.cilium.io/ipv4-health-ip', 6: 'network.cilium.io/ipv6-health-ip' },
  ingress: { 4: 'network.cilium.io/ipv4-Ingress-ip', 6: 'network.cilium.io/ipv6-Ingress-ip' },
} as const satisfies Readonly<Record<string, Annotated>>;

/** OVN-Kubernetes' port of the node on the network of its pods. */
export const MANAGEMENT_PORT = 'ovn-k8s-mp0';
/** The device by which OVN-Kubernetes' router of a node leads in what comes from outside. */
export const GATEWAY_ROUTER = 'br-ex';
/** Kube-OVN's port of the node on the network of its pods. */
export const JOIN_PORT = 'ovn0';

const OF_OVN: ReadonlySet<string> = new Set([MANAGEMENT_PORT, GATEWAY_ROUTER, JOIN_PORT]);

const ANNOTATED: Readonly<Record<string, Annotated>> = { ...CALICO_DEVICES, ...CILIUM_DEVICES };

/** Whether Calico makes the device, and gives it an address of a pool. */
export function isCalicoDevice({ device }: NodeDevice): boolean {
  return Object.hasOwn(CALICO_DEVICES, device);
}

/** Whether objects tell the addresses of devices of the name, or the ranges of their nodes do. */
export function isToldDevice(device: string): boolean {
  return OF_OVN.has(device) || Object.hasOwn(ANNOTATED, device);
}

/** The devices that a node and its CiliumNode tell of, each address once. The CiliumNode comes first: the agent always writes it, annotations only when it is told to. */
export function devicesOf(node: Node, cilium: CiliumNode | undefined): readonly NodeDevice[] {
  const told = [...(cilium ? ofCiliumNode(cilium) : []), ...ofAnnotations(node)];
  return told.filter((one, index) => told.findIndex(({ device, ip }) => device === one.device && sameIp(ip, one.ip)) === index);
}

function ofAnnotations({ annotations, ref }: Node): readonly NodeDevice[] {
  return Object.entries(ANNOTATED).flatMap(([device, keys]) =>
    Object.entries(keys).flatMap(([family, key]): readonly NodeDevice[] => {
      const ip = parseIp(annotations[key] ?? '');
      const pointer = `/metadata/annotations/${key.replace('/', '~1')}`;
      return ip?.family === Number(family) ? [{ device, ip, source: ref, pointer }] : [];
    }),
  );
}

function ofCiliumNode({ ref: source, routerIPs, healthIPs, ingressIPs }: CiliumNode): readonly NodeDevice[] {
  const named = (device: string, ips: readonly Ip[], pointer: string) => ips.map((ip): NodeDevice => ({ device, ip, source, pointer }));
  return [
    ...named('cilium_host', routerIPs, '/spec/addresses'),
    ...named('lxc_health', healthIPs, '/spec/health'),
    ...named('ingress', ingressIPs, '/spec/ingress'),
  ];
}
