import type { Answer, Note } from '../kernel/answer.js';
import { Trail } from '../kernel/evidence.js';
import type { Problem } from '../kernel/problem.js';
import { ok, type Result } from '../kernel/result.js';
import type { Steps } from '../kernel/steps.js';
import type { NetworkModel } from '../model/network-model.js';
import { familyBits } from '../net/ip.js';
import type { IpRange } from '../net/ip-set.js';
import { type PoolFilter, poolsAdmitted, takenIn } from './all-pools.js';
import type { AllocationBook } from './allocation-book.js';
import { DEFAULT_MAX_PODS, type NodeRoom, roomsOfNodes } from './internal/node-room.js';
import { poolRule } from './internal/node-rooms.js';
import type { IpPool } from './ip-pool.js';
import type { CapacityLimit } from './ipam-reasons.js';
import { confidenceOf, poolAssumptions, usageAssumptions } from './list-pools.js';
import { nodePortUsage } from './node-port-usage.js';
import { utilizationOf } from './pool-utilization.js';
import { ownAddresses } from './untold-addresses.js';
import { usableCount } from './usable-addresses.js';

/** How much more fits, into the pool with the least room. */
export const CAPACITY_VERDICTS = {
  ROOM: 'more fits everywhere',
  NEARLY_FULL: 'into one pool no more fits than a ninth of what it has',
  FULL: 'into one pool nothing more fits',
  NO_POOLS: 'no pool fits the question',
} as const satisfies Record<string, string>;

/** One of them. */
export type CapacityVerdict = keyof typeof CAPACITY_VERDICTS;

/** The room of one pool. */
export interface PoolRoom {
  readonly pool: string;
  readonly plane: 'pod' | 'service' | 'lb';
  readonly family: 4 | 6;
  readonly capacity: string;
  readonly used: string;
  readonly available: string;
  /** Pods that fit on the nodes there are, or services. */
  readonly more: string;
  readonly limitedBy: CapacityLimit;
  /** Nodes that can join and get a part of the pool; null: the pool does not limit them. */
  readonly moreNodes: string | null;
  /** Pods that a node that joins can have; null where that is not known. */
  readonly podsOnNewNode: number | null;
  readonly nodes: readonly NodeRoom[];
  /** How many there are, whether they are listed or not. */
  readonly nodeCount: number;
}

/** What the question answers with. */
export interface CapacityResult {
  readonly pools: readonly PoolRoom[];
  /** Services of type NodePort or LoadBalancer that fit: one number each. */
  readonly nodePorts: { readonly capacity: number; readonly available: number };
  readonly allocationSequence: number;
}

/** Nodes that are listed, of all pools together. */
const MOST_NODES = 50_000;

/** How many more pods, nodes and services fit, by the rules of the plugin and the limits of the nodes. Yields often. Fails with `unknown-pool`. */
export function* poolCapacity(
  model: NetworkModel,
  book: AllocationBook,
  filter: PoolFilter,
): Steps<Result<Answer<CapacityVerdict, CapacityResult>, Problem>> {
  const admitted = poolsAdmitted(model, filter);
  if (!admitted.ok) return admitted;
  const counted = admitted.value.filter(({ strategy }) => strategy !== null);
  // The book may move on between two steps: what is taken is what it was at the first.
  const { sequence } = book;
  const taken = counted.map((pool) => takenIn(model, book, pool));
  yield;
  const pods = podsOfNodes(model);
  const pools: PoolRoom[] = [];
  const trail = new Trail();
  const most = Math.floor(MOST_NODES / counted.filter(({ plane }) => plane === 'pod').length);
  for (const [index, pool] of counted.entries()) {
    yield;
    const [room, fullest] = yield* roomOf(model, pool, taken[index] ?? [], pods, most);
    pools.push(room);
    explain(trail, room, fullest);
  }
  const assumptions = [...poolAssumptions(counted), ...usageAssumptions(model, counted), ...maxPodsAssumption(model, pools)];
  const { capacity, available } = nodePortUsage(model);
  return ok({
    verdict: verdictOf(pools),
    summary: pools.length === 0 ? 'no pool that addresses are handed out of fits' : summaryOf(pools),
    result: { pools, nodePorts: { capacity, available }, allocationSequence: sequence },
    evidence: trail.list(),
    assumptions,
    warnings: cutNotes(pools),
    confidence: confidenceOf(assumptions),
    enforcement: null,
  });
}

/** Pods that run or wait on each node; finished ones have given everything back. */
function podsOfNodes({ pods }: NetworkModel): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const { nodeName, finished } of pods) {
    if (nodeName && !finished) counts.set(nodeName.value, (counts.get(nodeName.value) ?? 0) + 1);
  }
  return counts;
}

