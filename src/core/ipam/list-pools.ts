import type { Answer, Confidence, Note } from '../kernel/answer.js';
import { compareBy } from '../kernel/compare.js';
import { Trail } from '../kernel/evidence.js';
import { firstFew } from '../kernel/first-few.js';
import type { Problem } from '../kernel/problem.js';
import { ok, type Result } from '../kernel/result.js';
import type { Steps } from '../kernel/steps.js';
import { type IpRange, mergeRanges } from '../net/ip-set.js';
import type { NetworkModel } from '../model/network-model.js';
import type { IpamReason } from './ipam-reasons.js';
import { handedOutIn, heldIn, type PoolFilter, poolsAdmitted } from './all-pools.js';
import type { AllocationBook } from './allocation-book.js';
import { heldInSteps } from './held-addresses.js';
import type { IpPool } from './ip-pool.js';
import { type NodePortUsage, nodePortUsage } from './node-port-usage.js';
import { overlapsOf } from './overlaps.js';
import { poolUsage, prepareUsage } from './pool-usage.js';
import { type PoolView, poolView } from './pool-view.js';
import { untoldAddressesNotes } from './untold-addresses.js';

/** How full the fullest of the pools is; those that only list addresses do not count. */
export const POOLS_VERDICTS = {
  AVAILABLE: 'every pool has room',
  NEARLY_FULL: 'a pool is used to 90 % or more',
  EXHAUSTED: 'a pool has no free address',
  NO_POOLS: 'no pool fits the question',
} as const satisfies Record<string, string>;

/** One of them. */
export type PoolsVerdict = keyof typeof POOLS_VERDICTS;

/** What the question answers with. */
export interface PoolsResult {
  readonly pools: readonly PoolView[];
  readonly nodePorts: NodePortUsage;
  /** Of the newest allocation or release the answer knows of; 0 before the first. */
  readonly allocationSequence: number;
}

const NEARLY_FULL_PERCENT = 90;

/** The pools of a cluster and how full they are, with their blocks where `blocks` is set. Fails with `unknown-pool`. Yields often. */
export function* listPools(
  model: NetworkModel,
  book: AllocationBook,
  filter: PoolFilter,
  blocks: boolean,
): Steps<Result<Answer<PoolsVerdict, PoolsResult>, Problem>> {
  const admitted = poolsAdmitted(model, filter);
  if (!admitted.ok) return admitted;
  const fitting = admitted.value;
  const { sequence, pools } = yield* viewsOf(model, book, fitting, blocks);
  const trail = new Trail();
  for (const [index, pool] of fitting.entries()) explain(trail, pool, pools[index]);
  const verdict = verdictOf(pools);
  const assumptions = [...poolAssumptions(fitting), ...usageAssumptions(model, fitting)];
  return ok({
    verdict,
    summary: summaryOf(pools),
    result: { pools, nodePorts: nodePortUsage(model), allocationSequence: sequence },
    evidence: trail.list(),
    assumptions,
    warnings: overlaps(fitting),
    confidence: confidenceOf(assumptions),
    enforcement: null,
  });
}

function* viewsOf(
  model: NetworkModel,
  book: AllocationBook,
  fitting: readonly IpPool[],
  blocks: boolean,
): Steps<{ readonly sequence: number; readonly pools: readonly PoolView[] }> {
  yield* heldInSteps(model);
  const held: (readonly IpRange[])[] = [];
  for (const pool of fitting) {
    prepareUsage(model, pool);
    held.push(blocks ? heldIn(model, pool) : []);
    yield;
  }
  // The book may move on between two steps: all of it that is told is read in one.
  const { sequence } = book;
  const read = fitting.map((pool) => ({ pool, usage: poolUsage(model, book, pool), given: blocks ? handedOutIn(book, pool) : null }));
  const pools: PoolView[] = [];
  for (const [index, { pool, usage, given }] of read.entries()) {
    yield;
    pools.push(poolView(pool, usage, given && mergeRanges([...(held[index] ?? []), ...given])));
  }
  return { sequence, pools };
}

/** `ASSUMED` as soon as the answer rests on an assumption. */
export function confidenceOf(assumptions: readonly Note[]): Confidence {
  return assumptions.length > 0 ? 'ASSUMED' : 'CERTAIN';
}

