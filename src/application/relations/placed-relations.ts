import type { ModelPod, ModelService, ModelWorkload, NetworkModel } from '../../core/model/network-model.js';
import type { Ingress } from '../../core/resources/ingress.js';
import type { NetworkPolicy } from '../../core/resources/network-policy.js';
import type { ItemName } from '../objects/collection.js';
import { INGRESSES } from '../objects/ingresses.js';
import { NETWORK_POLICIES } from '../objects/network-policies.js';
import { PODS } from '../objects/pods.js';
import { SERVICES } from '../objects/services.js';
import { WORKLOADS } from '../objects/workloads.js';
import { groupByKeys, keyOf, perModel } from './relation.js';

type Named = { readonly namespace: string };

const inNamespace = ({ namespace }: Named): readonly string[] => [namespace];
const workloadsIn = perModel((model) => groupByKeys(model.workloads, inNamespace));
const servicesIn = perModel((model) => groupByKeys(model.services.values(), inNamespace));
const ingressesIn = perModel((model) => groupByKeys(model.ingresses, inNamespace));
const policiesIn = perModel((model) => groupByKeys(model.networkPolicies, inNamespace));
const policyByKey = perModel((model) => groupByKeys(model.networkPolicies, ({ namespace, ref: { name } }) => [keyOf({ namespace, name })]));
const podsOn = perModel((model) => groupByKeys(model.pods, ({ nodeName }) => (nodeName ? [nodeName.value] : [])));

function podsOf(ids: readonly number[] | undefined, model: NetworkModel): readonly ModelPod[] {
  return (ids ?? []).flatMap((id) => model.pods[id] ?? []);
}

/** What is in a namespace. */
export const NAMESPACE_PODS = {
  name: 'namespace.pods',
  to: PODS,
  related: ({ name }: ItemName, model: NetworkModel): readonly ModelPod[] => podsOf(model.podsByNamespace.get(name), model),
};

export const NAMESPACE_WORKLOADS = {
  name: 'namespace.workloads',
  to: WORKLOADS,
  related: ({ name }: ItemName, model: NetworkModel): readonly ModelWorkload[] => workloadsIn(model).get(name) ?? [],
};

export const NAMESPACE_SERVICES = {
  name: 'namespace.services',
  to: SERVICES,
  related: ({ name }: ItemName, model: NetworkModel): readonly ModelService[] => servicesIn(model).get(name) ?? [],
};

export const NAMESPACE_INGRESSES = {
  name: 'namespace.ingresses',
  to: INGRESSES,
  related: ({ name }: ItemName, model: NetworkModel): readonly Ingress[] => ingressesIn(model).get(name) ?? [],
};

export const NAMESPACE_NETWORK_POLICIES = {
  name: 'namespace.networkPolicies',
  to: NETWORK_POLICIES,
  related: ({ name }: ItemName, model: NetworkModel): readonly NetworkPolicy[] => policiesIn(model).get(name) ?? [],
};

/** What is on a node. */
export const NODE_PODS = {
  name: 'node.pods',
  to: PODS,
  related: ({ name }: ItemName, model: NetworkModel): readonly ModelPod[] => podsOn(model).get(name) ?? [],
};

/** What belongs to a workload. */
export const WORKLOAD_PODS = {
  name: 'workload.pods',
  to: PODS,
  related: ({ kind, namespace, name }: ItemName, model: NetworkModel): readonly ModelPod[] =>
    podsOf(model.workloadByKey.get(`${kind}/${namespace}/${name}`)?.pods, model),
};

/** The pods that a policy selects. */
export const NETWORK_POLICY_PODS = {
  name: 'networkPolicy.pods',
  to: PODS,
  related: (name: ItemName, model: NetworkModel): readonly ModelPod[] => {
    const [policy] = policyByKey(model).get(keyOf(name)) ?? [];
    return policy ? podsOf(model.selectPods(policy.namespace, policy.podSelector), model) : [];
  },
};
