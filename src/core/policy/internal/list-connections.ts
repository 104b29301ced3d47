import type { Note } from '../../kernel/answer.js';
import { compareBy } from '../../kernel/compare.js';
import { type Problem, problem } from '../../kernel/problem.js';
import { err, ok, type Result } from '../../kernel/result.js';
import type { NetworkModel } from '../../model/network-model.js';
import type { ConnectivityQuestion } from '../connectivity-result.js';
import { type ClassSet, emptyClassSet, hasClass } from './class-set.js';
import { ALL_CONNECTIONS, type ConnectionSet, NO_CONNECTIONS } from './connection-set.js';
import { isEnforced } from './enforcement.js';
import { type Group, type GroupClass, listingGroups } from './listing-groups.js';
import { askedOfListing } from './listing-filter.js';
import { focusOn, INGRESS_CONTROLLER } from './listing-focus.js';
import { netpolGroups } from './netpol-groups.js';
import { PairEvaluator, type PreparedClass } from './pair-evaluator.js';
import { canMeet } from './policy-endpoint.js';
import type { EndpointClass, PolicyIndex } from './policy-index.js';
import { reachRows } from './reach-rows.js';

/** The most pairs of unlike endpoints that one listing compares: they take about a second. */
const MOST_PAIRS = 4_000_000;
/** The most rows that one listing sends. */
const MOST_ROWS = 100_000;

/** A pair of the listing, and what the policies allow between the two. */
export interface ListedPair {
  readonly from: Group;
  readonly to: Group;
  /** What at least one pair of their pods may use, of what was asked for. */
  readonly connections: ConnectionSet;
  /** What was asked for. */
  readonly asked: ConnectionSet;
  readonly partial: boolean;
}

/** A listing that has not begun: who is compared with whom. */
export interface PlannedListing {
  /** In stable order, as destinations are. */
  readonly sources: readonly Group[];
  readonly destinations: readonly Group[];
  readonly warnings: readonly Note[];
  /** The pairs of one source at a time, in stable order; pairs without any connection are among them only where policies are not enforced. */
  pairs(): Generator<ComparedSource>;
}

/** One source, compared with every destination. */
export interface ComparedSource {
  readonly compared: number;
  readonly pairs: readonly ListedPair[];
}

/** A listing before it is written. */
export interface Listing extends Pick<PlannedListing, 'sources' | 'destinations' | 'warnings'> {
  /** In stable order. */
  readonly pairs: readonly ListedPair[];
  readonly compared: number;
}

/** Compares every source with every destination, and holds what comes out. Fails with `limit-too-large` beyond the limits, and as {@link planListing} does. */
export function listConnections(model: NetworkModel, index: PolicyIndex, question: ConnectivityQuestion): Result<Listing, Problem> {
  const planned = planListing(model, index, question, MOST_PAIRS);
  if (!planned.ok) return planned;
  const { sources, destinations, warnings } = planned.value;
  const pairs: ListedPair[] = [];
  let compared = 0;
  for (const source of planned.value.pairs()) {
    compared += source.compared;
    for (const pair of source.pairs) pairs.push(pair);
    if (pairs.length > MOST_ROWS) return err(tooLarge(`the listing has more than ${MOST_ROWS} rows`, MOST_ROWS));
  }
  return ok({ pairs, sources, destinations, compared, warnings });
}

/** Finds out who is compared with whom; address ranges are not compared with one another. Fails with the problems of the question, and beyond `most` pairs. */
export function planListing(
  model: NetworkModel,
  index: PolicyIndex,
  question: ConnectivityQuestion,
  most: number,
): Result<PlannedListing, Problem> {
  const filter = askedOfListing(model, index, question);
  if (!filter.ok) return filter;
  const netpol = question.format === 'netpol-analyzer';
  const sources = netpol ? netpolGroups(model, index, 'from') : listingGroups(model, index, question, 'from', question.from);
  const destinations = netpol
    ? netpolGroups(model, index, 'to')
    : (filter.value.groups ?? listingGroups(model, index, question, 'to', question.to));
  const focus = focusOf(question, [...sources, ...destinations]);
  if (!focus.ok) return focus;
  const everything = question.format === 'boxes' ? ALL_CONNECTIONS : index.everything;
  const kinds = (groups: readonly Group[]) => groups.reduce((count, { classes }) => count + classes.size, 0);
  const work = kinds(sources) * kinds(destinations);
  if (work > most) {
    const what = `the listing compares ${work} kinds of pairs (${sources.length} sources, ${destinations.length} destinations)`;
    return err(tooLarge(what, most));
  }
  const evaluator = new PairEvaluator(index, classesIn(sources), classesIn(destinations));
  const askedOf = (one: GroupClass) => evaluator.algebra.intern(filter.value.askedOf(one) ?? everything);
  const from = sources.toSorted(IN_ORDER).map((group) => preparedSource(evaluator, group));
  const to = destinations.toSorted(IN_ORDER).map((group) => preparedDestination(evaluator, group, askedOf));
  const isAsked = (source: PreparedSource, destination: PreparedDestination): boolean => {
    if (source.group.external && destination.group.external) return false;
    if (netpol && source.group.name === destination.group.name) return false;
    if (focus.value && !focus.value(source.group.name) && !focus.value(destination.group.name)) return false;
    return canCompare(source, destination);
  };
  const keepsAll = !netpol && !isEnforced(model);
  return ok({
    sources: from.map(({ group }) => group),
    destinations: to.map(({ group }) => group),
    warnings: filter.value.warnings,
    *pairs() {
      const reached = keepsAll ? undefined : reachedGroups(evaluator);
      for (const source of from) {
        const asked = to.filter((destination) => isAsked(source, destination));
        const meeting = reached ? asked.filter((destination) => reached(source, destination)) : asked;
        const pairs = meeting.map((destination) => comparePair(model, evaluator, source, destination));
        yield { compared: asked.length, pairs: keepsAll ? pairs : pairs.filter(({ connections }) => connections !== NO_CONNECTIONS) };
      }
    },
  });
}

