import type { ModelPod, ModelService, NetworkModel } from '../../../model/network-model.js';
import type { ClusterPolicy } from '../../../resources/cluster-policy.js';
import { selectorMatches } from '../../../resources/label-selector.js';
import type { NetworkPolicy } from '../../../resources/network-policy.js';
import { clusterPoliciesOf, networkPoliciesOf } from '../enforcement.js';
import type { AnyPolicy } from '../layer.js';
import type { EndpointClass, PolicyIndex } from '../policy-index.js';
import type { AddressBook } from './address-book.js';
import type { Population } from './population.js';

/** A policy whose fields the checks read. */
export type LintedPolicy = NetworkPolicy | ClusterPolicy;

/** What all checks look at. */
export interface LintContext {
  readonly model: NetworkModel;
  readonly index: PolicyIndex;
  readonly population: Population;
  readonly addresses: () => AddressBook;
  /** By namespace, protocol and port: `shop TCP 80`. */
  readonly services: () => ReadonlyMap<string, readonly ModelService[]>;
  /** Those that were asked for; the others still act. */
  readonly policies: readonly LintedPolicy[];
  readonly isWanted: (policy: AnyPolicy) => boolean;
  /** Workloads and pods of this namespace only. */
  readonly namespace: string | undefined;
}

/** Where a podSelector alone looks; empty for policies of the cluster, whose selectors name their namespaces. */
export function namespaceOf(policy: LintedPolicy): string {
  return policy.kind === 'NetworkPolicy' ? policy.namespace : '';
}

/** The classes of the pods that the policy selects, whether the plugin isolates them or not. */
export function subjectsOf({ population }: LintContext, policy: LintedPolicy): readonly EndpointClass[] {
  if (policy.kind === 'NetworkPolicy') return population.select(policy.namespace, policy.podSelector);
  const { subject } = policy;
  return subject ? population.selectIn(subject.namespaceSelector, subject.podSelector) : [];
}

/** The pods that carry the labels a policy asks for, hostNetwork pods among them. */
export function* podsOf({ model }: LintContext, policy: LintedPolicy): Generator<ModelPod> {
  const namespaces =
    policy.kind === 'NetworkPolicy'
      ? [policy.namespace]
      : [...model.namespaces.values()]
          .filter(({ labels }) => policy.subject && selectorMatches(policy.subject.namespaceSelector, labels))
          .map(({ ref }) => ref.name);
  const selector = policy.kind === 'NetworkPolicy' ? policy.podSelector : policy.subject?.podSelector;
  for (const namespace of namespaces) {
    const ids = selector ? model.selectPods(namespace, selector) : (model.podsByNamespace.get(namespace) ?? []);
    for (const id of ids) {
      const pod = model.pods[id];
      if (pod) yield pod;
    }
  }
}

/** Whether the plugin makes the policy come true. */
export function isActing({ model }: LintContext, policy: LintedPolicy): boolean {
  return (policy.kind === 'NetworkPolicy' ? networkPoliciesOf(model) : clusterPoliciesOf(model)).length > 0;
}

/** `Deployment shop/web`, `Deployment shop/web and 3 others`. */
export function nameSome(names: Iterable<string>): string {
  const distinct = [...new Set(names)];
  const [first = 'nothing', second] = distinct;
  if (second === undefined) return first;
  return distinct.length === 2
    ? `${first} and ${second}`
    : `${first}, ${second} and ${distinct.length - 2} more`.replace(/ and 0 more$/, '');
}

/** `1 pod`, `12 pods`. */
export function countOf(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`;
}
