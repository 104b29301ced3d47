import type { Steps } from '../../kernel/steps.js';
import { addClass, type ClassSet, emptyClassSet, hasClass } from './class-set.js';
import { type ConnectionSet, NO_CONNECTIONS } from './connection-set.js';
import type { Group, GroupClass } from './listing-groups.js';
import { PairEvaluator, type PreparedClass } from './pair-evaluator.js';
import { canMeet } from './policy-endpoint.js';
import type { EndpointClass, PolicyIndex } from './policy-index.js';
import { reachRows } from './reach-rows.js';

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

/** One source, compared with every destination. */
export interface ComparedSource {
  readonly compared: number;
  readonly pairs: readonly ListedPair[];
}

/** What is compared, and what of it is kept. */
export interface ComparisonPlan {
  readonly sources: readonly Group[];
  readonly destinations: readonly Group[];
  /** What is asked for at a destination. */
  readonly askedOf: (destination: GroupClass) => ConnectionSet;
  /** Whether the two are a pair at all, as far as their names go. */
  readonly meets: (source: Group, destination: Group) => boolean;
  /** Pairs without any connection are kept too. */
  readonly keepsAll: boolean;
}

/** So many pairs of groups are compared in one step. */
const BREATH = 50;

/** Compares groups of endpoints: each source with every destination, when it is asked for. */
export class GroupComparison {
  private constructor(
    private readonly plan: ComparisonPlan,
    private readonly evaluator: PairEvaluator,
    private readonly destinations: readonly PreparedDestination[],
    private readonly reachedBy: ((source: PreparedSource) => ClassSet | undefined) | undefined,
  ) {}

  /** Makes ready what all sources ask of the destinations. Yields often. */
  static *over(index: PolicyIndex, plan: ComparisonPlan): Steps<GroupComparison> {
    const evaluator = new PairEvaluator(index, classesIn(plan.sources), classesIn(plan.destinations));
    const askedOf = (one: GroupClass) => evaluator.algebra.intern(plan.askedOf(one));
    const destinations: PreparedDestination[] = [];
    for (const group of plan.destinations) {
      for (const one of group.classes.values()) yield* evaluator.prepare('ingress', evaluator.destination(one.class));
      destinations.push(preparedDestination(evaluator, group, askedOf));
    }
    const reachedBy = plan.keepsAll ? undefined : yield* reachedClasses(evaluator);
    return new GroupComparison(plan, evaluator, destinations, reachedBy);
  }

  /** The pairs of one of the sources, in the order of the destinations. Yields often. */
  *of(group: Group): Steps<ComparedSource> {
    const source = preparedSource(this.evaluator, group);
    for (const one of source.classes) yield* this.evaluator.prepare('egress', one);
    const reached = this.reachedBy?.(source);
    const pairs: ListedPair[] = [];
    let compared = 0;
    for (const destination of this.destinations) {
      if (!this.plan.meets(group, destination.group) || !canCompare(source, destination)) continue;
      compared++;
      if (compared % BREATH === 0) yield;
      if (reached && !destination.classes.some(({ position }) => hasClass(reached, position))) continue;
      const pair = comparePair(this.evaluator, source, destination);
      if (this.plan.keepsAll || pair.connections !== NO_CONNECTIONS) pairs.push(pair);
    }
    return { compared, pairs };
  }
}

/** Each class of the groups once. */
function classesIn(groups: readonly Group[]): readonly EndpointClass[] {
  const classes = groups.flatMap((group) => Array.from(group.classes.values(), (one) => [one.class.id, one.class] as const));
  return [...new Map(classes).values()];
}

function preparedSource(evaluator: PairEvaluator, group: Group): PreparedSource {
  const classes = Array.from(group.classes.values(), (one) => ({ ...evaluator.source(one.class), count: one.count, nodes: one.nodes }));
  return { group, classes, families: familiesOf(classes) };
}

