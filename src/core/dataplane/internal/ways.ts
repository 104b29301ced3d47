import type { ModelNode, ModelPod, NetworkModel } from '../../model/network-model.js';
import type { Ip, IpFamily } from '../../net/ip.js';
import { ATTACHMENTS, type Attachment } from '../attachments.js';
import { clusterMtu } from '../cluster-mtu.js';
import { type Carriage, carriageBetween } from './carriage.js';
import type { Wrapping } from '../carrier.js';
import type { EncapView } from '../path-result.js';
import { encapOf } from './encap-view.js';
import type { Stage } from './stage.js';
import type { Underlay } from './underlay.js';

/** Where a packet is, or is to be. */
export type Place =
  | { readonly kind: 'pod'; readonly pod: ModelPod; readonly node: ModelNode; readonly ip: Ip }
  /** The node's own network namespace. `transit`: the packet passes through, no socket is there. */
  | { readonly kind: 'host'; readonly node: ModelNode; readonly ip: Ip; readonly transit: boolean; readonly pod?: ModelPod | undefined }
  | { readonly kind: 'outside'; readonly name: string; readonly ip: Ip };

/** The stages between two places, and which of them is which. */
export interface Leg {
  readonly stages: readonly Stage[];
  /** Where the node of the sender decides about the packet: services are translated there. */
  readonly routing: number;
  /** Where the packet leaves that decision: sources are rewritten there. */
  readonly exit: number;
  /** Where it comes to the receiver's node. */
  readonly arrival: number;
  /** Undefined: both places are on one node, or the plugin does not carry the packet. */
  readonly carriage: Carriage | undefined;
}

/** One thing that is put around a packet. */
interface Layer {
  readonly view: EncapView;
  /** Undefined: the kernel does it without a device of its own. */
  readonly device: string | undefined;
  readonly subtracted: number;
  readonly overhead: number;
}

interface AtLayer {
  readonly layers: readonly Layer[];
  readonly index: number;
  readonly over: IpFamily;
  readonly rule?: string | undefined;
}

/** Whether what joins the pods brings a packet on by itself, and whether its receiver hangs on it too. */
interface ByHub {
  readonly isNeighbour: boolean;
  readonly byHub: boolean;
}

const GATEWAY = 'the gateway';

/** Ways between places of one cluster, in one address family. */
export class Ways {
  private readonly attachment: Attachment;

  constructor(
    private readonly model: NetworkModel,
    private readonly underlay: Underlay,
    private readonly family: IpFamily,
  ) {
    this.attachment = ATTACHMENTS[model.profile.cni.plugin];
  }

  /** The stages from one place to another, in order. */
  leg(from: Place, to: Place): Leg {
    const [here, there] = [nodeOf(from), nodeOf(to)];
    const sameNode = here !== undefined && here === there;
    const carriage =
      here && there && !sameNode && to.kind === 'pod' ? carriageBetween(this.model, this.underlay, [here, there], to.ip) : undefined;
    const isNeighbour = sameNode && from.kind === 'pod' && to.kind === 'pod';
    const byHub = isNeighbour || (carriage !== undefined && this.isWrappedByHub(carriage));
    const start = this.leave(from, to, { isNeighbour, byHub });
    const middle = sameNode ? [] : this.between(from, to, carriage);
    const end = this.enter(to, { isNeighbour, byHub });
    const stages = [...start.stages, ...middle, ...end];
    const exit = start.stages.length;
    const arriving = stages.findIndex(({ node }, index) => index >= exit && node !== undefined && node === there);
    return {
      stages,
      routing: start.routing,
      exit: Math.min(exit, stages.length - 1),
      arrival: arriving < 0 ? stages.length - 1 : arriving,
      carriage,
    };
  }

  /** A switch wraps by itself: the node's routes never see the packet. */
  private isWrappedByHub({ carrier, encryption, over, wrapped }: Carriage): boolean {
    return wrapped && carrier.transport[over] !== undefined && encryption?.adds !== 'instead';
  }

