import { assertNever } from '../../kernel/assert-never.js';
import type { ModelNode, NetworkModel } from '../../model/network-model.js';
import type { CniPlugin } from '../../model/network-profile.js';
import { type Cidr, cidrContains, cidrOf, firstIp, formatCidr } from '../../net/cidr.js';
import { familyBits, formatIp, type Ip, type IpFamily } from '../../net/ip.js';
import type { Carrier, Encryption } from '../carrier.js';
import { carrierOf, CARRIERS, encryptionIn, isWrapping } from '../carriers.js';
import { underlayFamily } from '../cluster-mtu.js';
import { encapsulationDecision, type EncapsulationMode } from '../encapsulation.js';
import type { PathReason } from '../path-result.js';
import type { Conveyance } from './conveyance.js';
import { calicoBlockIndex, calicoPoolOf } from './calico-indexes.js';
import { addressInRange, toldAddress } from './device-address.js';
import { wrappingDevice } from './encap-view.js';
import { trustEachOther } from './trusted-peers.js';
import type { Underlay } from './underlay.js';
import { isAddressOf, type Lost, wanted } from './wanted-carriage.js';
import { encryptsHosts } from './wireguard-peers.js';

/** How a packet for a pod gets from one node to another. */
export interface Carriage {
  /** That of the cluster, or of the pool, as the table of carriers calls it, whether this packet is wrapped or not. */
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
  /** Bytes of options that are put in besides. */
  readonly extra: number;
  /** Where what is wrapped is sent; undefined: to the other node. */
  readonly outerTo: Ip | undefined;
  /** The device of the route of the sender's node: that which wraps, another of the plugin's, or the node's own. */
  readonly device: string;
  /** The next hop of that route; undefined: it has none, or nobody tells it. */
  readonly nextHop: Ip | undefined;
  /** The packet does not get there. */
  readonly lost: Lost | undefined;
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

/** What else decides. */
export interface CarriageOptions {
  /** A node itself is at one of the ends. */
  readonly isOfNode?: boolean | undefined;
  /** A pod sends to the address of the other node. */
  readonly isToNode?: boolean | undefined;
  /** Undefined: as between pods. */
  readonly by?: Conveyance | undefined;
}

/** Decides how a packet for the network of the pods travels between two nodes that differ. */
export function carriageBetween(
  model: NetworkModel,
  underlay: Underlay,
  [from, to]: readonly [ModelNode, ModelNode],
  destination: Ip,
  { isOfNode = false, isToNode = false, by }: CarriageOptions = {},
): Carriage {
  const { plugin } = model.profile.cni;
  const asked = by?.carrier
    ? { mode: by.name, when: 'Always' as const, why: by.why, lost: undefined }
    : wanted(model, [from, to], destination);
  const { mode, when, why, lost } = asked;
  const tunnelFamily = underlayFamily(model, destination.family);
  const decision = decisionBetween(underlay, [from, to], tunnelFamily, when);
  const carrier =
    by?.carrier ?? carrierOf(plugin, decision.encapsulate || !isWrapping(plugin, mode) ? mode : (PLAIN_MODES[plugin] ?? mode));
  const isClear = trustEachOther(model, [underlay.addressOf(from, tunnelFamily), underlay.addressOf(to, tunnelFamily)]);
  const possible = isClear ? undefined : encryptionIn(plugin, mode, model.profile.cni);
  const encryption = isOfNode && possible?.podsOnly ? undefined : possible;
  const wrapped = decision.encapsulate || encryption !== undefined;
  // What is not wrapped is routed by its own family: no IPv6 route has an IPv4 next hop.
  const over = wrapped && !by?.outerTo ? tunnelFamily : destination.family;
  const onLink = underlay.isOnLink(from, to, over);
  const pair: RoutedPair = { model, underlay, from, to, destination, over, carrier, encryption };
  return {
    mode,
    carrier,
    encryption,
    wrapped,
    over,
    reason: decision.encapsulate ? 'WRAPPED' : decision.sameSubnet ? 'SAME_SUBNET' : 'PLAIN',
    why: explain(why, when, { ...decision, onLink }),
    route: routeText(
      pair,
      (isToNode ? carrier.toNodes : decision.encapsulate ? undefined : carrierOf(plugin, mode).unwrappedRoute) ?? carrier.route,
    ),
    extra: by?.extra ?? 0,
    outerTo: by?.outerTo,
    device: deviceOf(pair),
    nextHop: nextHopOf(pair),
    lost: by?.carrier
      ? undefined
      : decision.encapsulate
        ? uncarriedPods(plugin, mode, destination.family)
        : (lost ?? uncarried(model, mode, tunnelFamily) ?? lostOf(model, carrier, { onLink, from, to, isChoice: decision.sameSubnet })),
  };
}

function decisionBetween(underlay: Underlay, [from, to]: readonly [ModelNode, ModelNode], over: IpFamily, when: EncapsulationMode) {
  const remoteAddress = underlay.addressOf(to, over);
  return remoteAddress
    ? encapsulationDecision(when, { localSubnet: underlay.subnetOf(from, over), remoteAddress, sameNode: false })
    : { encapsulate: when !== 'Never', sameSubnet: false };
}

/** Two nodes, and what is between them. */
interface RoutedPair {
  readonly model: NetworkModel;
  readonly underlay: Underlay;
  readonly from: ModelNode;
  readonly to: ModelNode;
  readonly destination: Ip;
  readonly over: IpFamily;
  readonly carrier: Carrier;
  readonly encryption: Encryption | undefined;
}

/** What takes the place of the mode's own wrapping has its own device, and no next hop. */
function deviceOf({ model, underlay, from, destination: { family }, over, carrier, encryption }: RoutedPair): string {
  const inner = encryption?.adds === 'instead' ? encryption : carrier;
  const routedBy = inner === carrier ? carrier.routedBy : undefined;
  return routedBy ?? wrappingDevice(model, inner, family, over) ?? underlay.deviceOf(from, over);
}

/** The other node, in the family of the tunnel, or of the packet where that goes as it is. */
function peerOf({ underlay, to, destination, over, carrier }: RoutedPair): Ip | undefined {
  return underlay.addressOf(to, carrier.transport[over] ? over : destination.family);
}

/** What goes as it is to another subnet has a router for its next hop, which nobody tells. */
function isBehindRouter({ underlay, from, to, over, carrier }: RoutedPair): boolean {
  return !carrier.transport[over] && underlay.isOnLink(from, to, over) === false;
}

function nextHopOf(pair: RoutedPair): Ip | undefined {
  const { model, from, to, destination, carrier, encryption } = pair;
  const { family } = destination;
  const kind = encryption?.adds === 'instead' ? 'none' : (carrier.nextHop ?? 'node');
  switch (kind) {
    case 'node':
      return isBehindRouter(pair) ? undefined : peerOf(pair);
    case 'tunnel':
      return toldAddress(to, deviceOf(pair), family);
    case 'base':
      return firstIp(rangeOf(model, to, destination));
    case 'gateway':
      return addressInRange(to, family, 1);
    case 'self':
      return toldAddress(from, deviceOf(pair), family);
    case 'none':
      return undefined;
    default:
      return assertNever(kind);
  }
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

/** A tunnel may not take one of the families, even where the underlay could. */
function uncarriedPods(plugin: CniPlugin, asked: string, family: IpFamily): Carriage['lost'] {
  const { podsOf = family } = carrierOf(plugin, asked);
  return podsOf === family
    ? undefined
    : { reason: 'FAMILY_NOT_CARRIED', message: `${plugin} in mode \`${asked}\` carries no IPv${family}` };
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
  if (needsSegment(model, carrier)) {
    const message = `Cilium lays routes to nodes of its own segment alone (\`auto-direct-node-routes\`), and ${to.name} is not in the subnet of ${from.name}: its agent reports an error; set \`direct-routing-skip-unreachable\` where the routers know the pods’ ranges`;
    return { reason: 'NOT_ON_LINK', message };
  }
  if (model.profile.underlay.routesPods) return undefined;
  const message = `${to.name} is not in the subnet of ${from.name}, and the routers between them do not know the pods’ ranges (\`underlay.routesPods\`)`;
  return { reason: 'UNDERLAY_WITHOUT_ROUTES', message };
}

/**
 * Cilium lays a route to each node's pods by the node itself, and takes one that is behind a router for an error, unless it is told to leave it out (cilium/cilium
 * `pkg/datapath/linux/node.go`, createDirectRouteSpec). Whoever tells that the routers know the pods means what that leaves.
 */
export function needsSegment({ profile, profileSources }: NetworkModel, carrier: Carrier): boolean {
  const isTold = profileSources.get('underlay.routesPods')?.provenance !== 'assumed';
  return profile.cni.directRoutes === 'required' && !isTold && carrier === CARRIERS.cilium.modes['native'];
}

/** What the sender's node has a route for: the range of the other node, its block of Calico; an address of another's block has a route of its own. */
export function rangeOf(model: NetworkModel, node: ModelNode, destination: Ip): Cidr {
  const { profile } = model;
  const whole = cidrOf(destination, familyBits(destination.family));
  if (isAddressOf(node, destination)) return whole;
  const blocks = calicoBlockIndex(model);
  if (blocks) {
    const [block] = blocks.longestMatch(destination) ?? [];
    return (block?.affinity?.type === 'host' && block.affinity.name === node.name && block.cidr) || whole;
  }
  if (profile.cni.plugin === 'calico') {
    const told = calicoPoolOf(model, destination)?.blockSize ?? profile.cni.blockSize;
    // That of the cluster may be of the other family, and that of a pool be one that Calico refuses.
    const size = destination.family === 6 ? Math.max(told ?? 122, 116) : (told ?? 26);
    return cidrOf(destination, Math.min(size, familyBits(destination.family)));
  }
  return node.podCIDRs.find(({ value }) => cidrContains(value, destination))?.value ?? whole;
}

function routeText(pair: RoutedPair, text: string): string {
  const { model, to, destination } = pair;
  const device = deviceOf(pair);
  const range = rangeOf(model, to, destination);
  // The node's own address stands for that of its device, where nobody tells it; WireGuard of hosts is for that address itself.
  const isStandIn = isAddressOf(to, destination) && !encryptsHosts(model, [pair.from, to], destination.family);
  const peer = peerOf(pair);
  const tunnel = toldAddress(to, device, destination.family);
  return text
    .replaceAll('{range}', isStandIn ? `to the address of ${device} of ${to.name}` : formatCidr(range))
    .replaceAll('{base}', formatIp(firstIp(range)))
    .replaceAll('{device}', device)
    .replaceAll('{tunnel}', tunnel ? formatIp(tunnel) : `the address of ${device} of ${to.name}`)
    .replaceAll('{peer}', `${isBehindRouter(pair) ? 'the router to ' : ''}${peer ? formatIp(peer) : 'the other node'}`);
}