/** What the model assumes of the addresses of a plane: which are used and which are free rests on it. */
const USE_ASSUMED: Partial<Readonly<Record<IpPool['plane'], string>>> = { pod: 'POD_ADDRESSES', service: 'CLUSTER_IPS_ALLOCATED' };

/** The model's notes on addresses that it gave itself in these pools, because the input does not show them. */
export function usageAssumptions(model: NetworkModel, pools: readonly IpPool[]): readonly Note[] {
  const codes = new Set(pools.map(({ plane }) => USE_ASSUMED[plane]));
  return [...model.assumptions.filter(({ code }) => codes.has(code)), ...untoldAddressesNotes(model, pools)];
}

/** One note for each pool that nothing tells of. */
export function poolAssumptions(pools: readonly IpPool[]): readonly Note[] {
  return pools
    .filter(({ provenance }) => provenance === 'assumed')
    .map(({ name, declared, why }) => ({ code: 'POOL_ASSUMED', message: `\`${name}\` (${declared.join(', ')}): ${why}` }));
}

function explain(trail: Trail, pool: IpPool, view: PoolView | undefined): void {
  const reason: IpamReason = pool.provenance === 'assumed' ? 'POOL_ASSUMED' : 'POOL_OBSERVED';
  const { name, declared, why, source, pointer, provenance } = pool;
  const step = trail.add({
    stage: 'pools',
    outcome: 'info',
    reason,
    message: `\`${name}\` is ${declared.join(', ')}: ${why}`,
    object: source ?? undefined,
    pointer: pointer ?? undefined,
    provenance,
  });
  if (!view || view.available !== '0' || pool.strategy === null) return;
  const message = `all ${view.capacity} usable addresses of \`${name}\` are used or reserved`;
  trail.add({ stage: 'utilisation', outcome: 'info', reason: 'POOL_EXHAUSTED', message, parent: step, provenance });
}

function verdictOf(pools: readonly PoolView[]): PoolsVerdict {
  if (pools.length === 0) return 'NO_POOLS';
  const counted = pools.filter(({ strategy }) => strategy !== null);
  if (counted.some(({ available }) => available === '0')) return 'EXHAUSTED';
  return counted.some(({ usedPercent }) => usedPercent >= NEARLY_FULL_PERCENT) ? 'NEARLY_FULL' : 'AVAILABLE';
}

function summaryOf(pools: readonly PoolView[]): string {
  const texts = pools.map(({ name, used, capacity }) => `${name} ${used} of ${capacity} used`);
  if (texts.length === 0) return 'no pool fits';
  return `${texts.length} ${texts.length === 1 ? 'pool' : 'pools'}: ${firstFew(texts, 4)}`;
}

/** More pairs of pools that share addresses are not told. */
const MOST_OVERLAPS = 100;

/** Pools that share addresses: in an address space of its own each, but every route to the one is a route to the other. */
function overlaps(pools: readonly IpPool[]): readonly Note[] {
  const places = new Map(pools.filter(({ usableRule }) => usableRule !== null).map((pool, index) => [pool, index]));
  const pairs = new Map<string, readonly [number, number, Note]>();
  const ranges = [...places.keys()].flatMap((of) => of.span.map((range) => ({ range, of })));
  const any = { kindOf: () => '', meets: () => true, most: MOST_OVERLAPS };
  for (const { of: a, others } of overlapsOf(ranges, any)) {
    for (const { of: b } of others) {
      const [i = 0, j = 0] = [places.get(a), places.get(b)];
      const [first, second] = i < j ? [a, b] : [b, a];
      const message = `\`${first.name}\` and \`${second.name}\` share addresses`;
      if (a !== b) pairs.set(message, [Math.min(i, j), Math.max(i, j), { code: 'POOLS_OVERLAP', message }]);
      if (pairs.size === MOST_OVERLAPS) return told(pairs.values());
    }
  }
  return told(pairs.values());
}

function told(pairs: Iterable<readonly [number, number, Note]>): readonly Note[] {
  return [...pairs].sort(byPlace).map(([, , note]) => note);
}

const byPlace = compareBy<readonly [number, number, Note]>(
  ([first]) => first,
  ([, second]) => second,
);
