import type { Answer } from '../kernel/answer.js';
import { Trail } from '../kernel/evidence.js';
import { firstFew } from '../kernel/first-few.js';
import type { ObjectRef } from '../kernel/object-ref.js';
import type { NetworkModel } from '../model/network-model.js';
import { type Cidr, cidrSize, compareCidrs, formatCidr } from '../net/cidr.js';
import { formatIp, type Ip, type IpFamily } from '../net/ip.js';
import { type IpRange, rangeOfCidr, rangeToCidrs } from '../net/ip-set.js';
import type { AddressPlane } from './address-plane.js';
import { admits, allPools } from './all-pools.js';
import type { AllocationBook } from './allocation-book.js';
import { intersectRanges } from './free-space.js';
import type { IpPool } from './ip-pool.js';
import { confidenceOf, poolAssumptions, usageAssumptions } from './list-pools.js';
import { offeredOf, poolUsage } from './pool-usage.js';
import { rangeText, type UtilizationView, utilizationView } from './pool-view.js';
import { type AddressState, takenAddresses, type TakenAddressView, takenView } from './prefix-addresses.js';
import { type InnerPrefix, type KnownPrefix, MOST_HANDED_OUT, placeOfPrefix, type PrefixKind } from './prefix-tree.js';

/** How much of a prefix is taken. */
export const IP_PREFIX_VERDICTS = {
  UNUSED: 'nobody has an address of it that a pool hands out',
  PARTLY_USED: 'some of its addresses are taken, and some are free',
  FULL: 'none of its addresses is free',
  OUTSIDE: 'no pool has an address of it',
} as const satisfies Record<string, string>;

/** One of them. */
export type IpPrefixVerdict = keyof typeof IP_PREFIX_VERDICTS;

/** What is asked. */
export interface PrefixQuestion {
  readonly prefix: Cidr;
  readonly plane?: AddressPlane | undefined;
  /** Levels of known prefixes below it. */
  readonly depth: number;
  readonly state?: AddressState | undefined;
  readonly owner?: string | undefined;
  readonly after?: Ip | undefined;
  /** Addresses and prefixes inside that are listed. */
  readonly limit: number;
}

/** A prefix that the cluster knows, as it is shown. */
export interface KnownPrefixView {
  readonly prefix: string;
  readonly kind: PrefixKind;
  readonly name: string;
  readonly plane: AddressPlane;
  readonly object: ObjectRef | null;
  readonly provenance: string;
}

/** One that lies in the prefix that was asked for. */
export interface InnerPrefixView extends KnownPrefixView {
  readonly parent: string;
  readonly depth: number;
}

/** How a pool lies to the prefix. */
export const POOL_RELATIONS = ['same', 'contains', 'within', 'overlaps'] as const;

/** A pool that has addresses of the prefix, and how full that part of it is. */
export interface PrefixPoolView extends UtilizationView {
  readonly pool: string;
  readonly plane: AddressPlane;
  /** What the pool does to the prefix: it contains it, lies within it. */
  readonly relation: (typeof POOL_RELATIONS)[number];
  /** Lowest first. */
  readonly freeRanges: readonly string[];
  /** Largest first. */
  readonly freePrefixes: readonly string[];
}

/** What the question answers with. */
export interface IpPrefixResult {
  readonly prefix: string;
  readonly family: IpFamily;
  /** How many addresses it has, as decimal text. */
  readonly size: string;
  readonly same: readonly KnownPrefixView[];
  /** Around it, the smallest first. */
  readonly parents: readonly KnownPrefixView[];
  readonly children: readonly InnerPrefixView[];
  /** How many there are, whether they are listed or not; of prefixes that were handed out the lowest 5,000 count. */
  readonly childCount: number;
  readonly pools: readonly PrefixPoolView[];
  /** Taken ones, ascending. */
  readonly addresses: readonly TakenAddressView[];
  /** Ask with `after` for those above it; null: that was all. */
  readonly next: string | null;
  readonly allocationSequence: number;
}

/** Free ranges and free prefixes of a pool that are listed. */
const MOST_FREE = 20;

