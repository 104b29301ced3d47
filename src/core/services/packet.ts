import { cidrContains } from '../net/cidr.js';
import type { IpRange } from '../net/ip-set.js';
import { formatIp, type Ip, type IpFamily, sameIp } from '../net/ip.js';
import type { Protocol } from '../net/protocol.js';
import type { ModelNode, NetworkModel } from '../model/network-model.js';
import { proxyRules } from './internal/proxy-rules.js';

/** Who sends: one address, or a whole class of senders when none is named. */
export type PacketSource =
  { readonly ip: Ip } | { readonly ip?: undefined; readonly kind: 'pod' | 'external'; readonly ranges: readonly IpRange[] };

/** A packet as it enters kube-proxy on a node. */
export interface Packet {
  readonly node: ModelNode;
  readonly source: PacketSource;
  readonly destination: Ip;
  readonly port: number;
  readonly protocol: Protocol;
}

/** What kube-proxy takes the sender for. */
export type Origin = 'pod' | 'node' | 'outside';

/** Whether the address is the machine's own loopback, 127.0.0.0/8 or ::1. */
export function isLoopback(ip: Ip): boolean {
  return ip.family === 4 ? ip.value >> 24n === 127n : ip.value === 1n;
}

/** Whether the node has the address, loopback included. */
export function isLocalAddress(node: ModelNode, ip: Ip): boolean {
  return isLoopback(ip) || node.addresses.some((address) => sameIp(address.ip, ip));
}

/**
 * Whether the packet is for the sender's own loopback and the sender is not the node itself: it never leaves the sender's network namespace (RFC 1122 section
 * 3.2.1.3, RFC 4291 section 2.5.3), and the node's proxy has no rules there.
 */
export function staysAtSender({ node, source, destination }: Packet): boolean {
  return isLoopback(destination) && !(source.ip !== undefined && isLocalAddress(node, source.ip));
}

/** The first address of a family that a node has: what masqueraded packets carry. */
export function primaryAddress(node: ModelNode, family: IpFamily): Ip | undefined {
  return node.addresses.find((address) => address.ip.family === family)?.ip;
}

/** By the cluster's own list of addresses. */
function knownOrigin(model: NetworkModel, { source, node }: Packet): Origin {
  const { ip } = source;
  if (ip === undefined) return source.kind === 'pod' ? 'pod' : 'outside';
  if (isLocalAddress(node, ip)) return 'node';
  const owners = model.ipOwners.get(formatIp(ip)) ?? [];
  if (owners.some(({ type }) => type === 'node')) return 'node';
  const isPod = owners.some(({ type }) => type === 'pod') || model.profile.proxy.podCIDRs.some((cidr) => cidrContains(cidr, ip));
  return isPod ? 'pod' : 'outside';
}

/** Whether kube-proxy can tell pods from other senders: it needs ranges of the family (kubernetes `pkg/proxy/util/localdetector.go`). */
export function detectsPods(model: NetworkModel, family: IpFamily): boolean {
  const { detectLocal, podCIDRs } = model.profile.proxy;
  return detectLocal && podCIDRs.some((cidr) => cidr.family === family);
}

/** What the proxy on the packet's node takes its sender for. kube-proxy without ranges takes pods for outside, and the other nodes always. */
export function originOf(model: NetworkModel, packet: Packet): Origin {
  const { source, node, destination } = packet;
  if (proxyRules(model.profile.proxy, packet.protocol).knowsCluster) return knownOrigin(model, packet);
  const detects = detectsPods(model, destination.family);
  if (source.ip === undefined) return source.kind === 'pod' && detects ? 'pod' : 'outside';
  const { ip } = source;
  if (detects && model.profile.proxy.podCIDRs.some((cidr) => cidrContains(cidr, ip))) return 'pod';
  return isLocalAddress(node, ip) ? 'node' : 'outside';
}