/** Addresses stand behind the names. */
const IN_ORDER = compareBy<Group>(
  ({ external }) => (external ? 1 : 0),
  ({ name }) => name,
);

function focusOf(
  { workload, format }: ConnectivityQuestion,
  groups: readonly Group[],
): Result<((name: string) => boolean) | undefined, Problem> {
  if (workload === undefined) return ok(undefined);
  // Its rows do not come from groups.
  if (format === 'netpol-analyzer' && workload === INGRESS_CONTROLLER) return ok(() => false);
  return focusOn(workload, groups);
}

/** Each class of the groups once. */
function classesIn(groups: readonly Group[]): readonly EndpointClass[] {
  const classes = groups.flatMap((group) => Array.from(group.classes.values(), (one) => [one.class.id, one.class] as const));
  return [...new Map(classes).values()];
}

function preparedSource(evaluator: PairEvaluator, group: Group): PreparedSource {
  return { group, classes: Array.from(group.classes.values(), (one) => ({ ...evaluator.source(one.class), count: one.count })) };
}

function preparedDestination(evaluator: PairEvaluator, group: Group, askedOf: (one: GroupClass) => ConnectionSet): PreparedDestination {
  const classes = Array.from(group.classes.values(), (one) => ({
    ...evaluator.destination(one.class),
    nodes: one.nodes,
    asked: askedOf(one),
  }));
  return { group, classes };
}

/** Tells whether anything of the source may reach anything of the destination: most pairs of a cluster are settled by that. */
function reachedGroups(evaluator: PairEvaluator): (source: PreparedSource, destination: PreparedDestination) => boolean {
  const reach = reachRows(evaluator);
  const rowOf = ({ classes }: PreparedSource): ClassSet => {
    const row = emptyClassSet(evaluator.destinations.length);
    for (const { position } of classes) reach(position, row);
    return row;
  };
  let last: { readonly source: PreparedSource; readonly row: ClassSet | undefined } | undefined;
  return (source, destination) => {
    if (last?.source !== source) {
      // Whom a node reaches whatever policies say is asked pair by pair.
      const anybody = source.classes.some((one) => one.class.endpoint.kind === 'host');
      last = { source, row: anybody ? undefined : rowOf(source) };
    }
    const { row } = last;
    return row === undefined || destination.classes.some(({ position }) => hasClass(row, position));
  };
}

function tooLarge(what: string, maximum: number): Problem {
  const hint =
    'narrow it with `from` and `to` (`ns/…`, `deploy/…`, `label:…`), with `workload`, `port` or `external=false`, take `level=namespace`, or have it streamed: `format=ndjson`';
  return problem('limit-too-large', `${what}, more than ${maximum}`, { hint, extra: { maximum } });
}

/** A group, ready to be compared. */
interface PreparedSource {
  readonly group: Group;
  readonly classes: readonly (PreparedClass & Pick<GroupClass, 'count'>)[];
}

/** The same, with what is asked for there. */
interface PreparedDestination {
  readonly group: Group;
  readonly classes: readonly (PreparedClass & Pick<GroupClass, 'nodes'> & { readonly asked: ConnectionSet })[];
}

/** Whether anything of the two can meet, and is asked for: not so of a single pod and itself, or without an address family in common. */
function canCompare(from: PreparedSource, to: PreparedDestination): boolean {
  const same = from.group.name === to.group.name;
  return from.classes.some((source) => to.classes.some((destination) => isPair(source, destination, same)));
}

function isPair(source: PreparedSource['classes'][number], destination: PreparedDestination['classes'][number], same: boolean): boolean {
  if (same && source.class.id === destination.class.id && source.count < 2) return false;
  return destination.asked !== NO_CONNECTIONS && canMeet(source.class.families, destination.class.families);
}

function comparePair(model: NetworkModel, evaluator: PairEvaluator, from: PreparedSource, to: PreparedDestination): ListedPair {
  const { algebra } = evaluator;
  const same = from.group.name === to.group.name;
  let sum: ConnectionSet | undefined;
  let wanted = NO_CONNECTIONS;
  let partial = false;
  for (const source of from.classes) {
    for (const destination of to.classes) {
      if (!isPair(source, destination, same)) continue;
      const { asked } = destination;
      wanted = algebra.join(wanted, asked);
      for (const allowed of onNodes(model, evaluator, source, destination, evaluator.between(source, destination))) {
        const shared = algebra.meet(allowed, asked);
        partial ||= sum !== undefined && shared !== sum;
        sum = sum === undefined ? shared : algebra.join(sum, shared);
      }
    }
  }
  return { from: from.group, to: to.group, connections: sum ?? NO_CONNECTIONS, asked: wanted, partial };
}

/** Senders on a node reach the pods of that node whatever the policies of those say; for the others policies decide. */
function onNodes(
  model: NetworkModel,
  evaluator: PairEvaluator,
  source: PreparedClass,
  destination: PreparedClass & Pick<GroupClass, 'nodes'>,
  found: ConnectionSet,
): readonly ConnectionSet[] {
  const { endpoint } = source.class;
  const local = endpoint.kind === 'host' && endpoint.node !== undefined && destination.nodes.has(endpoint.node);
  if (!local || destination.class.endpoint.kind !== 'pod' || !model.profile.policy.nodeToOwnPod) return [found];
  const sent = evaluator.leaving(source, destination);
  return destination.nodes.size > 1 ? [sent, found] : [sent];
}
