import type { Steps } from '../../kernel/steps.js';
import { sameContent } from '../../kernel/same-content.js';
import { describeRef } from '../../kernel/object-ref.js';
import { isClusterPolicy, selectsSubject } from './acting-cluster-policy.js';
import { selectsPod } from './acting-network-policy.js';
import type { Direction } from './direction.js';
import type { AnyPolicy } from './layer.js';
import type { Group } from './listing-groups.js';
import type { PolicyEndpoint } from './policy-endpoint.js';
import type { PolicyIndex } from './policy-index.js';

/** A state of a cluster: its policies, and who is compared with whom. */
export interface GroupedState {
  readonly index: PolicyIndex;
  readonly sources: readonly Group[];
  readonly destinations: readonly Group[];
}

/** The names of groups whose own connections may differ between two states; a pair without any of them has the same connections in both. */
export interface TouchedGroups {
  readonly sources: ReadonlySet<string>;
  readonly destinations: ReadonlySet<string>;
}

/**
 * Finds the groups that two states do not treat alike: those that a changed policy selects, and those that are not the same in both. `changed` describes every
 * policy that is not the same. Undefined: they cannot be told apart, because switches differ, or because rules depend on more than endpoints and policies, as
 * those of Calico and Cilium do. Yields often.
 */
export function* touchedGroups(before: GroupedState, after: GroupedState, changed: ReadonlySet<string>): Steps<TouchedGroups | undefined> {
  const plain = [before, after].every(({ index }) => index.calico === undefined && index.cilium === undefined);
  if (!plain || !sameContent(before.index.settings, after.index.settings)) return undefined;
  const selects = { egress: selectorOf('egress', [before, after], changed), ingress: selectorOf('ingress', [before, after], changed) };
  return {
    sources: yield* touchedAmong(before.sources, after.sources, selects.egress),
    destinations: yield* touchedAmong(before.destinations, after.destinations, selects.ingress),
  };
}

/** Whether one of the changed policies, as it is in either state, selects an endpoint and says something about the direction. */
function selectorOf(direction: Direction, states: readonly GroupedState[], changed: ReadonlySet<string>) {
  const policies = states.flatMap(({ index }) => index.objects.filter((policy) => changed.has(describeRef(policy.ref))));
  return (endpoint: PolicyEndpoint): boolean => endpoint.kind === 'pod' && policies.some((policy) => actsOn(policy, direction, endpoint));
}

function actsOn(policy: AnyPolicy, direction: Direction, endpoint: Extract<PolicyEndpoint, { kind: 'pod' }>): boolean {
  if (policy.kind === 'NetworkPolicy') return policy[`${direction}Isolation`] && selectsPod(policy, endpoint);
  return isClusterPolicy(policy) && policy[direction].length > 0 && selectsSubject(policy, endpoint);
}

function* touchedAmong(
  before: readonly Group[],
  after: readonly Group[],
  selects: (endpoint: PolicyEndpoint) => boolean,
): Steps<ReadonlySet<string>> {
  const earlier = new Map(before.map((group) => [group.name, group]));
  const names = new Set(after.map(({ name }) => name));
  const touched = new Set(before.filter(({ name }) => !names.has(name)).map(({ name }) => name));
  for (const group of after) {
    yield;
    const old = earlier.get(group.name);
    const isSelected = (one: Group) => [...one.classes.values()].some(({ class: { endpoint } }) => selects(endpoint));
    if (!old || isSelected(old) || isSelected(group) || !sameGroup(old, group)) touched.add(group.name);
  }
  return touched;
}

/** The same endpoints, as many of each, on the same nodes. */
function sameGroup(a: Group, b: Group): boolean {
  const [left, right] = [[...a.classes.values()], [...b.classes.values()]];
  if (left.length !== right.length || !sameContent(a.range, b.range)) return false;
  return left.every((one, at) => {
    const other = right[at];
    if (!other || one.count !== other.count || one.nodes.size !== other.nodes.size) return false;
    return [...one.nodes].every((node) => other.nodes.has(node)) && sameContent(one.class.endpoint, other.class.endpoint);
  });
}
