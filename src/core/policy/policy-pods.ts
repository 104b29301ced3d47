import type { Answer } from '../kernel/answer.js';
import { Trail } from '../kernel/evidence.js';
import { describeRef } from '../kernel/object-ref.js';
import type { Steps } from '../kernel/steps.js';
import type { NetworkModel } from '../model/network-model.js';
import { formatSelector } from '../resources/label-selector.js';
import { isCiliumPolicy } from './internal/acting-cilium-policy.js';
import { isCalicoPolicy } from './internal/calico-layers.js';
import { isClusterPolicy } from './internal/acting-cluster-policy.js';
import type { Direction } from './internal/direction.js';
import {
  assumedApis,
  assumedCalico,
  calicoPoliciesOf,
  clusterPoliciesOf,
  enforcementOf,
  isEnforced,
  networkPoliciesOf,
  unenforcedPolicies,
} from './internal/enforcement.js';
import { isOut, memberOf } from './internal/parties.js';
import { PolicyIndex } from './internal/policy-index.js';
import { type AnyNamedPolicy, type SubjectView, subjectOf } from './internal/subject-of.js';

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
  /** `shop/default-deny`; `AdminNetworkPolicy/deny-metadata` for a policy of the cluster, `CiliumNetworkPolicy/shop/api`, `CalicoNetworkPolicy/shop/api`. */
  readonly policy: string;
  /** kubectl's spelling; of a policy of the cluster its subject in words. */
  readonly podSelector: string;
  /** It isolates for ingress; a policy of the cluster has rules for it. */
  readonly ingress: boolean;
  readonly egress: boolean;
  readonly pods: readonly SubjectPod[];
  /** Pods of the namespaces it selects that one label keeps out. */
  readonly nearMisses: readonly { readonly pod: string; readonly message: string }[];
}

/** Which pods a policy selects, and which it misses by one label. Yields often. */
export function* policyPods(model: NetworkModel, policy: AnyNamedPolicy): Steps<Answer<PolicyPodsVerdict, PolicyPodsResult>> {
  const index = yield* PolicyIndex.inSteps(model);
  const trail = new Trail();
  const subject = subjectOf(model, index, policy);
  const pods: SubjectPod[] = [];
  const nearMisses: { readonly pod: string; readonly message: string }[] = [];
  for (const pod of subject.pods) {
    yield;
    if (isOut(model, pod)) continue;
    const name = describeRef(pod.ref);
    const step = { stage: 'subject', object: policy.ref, pointer: subject.pointer };
    if (!subject.selects(pod)) {
      const message = subject.nearMiss(pod, name);
      if (message === undefined) continue;
      nearMisses.push({ pod: `${pod.namespace}/${pod.name}`, message });
      trail.add({ ...step, outcome: 'excluded', reason: 'SUBJECT_NOT_SELECTED', message });
    } else if (index.isHost(pod) && !subject.takesHosts) {
      const message = `${name} carries the labels, but runs on the host network: the plugin does not isolate it`;
      trail.add({ ...step, outcome: 'excluded', reason: 'HOST_NETWORK', message });
    } else {
      pods.push({ pod: `${pod.namespace}/${pod.name}`, workload: memberOf(model, pod).owner, node: pod.nodeName?.value ?? null });
      trail.add({ ...step, outcome: 'selected', reason: 'POLICY_SELECTS', message: `selects ${name}` });
    }
  }
  return conclude(model, policy, { ...subject, selected: pods, nearMisses }, trail);
}

function conclude(
  model: NetworkModel,
  policy: AnyNamedPolicy,
  found: SubjectView & { readonly selected: readonly SubjectPod[]; readonly nearMisses: PolicyPodsResult['nearMisses'] },
  trail: Trail,
): Answer<PolicyPodsVerdict, PolicyPodsResult> {
  const { selected, nearMisses } = found;
  const { kind } = policy;
  const ofCluster = kind !== 'NetworkPolicy';
  const verdict = selected.length > 0 ? 'SELECTS' : 'EMPTY';
  const text = ofCluster ? found.text : `\`${formatSelector(policy.podSelector)}\``;
  const notEnforced = { code: 'NOT_ENFORCED', message: `${model.profile.cni.plugin} stores policies and does not enforce them` };
  const counted = isClusterPolicy(policy) && clusterPoliciesOf(model).length > 0;
  const ofCalico = isCalicoPolicy(policy) && calicoPoliciesOf(model).length > 0;
  const assumptions = [...(counted ? assumedApis(model) : []), ...(ofCalico ? assumedCalico(model) : [])];
  return {
    verdict,
    summary: `${describeRef(policy.ref)} (${text}): ${verdict} ${selected.length} pod${selected.length === 1 ? '' : 's'}`,
    result: {
      policy: nameOf(policy),
      podSelector: found.text,
      ingress: acts(policy, 'ingress'),
      egress: acts(policy, 'egress'),
      pods: selected,
      nearMisses,
    },
    evidence: trail.list(),
    assumptions,
    warnings: [
      ...(isEnforced(model) ? [] : [notEnforced]),
      ...(ofCluster || networkPoliciesOf(model).length === 0 ? unenforcedPolicies(model) : []),
    ],
    confidence: assumptions.length > 0 ? 'ASSUMED' : 'CERTAIN',
    enforcement: enforcementOf(model),
  };
}

/** As the question names policies: those of other APIs than NetworkPolicy by their kind. */
function nameOf({ kind, ref }: AnyNamedPolicy): string {
  const name = ref.namespace === undefined ? ref.name : `${ref.namespace}/${ref.name}`;
  return kind === 'NetworkPolicy' ? name : `${kind}/${name}`;
}

/** Whether the policy isolates in a direction; one of the cluster has rules for it. */
function acts(policy: AnyNamedPolicy, direction: Direction): boolean {
  if (isCalicoPolicy(policy)) return direction === 'ingress' ? policy.appliesToIngress : policy.appliesToEgress;
  if (isCiliumPolicy(policy)) return policy.specs.some((spec) => spec[direction].defaultDeny);
  return isClusterPolicy(policy) ? policy[direction].length > 0 : policy[`${direction}Isolation`];
}
