import type { Trail } from '../../kernel/evidence.js';
import { describeRef } from '../../kernel/object-ref.js';
import type { Steps } from '../../kernel/steps.js';
import type { CiliumPolicy, CiliumSpec } from '../../resources/cilium-policy.js';
import { specsAbout } from './acting-cilium-policy.js';
import { describeCiliumRule, describeCiliumSelector } from './cilium-words.js';
import { DIRECTIONS, type Direction } from './direction.js';
import type { SubjectEndpoint } from './layer.js';
import type { PolicyIndex } from './policy-index.js';
import { inWords } from './policy-words.js';

/** One policy of Cilium that selects the pod, or the node on whose network it runs. */
export interface SelectingCiliumPolicy {
  readonly kind: CiliumPolicy['kind'];
  /** Null for a clusterwide one. */
  readonly namespace: string | null;
  readonly name: string;
  /** `endpoints app=web of namespace shop`. */
  readonly subject: string;
  /** It puts the pod into default-deny for ingress. */
  readonly ingress: boolean;
  readonly egress: boolean;
  /** Each rule in words, those that deny first: `Deny from the entity world, every port`. */
  readonly ingressRules: readonly string[];
  readonly egressRules: readonly string[];
}

/** The policies of Cilium that select the endpoint, each written down on the trail. Yields after each. */
export function* selectingCiliumPolicies(
  trail: Trail,
  index: PolicyIndex,
  subject: SubjectEndpoint,
  policies: readonly CiliumPolicy[],
): Steps<readonly SelectingCiliumPolicy[]> {
  const { cilium } = index;
  if (!cilium) return [];
  const found: SelectingCiliumPolicy[] = [];
  for (const policy of policies) {
    const specs = specsAbout(cilium, policy, subject);
    const view = yield* viewOf(policy, specs);
    const directions = DIRECTIONS.filter((direction) => view[direction]);
    const makes = directions.length === 0 ? 'its rules decide, and the rest stays open' : `default-deny for ${directions.join(' and ')}`;
    trail.add({
      stage: 'subject',
      outcome: 'selected',
      reason: directions.length === 0 ? 'POLICY_APPLIES' : 'POLICY_SELECTS',
      message: `${describeRef(policy.ref)} selects ${view.subject}: ${makes}`,
      object: policy.ref,
      pointer: specs[0]?.subject.pointer ?? '/spec',
    });
    found.push(view);
  }
  return found;
}

function* viewOf({ kind, namespace, ref }: CiliumPolicy, specs: readonly CiliumSpec[]): Steps<SelectingCiliumPolicy> {
  const rules = (direction: Direction) =>
    inWords(
      specs.flatMap((spec) => spec[direction].rules),
      (rule) => describeCiliumRule(rule, direction),
    );
  return {
    kind,
    namespace: namespace ?? null,
    name: ref.name,
    subject: describeSubject(specs),
    ingress: specs.some(({ ingress }) => ingress.defaultDeny),
    egress: specs.some(({ egress }) => egress.defaultDeny),
    ingressRules: yield* rules('ingress'),
    egressRules: yield* rules('egress'),
  };
}

/** Whom specs are about, in words. */
export function describeSubject(specs: readonly CiliumSpec[]): string {
  const texts = specs.map(({ subject }) => {
    const text = describeCiliumSelector(subject.selector);
    return subject.type === 'nodes' ? text.replace(/^(all )?endpoints/, '$1nodes') : text;
  });
  return [...new Set(texts)].join(' and ');
}
