import { finished } from '../../kernel/steps.js';
import type { ModelPod, NetworkModel } from '../../model/network-model.js';
import type { CalicoPolicy } from '../../resources/calico-policy.js';
import { type CalicoSelector, conditionHolds, type LabelCondition } from '../../resources/calico-selector.js';
import type { CiliumPolicy } from '../../resources/cilium-policy.js';
import type { ClusterPolicy } from '../../resources/cluster-policy.js';
import { formatSelector, type LabelSelector, selectorMatches } from '../../resources/label-selector.js';
import type { NetworkPolicy } from '../../resources/network-policy.js';
import type { Labels } from '../../resources/resource.js';
import { selectsIdentity, subjectIdentity } from './acting-cilium-policy.js';
import { unmetOf } from './cilium-identity.js';
import { CiliumReferences } from './cilium-references.js';
import { CalicoBook } from './calico-book.js';
import { subjectSelector } from './calico-selectors.js';
import { describeCalicoSubject } from './calico-words.js';
import { isCalicoPolicy } from './calico-layers.js';
import { onlyUnmet } from './near-miss-candidates.js';
import type { PolicyIndex } from './policy-index.js';
import { describeSubject, selectorMiss } from './policy-words.js';
import { describeSubject as describeSpecs } from './selecting-cilium-policies.js';

/** A policy that can be asked whom it selects. */
export type AnyNamedPolicy = NetworkPolicy | ClusterPolicy | CiliumPolicy | CalicoPolicy;

/** Whom a policy of any API is about. */
export interface SubjectView {
  /** Where the object says so. */
  readonly pointer: string;
  readonly text: string;
  /** Why a pod is not selected, if one label alone keeps it out. */
  readonly nearMiss: (pod: ModelPod, name: string) => string | undefined;
  /** The pods of the namespaces it looks in, in the order of the model. */
  readonly pods: readonly ModelPod[];
  readonly selects: (pod: ModelPod) => boolean;
  /** It is about nodes: pods on their network are selected, and no others. */
  readonly takesHosts: boolean;
}

/** The pods of the policy's own namespace, or of the namespaces that its subject names. */
export function subjectOf(model: NetworkModel, index: PolicyIndex, policy: AnyNamedPolicy): SubjectView {
  if (isCalicoPolicy(policy)) return calicoSubject(model, index, policy);
  if (policy.kind === 'CiliumNetworkPolicy' || policy.kind === 'CiliumClusterwideNetworkPolicy') return ciliumSubject(model, index, policy);
  if (policy.kind === 'NetworkPolicy') {
    const selector = policy.podSelector;
    const chosen = new Set(model.selectPods(policy.namespace, selector));
    const pods = podsIn(model, policy.namespace);
    const text = formatSelector(selector);
    return { pointer: '/spec/podSelector', text, nearMiss: missOf(selector), pods, selects: ({ id }) => chosen.has(id), takesHosts: false };
  }
  const { subject } = policy;
  const selector = subject?.podSelector;
  const namespaces = [...model.namespaces.values()].filter(({ labels }) => subject && selectorMatches(subject.namespaceSelector, labels));
  return {
    pointer: '/spec/subject',
    text: describeSubject(subject),
    nearMiss: missOf(selector),
    takesHosts: false,
    pods: namespaces.flatMap(({ ref }) => podsIn(model, ref.name)),
    selects: ({ labels }) => selector === undefined || selectorMatches(selector, labels),
  };
}

/** Pods by their identities, of the namespace of the policy or all of them; a host policy has the pods on the network of the nodes it selects. */
function ciliumSubject(model: NetworkModel, index: PolicyIndex, policy: CiliumPolicy): SubjectView {
  const { namespace, specs } = policy;
  const cilium = index.cilium ?? new CiliumReferences(model, model.ciliumPolicies);
  const takesHosts = specs.some(({ subject }) => subject.type === 'nodes');
  const endpointOf = (pod: ModelPod) => index.classesOf(pod)[0]?.endpoint;
  return {
    pointer: specs[0]?.subject.pointer ?? '/spec',
    text: describeSpecs(specs),
    pods: namespace === undefined ? model.pods : podsIn(model, namespace),
    selects: (pod) => {
      const endpoint = endpointOf(pod);
      return endpoint !== undefined && endpoint.kind !== 'address' && selectsIdentity(cilium, policy, endpoint);
    },
    nearMiss: (pod, name) => {
      const endpoint = endpointOf(pod);
      if (endpoint?.kind !== 'pod') return undefined;
      const identity = subjectIdentity(cilium, endpoint);
      const pods = specs.filter(({ subject }) => subject.type === 'endpoints');
      const unmet = pods.map(({ subject }) => unmetOf(subject.selector, identity)).find(({ length }) => length === 1)?.[0];
      return (
        unmet &&
        `selects ${describeSpecs(specs)}, and ${name} lacks just \`${formatSelector({ requirements: [unmet], invalid: false }).replace(/^(any|k8s):/, '')}\``
      );
    },
    takesHosts,
  };
}

/** Endpoints by the labels that Calico gives them; a global policy selects host endpoints too. */
function calicoSubject(model: NetworkModel, index: PolicyIndex, policy: CalicoPolicy): SubjectView {
  const book = index.calico ?? finished(CalicoBook.of(model, [policy]));
  const selector = subjectSelector(policy);
  return {
    pointer: '/spec/selector',
    text: describeCalicoSubject(policy),
    pods: policy.kind === 'CalicoNetworkPolicy' ? podsIn(model, policy.namespace) : model.pods,
    selects: (pod) => {
      const [one] = index.classesOf(pod);
      return one !== undefined && one.endpoint.kind !== 'address' && book.selects(policy, selector, one.endpoint);
    },
    nearMiss: (pod, name) => {
      const [one] = index.classesOf(pod);
      const labels = one && book.members.labelsOf(one.endpoint);
      const unmet = selector && labels ? unmetConditions(selector, labels) : [];
      const [only] = unmet;
      const own = only && !only.label.startsWith('projectcalico.org/');
      return own && unmet.length === 1
        ? `selects ${describeCalicoSubject(policy)}, and ${name} misses one label: \`${only.label}\``
        : undefined;
    },
    takesHosts: policy.kind === 'GlobalNetworkPolicy',
  };
}

/** What does not hold of a selector that is nothing but conditions that must all hold; empty for any other. */
function unmetConditions({ steps }: CalicoSelector, labels: Labels): readonly LabelCondition[] {
  const conditions = steps.flatMap((step) => ('label' in step ? step : []));
  const plain = steps.every((step) => 'label' in step || step.op === 'and');
  return plain ? conditions.filter((condition) => !conditionHolds(condition, labels)) : [];
}

function missOf(selector: LabelSelector | undefined): SubjectView['nearMiss'] {
  return (pod, name) => (selector && onlyUnmet(selector, pod.labels) ? selectorMiss(selector, pod.labels, name) : undefined);
}

function podsIn(model: NetworkModel, namespace: string): readonly ModelPod[] {
  return (model.podsByNamespace.get(namespace) ?? []).flatMap((id) => model.pods[id] ?? []);
}
