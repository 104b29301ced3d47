import { didYouMeanHint } from '../../core/kernel/did-you-mean.js';
import { type Problem, problem } from '../../core/kernel/problem.js';
import { err, ok, type Result } from '../../core/kernel/result.js';
import type { NetworkModel } from '../../core/model/network-model.js';
import type { CalicoPolicy } from '../../core/resources/calico-policy.js';
import type { CiliumPolicy } from '../../core/resources/cilium-policy.js';
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

/** As Cilium's CRDs shorten them; `cnp` is a ClusterNetworkPolicy here. */
const CILIUM_KINDS: ReadonlyMap<string, CiliumPolicy['kind']> = new Map([
  ['ciliumnp', 'CiliumNetworkPolicy'],
  ['ciliumnetworkpolicy', 'CiliumNetworkPolicy'],
  ['ccnp', 'CiliumClusterwideNetworkPolicy'],
  ['ciliumclusterwidenetworkpolicy', 'CiliumClusterwideNetworkPolicy'],
]);

/** Calico's NetworkPolicy under a name of its own; `gnp` as its CRD shortens it. A staged policy is the policy that it stands for. */
const CALICO_KINDS: ReadonlyMap<string, string> = new Map([
  ['calico-np', 'CalicoNetworkPolicy'],
  ['caliconetworkpolicy', 'CalicoNetworkPolicy'],
  ['gnp', 'GlobalNetworkPolicy'],
  ['globalnetworkpolicy', 'GlobalNetworkPolicy'],
]);

/** How questions name a policy: `shop/default-deny`; one of another API by its kind, or its short name. */
export const POLICY_NAMING =
  '`shop/default-deny`; one of the cluster by its kind, `AdminNetworkPolicy/deny-metadata`, or `anp/`, `banp/`, `cnp/`; one of Cilium, `ciliumnp/shop/api` or `ccnp/deny-world`; one of Calico, `calico-np/shop/api` or `gnp/deny-all`';

/** A policy that a question can name. */
export type NamedPolicy = NetworkPolicy | ClusterPolicy | CiliumPolicy | CalicoPolicy;

/** The policy of that name. Fails with `unknown-object`, with the nearest name. */
export function namedPolicy(model: NetworkModel, text: string): Result<NamedPolicy, Problem> {
  const found = ofNamespace(model, text) ?? ofCluster(model, text) ?? ofCilium(model, text) ?? ofCalico(model, text);
  if (found) return ok(found);
  return err(unknownPolicy(model, text));
}

/** By the kind that the name says; the hint is the nearest name, or one of another kind. */
function unknownPolicy(model: NetworkModel, text: string): Problem {
  const [prefix = '', ...parts] = text.split('/');
  const kinds: readonly ReadonlyMap<string, string>[] = [KINDS, CILIUM_KINDS, CALICO_KINDS];
  const kind = kinds.map((known) => known.get(prefix.toLowerCase())).find((known) => known !== undefined);
  const name = kind === undefined ? text.replace(PREFIX, '') : parts.join('/');
  const policies = [...model.networkPolicies, ...model.clusterPolicies, ...model.ciliumPolicies, ...model.calico.policies];
  const namesake = policies.find(({ ref }) => ref.name === name.split('/').at(-1));
  const hint =
    didYouMeanHint(kind === undefined ? name : `${kind}/${name}`, policies.map(policyName)) ??
    (namesake === undefined ? undefined : `did you mean \`${policyName(namesake)}\`?`);
  return problem('unknown-object', `there is no ${kind ?? 'NetworkPolicy'} \`${name}\``, hint === undefined ? {} : { hint });
}

/** The name by which {@link namedPolicy} finds it. */
export function policyName({ kind, ref }: NamedPolicy): string {
  const name = ref.namespace === undefined ? ref.name : `${ref.namespace}/${ref.name}`;
  return kind === 'NetworkPolicy' ? name : `${kind}/${name}`;
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

function ofCilium(model: NetworkModel, text: string): CiliumPolicy | undefined {
  const [kind = '', ...name] = text.split('/');
  const wanted = CILIUM_KINDS.get(kind.toLowerCase());
  return model.ciliumPolicies.find((one) => one.kind === wanted && policyName(one) === `${one.kind}/${name.join('/')}`);
}

/** By the name of the API, or as the CRD has it, with the tier before it. */
function ofCalico(model: NetworkModel, text: string): CalicoPolicy | undefined {
  const [kind = '', ...parts] = text.split('/');
  const wanted = CALICO_KINDS.get(kind.toLowerCase());
  const name = parts.join('/');
  return model.calico.policies.find((one) => {
    const place = one.kind === 'CalicoNetworkPolicy' ? `${one.namespace}/` : '';
    return one.kind === wanted && [one.name, one.ref.name].some((own) => `${place}${own}` === name);
  });
}
