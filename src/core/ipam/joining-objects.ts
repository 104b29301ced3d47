import { invariant } from '../kernel/invariant.js';
import type { ModelNode, ModelPod, NetworkModel } from '../model/network-model.js';
import { normaliseObject } from '../resources/normalise-object.js';

/** A node that is not there yet. `like`: the labels that it has are this one's. */
export function nodeToJoin(name: string, like: ModelNode | undefined): ModelNode {
  return {
    name,
    ref: { apiVersion: 'v1', kind: 'Node', namespace: '', name },
    labels: like?.labels ?? {},
    provenance: 'assumed',
    resource: undefined,
    addresses: [],
    podCIDRs: [],
    devices: [],
    zone: like?.zone,
  };
}

/** A pod that is not there yet, on that node. `like`: what it asks for, by annotations and labels, is what this one asks for. */
export function podToJoin(model: NetworkModel, node: ModelNode, namespace: string, like: ModelPod | undefined): ModelPod {
  const nodeName = { value: node.name, provenance: 'assumed' as const };
  if (like) return { ...like, name: NEW_POD, ref: { ...like.ref, name: NEW_POD }, nodeName, ips: [], finished: false };
  const { resource } = normaliseObject({ apiVersion: 'v1', kind: 'Pod', metadata: { name: NEW_POD, namespace }, spec: { containers: [] } });
  invariant(resource?.kind === 'Pod', 'a Pod is read as one');
  return {
    id: model.pods.length,
    ref: resource.ref,
    namespace,
    name: NEW_POD,
    labels: {},
    spec: resource.spec,
    provenance: 'assumed',
    resource,
    workload: -1,
    nodeName,
    placementProblem: undefined,
    ips: [],
    phase: { value: 'Pending', provenance: 'assumed' },
    ready: { value: false, provenance: 'assumed' },
    terminating: false,
    finished: false,
  };
}

const NEW_POD = 'new';
