import { apiGroup } from '../../../kernel/object-ref.js';
import { isEnforced } from '../enforcement.js';
import type { LintDraft } from './draft.js';
import { isActing, type LintContext, type LintedPolicy } from './lint-context.js';

/** "Creating a NetworkPolicy resource without a controller that implements it will have no effect" (Network Policies, Prerequisites). */
export function* notEnforced(context: LintContext, policy: LintedPolicy): Generator<LintDraft> {
  const { cni } = context.model.profile;
  if (isEnforced(context.model) && isActing(context, policy)) return;
  const what = isEnforced(context.model) ? `policies of \`${apiGroup(policy.ref.apiVersion)}\`` : 'policies';
  const message = `${cni.plugin} stores ${what} and does not enforce them: the policy has no effect`;
  yield { code: 'POL-NOT-ENFORCED', object: policy.ref, pointer: '', message };
}
