import { comparable, didYouMeanHint } from '../kernel/did-you-mean.js';
import { type Problem, problem } from '../kernel/problem.js';
import type { Cidr } from '../net/cidr.js';
import type { IpFamily } from '../net/ip.js';
import { type IpRange, mergeRanges, rangeOfCidr } from '../net/ip-set.js';
import { problemAt } from '../kernel/problem-place.js';
import { err, ok, type Result } from '../kernel/result.js';
import type { NetworkModel } from '../model/network-model.js';
import type { AddressPlane } from './address-plane.js';
import type { AllocationBook } from './allocation-book.js';
import { clipRanges, firstClipped } from './clip-ranges.js';
import { heldAddresses } from './held-addresses.js';
import type { IpPool } from './ip-pool.js';
import { comparePools, observedPools } from './observed-pools.js';

/** Which pools; absent members admit all. */
export interface PoolFilter {
  readonly pool?: string | undefined;
  readonly plane?: AddressPlane | undefined;
  readonly family?: IpFamily | undefined;
  /** All of the pool is in this prefix. */
  readonly within?: Cidr | undefined;
  /** All of this prefix is in the pool. */
  readonly contains?: Cidr | undefined;
  /** It shares addresses with this prefix. */
  readonly overlaps?: Cidr | undefined;
}

interface KnownPools {
  readonly inOrder: readonly IpPool[];
  readonly byName: ReadonlyMap<string, IpPool>;
}

const MEMORY = new WeakMap<NetworkModel, KnownPools>();

/** Memoised: a model never changes. */
function poolsOf(model: NetworkModel): KnownPools {
  const known = MEMORY.get(model);
  if (known) return known;
  const inOrder = [...observedPools(model)].sort(comparePools);
  const pools = { inOrder, byName: new Map(inOrder.map((pool) => [pool.name, pool])) };
  MEMORY.set(model, pools);
  return pools;
}

/** Every pool of a cluster, in order. */
export function allPools(model: NetworkModel): readonly IpPool[] {
  return poolsOf(model).inOrder;
}

/** Looked up, however many there are: whoever allocates holds others up. Fails with `unknown-pool`. */
export function poolNamed(model: NetworkModel, name: string): Result<IpPool, Problem> {
  const pool = poolsOf(model).byName.get(name);
  return pool ? ok(pool) : err(unknownPool(model, name));
}

/** The pools that a filter admits, in order. Fails with `unknown-pool`. */
export function poolsAdmitted(model: NetworkModel, filter: PoolFilter): Result<readonly IpPool[], Problem> {
  if (filter.pool === undefined) return ok(allPools(model).filter((pool) => admits(filter, pool)));
  const named = poolNamed(model, filter.pool);
  return named.ok ? ok([named.value].filter((pool) => admits(filter, pool))) : err(problemAt('/pool', named.error));
}

/** Whether the filter admits the pool. */
export function admits(filter: PoolFilter, pool: IpPool): boolean {
  return (
    (filter.pool === undefined || pool.name === filter.pool) &&
    (filter.plane === undefined || pool.plane === filter.plane) &&
    (filter.family === undefined || pool.family === filter.family) &&
    (filter.within === undefined || liesTo(pool, rangeOfCidr(filter.within)).isWithin) &&
    (filter.contains === undefined || liesTo(pool, rangeOfCidr(filter.contains)).contains) &&
    (filter.overlaps === undefined || firstClipped(pool.span, rangeOfCidr(filter.overlaps)) !== undefined)
  );
}

/** Whether a pool has every address of a range, and whether it has none besides. A pool of several ranges may have it by two that meet. */
export function liesTo({ span }: Pick<IpPool, 'span'>, range: IpRange): { readonly contains: boolean; readonly isWithin: boolean } {
  // Most of many pools have nothing to do with it.
  if (span.length > 0 && !firstClipped(span, range)) return { contains: false, isWithin: false };
  const common = sizeOf(clipRanges(span, range));
  return { contains: common === sizeOf([range]), isWithin: common === sizeOf(span) };
}

function sizeOf(ranges: readonly IpRange[]): bigint {
  return ranges.reduce((sum, { first, last }) => sum + last - first + 1n, 0n);
}

/** The addresses of a pool that somebody has, in the cluster or through the API, in canonical form. */
export function takenIn(model: NetworkModel, book: AllocationBook, pool: IpPool): readonly IpRange[] {
  return mergeRanges([...heldIn(model, pool), ...handedOutIn(book, pool)]);
}

/** Those that somebody in the cluster has. */
export function heldIn(model: NetworkModel, { span }: IpPool): readonly IpRange[] {
  return span.flatMap((range) => clipRanges(heldAddresses(model), range));
}

/** Those that were handed out through the API. */
export function handedOutIn(book: AllocationBook, { span, plane }: IpPool): readonly IpRange[] {
  return span.flatMap((range) => book.takenOf(plane, range.family).within(range));
}

/** `unknown-pool`, with the nearest name. */
function unknownPool(model: NetworkModel, name: string): Problem {
  const { inOrder, byName } = poolsOf(model);
  const first = inOrder.slice(0, 20).map((pool) => pool.name);
  const all = first.length === 0 ? 'there are none' : `the pools are ${first.join(', ')}`;
  const hint = didYouMeanHint(name, comparable(name, byName.keys())) ?? all;
  return problem('unknown-pool', `there is no pool \`${name}\``, { hint });
}