  private leave(from: Place, to: Place, by: ByHub): { readonly stages: readonly Stage[]; readonly routing: number } {
    const { mtu: usual } = this.model.profile.underlay;
    if (from.kind === 'outside')
      return { stages: [this.plainStage(undefined, GATEWAY, 'outside', usual, `from ${from.name}`)], routing: 0 };
    const { mtu, limit } = this.podMtu(from.node);
    if (from.kind === 'host') {
      // The route to pods carries their MTU.
      const socket = { ...this.socket(from, 'a socket sends; the node’s routes decide'), limit: to.kind === 'pod' ? limit : undefined };
      return { stages: from.transit ? [] : [socket], routing: 0 };
    }
    const { hub, leave, port, portOut } = this.attachment;
    const own: Stage = { ...this.plainStage(from.node, 'eth0', podNamespace(from.pod), mtu, leave), limit };
    const portStage = this.plainStage(from.node, port, 'root', mtu, portOut);
    if (!hub) return { stages: [own, portStage], routing: 1 };
    const hubStage = this.plainStage(from.node, hub.device, 'root', mtu, by.isNeighbour ? hub.across : hub.out);
    const gateway = by.byHub ? [] : this.gatewayStage(from.node, mtu, 'the node’s routes decide');
    return { stages: [own, portStage, hubStage, ...gateway], routing: 2 };
  }

  private enter(to: Place, by: ByHub): readonly Stage[] {
    const { mtu: usual } = this.model.profile.underlay;
    if (to.kind === 'outside') return [this.plainStage(undefined, GATEWAY, 'outside', usual, `on to ${to.name}`)];
    if (to.kind === 'host') return to.transit ? [] : [this.socket(to, 'a socket of the node receives')];
    const { hub, port, portIn } = this.attachment;
    const { mtu } = this.podMtu(to.node);
    const portStage = this.plainStage(to.node, port, 'root', mtu, portIn);
    const own = this.plainStage(to.node, 'eth0', podNamespace(to.pod), mtu, 'a socket of the pod receives');
    if (!hub || by.isNeighbour) return [portStage, own];
    const gateway = by.byHub ? [] : this.gatewayStage(to.node, mtu, 'the route to the node’s own pods');
    return [...gateway, this.plainStage(to.node, hub.device, 'root', mtu, hub.in), portStage, own];
  }

  private gatewayStage(node: ModelNode, mtu: number, rule: string): readonly Stage[] {
    const gateway = this.attachment.hub?.gateway;
    return gateway === undefined ? [] : [this.plainStage(node, gateway, 'root', mtu, rule)];
  }

  private between(from: Place, to: Place, carriage: Carriage | undefined): readonly Stage[] {
    const [here, there] = [nodeOf(from), nodeOf(to)];
    if (here && there) return carriage ? this.carried(here, there, carriage) : this.bare(here, there);
    const node = here ?? there;
    if (!node) return [];
    const rule = here ? 'the default route of the node' : 'the underlay brings it to the node';
    return [this.nodeStage(node, this.family, rule)];
  }

  /** Between nodes' own addresses nothing is wrapped. */
  private bare(here: ModelNode, there: ModelNode): readonly Stage[] {
    const { family } = this;
    return [
      this.nodeStage(here, family, 'the route of the node to its neighbours, or its default route'),
      ...this.router(here, there, family, {}),
      this.nodeStage(there, family, 'the node itself has the address'),
    ];
  }

  private carried(here: ModelNode, there: ModelNode, carriage: Carriage): readonly Stage[] {
    const { carrier, over, route } = carriage;
    const layers = this.layersOf(here, there, carriage);
    const overhead = layers.reduce((sum, layer) => sum + layer.overhead, 0);
    const around = { overhead, encap: layers.map(({ view }) => view).toReversed() };
    const between = carrier.between ?? [];
    const passing = (node: ModelNode, names: readonly string[], rule: string) =>
      names.map((name) => this.plainStage(node, name, 'root', this.podMtu(node).mtu, rule));
    const onto = layers.length > 0 || between.length > 0 ? 'the route of the node to the other node' : route;
    return [
      ...passing(here, between, 'on to what wraps'),
      ...layers.flatMap((_, index) => this.wrappingStage(here, { layers, index, over, rule: index === 0 ? route : undefined })),
      this.nodeStage(here, over, onto, around),
      ...this.router(here, there, over, around),
      this.nodeStage(there, over, layers.length > 0 ? 'it comes in for the node itself' : 'the node routes it on', around),
      ...layers.flatMap((_, index) => this.unwrappingStage(there, { layers, index, over })).toReversed(),
      ...passing(there, between.toReversed(), 'on to the pods'),
    ];
  }

