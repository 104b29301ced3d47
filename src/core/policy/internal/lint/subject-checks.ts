import { formatSelector, type LabelSelector } from '../../../resources/label-selector.js';
import type { Labels } from '../../../resources/resource.js';
import type { LintFix } from '../../lint-result.js';
import type { EndpointClass } from '../policy-index.js';
import { describeSubject } from '../policy-words.js';
import type { LintDrafts } from './draft.js';
import { countOf, type LintContext, type LintedPolicy, nameSome, podsOf, subjectsOf } from './lint-context.js';
import { nearestSelector, selectorJson } from './selector-patch.js';

/** A policy whose selector matches no pod, nor the template of a workload without pods. */
export function* selectsNothing(context: LintContext, policy: LintedPolicy): LintDrafts {
  if (isUnreadable(policy) || subjectsOf(context, policy).length > 0 || !podsOf(context, policy).next().done) return;
  const ofNamespace = policy.kind === 'NetworkPolicy';
  const where = ofNamespace
    ? `\`${formatSelector(policy.podSelector)}\` in namespace ${policy.namespace}`
    : describeSubject(policy.subject);
  yield {
    code: 'POL-SELECTS-NOTHING',
    object: policy.ref,
    pointer: ofNamespace ? '/spec/podSelector' : '/spec/subject',
    message: `no pod matches ${where}: the policy has no effect`,
    mend: () => (ofNamespace ? mendSubject(context, policy.namespace, policy.podSelector) : undefined),
  };
}

function isUnreadable(policy: LintedPolicy): boolean {
  return policy.kind === 'NetworkPolicy' ? policy.podSelector.invalid : !policy.subject;
}

function mendSubject({ population }: LintContext, namespace: string, selector: LabelSelector): LintFix | undefined {
  const mended = nearestSelector(selector, labelsOf(population.select(namespace, undefined)));
  if (!mended) return undefined;
  return {
    message: `select \`${formatSelector(mended)}\``,
    patch: [{ op: 'replace', path: '/spec/podSelector', value: selectorJson(mended) }],
  };
}

/** The labels of pods. */
export function* labelsOf(classes: Iterable<EndpointClass>): Generator<Labels> {
  for (const { endpoint } of classes) if (endpoint.kind === 'pod') yield endpoint.labels;
}

/** "NetworkPolicy behaviour for hostNetwork pods is undefined": most plugins take them for their node, which nothing isolates. */
export function* hostNetwork(context: LintContext, policy: LintedPolicy): LintDrafts {
  const { index, model } = context;
  if (model.profile.policy.hostNetworkPods !== 'excluded') return;
  const names: string[] = [];
  let count = 0;
  for (const pod of podsOf(context, policy)) {
    if (!index.isHost(pod)) continue;
    count++;
    if (names.length < 100) names.push(`${pod.namespace}/${pod.name}`);
  }
  if (count === 0) return;
  const message = `${countOf(count, 'pod')} that the policy names (${nameSome(names)}) ${count === 1 ? 'runs' : 'run'} on the host network: the plugin takes them for their nodes and does not isolate them`;
  const pointer = policy.kind === 'NetworkPolicy' ? '/spec/podSelector' : '/spec/subject';
  yield { code: 'POL-HOST-NETWORK', object: policy.ref, pointer, message };
}
