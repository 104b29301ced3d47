import type { ModelNode, ModelPod } from '../../model/network-model.js';
import type { Ip } from '../../net/ip.js';
import type { Conveyance } from './conveyance.js';

/** Where a packet is, or is to be. */
export type Place =
  | { readonly kind: 'pod'; readonly pod: ModelPod; readonly node: ModelNode; readonly ip: Ip }
  | HostPlace
  | { readonly kind: 'outside'; readonly name: string; readonly ip: Ip };

/** The node's own network namespace. */
export interface HostPlace {
  readonly kind: 'host';
  readonly node: ModelNode;
  readonly ip: Ip;
  /** The packet passes through, no socket is there. */
  readonly transit: boolean;
  /** The address is one of the pods' network, of a tunnel or a bridge: packets go to it as they do to pods. */
  readonly isOfPods: boolean;
  /** Nobody has asked for this very address: the kernel chooses the one that a packet leaves with. */
  readonly isAnyAddress: boolean;
  /** How packets of pods get here and back, or on, where that is not as between pods. */
  readonly by?: Conveyance | undefined;
  readonly pod?: ModelPod | undefined;
}

/** How packets get to one of two places, or away from it, where that is not as between pods. */
export function conveyedBy(from: Place, to: Place): Conveyance | undefined {
  return (from.kind === 'host' ? from.by : undefined) ?? (to.kind === 'host' ? to.by : undefined);
}

/** Outside of the cluster, or a node that passes on what goes there or comes from there. */
export function isBeyond(place: Place): boolean {
  return place.kind === 'outside' || (place.kind === 'host' && place.transit);
}

/** The node of a place; undefined: it is outside of the cluster. */
export function nodeOf(place: Place): ModelNode | undefined {
  return place.kind === 'outside' ? undefined : place.node;
}

/** The network namespace of a pod. */
export function podNamespace({ namespace, name }: ModelPod): string {
  return `pod ${namespace}/${name}`;
}
