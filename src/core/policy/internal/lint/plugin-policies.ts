import { apiGroup } from '../../../kernel/object-ref.js';
import type { CalicoPolicy } from '../../../resources/calico-policy.js';
import type { CiliumPolicy } from '../../../resources/cilium-policy.js';
import { isClusterPolicy } from '../acting-cluster-policy.js';
import { isCalicoPolicy } from '../calico-layers.js';
import { calicoPoliciesOf, ciliumPoliciesOf, isEnforced } from '../enforcement.js';
import type { AnyPolicy } from '../layer.js';
import type { PolicyIndex } from '../policy-index.js';
import type { LintDrafts } from './draft.js';
import type { Effects } from './effects.js';
import type { LintContext } from './lint-context.js';

const REPORTED = 'the report of its import says why';

const REFUSALS = { switch: 'POL-NOT-ENFORCED', parsers: 'POL-PARSERS-CONFLICT' } as const;

/** What shows of the policies of Calico and Cilium by what they do: they select nobody, or a rule matches nobody or cannot be read. */
export function* pluginPolicies({ model, index, isWanted }: LintContext, effects: Effects): LintDrafts {
  const ofHosts = new Set<AnyPolicy>(model.calico.hostEndpoints.flatMap((host) => index.selectingHost(host)));
  const counting = new Set<AnyPolicy>([...calicoPoliciesOf(model), ...(ciliumPoliciesOf(model) ?? [])]);
  const enforced = isEnforced(model);
  for (const policy of [...model.calico.policies, ...model.ciliumPolicies]) {
    yield;
    if (!isWanted(policy)) continue;
    if (!enforced || !counting.has(policy)) {
      const message = `${model.profile.cni.plugin} does not enforce policies of \`${apiGroup(policy.ref.apiVersion)}\`: the policy has no effect`;
      yield { code: 'POL-NOT-ENFORCED', object: policy.ref, pointer: '', message };
    }
    const missingTier = missingTierOf(index, policy);
    if (isUnreadable(policy)) {
      const message = `its selectors cannot be read: the policy selects no endpoint, and ${REPORTED}`;
      yield { code: 'POL-INVALID', object: policy.ref, pointer: '/spec', message };
    } else if (missingTier !== undefined) {
      const message = `the tier \`${missingTier}\` does not exist: the policy has no effect`;
      yield { code: 'POL-INVALID', object: policy.ref, pointer: '/spec/tier', message };
    } else if (counting.has(policy) && !effects.selecting.has(policy) && !ofHosts.has(policy)) {
      yield {
        code: 'POL-SELECTS-NOTHING',
        object: policy.ref,
        pointer: '/spec',
        message: 'no endpoint matches its selectors: the policy has no effect',
      };
    }
  }
  for (const { rule, direction, matches } of effects.rules) {
    yield;
    const { policy, pointer, unreadable, refusal } = rule;
    if (policy.kind === 'NetworkPolicy' || isClusterPolicy(policy) || !isWanted(policy)) continue;
    if (unreadable) {
      const closed = rule.action === 'Accept' ? 'it allows, and so matches nothing' : 'it does not allow, and so denies everything';
      const why = refusal ? `the agent refuses the rule: ${refusal.text}` : 'the rule cannot be read';
      const message = `${why}; it fails closed: ${closed}${refusal ? '' : `; ${REPORTED}`}`;
      yield { code: refusal ? REFUSALS[refusal.because] : 'POL-INVALID', object: policy.ref, pointer, direction, message };
    } else if (!matches && effects.complete) {
      const message = 'the rule matches nobody: there is no such endpoint or address, or no port that it could mean';
      yield { code: 'POL-PEER-MATCHES-NOTHING', object: policy.ref, pointer, direction, message };
    }
  }
}

/** "The tier … must exist": the API server of Calico refuses the policy, and what enforces policies passes over it. */
function missingTierOf({ calico }: PolicyIndex, policy: CalicoPolicy | CiliumPolicy): string | undefined {
  return isCalicoPolicy(policy) && calico && calico.tier(policy.tier) === undefined ? policy.tier : undefined;
}

/** A selector of Calico's that is wrong selects nothing, as one that nobody meets. */
function isUnreadable(policy: CalicoPolicy | CiliumPolicy): boolean {
  return isCalicoPolicy(policy) && policy.subject === undefined;
}
