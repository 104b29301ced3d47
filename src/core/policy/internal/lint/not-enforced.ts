import { apiGroup } from '../../../kernel/object-ref.js';
import type { ClusterPolicy, ClusterPort } from '../../../resources/cluster-policy.js';
import { DIRECTIONS } from '../direction.js';
import { isEnforced } from '../enforcement.js';
import type { LintDrafts } from './draft.js';
import { closedEffect } from './invalid-parts.js';
import { isActing, type LintContext, type LintedPolicy } from './lint-context.js';

/** "Creating a NetworkPolicy resource without a controller that implements it will have no effect" (Network Policies, Prerequisites). */
export function* notEnforced(context: LintContext, policy: LintedPolicy): LintDrafts {
  const { cni } = context.model.profile;
  if (isEnforced(context.model) && isActing(context, policy)) {
    yield* portsNotEnforced(context, policy);
    if (policy.kind !== 'NetworkPolicy') yield* rulesNotKnown(context, policy);
    return;
  }
  const what = isEnforced(context.model) ? `policies of \`${apiGroup(policy.ref.apiVersion)}\`` : 'policies';
  const message = `${cni.plugin} stores ${what} and does not enforce them: the policy has no effect`;
  yield { code: 'POL-NOT-ENFORCED', object: policy.ref, pointer: '', message };
}

/** Rules that fail closed because they name what the plugin does not know. */
function* rulesNotKnown({ model }: LintContext, policy: ClusterPolicy): LintDrafts {
  for (const { pointer, action, unknownToPlugin } of DIRECTIONS.flatMap((direction) => policy[direction])) {
    if (unknownToPlugin === undefined) continue;
    const message = `${model.profile.cni.plugin} does not know \`${unknownToPlugin}\` in rules: the rule fails closed: ${closedEffect(action)}`;
    yield { code: 'POL-NOT-ENFORCED', object: policy.ref, pointer, message };
  }
}

/** Ports that the plugin is not known to enforce, by its profile. */
function* portsNotEnforced({ model }: LintContext, policy: LintedPolicy): LintDrafts {
  const { cni, policy: switches } = model.profile;
  if (switches.endPort && switches.sctp) return;
  for (const direction of DIRECTIONS) {
    for (const port of policy[direction].flatMap((rule): readonly ClusterPort[] => rule.ports)) {
      if (port.type !== 'port') continue;
      const range = port.endPort !== undefined && !switches.endPort;
      const what = range ? 'ranges of ports' : port.protocol === 'SCTP' && !switches.sctp ? 'SCTP' : undefined;
      if (what === undefined) continue;
      const message = `${cni.plugin} is not known to enforce ${what} as it is set: the port may not do what it says`;
      yield { code: 'POL-NOT-ENFORCED', object: policy.ref, pointer: port.pointer, message };
    }
  }
}
