import type { ModelNode, NetworkModel } from '../../model/network-model.js';
import type { CniPlugin } from '../../model/network-profile.js';
import { type Cidr, cidrContains, cidrOf, firstIp, formatCidr } from '../../net/cidr.js';
import { familyBits, formatIp, type Ip, type IpFamily } from '../../net/ip.js';
import type { Carrier, Encryption } from '../carrier.js';
import { carrierOf, CARRIERS } from '../carriers.js';
import { clusterMode, underlayFamily } from '../cluster-mtu.js';
import { encapsulationDecision, encapsulationTo, type EncapsulationMode } from '../encapsulation.js';
import type { PathReason } from '../path-result.js';
import type { Underlay } from './underlay.js';

/** How a packet for a pod gets from one node to another. */
export interface Carriage {
  /** As the table of carriers calls it; of a packet that goes out as it is, that of the plugin's plain mode. */
  readonly mode: string;
  readonly carrier: Carrier;
  readonly encryption: Encryption | undefined;
  /** Something is put around the packet. */
  readonly wrapped: boolean;
  /** Family of the underlay's packets. */
  readonly over: IpFamily;
  readonly reason: PathReason;
  readonly why: string;
  readonly route: string;
  /** The packet does not get there. */
  readonly lost: { readonly reason: PathReason; readonly message: string } | undefined;
}

/** Modes without a wrapping, for what CrossSubnet and DirectRouting leave as it is. */
const PLAIN_MODES: Readonly<Partial<Record<CniPlugin, string>>> = {
  calico: 'bgp',
  flannel: 'host-gw',
  canal: 'host-gw',
  cilium: 'native',
  'gke-dataplane-v2': 'native',
  antrea: 'native',
  'kube-router': 'bgp',
};

/** What the cluster asks for, before the two nodes are looked at. */
function wanted(model: NetworkModel, destination: Ip): { readonly mode: string; readonly when: EncapsulationMode; readonly why: string } {
  const { mode } = clusterMode(model);
  const { cni } = model.profile;
  const pool = cni.plugin === 'calico' && mode !== 'wireguard' ? encapsulationTo(model.calico.ipPools, destination) : undefined;
  if (pool)
    return { mode: pool.encapsulation === 'none' ? 'bgp' : pool.encapsulation, when: pool.mode, why: 'the pool of the destination' };
  const isPlain = CARRIERS[cni.plugin].modes[mode]?.transport[destination.family] === undefined;
  return { mode, when: isPlain ? 'Never' : cni.crossSubnet ? 'CrossSubnet' : 'Always', why: `${cni.plugin} in mode \`${mode}\`` };
}

/** Decides how a packet for a pod travels between two nodes that differ. */
export function carriageBetween(
  model: NetworkModel,
  underlay: Underlay,
  [from, to]: readonly [ModelNode, ModelNode],
  destination: Ip,
): Carriage {
  const { plugin, encryption: encrypted } = model.profile.cni;
  const over = underlayFamily(model, destination.family);
  const { mode: asked, when, why } = wanted(model, destination);
  const remoteAddress = underlay.addressOf(to, over);
  const onLink = underlay.isOnLink(from, to, over);
  const decision = remoteAddress
    ? encapsulationDecision(when, { localSubnet: underlay.subnetOf(from, over), remoteAddress, sameNode: false })
    : { encapsulate: when !== 'Never', sameSubnet: false };
  const mode = decision.encapsulate ? asked : (PLAIN_MODES[plugin] ?? asked);
  const carrier = carrierOf(plugin, mode);
  const own = encrypted === 'none' ? undefined : CARRIERS[plugin].encryptions[encrypted];
  const reason = decision.encapsulate ? 'WRAPPED' : decision.sameSubnet ? 'SAME_SUBNET' : 'PLAIN';
  return {
    mode,
    carrier,
    encryption: own,
    wrapped: decision.encapsulate || own !== undefined,
    over,
    reason,
    why: explain(why, when, { ...decision, onLink }),
    // What is not wrapped is routed by its own family: no IPv6 route has an IPv4 next hop.
    route: fill(carrier.route, rangeOf(model, to, destination), underlay.addressOf(to, decision.encapsulate ? over : destination.family)),
    lost: decision.encapsulate
      ? undefined
      : (uncarried(model, asked, over) ?? lostOf(model, carrier, { onLink, from, to, isChoice: decision.sameSubnet })),
  };
}

function explain(
  why: string,
  when: EncapsulationMode,
  { encapsulate, onLink }: { readonly encapsulate: boolean; readonly onLink: boolean | undefined },
): string {
  if (when !== 'CrossSubnet') return `${why}: ${when === 'Always' ? 'every packet to another node is wrapped' : 'nothing is wrapped'}`;
  if (onLink === undefined) return `${why}, CrossSubnet: the subnet of the sender’s node is not known, and so the packet is wrapped`;
  return encapsulate
    ? `${why}, CrossSubnet: the other node is outside the subnet of the sender’s`
    : `${why}, CrossSubnet: the other node is in the subnet of the sender’s`;
}

/** Calico's pools of IPv6 are not wrapped where IPIP is meant; every other plugin carries no family that its mode does not go over. */
function uncarried({ profile: { cni } }: NetworkModel, asked: string, over: IpFamily): Carriage['lost'] {
  if (cni.plugin === 'calico' || carrierOf(cni.plugin, asked).overhead[over] !== undefined) return undefined;
  return { reason: 'FAMILY_NOT_CARRIED', message: `${cni.plugin} in mode \`${asked}\` carries no IPv${over}` };
}

function lostOf(
  model: NetworkModel,
  carrier: Carrier,
  {
    onLink,
    from,
    to,
    isChoice,
  }: { readonly onLink: boolean | undefined; readonly from: ModelNode; readonly to: ModelNode; readonly isChoice: boolean },
): Carriage['lost'] {
  if (isChoice || onLink !== false) return undefined;
  if (carrier.onLinkOnly) {
    const message = `routes of this mode lead to nodes of one layer 2 segment only, and ${to.name} is not in the subnet of ${from.name}`;
    return { reason: 'NOT_ON_LINK', message };
  }
  if (model.profile.underlay.routesPods) return undefined;
  const message = `${to.name} is not in the subnet of ${from.name}, and the routers between them do not know the pods’ ranges (\`underlay.routesPods\`)`;
  return { reason: 'UNDERLAY_WITHOUT_ROUTES', message };
}

/** What the sender's node has a route for: the range of the other node, Calico's block. */
export function rangeOf({ profile }: NetworkModel, node: ModelNode, destination: Ip): Cidr {
  const whole = cidrOf(destination, familyBits(destination.family));
  if (profile.cni.plugin === 'calico') {
    const size = destination.family === 6 ? Math.max(profile.cni.blockSize ?? 122, 116) : (profile.cni.blockSize ?? 26);
    return cidrOf(destination, size);
  }
  return node.podCIDRs.find(({ value }) => cidrContains(value, destination))?.value ?? whole;
}

function fill(text: string, range: Cidr, peer: Ip | undefined): string {
  return text
    .replaceAll('{range}', formatCidr(range))
    .replaceAll('{base}', formatIp(firstIp(range)))
    .replaceAll('{peer}', peer ? formatIp(peer) : 'the other node');
}