function preparedDestination(evaluator: PairEvaluator, group: Group, askedOf: (one: GroupClass) => ConnectionSet): PreparedDestination {
  const classes = Array.from(group.classes.values(), (one) => ({
    ...evaluator.destination(one.class),
    nodes: one.nodes,
    asked: askedOf(one),
  }));
  return { group, classes, families: familiesOf(classes.filter(({ asked }) => asked !== NO_CONNECTIONS)) };
}

/** The address families of which some class has one, a bit each; an unknown one may be any. */
function familiesOf(classes: readonly PreparedClass[]): number {
  return classes.reduce((bits, one) => bits | (one.class.families === 0 ? EVERY_FAMILY : one.class.families), 0);
}

const EVERY_FAMILY = 3;

/** The destinations that anything of a source may reach: most pairs of a cluster are settled by that. Undefined: everybody has to be asked. */
function* reachedClasses(evaluator: PairEvaluator): Steps<(source: PreparedSource) => ClassSet | undefined> {
  const reach = yield* reachRows(evaluator);
  // So is who reaches a node.
  const hosts = evaluator.destinations.flatMap(({ endpoint }, position) => (endpoint.kind === 'host' ? position : []));
  return ({ classes }) => {
    // Whom a node reaches whatever policies say is asked pair by pair.
    if (classes.some((one) => one.class.endpoint.kind === 'host')) return undefined;
    const row = emptyClassSet(evaluator.destinations.length);
    for (const position of hosts) addClass(row, position);
    for (const { position } of classes) reach(position, row);
    return row;
  };
}

/** A group, ready to be compared. */
interface PreparedSource {
  readonly group: Group;
  readonly classes: readonly (PreparedClass & Pick<GroupClass, 'count' | 'nodes'>)[];
  readonly families: number;
}

/** The same, with what is asked for there. */
interface PreparedDestination {
  readonly group: Group;
  readonly classes: readonly (PreparedClass & Pick<GroupClass, 'nodes'> & { readonly asked: ConnectionSet })[];
  /** Of those of which something is asked. */
  readonly families: number;
}

/** Whether anything of the two can meet, and is asked for: not so of a single pod and itself, or without an address family in common. */
function canCompare(from: PreparedSource, to: PreparedDestination): boolean {
  if ((from.families & to.families) === 0) return false;
  if (from.group.name !== to.group.name) return true;
  return from.classes.some((source) => to.classes.some((destination) => isPair(source, destination, true)));
}

function isPair(source: PreparedSource['classes'][number], destination: PreparedDestination['classes'][number], same: boolean): boolean {
  if (same && source.class.id === destination.class.id && source.count < 2) return false;
  return destination.asked !== NO_CONNECTIONS && canMeet(source.class.families, destination.class.families);
}

function comparePair(evaluator: PairEvaluator, from: PreparedSource, to: PreparedDestination): ListedPair {
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
      for (const allowed of onNodes(evaluator, source, destination)) {
        const shared = algebra.meet(allowed, asked);
        partial ||= sum !== undefined && shared !== sum;
        sum = sum === undefined ? shared : algebra.join(sum, shared);
      }
    }
  }
  return { from: from.group, to: to.group, connections: sum ?? NO_CONNECTIONS, asked: wanted, partial };
}

/** A node and its own pods have rules of their own, whatever the policies of the receiving side say; for the others policies decide. */
function onNodes(
  evaluator: PairEvaluator,
  source: PreparedClass & Pick<GroupClass, 'nodes'>,
  destination: PreparedClass & Pick<GroupClass, 'nodes'>,
): readonly ConnectionSet[] {
  const found = () => evaluator.between(source, destination);
  const [from, to] = [source.class.endpoint, destination.class.endpoint];
  const [host, pods] = from.kind === 'host' && to.kind === 'pod' ? [from, destination] : [to, source];
  if (host.kind !== 'host' || pods.class.endpoint.kind !== 'pod' || host.node === undefined || !pods.nodes.has(host.node)) return [found()];
  const own = evaluator.betweenNodeAndOwnPod(source, destination);
  return pods.nodes.size > 1 ? [own, found()] : [own];
}
