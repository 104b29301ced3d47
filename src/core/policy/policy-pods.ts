import type { Answer } from '../kernel/answer.js';
import { Trail } from '../kernel/evidence.js';
import { describeRef } from '../kernel/object-ref.js';
import type { NetworkModel } from '../model/network-model.js';
import { formatSelector } from '../resources/label-selector.js';
import type { NetworkPolicy } from '../resources/network-policy.js';
import { enforcementOf, isEnforced } from './internal/enforcement.js';
import { onlyUnmet } from './internal/near-miss-candidates.js';
import { isOut, memberOf } from './internal/parties.js';
import { PolicyIndex } from './internal/policy-index.js';
import { selectorMiss } from './internal/policy-words.js';

/** The meaning of each verdict. */
export const POLICY_PODS_VERDICTS = {
  SELECTS: 'the policy selects at least one pod',
  EMPTY: 'it selects none: it has no effect',
} as const;

/** Whether a policy selects anything. */
export type PolicyPodsVerdict = keyof typeof POLICY_PODS_VERDICTS;

/** A pod that the policy selects. */
export interface SubjectPod {
  readonly pod: string;
  /** `Deployment shop/web`. */
  readonly workload: string;
  readonly node: string | null;
}

/** What `policy-pods` finds out beside the verdict. */
export interface PolicyPodsResult {
  readonly policy: string;
  readonly podSelector: string;
  readonly ingress: boolean;
  readonly egress: boolean;
  readonly pods: readonly SubjectPod[];
  /** Pods of the namespace that one label keeps out. */
  readonly nearMisses: readonly { readonly pod: string; readonly message: string }[];
}

/** Which pods a policy selects, and which it misses by one label. */
export function policyPods(model: NetworkModel, policy: NetworkPolicy): Answer<PolicyPodsVerdict, PolicyPodsResult> {
  const index = PolicyIndex.of(model);
  const trail = new Trail();
  const selector = policy.podSelector;
  const step = { stage: 'subject', object: policy.ref, pointer: '/spec/podSelector' };
  const chosen = new Set(model.selectPods(policy.namespace, selector));
  const pods: SubjectPod[] = [];
  const misses: { readonly pod: string; readonly message: string }[] = [];
  for (const id of model.podsByNamespace.get(policy.namespace) ?? []) {
    const pod = model.pods[id];
    if (!pod || isOut(model, pod)) continue;
    const name = describeRef(pod.ref);
    if (!chosen.has(id)) {
      if (!onlyUnmet(selector, pod.labels)) continue;
      const message = selectorMiss(selector, pod.labels, name);
      misses.push({ pod: `${pod.namespace}/${pod.name}`, message });
      trail.add({ ...step, outcome: 'excluded', reason: 'SUBJECT_NOT_SELECTED', message });
    } else if (index.isHost(pod)) {
      const message = `${name} carries the labels, but runs on the host network: the plugin does not isolate it`;
      trail.add({ ...step, outcome: 'excluded', reason: 'HOST_NETWORK', message });
    } else {
      pods.push({ pod: `${pod.namespace}/${pod.name}`, workload: memberOf(model, pod).owner, node: pod.nodeName?.value ?? null });
      trail.add({ ...step, outcome: 'selected', reason: 'POLICY_SELECTS', message: `selects ${name}` });
    }
  }
  const verdict = pods.length > 0 ? 'SELECTS' : 'EMPTY';
  const name = describeRef(policy.ref);
  const notEnforced = { code: 'NOT_ENFORCED', message: `${model.profile.cni.plugin} stores policies and does not enforce them` };
  return {
    verdict,
    summary: `${name} (\`${formatSelector(selector)}\`): ${verdict} ${pods.length} pod${pods.length === 1 ? '' : 's'}`,
    result: {
      policy: `${policy.namespace}/${policy.ref.name}`,
      podSelector: formatSelector(selector),
      ingress: policy.ingressIsolation,
      egress: policy.egressIsolation,
      pods,
      nearMisses: misses,
    },
    evidence: trail.list(),
    assumptions: [],
    warnings: isEnforced(model) ? [] : [notEnforced],
    confidence: 'CERTAIN',
    enforcement: enforcementOf(model),
  };
}
