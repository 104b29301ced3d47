import type { ModelNode, ModelPod, ModelService, ModelWorkload, NetworkModel } from '../../core/model/network-model.js';
import type { NetworkPolicy } from '../../core/resources/network-policy.js';
import type { ItemName } from '../objects/collection.js';
import { NETWORK_POLICIES } from '../objects/network-policies.js';
import { NODES } from '../objects/nodes.js';
import { SERVICES } from '../objects/services.js';
import { WORKLOADS } from '../objects/workloads.js';
import { groupByKeys, keyOf, perModel } from './relation.js';
import { podsBehind } from './service-relations.js';

const servicesByPod = perModel((model) =>
  groupByKeys(model.services.values(), (service) => podsBehind(service, model).map(({ id }) => id)),
);

const policiesByPod = perModel((model) =>
  groupByKeys(model.networkPolicies, ({ namespace, podSelector }) => model.selectPods(namespace, podSelector)),
);

function podNamed(name: ItemName, model: NetworkModel): ModelPod | undefined {
  return model.podByKey.get(keyOf(name));
}

/** Where a pod is. */
export const POD_NODE = {
  name: 'pod.node',
  to: NODES,
  related: (name: ItemName, model: NetworkModel): readonly ModelNode[] => {
    const node = model.nodes.get(podNamed(name, model)?.nodeName?.value ?? '');
    return node ? [node] : [];
  },
};

/** Whose a pod is. */
export const POD_WORKLOAD = {
  name: 'pod.workload',
  to: WORKLOADS,
  related: (name: ItemName, model: NetworkModel): readonly ModelWorkload[] => {
    const workload = model.workloads[podNamed(name, model)?.workload ?? -1];
    return workload ? [workload] : [];
  },
};

/** The services whose endpoints a pod is among, ready or not. */
export const POD_SERVICES = {
  name: 'pod.services',
  to: SERVICES,
  related: (name: ItemName, model: NetworkModel): readonly ModelService[] =>
    servicesByPod(model).get(podNamed(name, model)?.id ?? -1) ?? [],
};

/** The policies that select a pod. */
export const POD_NETWORK_POLICIES = {
  name: 'pod.networkPolicies',
  to: NETWORK_POLICIES,
  related: (name: ItemName, model: NetworkModel): readonly NetworkPolicy[] =>
    policiesByPod(model).get(podNamed(name, model)?.id ?? -1) ?? [],
};
