import type { ModelPod, NetworkModel } from '../src/core/model/network-model.js';
import { selectorMatches } from '../src/core/resources/label-selector.js';
import type { NetworkPolicy, PolicyPort } from '../src/core/resources/network-policy.js';

/**
 * The reference: one connection after the other, and for each of them every policy of the cluster, as tools without an index do. It knows what the measured
 * clusters have: selectors of pods and namespaces, and ports.
 */
export function naiveAllows(model: NetworkModel, source: ModelPod, destination: ModelPod, port: number): boolean {
  return (
    sideAllows(model, 'egress', source, destination, destination, port) &&
    sideAllows(model, 'ingress', destination, source, destination, port)
  );
}

function sideAllows(
  model: NetworkModel,
  direction: 'egress' | 'ingress',
  subject: ModelPod,
  other: ModelPod,
  destination: ModelPod,
  port: number,
): boolean {
  let isolated = false;
  for (const policy of model.networkPolicies) {
    if (policy.namespace !== subject.namespace || !policy[`${direction}Isolation`]) continue;
    if (!selectorMatches(policy.podSelector, subject.labels)) continue;
    isolated = true;
    for (const { peers, ports } of policy[direction]) {
      const admits = peers.length === 0 || peers.some((peer) => peer.type === 'pods' && peerMatches(model, policy, peer, other));
      if (admits && (ports.length === 0 || ports.some((entry) => portMatches(entry, destination, port)))) return true;
    }
  }
  return !isolated;
}

function peerMatches(
  model: NetworkModel,
  policy: NetworkPolicy,
  { namespaceSelector, podSelector }: Extract<NetworkPolicy['ingress'][number]['peers'][number], { type: 'pods' }>,
  other: ModelPod,
): boolean {
  const namespaceFits = namespaceSelector
    ? selectorMatches(namespaceSelector, model.namespaces.get(other.namespace)?.labels ?? {})
    : other.namespace === policy.namespace;
  return namespaceFits && (podSelector === undefined || selectorMatches(podSelector, other.labels));
}

function portMatches(entry: PolicyPort, { spec }: ModelPod, port: number): boolean {
  if (entry.type !== 'port' || entry.protocol !== 'TCP') return false;
  if (typeof entry.port === 'string') {
    const named = spec.containers.flatMap((container) => container.ports).find(({ name }) => name === entry.port);
    return named?.containerPort === port;
  }
  return entry.port === undefined || (entry.port <= port && port <= (entry.endPort ?? entry.port));
}
