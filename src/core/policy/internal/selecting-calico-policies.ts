import type { Trail } from '../../kernel/evidence.js';
import { describeRef } from '../../kernel/object-ref.js';
import type { Steps } from '../../kernel/steps.js';
import type { CalicoPolicy } from '../../resources/calico-policy.js';
import { describeCalicoRule, describeCalicoSubject } from './calico-words.js';
import { DIRECTIONS, type Direction } from './direction.js';
import type { PolicyIndex } from './policy-index.js';
import { inWords } from './policy-words.js';

/** One policy of Calico that selects the pod, or the host endpoint of the node on whose network it runs. */
export interface SelectingCalicoPolicy {
  /** `CalicoNetworkPolicy` is Calico's NetworkPolicy. */
  readonly kind: CalicoPolicy['kind'];
  /** Null for a global one. */
  readonly namespace: string | null;
  readonly name: string;
  readonly tier: string;
  /** Null: last of its tier. */
  readonly order: number | null;
  /** ``endpoints `app == "web"` of namespace shop``. */
  readonly subject: string;
  /** It applies to ingress: what none of its tier's rules matches gets the tier's default action. */
  readonly ingress: boolean;
  readonly egress: boolean;
  /** Each rule in words: ``Allow from selector `app == "web"`, TCP 80``. Only of the directions to which it applies. */
  readonly ingressRules: readonly string[];
  readonly egressRules: readonly string[];
}

/** Policies of Calico that select an endpoint, each written down on the trail. Yields after each. */
export function* selectingCalicoPolicies(
  trail: Trail,
  { calico }: Pick<PolicyIndex, 'calico'>,
  policies: readonly CalicoPolicy[],
): Steps<readonly SelectingCalicoPolicy[]> {
  const found: SelectingCalicoPolicy[] = [];
  for (const policy of policies) {
    const view = yield* viewOf(policy);
    const missing = calico?.tier(policy.tier) ? '' : `; the tier \`${policy.tier}\` does not exist, so that it has no effect`;
    const directions = DIRECTIONS.filter((direction) => view[direction]);
    const place = `tier ${policy.tier}, ${policy.order === undefined ? 'last' : `order ${policy.order}`}`;
    trail.add({
      stage: 'subject',
      outcome: 'selected',
      reason: 'POLICY_APPLIES',
      message: `${describeRef(policy.ref)} (${place}) selects ${view.subject}, for ${directions.join(' and ')}${missing}`,
      object: policy.ref,
      pointer: '/spec/selector',
    });
    found.push(view);
  }
  return found;
}

function* viewOf(policy: CalicoPolicy): Steps<SelectingCalicoPolicy> {
  const rules = (direction: Direction, applies: boolean) =>
    inWords(applies ? policy[direction] : [], (rule) => describeCalicoRule(rule, direction));
  return {
    kind: policy.kind,
    namespace: policy.kind === 'CalicoNetworkPolicy' ? policy.namespace : null,
    name: policy.name,
    tier: policy.tier,
    order: policy.order ?? null,
    subject: describeCalicoSubject(policy),
    ingress: policy.appliesToIngress,
    egress: policy.appliesToEgress,
    ingressRules: yield* rules('ingress', policy.appliesToIngress),
    egressRules: yield* rules('egress', policy.appliesToEgress),
  };
}
