import type { Protocol } from '../../../net/protocol.js';
import type { Direction } from '../direction.js';
import type { LayerRule } from '../layer.js';
import type { AskedMarks } from './marks.js';
import type { PseudoPeer } from './pseudo-peer.js';

/** Whom a pod may be exposed to: pods of which nothing is known, or such as a rule selects. */
export type Unknown = 'everybody' | PseudoPeer;

/** A port that only the pod which receives can tell the number of. */
export interface PortName {
  /** Undefined: whichever that port has. */
  readonly protocol: Protocol | undefined;
  readonly name: string;
}

/** What rules say of pods that do not exist yet. */
export interface UnknownPods {
  readonly pseudoPeers: readonly PseudoPeer[];
  /** Whether the rule means all pods of that kind; undefined: it says nothing about whom it means, as one that cannot be read. */
  means(rule: LayerRule, direction: Direction, who: Unknown): boolean | undefined;
  /** Of each of the lists, the pods that the rule means have one mark; none: it may mean any pods. */
  marksAsked(rule: LayerRule, direction: Direction): AskedMarks;
  /** The marks of such pods; undefined: they may have any. */
  marksOf(who: Unknown): readonly string[] | undefined;
  portNames(rule: LayerRule, direction: Direction): readonly PortName[];
}
