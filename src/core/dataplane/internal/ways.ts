import type { ModelNode, NetworkModel } from '../../model/network-model.js';
import { cidrContains, formatCidr } from '../../net/cidr.js';
import type { IpFamily } from '../../net/ip.js';
import { type Attachment, attachmentOf, portInText } from '../attachments.js';
import { carrierOf } from '../carriers.js';
import { clusterMode } from '../cluster-mode.js';
import { type Carriage, carriageBetween } from './carriage.js';
import { Crossing } from './crossing.js';
import { type DeviceAddress, deviceAddress } from './device-address.js';
import { conveyedBy, type HostPlace, isBeyond, nodeOf, type Place, podNamespace } from './place.js';
import { routesOfPod } from './pod-routes.js';
import { plainStage, type Stage } from './stage.js';
import type { Underlay } from './underlay.js';
import { encryptsHosts } from './wireguard-peers.js';

/** The stages between two places, and which of them is which. */
export interface Leg {
  readonly stages: readonly Stage[];
  /** Where the node of the sender decides about the packet (PREROUTING, OUTPUT): services are translated there. */
  readonly routing: number;
  /** Where the packet leaves that decision (POSTROUTING): sources are rewritten there, and rewritten destinations put back in replies. */
  readonly exit: number;
  /** Where it comes, unwrapped, to the decision of the receiver's node (PREROUTING). */
  readonly arrival: number;
  /** Where it leaves that (POSTROUTING, INPUT). */
  readonly entry: number;
  /** The port of the receiver's pod; undefined: it is none. */
  readonly port: number | undefined;
  /** Undefined: both places are on one node, or the plugin does not carry the packet. */
  readonly carriage: Carriage | undefined;
  /** What joins the pods of the sender's node leads the packet on by itself: the node's own netfilter does not see it. */
  readonly isPastNode: boolean;
  /** The packet does not get there; undefined: it does. */
  readonly lost: Carriage['lost'];
  /** The address that the sender's node gives what it sends, or masquerades, that way. */
  readonly leavesWith: DeviceAddress | undefined;
}

/** Whether what joins the pods brings a packet on by itself, and whether its receiver hangs on it too. */
interface ByHub {
  readonly isNeighbour: boolean;
  readonly byHub: boolean;
  /** One of the ends is outside the cluster, or a node passes on what goes there or comes from there. */
  readonly isOutward: boolean;
}

/** How a way begins; `routing` and `exit` as of a leg. */
interface Start {
  readonly stages: readonly Stage[];
  readonly routing: number;
  readonly exit: number;
}

const GATEWAY = 'the gateway';
/** Linux, drivers/net/loopback.c. */
const LOOPBACK_MTU = 65_536;

/** Ways between places of one cluster, in one address family. */
export class Ways {
  private readonly attachment: Attachment;
  private readonly crossing: Crossing;

  constructor(
    private readonly model: NetworkModel,
    private readonly underlay: Underlay,
    private readonly family: IpFamily,
  ) {
    this.attachment = attachmentOf(model);
    this.crossing = new Crossing(model, underlay, family);
  }