  /** What is put around a packet, innermost first. */
  private layersOf(here: ModelNode, there: ModelNode, { carrier, encryption, over, mode }: Carriage): readonly Layer[] {
    const addresses = [this.underlay.addressOf(here, over), this.underlay.addressOf(there, over)] as const;
    const named: readonly (readonly [string, Wrapping])[] = [
      ...(encryption?.adds === 'instead' ? [] : [[mode, carrier] as const]),
      ...(encryption ? [[this.model.profile.cni.encryption, encryption] as const] : []),
    ];
    return named.flatMap(([name, wrapping]) => {
      const view = encapOf(this.model, [name, wrapping], over, addresses);
      const subtracted = wrapping.overhead[over] ?? 0;
      const device = wrapping.device[this.family] ?? wrapping.device[over];
      return view ? [{ view, device, subtracted, overhead: wrapping.onWire?.[over] ?? subtracted }] : [];
    });
  }

  private wrappingStage(node: ModelNode, { layers, index, over, rule }: AtLayer): readonly Stage[] {
    const layer = layers[index];
    if (layer?.device === undefined) return [];
    const inside = layers.slice(0, index).reduce((sum, one) => sum + one.overhead, 0);
    const whole = layers.reduce((sum, one) => sum + one.overhead, 0);
    const mtu = this.underlay.mtuOf(node, over);
    return [
      {
        ...this.plainStage(node, layer.device, 'root', mtu - layer.subtracted, rule ?? `${layer.view.kind}: what goes to the other node`),
        overhead: inside,
        limit: mtu - whole,
        encap: layers
          .slice(0, index + 1)
          .map(({ view }) => view)
          .toReversed(),
      },
    ];
  }

  private unwrappingStage(node: ModelNode, { layers, index, over }: AtLayer): readonly Stage[] {
    const layer = layers[index];
    if (layer?.device === undefined) return [];
    const left = layers.slice(0, index);
    return [
      {
        ...this.plainStage(
          node,
          layer.device,
          'root',
          this.underlay.mtuOf(node, over) - layer.subtracted,
          `${layer.device} takes ${layer.view.kind} off`,
        ),
        overhead: left.reduce((sum, one) => sum + one.overhead, 0),
        encap: left.map(({ view }) => view).toReversed(),
      },
    ];
  }

  /** What lies between two nodes of different subnets; nothing between neighbours. */
  private router(here: ModelNode, there: ModelNode, over: IpFamily, around: Partial<Stage>): readonly Stage[] {
    if (this.underlay.isOnLink(here, there, over) !== false) return [];
    const mtu = Math.min(this.underlay.mtuOf(here, over), this.underlay.mtuOf(there, over), this.model.profile.underlay.mtu);
    return [{ ...this.plainStage(undefined, 'routers', 'underlay', mtu, 'from one subnet of nodes to another'), ...around }];
  }

  private nodeStage(node: ModelNode, family: IpFamily, rule: string, around: Partial<Stage> = {}): Stage {
    return { ...this.plainStage(node, this.underlay.deviceOf(node, family), 'root', this.underlay.mtuOf(node, family), rule), ...around };
  }

  private socket(place: Extract<Place, { kind: 'host' }>, rule: string): Stage {
    return this.plainStage(place.node, 'socket', 'root', this.underlay.mtuOf(place.node, this.family), rule);
  }

  private podMtu(node: ModelNode): { readonly mtu: number; readonly limit: number } {
    const { podMtu, deviceMtu } = clusterMtu(this.model, this.family, this.underlay.mtuOf(node, this.family));
    return { mtu: deviceMtu, limit: podMtu };
  }

  private plainStage(node: ModelNode | undefined, device: string, netns: string, mtu: number, rule: string): Stage {
    return { node, device, netns, mtu, overhead: 0, encap: [], rule };
  }
}

function nodeOf(place: Place): ModelNode | undefined {
  return place.kind === 'outside' ? undefined : place.node;
}

function podNamespace({ namespace, name }: ModelPod): string {
  return `pod ${namespace}/${name}`;
}
