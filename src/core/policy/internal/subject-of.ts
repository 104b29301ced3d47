import type { ModelPod, NetworkModel } from '../../model/network-model.js';
import type { ClusterPolicy } from '../../resources/cluster-policy.js';
import { formatSelector, type LabelSelector, selectorMatches } from '../../resources/label-selector.js';
import type { NetworkPolicy } from '../../resources/network-policy.js';
import { describeSubject } from './policy-words.js';

/** Whom a policy of any API is about. */
export interface SubjectView {
  /** Where the object says so. */
  readonly pointer: string;
  readonly text: string;
  /** Of the pods; undefined where only namespaces are named. */
  readonly selector: LabelSelector | undefined;
  /** The pods of the namespaces it looks in, in the order of the model. */
  readonly pods: readonly ModelPod[];
  readonly selects: (pod: ModelPod) => boolean;
}

/** The pods of the policy's own namespace, or of the namespaces that its subject names. */
export function subjectOf(model: NetworkModel, policy: NetworkPolicy | ClusterPolicy): SubjectView {
  if (policy.kind === 'NetworkPolicy') {
    const selector = policy.podSelector;
    const chosen = new Set(model.selectPods(policy.namespace, selector));
    const pods = podsIn(model, policy.namespace);
    return { pointer: '/spec/podSelector', text: formatSelector(selector), selector, pods, selects: ({ id }) => chosen.has(id) };
  }
  const { subject } = policy;
  const selector = subject?.podSelector;
  const namespaces = [...model.namespaces.values()].filter(({ labels }) => subject && selectorMatches(subject.namespaceSelector, labels));
  return {
    pointer: '/spec/subject',
    text: describeSubject(subject),
    selector,
    pods: namespaces.flatMap(({ ref }) => podsIn(model, ref.name)),
    selects: ({ labels }) => selector === undefined || selectorMatches(selector, labels),
  };
}

function podsIn(model: NetworkModel, namespace: string): readonly ModelPod[] {
  return (model.podsByNamespace.get(namespace) ?? []).flatMap((id) => model.pods[id] ?? []);
}