  /** The stages from one place to another, in order. */
  leg(from: Place, to: Place): Leg {
    const [here, there] = [nodeOf(from), nodeOf(to)];
    const sameNode = here !== undefined && here === there;
    const carriage = this.carriageOf(from, to);
    const isNeighbour = sameNode && from.kind === 'pod' && to.kind === 'pod';
    const byHub = isNeighbour || (carriage !== undefined && this.isWrappedByHub(carriage));
    const isOutward = isBeyond(from) || isBeyond(to) || (!sameNode && carriage === undefined);
    const start = this.leave(from, to, { isNeighbour, byHub, isOutward });
    const middle = sameNode ? [] : this.pastRoutes(from, to, this.between(from, to, carriage));
    const end = this.enter(to, { isNeighbour, byHub, isOutward });
    const stages = asSent(from, [...start.stages, ...middle, ...end]);
    const last = stages.length - 1;
    const { hub, port } = this.attachment;
    const firstOfEnd = start.stages.length + middle.length;
    // A hub that is not itself the node's device has one of its own, by which packets come to the node.
    const ofHub = byHub && to.kind === 'host' ? (hub?.gateway === undefined ? 1 : 2) : 0;
    const device = this.deviceOut(from, to, carriage);
    return {
      stages,
      routing: start.routing,
      exit: Math.min(start.exit, last),
      arrival: sameNode ? start.routing : byHub && ofHub === 0 ? Math.min(firstOfEnd, last) : Math.max(0, firstOfEnd + ofHub - 1),
      entry: isNeighbour && hub ? start.routing : Math.min(firstOfEnd + ofHub, last),
      port: to.kind === 'pod' && port !== undefined ? last - 1 : undefined,
      carriage,
      isPastNode: byHub && from.kind === 'pod',
      lost: carriage?.lost ?? (sameNode ? this.lostToChild(from, to) : undefined),
      leavesWith: here && device !== undefined ? deviceAddress(this.underlay, here, device, this.family) : undefined,
    };
  }

  /** What pods send does not come to their node's routes, nor to its netfilter. */
  get passesNode(): boolean {
    return this.attachment.parent !== undefined;
  }

  /** The one stage of what a sender sends to itself. */
  within(place: Exclude<Place, { kind: 'outside' }>): readonly Stage[] {
    const [whose, netns] = place.kind === 'pod' ? ['the pod’s own', podNamespace(place.pod)] : ['the node’s own', 'root'];
    return [plainStage(place.node, 'lo', netns, LOOPBACK_MTU, `the address is ${whose}: the route of the table local`)];
  }

  /**
   * A node is at one of the ends. What it passes on for somebody outside counts as the pods' own where a program of Cilium sends it through a tunnel (cilium/cilium
   * Documentation/security/network/encryption-wireguard.rst, "Which traffic is encrypted").
   */
  private isOfNode(from: Place, to: Place): boolean {
    const { cni, proxy } = this.model.profile;
    const isPassedOn = (from.kind === 'host' && from.transit) || (to.kind === 'host' && to.transit);
    const carrier = conveyedBy(from, to)?.carrier ?? carrierOf(cni.plugin, clusterMode(this.model).mode);
    const isInTunnel = carrier.transport[this.family] !== undefined;
    if (isPassedOn && proxy.mode === 'ebpf' && isInTunnel) return false;
    return from.kind !== 'pod' || to.kind !== 'pod';
  }

  /** Some hubs wrap by themselves, a switch or Weave's bridge: the node's routes never see what pods send. */
  private isWrappedByHub({ carrier, encryption, over, wrapped }: Carriage): boolean {
    const { hub } = this.attachment;
    const wraps = hub !== undefined && (hub.gateway !== undefined || carrier.routedBy === hub.device);
    return wraps && wrapped && carrier.transport[over] !== undefined && encryption?.adds !== 'instead';
  }

  /** What a node sends goes out by the wire, never to a child of its device; a child hands over to children alone (Linux `drivers/net/macvlan.c`, macvlan_queue_xmit). */
  private lostToChild(from: Place, to: Place): Carriage['lost'] {
    if (!this.attachment.parent || from.kind === to.kind) return undefined;
    const message = 'the pod’s device is a child of the node’s (macvlan), and what one sends does not come to the other';
    return { reason: 'PARENT_AND_CHILD', message };
  }

  /** At the devices of nodes whose pods are children of them no route decides. */
  private pastRoutes(from: Place, to: Place, stages: readonly Stage[]): readonly Stage[] {
    const { parent } = this.attachment;
    if (!parent) return stages;
    const last = stages.length - 1;
    return stages.map((stage, index) => {
      if (index === 0 && from.kind === 'pod') return { ...stage, rule: parent.out };
      return index === last && to.kind === 'pod' ? { ...stage, rule: parent.in } : stage;
    });
  }

