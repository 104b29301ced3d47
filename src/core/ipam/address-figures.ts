import { compareBy } from '../kernel/compare.js';
import type { Steps } from '../kernel/steps.js';
import type { NetworkModel } from '../model/network-model.js';
import type { AddressPlane } from './address-plane.js';
import { allPools, preparePools } from './all-pools.js';
import type { AllocationBook } from './allocation-book.js';
import { heldInSteps } from './held-addresses.js';
import { ipamLint } from './ipam-lint.js';
import type { IpamCodeName } from './ipam-lint-codes.js';
import type { IpPool } from './ip-pool.js';
import { poolUsage, prepareUsage } from './pool-usage.js';
import type { PoolUtilization } from './pool-utilization.js';

/** The codes of `ipam-lint` that say where use and allocation part: the classes of `calicoctl ipam check`, and those of the API server's repair loop. */
export const DRIFT_CODES = [
  'SEVERAL_OWNERS',
  'IN_USE_OUTSIDE_POOLS',
  'IN_USE_NOT_ALLOCATED',
  'ALLOCATED_NOT_IN_USE',
  'UNUSABLE_IN_USE',
  'OUTSIDE_NODE_RANGE',
  'BORROWED',
  'NODE_GONE',
  'BLOCK_LEAK',
  'BLOCK_EMPTY',
  'CLAIMED_FOR_ANOTHER',
  'NOT_IN_BLOCK',
  'HANDLE_WITHOUT_ADDRESS',
  'HANDLE_MISSING',
  'HANDLE_MISCOUNTS',
  'BLOCK_INVALID',
  'BLOCK_WITHOUT_AFFINITY',
  'AFFINITY_MISMATCH',
  'IP_ADDRESS_MISSING',
  'IP_ADDRESS_MISMATCH',
  'IP_ADDRESS_LEAK',
] as const satisfies readonly IpamCodeName[];

/** One of them. */
export type DriftCode = (typeof DRIFT_CODES)[number];

/** How full one pool is. */
export interface PoolFigures extends PoolUtilization {
  readonly name: string;
  readonly plane: AddressPlane;
  readonly family: IpPool['family'];
}

/** What there is to watch about the addresses of a cluster. */
export interface AddressFigures {
  /** The fullest pools, those first of which the smallest share is free. Pools that only list addresses are not told. */
  readonly pools: readonly PoolFigures[];
  readonly poolsLeftOut: number;
  /** How many findings each code has, 0 too. */
  readonly drift: ReadonlyMap<DriftCode, number>;
  /** Of the newest allocation or release they know of. */
  readonly allocationSequence: number;
}

/** How full the pools of a cluster are, `most` of them, and how far use and allocation part. Yields often. */
export function* addressFigures(model: NetworkModel, book: AllocationBook, most: number): Steps<AddressFigures> {
  yield* preparePools(model);
  const lint = yield* ipamLint(model, book, { codes: DRIFT_CODES, severity: 'info', limit: 1 });
  const found = new Map<IpamCodeName, number>(lint.result.counts.map(({ code, count }) => [code, count]));
  const { pools, allocationSequence } = yield* usagesOf(model, book);
  return {
    pools: pools.sort(FULLEST_FIRST).slice(0, most),
    poolsLeftOut: Math.max(0, pools.length - most),
    drift: new Map(DRIFT_CODES.map((code) => [code, found.get(code) ?? 0])),
    allocationSequence,
  };
}

/** Of the pools of all that are to be compared: the smaller the share that is free, the earlier. */
export const FULLEST_FIRST = compareBy<PoolFigures>(
  ({ available, capacity }) => (capacity === 0n ? 0 : Number(available) / Number(capacity)),
  ({ name }) => name,
);

function* usagesOf(model: NetworkModel, book: AllocationBook): Steps<{ pools: PoolFigures[]; allocationSequence: number }> {
  const offering = allPools(model).filter(({ strategy }) => strategy !== null);
  yield* heldInSteps(model);
  for (const pool of offering) {
    prepareUsage(model, pool);
    yield;
  }
  // The book may move on between two steps: all of it that is told is read in one.
  const pools = offering.map((pool) => ({ name: pool.name, plane: pool.plane, family: pool.family, ...poolUsage(model, book, pool) }));
  return { pools, allocationSequence: book.sequence };
}
