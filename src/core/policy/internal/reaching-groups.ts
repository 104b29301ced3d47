import { compareBy, compareText } from '../../kernel/compare.js';
import type { Steps } from '../../kernel/steps.js';
import { type IpRange, mergeRanges } from '../../net/ip-set.js';
import type { ReachingGroup, ReachingNamespace } from '../reachability-result.js';
import { type ConnectionSet, formatConnections, unionConnections } from './connection-set.js';
import { DIRECTIONS } from './direction.js';
import { decidingRules } from './judged-cases.js';
import type { ListedPair } from './compare-groups.js';
import type { Group } from './listing-groups.js';
import { formatRange } from './parties.js';
import type { PolicyIndex } from './policy-index.js';
import { firstMeeting } from './show-listing.js';

/** One of the others, with all that it may use of the named side. */
interface Reaching {
  readonly other: Group;
  readonly connections: ConnectionSet;
  readonly partial: boolean;
  /** The pair that stands for it. */
  readonly pair: ListedPair;
}

/** Others that are told together, and the pair that stands for them. Why it may connect is judged anew for whoever asks: there may be very many groups, and rules. */
export interface JudgedGroup {
  readonly view: ReachingGroup;
  readonly pair: ListedPair;
}

/** The rules that decide over a connection; undefined: only because a node reaches its own pods. */
type Decision = ReachingGroup['rules'] | undefined;

/** How many names a namespace, or a side, lists. */
export const MOST_NAMES = 20;

/** Puts others together that may use the same connections by the same rules; the largest group first. Yields often. */
export function* reachingGroups(
  index: PolicyIndex,
  side: 'from' | 'to',
  pairs: readonly ListedPair[],
  everybody: readonly Group[],
): Steps<readonly JudgedGroup[]> {
  const sizes = sizesOf(everybody);
  const decide = deciding(index);
  const together = new Map<string, { readonly members: Reaching[]; readonly rules: Decision }>();
  for (const one of yield* reachingOf(side, pairs)) {
    yield;
    const rules = yield* decide(one);
    const key = `${formatConnections(one.connections)} ${String(one.partial)} ${signature(rules)}`;
    const known = together.get(key);
    if (known) known.members.push(one);
    else together.set(key, { members: [one], rules });
  }
  const groups: JudgedGroup[] = [];
  for (const { members, rules } of together.values()) {
    yield;
    const [first] = members;
    if (!first) continue;
    const groupsOf = members.map(({ other }) => other);
    const view: ReachingGroup = {
      connection: formatConnections(first.connections),
      partial: first.partial,
      count: members.length,
      namespaces: byNamespace(groupsOf, sizes),
      nodes: groupsOf.flatMap(({ name }) => (name.startsWith('Node ') ? [name] : [])).sort(compareText),
      addresses: mergeRanges(groupsOf.flatMap(({ range }): readonly IpRange[] => (range ? [range] : []))).map(formatRange),
      rules: rules ?? [],
    };
    groups.push({ view, pair: first.pair });
  }
  return groups.sort(
    compareBy(
      ({ view }) => -view.count,
      ({ view }) => view.connection,
    ),
  );
}

/** Workloads by namespace. `sizes`: how many there are in each. */
export function byNamespace(groups: readonly Group[], sizes: ReadonlyMap<string, number>): readonly ReachingNamespace[] {
  const names = new Map<string, string[]>();
  for (const group of groups) {
    const namespace = namespaceOf(group);
    if (namespace === undefined) continue;
    const known = names.get(namespace);
    if (known) known.push(group.name);
    else names.set(namespace, [group.name]);
  }
  return [...names]
    .sort(([a], [b]) => compareText(a, b))
    .map(([namespace, workloads]) => ({
      namespace,
      count: workloads.length,
      all: workloads.length === sizes.get(namespace),
      workloads: workloads.sort(compareText).slice(0, MOST_NAMES),
    }));
}

/** How many workloads each namespace has. */
export function sizesOf(groups: readonly Group[]): ReadonlyMap<string, number> {
  const sizes = new Map<string, number>();
  for (const group of groups) {
    const namespace = namespaceOf(group);
    if (namespace !== undefined) sizes.set(namespace, (sizes.get(namespace) ?? 0) + 1);
  }
  return sizes;
}

/** `Deployment shop/web` is of `shop`; nodes and addresses are of none. */
function namespaceOf({ name, external }: Group): string | undefined {
  return external ? undefined : /^\S+ ([^/]+)\/\S+$/.exec(name)?.[1];
}

/** The named side may be several workloads: what one of the others may use of any of them adds up. */
function* reachingOf(side: 'from' | 'to', pairs: readonly ListedPair[]): Steps<readonly Reaching[]> {
  const found = new Map<string, Reaching>();
  for (const pair of pairs) {
    yield;
    const other = side === 'to' ? pair.from : pair.to;
    const known = found.get(other.name);
    if (!known) {
      found.set(other.name, { other, connections: pair.connections, partial: pair.partial, pair });
      continue;
    }
    const same = formatConnections(known.connections) === formatConnections(pair.connections);
    found.set(other.name, {
      ...known,
      connections: unionConnections(known.connections, pair.connections),
      partial: known.partial || pair.partial || !same,
    });
  }
  return [...found.values()];
}

/** Finds the rules that decide over a pair, by the first two of its classes that may connect: once for each two and the same connections. */
function deciding(index: PolicyIndex): (one: Reaching) => Steps<Decision> {
  const known = new Map<string, Decision>();
  const ids = ({ classes }: Group) => [...classes.keys()].join(' ');
  return function* ({ pair: { from, to }, connections }) {
    const key = `${ids(from)} → ${ids(to)} ${formatConnections(connections)}`;
    if (!known.has(key)) {
      const judgement = yield* firstMeeting(index, from, to);
      known.set(key, judgement && DIRECTIONS.flatMap((direction) => decidingRules(judgement[direction], connections)));
    }
    return known.get(key);
  };
}

function signature(rules: Decision): string {
  return rules ? rules.map(({ policy, pointer }) => `${policy}${pointer}`).join(' ') : 'own node';
}
