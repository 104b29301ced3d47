import { compareText } from '../../kernel/compare.js';
import type { Namespace } from '../../resources/namespace.js';
import { NAMESPACE_NAME_LABEL } from '../../resources/normalise-namespace.js';
import type { Resource } from '../../resources/resource.js';
import type { ModelPod, UnmodelledObject } from '../network-model.js';
import type { ResourceIndex } from './resource-index.js';

/** Every namespace by name: the imported ones, and those that follow from the objects in them. */
export function namespacesOf(
  index: ResourceIndex,
  pods: readonly ModelPod[],
  unmodelled: readonly UnmodelledObject[],
): ReadonlyMap<string, Namespace> {
  const known = new Map(index.namespaces.map((namespace) => [namespace.ref.name, namespace]));
  const used = new Set<string>(pods.map((pod) => pod.namespace));
  for (const { ref } of [...namespaced(index), ...unmodelled]) if (ref.namespace !== undefined) used.add(ref.namespace);
  for (const name of used) if (!known.has(name)) known.set(name, impliedNamespace(name));
  return new Map([...known].sort(([a], [b]) => compareText(a, b)));
}

function namespaced(index: ResourceIndex): readonly Resource[] {
  return [
    ...[...index.workloads.values()].flat(),
    ...index.services,
    ...index.slices,
    ...index.endpoints.values(),
    ...index.networkPolicies,
    ...index.calico.policies,
    ...index.calico.stagedPolicies,
    ...index.calico.networkSets,
    ...index.serviceAccounts.values(),
    ...index.ciliumPolicies,
    ...index.ingresses,
    ...index.configMaps.values(),
    ...index.secrets,
    ...index.serviceImports,
  ];
}

/** A namespace as the API server would hold it: with the label of its name. */
function impliedNamespace(name: string): Namespace {
  return {
    ref: { apiVersion: 'v1', kind: 'Namespace', name },
    labels: { [NAMESPACE_NAME_LABEL]: name },
    annotations: {},
    createdAt: undefined,
    owners: [],
    defaulted: [],
    kind: 'Namespace',
    implied: true,
  };
}