  /** How a packet travels between two nodes; undefined: it does not, or goes as what nodes send to one another. */
  private carriageOf(from: Place, to: Place): Carriage | undefined {
    const [here, there] = [nodeOf(from), nodeOf(to)];
    if (!here || !there || here === there) return undefined;
    const { plugin } = this.model.profile.cni;
    const isOfPods = to.kind === 'pod' || (to.kind === 'host' && to.isOfPods);
    const isToNode = !isOfPods && from.kind === 'pod' && carrierOf(plugin, clusterMode(this.model).mode).toNodes !== undefined;
    if (!isOfPods && !isToNode && !encryptsHosts(this.model, [here, there], this.family)) return undefined;
    const options = { isOfNode: this.isOfNode(from, to), isToNode, by: conveyedBy(from, to) };
    const carriage = carriageBetween(this.model, this.underlay, [here, there], to.ip, options);
    return isToNode && !carriage.wrapped ? undefined : carriage;
  }

  /** The device by which a packet leaves the sender's node, or goes to its pods; undefined: nobody on a node sends it, or it is for the node itself. */
  private deviceOut(from: Place, to: Place, carriage: Carriage | undefined): string | undefined {
    const [here, there] = [nodeOf(from), nodeOf(to)];
    const { outward } = this.attachment.hub ?? {};
    if (outward !== undefined && from.kind === 'host' && from.transit && (carriage || here === there)) return outward;
    return here === there ? this.deviceTo(to) : (carriage?.device ?? (here && this.underlay.deviceOf(here, this.family)));
  }

  /** The device by which the node's routes lead to its own pods; none to the node itself. */
  private deviceTo(to: Place): string | undefined {
    const { hub, port, routedBy } = this.attachment;
    return to.kind === 'pod' ? (routedBy ?? hub?.gateway ?? hub?.device ?? port) : undefined;
  }

  private leave(from: Place, to: Place, by: ByHub): Start {
    const { mtu: usual } = this.model.profile.underlay;
    if (from.kind === 'outside') {
      const stages = [plainStage(undefined, GATEWAY, 'outside', usual, `from ${from.name}`)];
      return { stages, routing: 0, exit: 1 };
    }
    if (from.kind === 'host') return this.leaveHost(from, to, by);
    const { mtu, limit } = this.crossing.podMtu(from.node, from.pod);
    const { hub, port, portOut, parent } = this.attachment;
    const own: Stage = {
      ...plainStage(from.node, 'eth0', podNamespace(from.pod), mtu, routesOfPod(this.model, { ...from, family: this.family })),
      limit,
    };
    if (port === undefined) {
      const across = parent && by.isNeighbour ? [this.crossing.nodeStage(from.node, this.family, parent.across)] : [];
      return { stages: [own, ...across], routing: 1, exit: 1 };
    }
    const portStage = plainStage(from.node, port, 'root', mtu, mainTableRule(this.model, to) ?? portOut);
    if (!hub) return { stages: [own, portStage], routing: 1, exit: 2 };
    const hubStage = plainStage(from.node, hub.device, 'root', mtu, by.isNeighbour ? hub.across : hub.out);
    const gateway = by.byHub ? [] : this.gatewayStage(from.node, mtu, 'the node’s routes decide', by.isOutward);
    const stages = [own, portStage, hubStage, ...gateway];
    // What the hub brings on by itself never comes to the node's routes: all is done there.
    return { stages, routing: 2, exit: by.byHub ? 2 : stages.length };
  }

  private leaveHost(from: HostPlace, to: Place, { byHub, isOutward }: ByHub): Start {
    const { mtu, limit } = this.crossing.podMtu(from.node);
    // The route to pods carries their MTU.
    const isToPods = to.kind === 'pod' || (to.kind === 'host' && to.isOfPods);
    const socket = { ...this.socket(from, 'a socket sends; the node’s routes decide'), limit: isToPods ? limit : undefined };
    const own = from.transit ? [] : [socket];
    const { hub } = this.attachment;
    if (!hub || !byHub) return { stages: own, routing: 0, exit: own.length };
    const onto = [
      ...this.gatewayStage(from.node, mtu, 'the node’s routes lead to it', isOutward),
      plainStage(from.node, hub.device, 'root', mtu, hub.across),
    ];
    return { stages: [...own, ...onto], routing: 0, exit: own.length };
  }

