import { finished } from '../kernel/steps.js';
import type { ModelPod, NetworkModel } from '../model/network-model.js';
import type { Protocol } from '../net/protocol.js';
import { eachClass, emptyClassSet } from './internal/class-set.js';
import { connectionsOf, coversConnections } from './internal/connection-set.js';
import { DIRECTIONS } from './internal/direction.js';
import { judgeDirection } from './internal/judge-direction.js';
import { layersAt } from './internal/layers-at.js';
import { PairEvaluator } from './internal/pair-evaluator.js';
import { type EndpointClass, PolicyIndex } from './internal/policy-index.js';
import { canMeet } from './internal/policy-endpoint.js';
import { reachRows } from './internal/reach-rows.js';

/** The engine by itself, without evidence and words: for programs that have a model in hand, and for measuring what the questions rest on. */
export class PolicyEngine {
  private readonly index: PolicyIndex;
  private readonly classes: readonly EndpointClass[];

  /** Takes up a model: every class of its pods, with the policies that decide about it. */
  constructor(model: NetworkModel) {
    this.index = PolicyIndex.of(model);
    this.classes = [...new Set(model.pods.flatMap((pod) => this.index.classesOf(pod)))];
    for (const { endpoint } of this.classes) {
      if (endpoint.kind !== 'address') for (const direction of DIRECTIONS) layersAt(this.index, direction, endpoint);
    }
  }

  /** How many kinds of pods policies tell apart. */
  get size(): number {
    return this.classes.length;
  }

  /** The position of a pod's class among them; of the first, where its addresses are told apart. */
  positionOf(pod: ModelPod): number {
    const [first] = this.index.classesOf(pod);
    return first ? this.classes.indexOf(first) : -1;
  }

  /** Whether policies let a pod connect to a port of another one, over some address family that both have. */
  allows(source: ModelPod, destination: ModelPod, protocol: Protocol, port: number): boolean {
    const wanted = connectionsOf(protocol, port, port);
    for (const from of this.index.classesOf(source)) {
      for (const to of this.index.classesOf(destination)) {
        if (!canMeet(from.families, to.families)) continue;
        const flow = { source: from.endpoint, destination: to.endpoint, self: source === destination, ownNode: false };
        if (DIRECTIONS.every((direction) => coversConnections(judgeDirection(this.index, direction, flow).allowed, wanted))) return true;
      }
    }
    return false;
  }

  /** Calls for each pair of classes between which policies leave some connection open, whatever it is: with the positions of source and destination. */
  eachReached(visit: (source: number, destination: number) => void): void {
    const reach = finished(reachRows(new PairEvaluator(this.index, this.classes, this.classes)));
    const row = emptyClassSet(this.classes.length);
    for (let source = 0; source < this.classes.length; source++) {
      row.fill(0);
      reach(source, row);
      eachClass(row, (destination) => visit(source, destination));
    }
  }
}
