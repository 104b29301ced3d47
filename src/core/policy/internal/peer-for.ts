import { oncePer } from '../../kernel/once-per.js';
import { type Cidr, formatCidr } from '../../net/cidr.js';
import { formatSelector, selectorOfLabels } from '../../resources/label-selector.js';
import type { PolicyPeer } from '../../resources/network-policy.js';
import type { Labels } from '../../resources/resource.js';
import type { PodEndpoint, PolicyEndpoint } from './policy-endpoint.js';

/** Labels that controllers write and that say nothing about what the pod is. */
const TECHNICAL: ReadonlySet<string> = new Set([
  'pod-template-hash',
  'controller-revision-hash',
  'pod-template-generation',
  'statefulset.kubernetes.io/pod-name',
  'apps.kubernetes.io/pod-index',
  'batch.kubernetes.io/controller-uid',
  'controller-uid',
]);

/** A peer that names just this endpoint (and those of its labels), for a policy of `namespace`; undefined for addresses that no one block holds. */
export function peerFor(
  endpoint: PolicyEndpoint,
  block: Cidr | undefined,
  namespace: string,
): { readonly peer: PolicyPeer; readonly text: string } | undefined {
  if (endpoint.kind === 'pod') {
    const { podSelector, namespaceSelector, text } = selectorsFor(endpoint);
    const local = endpoint.namespace === namespace;
    return { peer: { type: 'pods', pointer: '', namespaceSelector: local ? undefined : namespaceSelector, podSelector }, text };
  }
  return block && { peer: { type: 'ipBlock', pointer: '', cidr: block, except: [] }, text: formatCidr(block) };
}

/** By its labels; many changes are tried for one pod. */
const selectorsFor = oncePer(({ namespace, labels }: PodEndpoint) => {
  const podSelector = selectorOfLabels(telling(labels));
  const namespaceSelector = selectorOfLabels({ 'kubernetes.io/metadata.name': namespace });
  return { podSelector, namespaceSelector, text: `pods \`${formatSelector(podSelector)}\` of namespace ${namespace}` };
});

function telling(labels: Labels): Labels {
  return Object.fromEntries(Object.entries(labels).filter(([key]) => !TECHNICAL.has(key)));
}
