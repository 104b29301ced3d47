import type { CalicoNetworkPolicy, GlobalNetworkPolicy } from './calico-policy.js';
import type { NetworkPolicy } from './network-policy.js';
import type { Resource } from './resource.js';

/** What a staged policy stands for: the policy that would be made or changed, the one that would go, or nothing that is decided yet. */
export type StagedAction = 'Set' | 'Delete' | 'Learn' | 'Ignore';

interface StagedPolicyOf<Kind extends string, Policy> extends Resource {
  readonly kind: Kind;
  readonly action: StagedAction;
  /** As it would be enforced, under the name of the staged object. */
  readonly policy: Policy;
}

/** A staged policy: reported, never enforced. */
export type StagedPolicy =
  | StagedPolicyOf<'StagedNetworkPolicy', CalicoNetworkPolicy>
  | StagedPolicyOf<'StagedGlobalNetworkPolicy', GlobalNetworkPolicy>
  | StagedPolicyOf<'StagedKubernetesNetworkPolicy', NetworkPolicy>;
