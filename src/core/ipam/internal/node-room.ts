import type { Steps } from '../../kernel/steps.js';
import type { ModelNode, NetworkModel } from '../../model/network-model.js';
import type { CapacityLimit } from '../ipam-reasons.js';
import type { NodeReach, PoolRule } from './node-rooms.js';

/** The room of one node. */
export interface NodeRoom {
  readonly node: string;
  /** Running pods, those on the node's own network too. */
  readonly pods: number;
  readonly maxPods: number;
  /** Addresses of the pool that it can still get, as decimal text. */
  readonly addresses: string;
  readonly more: number;
  readonly limitedBy: CapacityLimit;
}

/** What the nodes of a cluster have room for, of one pool. */
export interface RoomsOfNodes {
  /** On all of them. */
  readonly more: bigint;
  /** What limits most nodes. */
  readonly limitedBy: CapacityLimit;
  /** The first of them. */
  readonly listed: readonly NodeRoom[];
  /** The few with the least room, the fullest first. */
  readonly fullest: readonly NodeRoom[];
}

/** Kubelet's default (kubernetes `pkg/kubelet/apis/config/v1beta1/defaults.go`, `MaxPods`). */
export const DEFAULT_MAX_PODS = 110;
/** Nodes of an answer's evidence. */
const MOST_FULLEST = 5;
const NODES_A_STEP = 1_000;

/** Looks at every node. `pods`: those on each; `most`: nodes that are listed. Yields often. */
export function* roomsOfNodes(
  { nodes }: NetworkModel,
  pods: ReadonlyMap<string, number>,
  rule: PoolRule,
  most: number,
): Steps<RoomsOfNodes> {
  const counts = new Map<CapacityLimit, number>();
  const listed: NodeRoom[] = [];
  const fullest: NodeRoom[] = [];
  let [more, looks] = [0n, 0];
  for (const node of nodes.values()) {
    if (++looks % NODES_A_STEP === 0) yield;
    const room = nodeRoom(node, pods.get(node.name) ?? 0, rule.reachOf(node));
    more += BigInt(room.more);
    counts.set(room.limitedBy, (counts.get(room.limitedBy) ?? 0) + 1);
    if (listed.length < most) listed.push(room);
    keepFullest(fullest, room);
  }
  const limitedBy = [...counts].sort(([, a], [, b]) => b - a)[0]?.[0] ?? 'POOL_LIMIT';
  return { more, limitedBy, listed, fullest };
}

function nodeRoom(node: ModelNode, pods: number, reach: NodeReach): NodeRoom {
  const maxPods = node.resource?.maxPods ?? DEFAULT_MAX_PODS;
  const seats = BigInt(Math.max(0, maxPods - pods));
  const room = { node: node.name, pods, maxPods, addresses: String(reach.addresses) };
  if (node.resource?.unschedulable === true) return { ...room, more: 0, limitedBy: 'NODE_UNSCHEDULABLE' };
  if (seats < reach.addresses) return { ...room, more: Number(seats), limitedBy: 'MAX_PODS' };
  return { ...room, more: Number(reach.addresses), limitedBy: reach.limitedBy };
}

/** Of equal ones those that were seen first. */
function keepFullest(fullest: NodeRoom[], room: NodeRoom): void {
  const place = fullest.findIndex(({ more }) => more > room.more);
  if (place >= 0) fullest.splice(place, 0, room);
  else if (fullest.length < MOST_FULLEST) fullest.push(room);
  if (fullest.length > MOST_FULLEST) fullest.pop();
}
