import type { ModelNode, ModelPod, NetworkModel } from '../../model/network-model.js';
import type { IpFamily } from '../../net/ip.js';
import { bytesAround, wrappingDeviceMtu } from '../cluster-mtu.js';
import type { Wrapping } from '../carrier.js';
import type { EncapView } from '../path-result.js';
import type { Carriage } from './carriage.js';
import { encapOf, wrappingDevice } from './encap-view.js';
import { podDeviceMtu, type PodDeviceMtu } from './pod-device-mtu.js';
import { plainStage, type Stage } from './stage.js';
import type { Underlay } from './underlay.js';

/** One thing that is put around a packet. */
interface Layer {
  readonly view: EncapView;
  /** Undefined: the kernel does it without a device of its own. */
  readonly device: string | undefined;
  readonly name: string;
  readonly wrapping: Wrapping;
  readonly overhead: number;
}

interface AtLayer {
  readonly layers: readonly Layer[];
  readonly index: number;
  readonly over: IpFamily;
  readonly rule?: string | undefined;
}

/** The stages between two nodes, or between a node and what is outside. */
export class Crossing {
  constructor(
    private readonly model: NetworkModel,
    private readonly underlay: Underlay,
    private readonly family: IpFamily,
  ) {}

  /** Between nodes' own addresses nothing is wrapped. */
  bare(here: ModelNode, there: ModelNode): readonly Stage[] {
    const { family } = this;
    return [
      this.nodeStage(here, family, 'the route of the node to its neighbours, or its default route'),
      ...this.router(here, there, family, {}),
      this.nodeStage(there, family, 'the node itself has the address'),
    ];
  }

  /** Between the networks of pods of two nodes. */
  carried(here: ModelNode, there: ModelNode, carriage: Carriage): readonly Stage[] {
    const { carrier, over, route } = carriage;
    const layers = this.layersOf(here, there, carriage);
    const options = layers.length === 0 ? carriage.extra : 0;
    const overhead = layers.reduce((sum, layer) => sum + layer.overhead, options);
    const around = { overhead, encap: layers.map(({ view }) => view).toReversed() };
    const between = carrier.between ?? [];
    const passing = (node: ModelNode, names: readonly string[], rule: string) =>
      names.map((name) => plainStage(node, name, 'root', this.podMtu(node).mtu, rule));
    const onto = layers.length > 0 || between.length > 0 ? 'the route of the node to the other node' : route;
    return [
      ...passing(here, between, 'on to what wraps'),
      ...layers.flatMap((_, index) => this.wrappingStage(here, { layers, index, over, rule: index === 0 ? route : undefined })),
      this.nodeStage(here, over, onto, around),
      ...this.router(here, there, over, around),
      this.nodeStage(there, over, incoming(layers), around),
      ...layers.flatMap((_, index) => this.unwrappingStage(there, { layers, index, over })).toReversed(),
      ...passing(there, between.toReversed(), 'on to the pods'),
    ];
  }

  /** What is put around a packet, innermost first. */
  private layersOf(here: ModelNode, there: ModelNode, { carrier, encryption, over, mode, extra, outerTo }: Carriage): readonly Layer[] {
    const addresses = [this.underlay.addressOf(here, over), outerTo ?? this.underlay.addressOf(there, over)] as const;
    const named: readonly (readonly [string, Wrapping])[] = [
      ...(encryption?.adds === 'instead' ? [] : [[mode, carrier] as const]),
      ...(encryption ? [[this.model.profile.cni.encryption, encryption] as const] : []),
    ];
    return named.flatMap(([name, wrapping]) => {
      const view = encapOf(this.model, [name, wrapping], over, addresses);
      const device = wrappingDevice(this.model, wrapping, this.family, over);
      const around = bytesAround(this.model, wrapping, over, view?.encrypted);
      return view ? [{ view, device, name, wrapping, overhead: around + (wrapping === carrier ? extra : 0) }] : [];
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
        ...plainStage(
          node,
          layer.device,
          'root',
          this.layerMtu(layer, over, node),
          rule ?? `${layer.view.kind}: what goes to the other node`,
        ),
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
        ...plainStage(node, layer.device, 'root', this.layerMtu(layer, over, node), `${layer.device} takes ${layer.view.kind} off`),
        overhead: left.reduce((sum, one) => sum + one.overhead, 0),
        encap: left.map(({ view }) => view).toReversed(),
      },
    ];
  }

  private layerMtu({ name, wrapping }: Layer, over: IpFamily, node: ModelNode): number {
    return wrappingDeviceMtu(this.model, [name, wrapping], over, { hostMtu: this.underlay.mtuOf(node, over), node: node.name });
  }

  /** What lies between two nodes of different subnets; nothing between neighbours. */
  private router(here: ModelNode, there: ModelNode, over: IpFamily, around: Partial<Stage>): readonly Stage[] {
    if (this.underlay.isOnLink(here, there, over) !== false) return [];
    const mtu = Math.min(this.underlay.mtuOf(here, over), this.underlay.mtuOf(there, over), this.model.profile.underlay.mtu);
    return [{ ...plainStage(undefined, 'routers', 'underlay', mtu, 'from one subnet of nodes to another'), ...around }];
  }

  /** The device of a node. */
  nodeStage(node: ModelNode, family: IpFamily, rule: string, around: Partial<Stage> = {}): Stage {
    return { ...plainStage(node, this.underlay.deviceOf(node, family), 'root', this.underlay.mtuOf(node, family), rule), ...around };
  }

  /** MTU of the device of a pod of a node, or of those of its pods in general. */
  podMtu(node: ModelNode, pod?: ModelPod): PodDeviceMtu {
    return podDeviceMtu(this.model, this.underlay, node, this.family, pod);
  }
}

function incoming(layers: readonly Layer[]): string {
  const bare = layers.find(({ device }) => device === undefined);
  if (bare) return `it comes in for the node itself, and the kernel takes ${bare.view.kind} off`;
  return layers.length > 0 ? 'it comes in for the node itself' : 'the node routes it on';
}
