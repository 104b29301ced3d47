import type { Note } from '../../kernel/answer.js';
import { compareBy } from '../../kernel/compare.js';
import { type Problem, problem } from '../../kernel/problem.js';
import { err, ok, type Result } from '../../kernel/result.js';
import type { Steps } from '../../kernel/steps.js';
import type { NetworkModel } from '../../model/network-model.js';
import type { ConnectivityQuestion } from '../connectivity-result.js';
import { type ComparedSource, type ComparisonPlan, GroupComparison, type ListedPair } from './compare-groups.js';
import { ALL_CONNECTIONS } from './connection-set.js';
import { isEnforced } from './enforcement.js';
import { type Group, type GroupClass, groupsOfBothSides, listingGroups } from './listing-groups.js';
import { askedOfListing } from './listing-filter.js';
import { focusedPairs } from './listing-focus.js';
import { netpolGroups } from './netpol-groups.js';
import type { PolicyIndex } from './policy-index.js';
import type { TouchedGroups } from './touched-groups.js';

/** The most pairs of unlike endpoints that one listing compares: they take about a second. */
export const MOST_PAIRS = 16_000_000;
/** The most rows that one listing sends. */
const MOST_ROWS = 100_000;

/** A listing that has not begun: who is compared with whom. */
export interface PlannedListing {
  /** In stable order, as destinations are. */
  readonly sources: readonly Group[];
  readonly destinations: readonly Group[];
  readonly warnings: readonly Note[];
  /** The pairs of one source at a time, in stable order; pairs without any connection are among them only where policies are not enforced. Where that takes long it comes without pairs, and has compared nothing. */
  pairs(): Generator<ComparedSource>;
}

/** What of a listing is wanted: pairs of which one side is touched, among groups that are known already. */
export interface TouchedPart {
  readonly touched: TouchedGroups;
  readonly groups: Pick<ComparisonPlan, 'sources' | 'destinations'>;
}

/** A listing before it is written. */
export interface Listing extends Pick<PlannedListing, 'sources' | 'destinations' | 'warnings'> {
  /** In stable order. */
  readonly pairs: readonly ListedPair[];
  readonly compared: number;
}

/**
 * Compares every source with every destination (or those of which one is touched), and holds what comes out. Yields often. Fails with `limit-too-large` beyond the limits, and
 * as {@link planListing} does.
 */
export function* listConnections(
  model: NetworkModel,
  index: PolicyIndex,
  question: ConnectivityQuestion,
  part?: TouchedPart,
): Steps<Result<Listing, Problem>> {
  const planned = yield* planListing(model, index, question, MOST_PAIRS, part);
  return planned.ok ? yield* listPlanned(planned.value) : planned;
}

/** Makes the comparisons of a plan, and holds what comes out. Yields often. Fails with `limit-too-large` beyond so many rows. */
export function* listPlanned(planned: PlannedListing): Steps<Result<Listing, Problem>> {
  const { sources, destinations, warnings } = planned;
  const pairs: ListedPair[] = [];
  let compared = 0;
  for (const source of planned.pairs()) {
    yield;
    compared += source.compared;
    for (const pair of source.pairs) pairs.push(pair);
    if (pairs.length > MOST_ROWS) return err(tooLarge(`the listing has more than ${MOST_ROWS} rows`, MOST_ROWS));
  }
  return ok({ pairs, sources, destinations, compared, warnings });
}

