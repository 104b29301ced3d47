import { type IpRange, wholeFamily } from '../../net/ip-set.js';
import { formatIp } from '../../net/ip.js';
import type { ModelPod, NetworkModel } from '../../model/network-model.js';
import { externalGroups, type Group, GroupBuilder, type ListingSide } from './listing-groups.js';
import { isOut } from './parties.js';
import type { PolicyIndex } from './policy-index.js';

/**
 * The peers as netpol-analyzer names them: workloads under their own name with the labels of their template; an imported pod under its controlling owner
 * (`frontend-99684f7f8[ReplicaSet]`), or its own name. Pods called `virt-launcher-*` are left out. External are all IPv4 addresses.
 */
export function netpolGroups(model: NetworkModel, index: PolicyIndex, side: ListingSide): readonly Group[] {
  const builder = new GroupBuilder();
  for (const pod of model.pods) {
    if (pod.resource === undefined || pod.name.startsWith('virt-launcher-') || isOut(model, pod)) continue;
    builder.add(ownerName(pod), index.classesOf(pod));
  }
  for (const { kind, namespace, name, template } of model.workloads) {
    if (template) builder.add(`${namespace}/${name}[${kind}]`, [index.classOfTemplate(namespace, template.labels, template.spec)]);
  }
  return builder.list().concat(externalGroups(model.networkPolicies, index, side, [wholeFamily(4)], rangeName));
}

/** "A Pod whose ownerReferences has an entry with `controller: true` and `kind` other than `Node` is shown under that owner's name and kind (kind `Pod` if it has none)". */
function ownerName({ namespace, name, resource }: ModelPod): string {
  const owner = resource?.owners.find(({ controller, kind }) => controller && kind !== 'Node');
  return owner ? `${namespace}/${owner.name}[${owner.kind || 'Pod'}]` : `${namespace}/${name}[Pod]`;
}

function rangeName({ family, first, last }: IpRange): string {
  return `${formatIp({ family, value: first })}-${formatIp({ family, value: last })}[External]`;
}
