import { type Ip, sameIp } from '../../net/ip.js';
import type { Labels } from '../../resources/resource.js';
import type { ModelNode, ModelPod, NetworkModel } from '../network-model.js';

/** What of a model endpoints follow from. */
export type PodsAndNodes = Pick<NetworkModel, 'pods' | 'podByKey' | 'nodes'>;

/** The labels that changed pods had or have, by namespace. */
export type ChangedLabels = ReadonlyMap<string, readonly Labels[]>;

/** The pods that endpoints may follow differently from than before: new ones, those that are gone, and those that are not what they were, they or their node. */
export function changedPods(earlier: PodsAndNodes, now: PodsAndNodes): ChangedLabels {
  const changed = new Map<string, Labels[]>();
  const add = ({ namespace, labels }: ModelPod) => changed.set(namespace, [...(changed.get(namespace) ?? []), labels]);
  const moved = changedNodes(earlier.nodes, now.nodes);
  for (const pod of now.pods) {
    const before = earlier.podByKey.get(`${pod.namespace}/${pod.name}`);
    if (before && samePod(before, pod) && !moved.has(pod.nodeName?.value ?? '')) continue;
    add(pod);
    if (before && before.labels !== pod.labels) add(before);
  }
  for (const pod of earlier.pods) if (!now.podByKey.has(`${pod.namespace}/${pod.name}`)) add(pod);
  return changed;
}

/** Nodes that came or went, or are in another zone. */
function changedNodes(earlier: ReadonlyMap<string, ModelNode>, now: ReadonlyMap<string, ModelNode>): ReadonlySet<string> {
  const names = new Set([...earlier.keys(), ...now.keys()]);
  return new Set([...names].filter((name) => !earlier.has(name) || !now.has(name) || earlier.get(name)?.zone !== now.get(name)?.zone));
}

/** Whether two pods of one name are the same for whoever selects them: one that was imported is the same object, one that was derived has a template that is. */
function samePod(a: ModelPod, b: ModelPod): boolean {
  return (
    a.resource === b.resource &&
    a.spec.containers === b.spec.containers &&
    a.spec.hostname === b.spec.hostname &&
    a.spec.subdomain === b.spec.subdomain &&
    a.nodeName?.value === b.nodeName?.value &&
    a.placementProblem === b.placementProblem &&
    a.phase.value === b.phase.value &&
    a.ips.length === b.ips.length &&
    a.ips.every(({ value }, index) => isIp(value, b.ips[index]?.value)) &&
    sameLabels(a.labels, b.labels)
  );
}

function isIp(a: Ip, b: Ip | undefined): boolean {
  return b !== undefined && sameIp(a, b);
}

function sameLabels(a: Labels, b: Labels): boolean {
  if (a === b) return true;
  const keys = Object.keys(a);
  return keys.length === Object.keys(b).length && keys.every((key) => Object.hasOwn(b, key) && a[key] === b[key]);
}