  private enter(to: Place, by: ByHub): readonly Stage[] {
    const { mtu: usual } = this.model.profile.underlay;
    if (to.kind === 'outside') return [plainStage(undefined, GATEWAY, 'outside', usual, `on to ${to.name}`)];
    const { hub, port } = this.attachment;
    if (to.kind === 'host') {
      const socket = to.transit ? [] : [this.socket(to, 'a socket of the node receives')];
      if (!hub || !by.byHub) return socket;
      const { mtu } = this.crossing.podMtu(to.node);
      return [
        plainStage(to.node, hub.device, 'root', mtu, hub.across),
        ...this.gatewayStage(to.node, mtu, 'to the node itself', by.isOutward),
        ...socket,
      ];
    }
    const { mtu } = this.crossing.podMtu(to.node, to.pod);
    const own = plainStage(to.node, 'eth0', podNamespace(to.pod), mtu, 'a socket of the pod receives');
    if (port === undefined) return [own];
    const portStage = plainStage(to.node, port, 'root', mtu, portInText(this.attachment, this.family));
    if (!hub || by.isNeighbour) return [portStage, own];
    const gateway = by.byHub ? [] : this.gatewayStage(to.node, mtu, 'the route to the node’s own pods', by.isOutward);
    return [...gateway, plainStage(to.node, hub.device, 'root', mtu, hub.in), portStage, own];
  }

  private gatewayStage(node: ModelNode, mtu: number, rule: string, isOutward = false): readonly Stage[] {
    const { gateway, atGateway, outward } = this.attachment.hub ?? {};
    if (isOutward && outward !== undefined)
      return [plainStage(node, outward, 'root', mtu, 'the router of OVN decides, not the node’s routes')];
    return gateway === undefined ? [] : [plainStage(node, gateway, 'root', mtu, atGateway ?? rule)];
  }

  private between(from: Place, to: Place, carriage: Carriage | undefined): readonly Stage[] {
    const [here, there] = [nodeOf(from), nodeOf(to)];
    if (here && there) return carriage ? this.crossing.carried(here, there, carriage) : this.crossing.bare(here, there);
    const node = here ?? there;
    if (!node) return [];
    const rule = here ? 'the default route of the node' : 'the underlay brings it to the node';
    return [this.crossing.nodeStage(node, this.family, rule)];
  }

  private socket(place: HostPlace, rule: string): Stage {
    return plainStage(place.node, 'socket', 'root', this.underlay.mtuOf(place.node, this.family), rule);
  }
}

/** A socket of a node knows the MTU of the device by which its packets leave. */
function asSent(from: Place, stages: readonly Stage[]): readonly Stage[] {
  const [own, next, ...rest] = stages;
  if (from.kind !== 'host' || from.transit || !own || !next || next.node !== from.node) return stages;
  return [{ ...own, limit: Math.min(own.limit ?? own.mtu, next.mtu - next.overhead, next.limit ?? next.mtu) }, next, ...rest];
}

/** aws/amazon-vpc-cni-k8s README, AWS_EXTERNAL_SERVICE_CIDRS: "an `ip rule` will be created with a priority greater than the `ip rule` capturing egress traffic from the container". */
function mainTableRule({ profile: { cni, underlay } }: NetworkModel, to: Place): string | undefined {
  if (cni.plugin !== 'aws-vpc-cni' || to.kind !== 'outside') return undefined;
  const range = underlay.mainTableCIDRs.find((cidr) => cidrContains(cidr, to.ip));
  return (
    range &&
    `a rule before that from the pod leads what goes to ${formatCidr(range)} to the table main, and out by the node’s own interface`
  );
}