/** What a prefix is to a cluster: what is around it and in it, how full it is, what of it is free and who has the rest. */
export function lookAtPrefix(model: NetworkModel, book: AllocationBook, asked: PrefixQuestion): Answer<IpPrefixVerdict, IpPrefixResult> {
  const { prefix, plane } = asked;
  const range = rangeOfCidr(prefix);
  const { same, around, inside, hasMore } = placeOfPrefix(model, book, prefix, plane);
  const pools = allPools(model).filter((pool) => admits({ plane }, pool) && intersectRanges(pool.span, [range]).length > 0);
  const children = inside.filter(({ depth }) => depth <= asked.depth);
  const views = pools.map((pool) => poolPart(model, book, pool, range));
  const page = takenAddresses(model, book, range, asked);
  const trail = new Trail();
  for (const [index, pool] of pools.entries()) explain(trail, pool, views[index]);
  const text = formatCidr(prefix);
  if (pools.length === 0)
    trail.add({ stage: 'pools', outcome: 'no-match', reason: 'NOT_IN_POOL', message: `no pool has an address of ${text}` });
  const verdict = verdictOf(views);
  const assumptions = [...poolAssumptions(pools), ...usageAssumptions(model, pools)];
  return {
    verdict,
    summary: summaryOf(text, views),
    result: {
      prefix: text,
      family: prefix.family,
      size: String(cidrSize(prefix)),
      same: same.map(knownView),
      parents: around.map(knownView),
      children: children.slice(0, asked.limit).map(innerView),
      childCount: children.length,
      pools: views,
      addresses: page.addresses.map(takenView),
      next: page.next ? formatIp(page.next) : null,
      allocationSequence: book.sequence,
    },
    evidence: trail.list(),
    assumptions,
    warnings: hasMore ? [{ code: 'PREFIXES_CUT', message: cutText(text, inside) }] : [],
    confidence: confidenceOf(assumptions),
    enforcement: null,
  };
}

function cutText(text: string, inside: readonly InnerPrefix[]): string {
  const last = inside.findLast(({ kind }) => kind === 'allocation');
  return `more than ${MOST_HANDED_OUT} prefixes were handed out in ${text}: those above ${last ? formatCidr(last.cidr) : ''} are neither listed nor counted as children`;
}

/** The part of a pool in a range is counted as a pool is. */
function poolPart(model: NetworkModel, book: AllocationBook, pool: IpPool, range: IpRange): PrefixPoolView {
  const clip = (ranges: readonly IpRange[]) => intersectRanges(ranges, [range]);
  const part: IpPool = { ...pool, span: clip(pool.span), usable: clip(pool.usable), reserved: clip(pool.reserved), layout: null };
  const free = book.takenOf(pool.plane, pool.family).free(offeredOf(model, part)).firstRanges();
  return {
    pool: pool.name,
    plane: pool.plane,
    relation: relationOf(pool, part, range),
    ...utilizationView(poolUsage(model, book, part)),
    freeRanges: free.slice(0, MOST_FREE).map(rangeText),
    freePrefixes: largestFirst(free.flatMap(rangeToCidrs)).slice(0, MOST_FREE).map(formatCidr),
  };
}

function relationOf({ span }: IpPool, part: IpPool, range: IpRange): PrefixPoolView['relation'] {
  const size = ({ first, last }: IpRange) => last - first + 1n;
  const [own, common] = [span, part.span].map((ranges) => ranges.reduce((sum, one) => sum + size(one), 0n));
  const contains = common === size(range);
  if (contains && common === own) return 'same';
  return contains ? 'contains' : common === own ? 'within' : 'overlaps';
}

function largestFirst(cidrs: readonly Cidr[]): readonly Cidr[] {
  return [...cidrs].sort((a, b) => a.prefix - b.prefix || compareCidrs(a, b));
}

function knownView({ cidr, kind, name, plane, object, provenance }: KnownPrefix): KnownPrefixView {
  return { prefix: formatCidr(cidr), kind, name, plane, object, provenance };
}

function innerView(inner: InnerPrefix): InnerPrefixView {
  return { ...knownView(inner), parent: formatCidr(inner.parent), depth: inner.depth };
}

/** Pools that only list addresses offer none. */
function verdictOf(views: readonly PrefixPoolView[]): IpPrefixVerdict {
  if (views.length === 0) return 'OUTSIDE';
  if (views.every(({ available }) => available === '0')) return 'FULL';
  return views.every(({ used }) => used === '0') ? 'UNUSED' : 'PARTLY_USED';
}

function summaryOf(text: string, views: readonly PrefixPoolView[]): string {
  if (views.length === 0) return `no pool has an address of ${text}`;
  const parts = views.map(({ pool, used, capacity, available }) => `${used} of ${capacity} used and ${available} free in \`${pool}\``);
  return `${text}: ${firstFew(parts, 3)}`;
}

function explain(trail: Trail, { name, declared, source, pointer, provenance }: IpPool, view: PrefixPoolView | undefined): void {
  const message = `\`${name}\` (${firstFew([...declared], 3)}): ${view?.relation ?? ''}`;
  trail.add({
    stage: 'pools',
    outcome: 'match',
    reason: 'IN_POOL',
    message,
    object: source ?? undefined,
    pointer: pointer ?? undefined,
    provenance,
  });
}