/** Finds out who is compared with whom; address ranges are not compared with one another. Yields often. Fails with the problems of the question, and beyond `most` pairs. */
export function* planListing(
  model: NetworkModel,
  index: PolicyIndex,
  question: ConnectivityQuestion,
  most: number,
  part?: TouchedPart,
): Steps<Result<PlannedListing, Problem>> {
  const filter = yield* askedOfListing(model, index, question);
  if (!filter.ok) return filter;
  const netpol = question.format === 'netpol-analyzer';
  const { sources, destinations } = part?.groups ?? (yield* listedGroups(model, index, question, filter.value.groups));
  const focus = focusedPairs(question, [...sources, ...destinations]);
  if (!focus.ok) return focus;
  const everything = question.format === 'boxes' ? ALL_CONNECTIONS : index.everything;
  const [from, to] = [sources.toSorted(IN_ORDER), destinations.toSorted(IN_ORDER)];
  const blocks = blocksOf(from, to, part?.touched);
  const work = blocks.reduce((sum, block) => sum + kindsIn(block.sources) * kindsIn(block.destinations), 0);
  if (work > most) {
    const what = `the listing compares ${work} kinds of pairs (${sources.length} sources, ${destinations.length} destinations)`;
    return err(tooLarge(what, most));
  }
  const meets = (from: Group, to: Group): boolean => {
    if (from.external && to.external) return false;
    if (netpol && from.name === to.name) return false;
    return focus.value?.(from.name, to.name) !== false;
  };
  const askedOf = (one: GroupClass) => filter.value.askedOf(one) ?? everything;
  const keepsAll = question.explains ?? (!netpol && !isEnforced(model));
  return ok({
    sources: from,
    destinations: to,
    warnings: filter.value.warnings,
    *pairs() {
      const comparisons: (readonly [Group, GroupComparison])[] = [];
      for (const block of blocks) {
        const comparison = yield* resting(GroupComparison.over(index, { ...block, askedOf, meets, keepsAll }));
        for (const source of block.sources) comparisons.push([source, comparison]);
      }
      for (const [source, comparison] of comparisons.sort(([a], [b]) => IN_ORDER(a, b))) yield yield* resting(comparison.of(source));
    },
  });
}

/** Tells an empty source at each step, so that who reads can rest. */
function* resting<T>(steps: Steps<T>): Generator<ComparedSource, T> {
  for (;;) {
    const step = steps.next();
    if (step.done) return step.value;
    yield NOTHING_YET;
  }
}

const NOTHING_YET: ComparedSource = { compared: 0, pairs: [] };

/** Everybody on both sides of a listing; `behind` are the destinations, where services name them. */
export function* listedGroups(
  model: NetworkModel,
  index: PolicyIndex,
  question: ConnectivityQuestion,
  behind: readonly Group[] | undefined,
): Steps<Pick<ComparisonPlan, 'sources' | 'destinations'>> {
  if (question.format === 'netpol-analyzer') {
    return { sources: yield* netpolGroups(model, index, 'from'), destinations: yield* netpolGroups(model, index, 'to') };
  }
  if (!question.from && !question.to && !behind) return yield* groupsOfBothSides(model, index, question);
  return {
    sources: yield* listingGroups(model, index, question, 'from', question.from),
    destinations: behind ?? (yield* listingGroups(model, index, question, 'to', question.to)),
  };
}

/** Whom to compare with whom: everybody, or touched sources with everybody and the others with touched destinations. */
function blocksOf(
  sources: readonly Group[],
  destinations: readonly Group[],
  touched: TouchedGroups | undefined,
): readonly Pick<ComparisonPlan, 'sources' | 'destinations'>[] {
  if (!touched) return [{ sources, destinations }];
  return [
    { sources: sources.filter(({ name }) => touched.sources.has(name)), destinations },
    {
      sources: sources.filter(({ name }) => !touched.sources.has(name)),
      destinations: destinations.filter(({ name }) => touched.destinations.has(name)),
    },
  ].filter((block) => block.sources.length > 0 && block.destinations.length > 0);
}

function kindsIn(groups: readonly Group[]): number {
  return groups.reduce((count, { classes }) => count + classes.size, 0);
}

/** Addresses stand behind the names. */
const IN_ORDER = compareBy<Group>(
  ({ external }) => (external ? 1 : 0),
  ({ name }) => name,
);

function tooLarge(what: string, maximum: number): Problem {
  const hint =
    'narrow it with `from` and `to` (`ns/…`, `deploy/…`, `label:…`), with `workload`, `port` or `external=false`, take `level=namespace`, or have it streamed: `format=ndjson`';
  return problem('limit-too-large', `${what}, more than ${maximum}`, { hint, extra: { maximum } });
}
