import { didYouMeanHint } from '../../core/kernel/did-you-mean.js';
import { type Problem, problem } from '../../core/kernel/problem.js';
import { err, ok, type Result } from '../../core/kernel/result.js';
import type { NetworkModel } from '../../core/model/network-model.js';
import type { ClusterPolicy } from '../../core/resources/cluster-policy.js';
import type { NetworkPolicy } from '../../core/resources/network-policy.js';

const PREFIX = /^(networkpolicy|netpol)\//i;

/** As `kubectl` shortens them. */
const KINDS: ReadonlyMap<string, ClusterPolicy['kind']> = new Map([
  ['anp', 'AdminNetworkPolicy'],
  ['adminnetworkpolicy', 'AdminNetworkPolicy'],
  ['banp', 'BaselineAdminNetworkPolicy'],
  ['baselineadminnetworkpolicy', 'BaselineAdminNetworkPolicy'],
  ['cnp', 'ClusterNetworkPolicy'],
  ['clusternetworkpolicy', 'ClusterNetworkPolicy'],
]);

/** How questions name a policy: `shop/default-deny`; one of the cluster by its kind, or `anp/`, `banp/`, `cnp/`. */
export const POLICY_NAMING =
  '`shop/default-deny`; one of the cluster by its kind, `AdminNetworkPolicy/deny-metadata`, or `anp/`, `banp/`, `cnp/`';

/** The policy of that name. Fails with `unknown-object`, with the nearest name. */
export function namedPolicy(model: NetworkModel, text: string): Result<NetworkPolicy | ClusterPolicy, Problem> {
  const found = ofNamespace(model, text) ?? ofCluster(model, text);
  if (found) return ok(found);
  const wanted = text.replace(PREFIX, '');
  const hint = didYouMeanHint(wanted, [...model.networkPolicies, ...model.clusterPolicies].map(policyName));
  return err(problem('unknown-object', `there is no NetworkPolicy \`${wanted}\``, hint === undefined ? {} : { hint }));
}

/** The name by which {@link namedPolicy} finds it. */
export function policyName(policy: NetworkPolicy | ClusterPolicy): string {
  return policy.kind === 'NetworkPolicy' ? `${policy.namespace}/${policy.ref.name}` : `${policy.kind}/${policy.ref.name}`;
}

function ofNamespace(model: NetworkModel, text: string): NetworkPolicy | undefined {
  const wanted = text.replace(PREFIX, '');
  return model.networkPolicies.find((one) => policyName(one) === wanted);
}

function ofCluster(model: NetworkModel, text: string): ClusterPolicy | undefined {
  const [kind = '', name] = text.split('/');
  const wanted = KINDS.get(kind.toLowerCase());
  return model.clusterPolicies.find((one) => one.kind === wanted && one.ref.name === name);
}
