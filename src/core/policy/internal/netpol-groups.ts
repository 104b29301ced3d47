import type { Steps } from '../../kernel/steps.js';
import { type IpRange, wholeFamily } from '../../net/ip-set.js';
import { formatIp } from '../../net/ip.js';
import type { ModelPod, NetworkModel } from '../../model/network-model.js';
import type { PodSpec } from '../../resources/pod.js';
import type { Labels } from '../../resources/resource.js';
import { externalGroups, type Group, GroupBuilder, type ListingSide } from './listing-groups.js';
import { isOut } from './parties.js';
import type { EndpointClass, PolicyIndex } from './policy-index.js';

/** A peer of that tool's listing: a workload by its template, or an imported pod. */
export interface NetpolPeer {
  readonly name: string;
  readonly namespace: string;
  readonly labels: Labels;
  readonly spec: PodSpec;
  readonly classes: readonly EndpointClass[];
}

/**
 * The peers as netpol-analyzer names them: workloads under their own name with the labels of their template; an imported pod under its controlling owner
 * (`frontend-99684f7f8[ReplicaSet]`), or its own name. Pods called `virt-launcher-*` are left out. Several peers may have one name. Yields often.
 */
export function* netpolPeers(model: NetworkModel, index: PolicyIndex): Steps<readonly NetpolPeer[]> {
  const pods: NetpolPeer[] = [];
  for (const pod of model.pods) {
    yield;
    if (pod.resource === undefined || pod.name.startsWith('virt-launcher-') || isOut(model, pod)) continue;
    const { namespace, labels, spec } = pod;
    pods.push({ name: ownerName(pod), namespace, labels, spec, classes: index.classesOf(pod) });
  }
  const workloads = model.workloads.flatMap(({ kind, namespace, name, template }): readonly NetpolPeer[] => {
    if (!template) return [];
    const { labels, spec } = template;
    return [{ name: `${namespace}/${name}[${kind}]`, namespace, labels, spec, classes: [index.classOfTemplate(namespace, labels, spec)] }];
  });
  return [...pods, ...workloads];
}

/** The peers as groups of the listing, and all IPv4 addresses. */
export function* netpolGroups(model: NetworkModel, index: PolicyIndex, side: ListingSide): Steps<readonly Group[]> {
  const builder = new GroupBuilder();
  for (const { name, classes } of yield* netpolPeers(model, index)) builder.add(name, classes);
  return builder.list().concat(yield* externalGroups(index, side, [wholeFamily(4)], netpolRange));
}

/** "A Pod whose ownerReferences has an entry with `controller: true` and `kind` other than `Node` is shown under that owner's name and kind (kind `Pod` if it has none)". */
function ownerName({ namespace, name, resource }: ModelPod): string {
  const owner = resource?.owners.find(({ controller, kind }) => controller && kind !== 'Node');
  return owner ? `${namespace}/${owner.name}[${owner.kind || 'Pod'}]` : `${namespace}/${name}[Pod]`;
}

/** `10.0.0.0-10.255.255.255[External]`. */
export function netpolRange({ family, first, last }: IpRange): string {
  return `${formatIp({ family, value: first })}-${formatIp({ family, value: last })}[External]`;
}
