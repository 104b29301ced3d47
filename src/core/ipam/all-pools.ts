import { BuiltOnce } from '../kernel/built-once.js';
import { comparable, didYouMeanHint } from '../kernel/did-you-mean.js';
import { type Problem, problem } from '../kernel/problem.js';
import type { Cidr } from '../net/cidr.js';
import type { IpFamily } from '../net/ip.js';
import { type IpRange, mergeRanges, rangeOfCidr } from '../net/ip-set.js';
import { RangeIndex } from '../net/range-index.js';
import { problemAt } from '../kernel/problem-place.js';
import { err, ok, type Result } from '../kernel/result.js';
import { sortedInSteps } from '../kernel/sorted-in-steps.js';
import type { Steps } from '../kernel/steps.js';
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
  /** Places in the order, by what the pools have. */
  readonly places: RangeIndex<number>;
}

const pools = new BuiltOnce(function* (model: NetworkModel): Steps<KnownPools> {
  const inOrder = yield* sortedInSteps(yield* observedPools(model), comparePools);
  yield;
  const byName = new Map(inOrder.map((pool) => [pool.name, pool]));
  yield;
  return { inOrder, byName, places: yield* RangeIndex.inSteps(placesOf(inOrder)) };
});

function* placesOf(inOrder: readonly IpPool[]): Generator<readonly [IpRange, number]> {
  for (const [place, { span }] of inOrder.entries()) for (const range of span) yield [range, place];
}

/** Builds what is known of the pools, a step at a time: else the first question about them builds it in one go, of 100,000 pools in a second or two. */
export function* preparePools(model: NetworkModel): Steps<void> {
  yield* pools.steps(model);
}

/** Every pool of a cluster, in order. */
export function allPools(model: NetworkModel): readonly IpPool[] {
  return pools.get(model).inOrder;
}

/** The pools that have addresses of a range, in order; looked up, however many others there are. */
export function poolsMeeting(model: NetworkModel, range: IpRange): readonly IpPool[] {
  const { inOrder, places } = pools.get(model);
  return [...new Set(places.meeting(range))].sort((a, b) => a - b).flatMap((place) => inOrder[place] ?? []);
}

/** Looked up, however many there are: whoever allocates holds others up. Fails with `unknown-pool`. */
export function poolNamed(model: NetworkModel, name: string): Result<IpPool, Problem> {
  const pool = pools.get(model).byName.get(name);
  return pool ? ok(pool) : err(unknownPool(model, name));
}

/** The pools that a filter admits, in order. Fails with `unknown-pool`. */
export function poolsAdmitted(model: NetworkModel, filter: PoolFilter): Result<readonly IpPool[], Problem> {
  if (filter.pool === undefined) return ok(candidates(model, filter).filter((pool) => admits(filter, pool)));
  const named = poolNamed(model, filter.pool);
  return named.ok ? ok([named.value].filter((pool) => admits(filter, pool))) : err(problemAt('/pool', named.error));
}

/** Those among which the admitted ones are: all of them only where no place is told. */
function candidates(model: NetworkModel, { within, contains, overlaps }: PoolFilter): readonly IpPool[] {
  if (contains) return poolsMeeting(model, { ...rangeOfCidr(contains), last: contains.base });
  const around = within ?? overlaps;
  return around ? poolsMeeting(model, rangeOfCidr(around)) : allPools(model);
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

/** Whether a pool has every address of a range, and whether it has none besides. What it has is in canonical form: ranges that meet are one. */
export function liesTo({ span }: Pick<IpPool, 'span'>, range: IpRange): { readonly contains: boolean; readonly isWithin: boolean } {
  const [lowest, highest] = [span[0], span.at(-1)];
  const common = firstClipped(span, range);
  return {
    contains: common?.first === range.first && common.last === range.last,
    isWithin: common !== undefined && lowest !== undefined && lowest.first >= range.first && (highest?.last ?? 0n) <= range.last,
  };
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
  const { inOrder, byName } = pools.get(model);
  const first = inOrder.slice(0, 20).map((pool) => pool.name);
  const all = first.length === 0 ? 'there are none' : `the pools are ${first.join(', ')}`;
  const hint = didYouMeanHint(name, comparable(name, byName.keys())) ?? all;
  return problem('unknown-pool', `there is no pool \`${name}\``, { hint });
}
