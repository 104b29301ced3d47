import type { Note } from '../../kernel/answer.js';
import { compareBy } from '../../kernel/compare.js';
import { type Problem, problem } from '../../kernel/problem.js';
import { err, ok, type Result } from '../../kernel/result.js';
import type { NetworkModel } from '../../model/network-model.js';
import type { ConnectivityQuestion } from '../connectivity-result.js';
import {
  ALL_CONNECTIONS,
  type ConnectionSet,
  intersectConnections,
  NO_CONNECTIONS,
  noConnections,
  sameConnections,
  unionConnections,
} from './connection-set.js';
import { isEnforced } from './enforcement.js';
import { type Group, type GroupClass, listingGroups } from './listing-groups.js';
import { askedOfListing } from './listing-filter.js';
import { netpolGroups } from './netpol-groups.js';
import { PairEvaluator } from './pair-evaluator.js';
import type { PolicyIndex } from './policy-index.js';

/** The most pairs that one listing compares. */
export const MOST_PAIRS = 1_000_000;
/** The most rows that one listing sends. */
export const MOST_ROWS = 100_000;

/** A pair of the listing, and what the policies allow between the two. */
export interface ListedPair {
  readonly from: Group;
  readonly to: Group;
  /** What at least one pair of their pods may use, of what was asked for. */
  readonly connections: ConnectionSet;
  /** What was asked for; undefined: everything. */
  readonly asked: ConnectionSet | undefined;
  readonly partial: boolean;
}

/** A listing before it is written. */
export interface Listing {
  /** In stable order; pairs without any connection are among them only where policies are not enforced. */
  readonly pairs: readonly ListedPair[];
  readonly sources: number;
  readonly destinations: number;
  readonly compared: number;
  readonly warnings: readonly Note[];
}

/** Compares every source with every destination. Address ranges are not compared with one another. */
export function listConnections(model: NetworkModel, index: PolicyIndex, question: ConnectivityQuestion): Result<Listing, Problem> {
  const filter = askedOfListing(model, index, question);
  if (!filter.ok) return filter;
  const netpol = question.format === 'netpol-analyzer';
  const sources = netpol ? netpolGroups(model, index, 'from') : listingGroups(model, index, question, 'from', question.from);
  const destinations = netpol
    ? netpolGroups(model, index, 'to')
    : (filter.value.groups ?? listingGroups(model, index, question, 'to', question.to));
  const pairsToCompare = sources.length * destinations.length;
  if (pairsToCompare > MOST_PAIRS) {
    return err(
      tooLarge(`the listing compares ${pairsToCompare} pairs (${sources.length} sources, ${destinations.length} destinations)`, MOST_PAIRS),
    );
  }
  const evaluator = new PairEvaluator(index, index.size);
  const pairs: ListedPair[] = [];
  let compared = 0;
  for (const from of sources) {
    for (const to of destinations) {
      if ((from.external && to.external) || (netpol && from.name === to.name)) continue;
      const pair = comparePair(model, evaluator, from, to, filter.value.askedOf);
      if (!pair) continue;
      compared++;
      if (!noConnections(pair.connections) || (!netpol && !isEnforced(model))) pairs.push(pair);
    }
    if (pairs.length > MOST_ROWS) return err(tooLarge(`the listing has more than ${MOST_ROWS} rows`, MOST_ROWS));
  }
  pairs.sort(
    compareBy(
      (pair) => (pair.from.external ? 1 : 0),
      (pair) => pair.from.name,
      (pair) => (pair.to.external ? 1 : 0),
      (pair) => pair.to.name,
    ),
  );
  return ok({ pairs, sources: sources.length, destinations: destinations.length, compared, warnings: filter.value.warnings });
}

function tooLarge(what: string, maximum: number): Problem {
  const hint =
    'narrow it with `from` and `to` (`ns/…`, `deploy/…`, `label:…`), with `port`, with `external=false`, or with `level=namespace`';
  return problem('limit-too-large', `${what}, more than ${maximum}`, { hint, extra: { maximum } });
}

/** Undefined where nothing of the two can meet: a single pod and itself, or no address family in common. */
function comparePair(
  model: NetworkModel,
  evaluator: PairEvaluator,
  from: Group,
  to: Group,
  askedOf: (destination: GroupClass) => ConnectionSet | undefined,
): ListedPair | undefined {
  let sum = NO_CONNECTIONS;
  let wanted: ConnectionSet | undefined;
  let first: ConnectionSet | undefined;
  let partial = false;
  const take = (found: ConnectionSet) => {
    if (first === undefined) first = found;
    else if (found !== first && !sameConnections(found, first)) partial = true;
    sum = unionConnections(sum, found);
  };
  for (const source of from.classes.values()) {
    for (const destination of to.classes.values()) {
      if (from.name === to.name && source.class.id === destination.class.id && source.count < 2) continue;
      const asked = askedOf(destination) ?? ALL_CONNECTIONS;
      if (noConnections(asked)) continue;
      const found = evaluator.between(source.class, destination.class);
      if (found === undefined) continue;
      wanted = wanted === undefined ? asked : unionConnections(wanted, asked);
      for (const allowed of onNodes(model, source, destination, found)) take(intersectConnections(allowed, asked));
    }
  }
  return first === undefined ? undefined : { from, to, connections: sum, asked: wanted, partial };
}

/** Senders on a node reach the pods of that node whatever policies say; for the others policies decide. */
function onNodes(model: NetworkModel, source: GroupClass, destination: GroupClass, found: ConnectionSet): readonly ConnectionSet[] {
  const { endpoint } = source.class;
  const local = endpoint.kind === 'host' && endpoint.node !== undefined && destination.nodes.has(endpoint.node);
  if (!local || destination.class.endpoint.kind !== 'pod' || !model.profile.policy.nodeToOwnPod) return [found];
  return destination.nodes.size > 1 ? [ALL_CONNECTIONS, found] : [ALL_CONNECTIONS];
}