function* roomOf(
  model: NetworkModel,
  pool: IpPool,
  taken: readonly IpRange[],
  pods: ReadonlyMap<string, number>,
  most: number,
): Steps<readonly [room: PoolRoom, fullest: readonly NodeRoom[]]> {
  const { capacity, used, available } = utilizationOf(pool, taken);
  const common = {
    pool: pool.name,
    family: pool.family,
    capacity: String(capacity),
    used: String(used),
    available: String(available),
  };
  if (pool.plane !== 'pod') {
    const none = { moreNodes: null, podsOnNewNode: null, nodes: [], nodeCount: 0 };
    return [{ ...common, plane: pool.plane === 'lb' ? 'lb' : 'service', more: common.available, limitedBy: 'POOL_LIMIT', ...none }, []];
  }
  yield;
  const rule = yield* poolRule(model, pool, taken, available);
  const { more, limitedBy, listed, fullest } = yield* roomsOfNodes(model, pods, rule, most);
  const { moreNodes } = rule;
  const room: PoolRoom = {
    ...common,
    plane: 'pod',
    more: String(more < available ? more : available),
    limitedBy: more >= available ? 'POOL_LIMIT' : limitedBy,
    moreNodes: moreNodes === undefined ? null : String(moreNodes < 0n ? 0n : moreNodes),
    podsOnNewNode: podsOnNewNode(model, pool, available),
    nodes: listed,
    nodeCount: model.nodes.size,
  };
  return [room, fullest];
}

/** A node range holds as many as its rule gives; a pool without ranges what it has left. Kubelet's default bounds both. */
function podsOnNewNode(model: NetworkModel, { layout, usableRule, family }: IpPool, available: bigint): number {
  const count =
    layout && usableRule ? usableCount(usableRule, { family, base: 0n, prefix: Math.min(layout.prefix, familyBits(family)) }) : available;
  const own = layout ? BigInt(ownAddresses(model)) : 0n;
  const addresses = typeof count === 'bigint' && count > own ? count - own : 0n;
  return addresses < BigInt(DEFAULT_MAX_PODS) ? Number(addresses) : DEFAULT_MAX_PODS;
}

function verdictOf(pools: readonly PoolRoom[]): CapacityVerdict {
  if (pools.length === 0) return 'NO_POOLS';
  if (pools.some(({ more }) => more === '0')) return 'FULL';
  return pools.some(({ more, used }) => BigInt(more) * 9n <= BigInt(used)) ? 'NEARLY_FULL' : 'ROOM';
}

function lineOf({ pool, plane, more, moreNodes }: PoolRoom): string {
  const nodes = moreNodes === null ? '' : ` and ${moreNodes} more nodes`;
  return `${pool}: ${more} more ${plane === 'pod' ? 'pods' : 'services'}${nodes}`;
}

/** Pools of a summary. */
const MOST_POOLS_TOLD = 10;

function summaryOf(pools: readonly PoolRoom[]): string {
  const left = pools.length - MOST_POOLS_TOLD;
  return `${pools.slice(0, MOST_POOLS_TOLD).map(lineOf).join('; ')}${left > 0 ? `; and ${left} more pool${left === 1 ? '' : 's'}` : ''}`;
}

function explain(trail: Trail, room: PoolRoom, fullest: readonly NodeRoom[]): void {
  const parent = trail.add({ stage: 'capacity', outcome: 'info', reason: room.limitedBy, message: lineOf(room) });
  for (const { node, more, pods, maxPods, addresses, limitedBy } of fullest) {
    const message = `node ${node}: ${more} more pods (${pods} of ${maxPods} run there, ${addresses} addresses are in reach)`;
    trail.add({ stage: 'node', outcome: 'info', reason: limitedBy, message, parent });
  }
}

function cutNotes(pools: readonly PoolRoom[]): readonly Note[] {
  const cut = pools.find(({ nodes, nodeCount }) => nodes.length < nodeCount);
  if (!cut) return [];
  const message = `${cut.nodes.length} of ${cut.nodeCount} nodes are listed for each pool, and all of them are counted: ask for one pool`;
  return [{ code: 'NODES_CUT', message }];
}

function maxPodsAssumption({ nodes }: NetworkModel, pools: readonly PoolRoom[]): readonly Note[] {
  if (!pools.some(({ plane }) => plane === 'pod')) return [];
  const unknown = [...nodes.values()].filter(({ resource }) => resource?.maxPods === undefined).length;
  if (unknown === 0) return [];
  const message = `${unknown} of ${nodes.size} nodes do not say how many pods they take (\`status.allocatable.pods\`): kubelet’s default of ${DEFAULT_MAX_PODS} is taken`;
  return [{ code: 'MAX_PODS_ASSUMED', message }];
}
