import type { ModelPod, ModelService, ModelWorkload, NetworkModel } from '../../core/model/network-model.js';
import type { Ingress } from '../../core/resources/ingress.js';
import type { ItemName } from '../objects/collection.js';
import { ENDPOINT_SLICES } from '../objects/endpoint-slices.js';
import { INGRESSES } from '../objects/ingresses.js';
import { PODS } from '../objects/pods.js';
import { SERVICES } from '../objects/services.js';
import { WORKLOADS } from '../objects/workloads.js';
import { groupByKeys, keyOf, perModel } from './relation.js';

const PODS_BEHIND = new WeakMap<ModelService, readonly ModelPod[]>();

/** The pods that a service's slices name as endpoints, ready or not, in the order of the model. */
export function podsBehind(service: ModelService, model: NetworkModel): readonly ModelPod[] {
  const known = PODS_BEHIND.get(service);
  if (known) return known;
  const ids = new Set<number>();
  for (const { endpoints } of service.endpoints.slices) {
    for (const { targetRef } of endpoints) {
      if (targetRef?.kind !== 'Pod') continue;
      const pod = model.podByKey.get(`${targetRef.namespace ?? service.namespace}/${targetRef.name}`);
      if (pod) ids.add(pod.id);
    }
  }
  const pods = [...ids].sort((a, b) => a - b).flatMap((id) => model.pods[id] ?? []);
  PODS_BEHIND.set(service, pods);
  return pods;
}

/** The services that an ingress sends requests to, as keys. */
function backendsOf({ namespace, defaultBackend, rules }: Ingress): readonly string[] {
  const backends = [...(defaultBackend ? [defaultBackend] : []), ...rules.flatMap(({ paths }) => paths.map(({ backend }) => backend))];
  return backends.flatMap((backend) => (backend.type === 'service' ? [`${namespace}/${backend.name}`] : []));
}

const ingressesByService = perModel((model) => groupByKeys(model.ingresses, backendsOf));
const ingressByKey = perModel((model) => groupByKeys(model.ingresses, ({ namespace, ref: { name } }) => [keyOf({ namespace, name })]));
/** Slices and their provenance, as the collection lists them. */
const slicesByService = perModel((model) =>
  groupByKeys(ENDPOINT_SLICES.items(model), ({ slice: { ref, serviceName } }) =>
    serviceName === undefined ? [] : [keyOf({ namespace: ref.namespace ?? '', name: serviceName })],
  ),
);
const sliceByKey = perModel((model) =>
  groupByKeys(ENDPOINT_SLICES.items(model), ({ slice: { ref } }) => [keyOf({ namespace: ref.namespace ?? '', name: ref.name })]),
);

/** The pods behind a service. */
export const SERVICE_PODS = {
  name: 'service.pods',
  to: PODS,
  related: (name: ItemName, model: NetworkModel): readonly ModelPod[] => {
    const service = model.services.get(keyOf(name));
    return service ? podsBehind(service, model) : [];
  },
};

/** The workloads whose pods are behind a service. */
export const SERVICE_WORKLOADS = {
  name: 'service.workloads',
  to: WORKLOADS,
  related: (name: ItemName, model: NetworkModel): readonly ModelWorkload[] => {
    const ids = new Set(SERVICE_PODS.related(name, model).map(({ workload }) => workload));
    return [...ids].sort((a, b) => a - b).flatMap((id) => model.workloads[id] ?? []);
  },
};

/** The slices of a service. */
export const SERVICE_SLICES = {
  name: 'service.endpointSlices',
  to: ENDPOINT_SLICES,
  related: (name: ItemName, model: NetworkModel) => slicesByService(model).get(keyOf(name)) ?? [],
};

/** The ingresses that send requests to a service. */
export const SERVICE_INGRESSES = {
  name: 'service.ingresses',
  to: INGRESSES,
  related: (name: ItemName, model: NetworkModel): readonly Ingress[] => ingressesByService(model).get(keyOf(name)) ?? [],
};

/** The service that a slice belongs to. */
export const SLICE_SERVICE = {
  name: 'endpointSlice.service',
  to: SERVICES,
  related: (name: ItemName, model: NetworkModel): readonly ModelService[] => {
    const [found] = sliceByKey(model).get(keyOf(name)) ?? [];
    const service = model.services.get(keyOf({ namespace: name.namespace, name: found?.slice.serviceName ?? '' }));
    return service ? [service] : [];
  },
};

/** The services that an ingress sends requests to, in the order of its rules; those that are not there are left out. */
export const INGRESS_SERVICES = {
  name: 'ingress.services',
  to: SERVICES,
  related: (name: ItemName, model: NetworkModel): readonly ModelService[] => {
    const [ingress] = ingressByKey(model).get(keyOf(name)) ?? [];
    const keys = new Set(ingress ? backendsOf(ingress) : []);
    return [...keys].flatMap((key) => model.services.get(key) ?? []);
  },
};
