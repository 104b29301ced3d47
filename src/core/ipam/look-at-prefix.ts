import type { Answer, Note } from '../kernel/answer.js';
import { type Evidence, Trail } from '../kernel/evidence.js';
import { firstFew } from '../kernel/first-few.js';
import type { Steps } from '../kernel/steps.js';
import type { NetworkModel } from '../model/network-model.js';
import { type Cidr, cidrSize, formatCidr } from '../net/cidr.js';
import { formatIp, type Ip, type IpFamily } from '../net/ip.js';
import { type IpRange, rangeOfCidr } from '../net/ip-set.js';
import type { AddressPlane } from './address-plane.js';
import type { AllocationBook } from './allocation-book.js';
import { confidenceOf, poolAssumptions, usageAssumptions } from './list-pools.js';
import { poolUsage } from './pool-usage.js';
import type { PoolUtilization } from './pool-utilization.js';
import { type AddressState, takenAddresses, type TakenAddressView, takenView } from './prefix-addresses.js';
import { freeRangesOf, type PartOfPool, partsOfPools, type PrefixPoolView, prefixPoolView } from './prefix-pools.js';
import {
  handedOutNear,
  type InnerPrefix,
  type KnownPrefixView,
  knownPrefixView,
  MOST_HANDED_OUT,
  placeOfPrefix,
  type PrefixPlace,
} from './prefix-tree.js';

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
  /** Members of each list that are listed. */
  readonly limit: number;
}

/** One that lies in the prefix that was asked for. */
export interface InnerPrefixView extends KnownPrefixView {
  readonly parent: string;
  readonly depth: number;
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
  /** How many there are, whether they are listed or not. */
  readonly poolCount: number;
  /** Taken ones, ascending. */
  readonly addresses: readonly TakenAddressView[];
  /** Ask with `after` for those above it; null: that was all. */
  readonly next: string | null;
  readonly allocationSequence: number;
}

/** What a prefix is to a cluster: what is around it and in it, how full it is, what of it is free and who has the rest. Yields often. */
export function* lookAtPrefix(
  model: NetworkModel,
  book: AllocationBook,
  asked: PrefixQuestion,
): Steps<Answer<IpPrefixVerdict, IpPrefixResult>> {
  const { prefix, plane, limit } = asked;
  const range = rangeOfCidr(prefix);
  const parts = yield* partsOfPools(model, range, plane);
  // The book may move on between two steps: all of it that is told is read in one.
  const { sequence } = book;
  const usages = parts.map(({ part }) => poolUsage(model, book, part));
  const listed = parts.slice(0, limit);
  const free = listed.map(({ part }) => freeRangesOf(model, book, part, listed.length));
  const given = handedOutNear(book, prefix);
  const page = takenAddresses(model, book, range, asked);
  yield;
  const place = yield* placeOfPrefix(model, given, prefix, plane);
  const views = yield* viewsOf(listed, usages, free, range);
  const children = place.inside.filter(({ depth }) => depth <= asked.depth);
  const text = formatCidr(prefix);
  const pools = parts.map(({ pool }) => pool);
  const assumptions = [...poolAssumptions(pools), ...usageAssumptions(model, pools)];
  return {
    verdict: verdictOf(usages),
    summary: summaryOf(text, views, parts.length),
    result: {
      prefix: text,
      family: prefix.family,
      size: String(cidrSize(prefix)),
      same: place.same.slice(0, limit).map(knownPrefixView),
      parents: place.around.slice(0, limit).map(knownPrefixView),
      children: children.slice(0, limit).map(innerView),
      childCount: children.length,
      pools: views,
      poolCount: parts.length,
      addresses: page.addresses.map(takenView),
      next: page.next ? formatIp(page.next) : null,
      allocationSequence: sequence,
    },
    evidence: explain(text, listed, views),
    assumptions,
    warnings: cuts(text, place, limit),
    confidence: confidenceOf(assumptions),
    enforcement: null,
  };
}

function* viewsOf(
  parts: readonly PartOfPool[],
  usages: readonly PoolUtilization[],
  free: readonly (readonly IpRange[])[],
  range: IpRange,
): Steps<readonly PrefixPoolView[]> {
  const views: PrefixPoolView[] = [];
  for (const [index, part] of parts.entries()) {
    yield;
    const usage = usages[index];
    if (usage) views.push(prefixPoolView(part, usage, free[index] ?? [], range));
  }
  return views;
}

/** What the lists leave out and no count tells. */
function cuts(text: string, { same, around, inside, hasMore }: PrefixPlace, limit: number): readonly Note[] {
  const last = inside.findLast(({ kind }) => kind === 'allocation');
  const messages = [
    ...(hasMore
      ? [
          `more than ${MOST_HANDED_OUT} prefixes were handed out in ${text}: those above ${last ? formatCidr(last.cidr) : ''} are neither listed nor counted as children`,
        ]
      : []),
    ...(same.length > limit ? [`${same.length} things are known as ${text}: the first ${limit} are listed`] : []),
    ...(around.length > limit ? [`${around.length} prefixes are known around ${text}: the smallest ${limit} are listed`] : []),
  ];
  return messages.map((message) => ({ code: 'PREFIXES_CUT', message }));
}

function innerView(inner: InnerPrefix): InnerPrefixView {
  return { ...knownPrefixView(inner), parent: formatCidr(inner.parent), depth: inner.depth };
}

/** Pools that only list addresses offer none. */
function verdictOf(usages: readonly PoolUtilization[]): IpPrefixVerdict {
  if (usages.length === 0) return 'OUTSIDE';
  if (usages.every(({ available }) => available === 0n)) return 'FULL';
  return usages.every(({ used }) => used === 0n) ? 'UNUSED' : 'PARTLY_USED';
}

function summaryOf(text: string, views: readonly PrefixPoolView[], count: number): string {
  if (count === 0) return `no pool has an address of ${text}`;
  const parts = views.map(({ pool, used, capacity, available }) => `${used} of ${capacity} used and ${available} free in \`${pool}\``);
  return `${text}: ${firstFew(parts, 3, count)}`;
}

function explain(text: string, parts: readonly PartOfPool[], views: readonly PrefixPoolView[]): readonly Evidence[] {
  const trail = new Trail();
  for (const [index, { pool }] of parts.entries()) {
    const { name, declared, source, pointer, provenance } = pool;
    trail.add({
      stage: 'pools',
      outcome: 'match',
      reason: 'IN_POOL',
      message: `\`${name}\` (${firstFew([...declared], 3)}): ${views[index]?.relation ?? ''}`,
      object: source ?? undefined,
      pointer: pointer ?? undefined,
      provenance,
    });
  }
  if (parts.length === 0)
    trail.add({ stage: 'pools', outcome: 'no-match', reason: 'NOT_IN_POOL', message: `no pool has an address of ${text}` });
  return trail.list();
}
