import type { NetworkModel } from '../../model/network-model.js';
import type { CalicoPolicy } from '../../resources/calico-policy.js';
import type { NetworkPolicy } from '../../resources/network-policy.js';
import type { StagedPolicy } from '../../resources/staged-policy.js';
import type { AnyPolicy } from './layer.js';

/** A model as it would be if its staged policies were enforced. */
export interface StagedModel {
  readonly model: NetworkModel;
  /** What takes effect, and what goes, by the staged object that says so. */
  readonly changes: ReadonlyMap<AnyPolicy, StagedPolicy>;
}

const stagedModels = new WeakMap<NetworkModel, StagedModel>();

/**
 * The model with its staged policies made true: Set and Learn make or replace the policy of that name, Delete takes it away, Ignore does nothing
 * (projectcalico/calico `api/pkg/apis/projectcalico/v3/staged*.go`). Undefined where nothing would change.
 */
export function stagedModelOf(model: NetworkModel): StagedModel | undefined {
  const staged = model.calico.stagedPolicies.filter(({ action }) => action !== 'Ignore');
  if (staged.length === 0) return undefined;
  let found = stagedModels.get(model);
  if (!found) {
    found = withStaged(model, staged);
    stagedModels.set(model, found);
  }
  return found;
}

function withStaged(model: NetworkModel, staged: readonly StagedPolicy[]): StagedModel {
  const changes = new Map<AnyPolicy, StagedPolicy>();
  const calico = new Map<string, CalicoPolicy>(model.calico.policies.map((policy) => [keyOf(policy), policy]));
  const kubernetes = new Map<string, NetworkPolicy>(model.networkPolicies.map((policy) => [keyOf(policy), policy]));
  for (const one of staged) {
    if (one.policy.kind === 'NetworkPolicy') change(kubernetes, one.policy, one, changes);
    else change(calico, one.policy, one, changes);
  }
  const policies = { ...model.calico, policies: [...calico.values()] };
  return { model: { ...model, networkPolicies: [...kubernetes.values()], calico: policies }, changes };
}

function change<P extends CalicoPolicy | NetworkPolicy>(
  policies: Map<string, P>,
  policy: P,
  staged: StagedPolicy,
  changes: Map<AnyPolicy, StagedPolicy>,
): void {
  const key = keyOf(policy);
  const before = policies.get(key);
  if (before) changes.set(before, staged);
  if (staged.action === 'Delete') policies.delete(key);
  else {
    policies.set(key, policy);
    changes.set(policy, staged);
  }
}

function keyOf(policy: CalicoPolicy | NetworkPolicy): string {
  if (policy.kind === 'GlobalNetworkPolicy') return policy.name;
  return `${policy.namespace}/${policy.kind === 'CalicoNetworkPolicy' ? policy.name : policy.ref.name}`;
}
