import type { ModelPod, NetworkModel } from '../../model/network-model.js';
import { type RangeGiver, rangeGiverOf } from '../../model/range-giver.js';
import { cidrContains } from '../../net/cidr.js';

/** Where `interfaces` are from, in a sentence. */
export const OUTSIDE = 'interfaces or ranges that something outside the cluster gives its node';

type Divided = Pick<NetworkModel, 'profile' | 'nodes' | 'pods'>;

/** Whether a podCIDR that a node has divides nothing: its pods get any address of the cluster's ranges, or of what stands outside. */
export function isUndivided(model: Divided): boolean {
  const { cni } = model.profile;
  if (cni.plugin === 'unknown') return isRefuted(model);
  const giver = rangeGiverOf(cni);
  return giver === 'nobody' || giver === 'interfaces';
}

const refuted = new WeakMap<Divided, boolean>();

/** Whether the ranges of nodes are all guesses, and a pod that is seen has an address outside its node's: nobody cuts the range so. */
function isRefuted(model: Divided): boolean {
  const known = refuted.get(model);
  if (known !== undefined) return known;
  const isGuess = [...model.nodes.values()].every(({ podCIDRs }) => podCIDRs.every(({ provenance }) => provenance === 'assumed'));
  const found = isGuess && model.pods.some((pod) => isOutside(model, pod));
  refuted.set(model, found);
  return found;
}

function isOutside({ nodes }: Divided, { spec, finished, nodeName, ips }: ModelPod): boolean {
  if (spec.hostNetwork || finished || !nodeName) return false;
  const ranges = (nodes.get(nodeName.value)?.podCIDRs ?? []).map(({ value }) => value);
  return ips.some(({ value: ip, provenance }) => {
    const ofFamily = ranges.filter(({ family }) => family === ip.family);
    return provenance === 'observed' && ofFamily.length > 0 && !ofFamily.some((range) => cidrContains(range, ip));
  });
}

/** Who gives the nodes of a cluster their ranges. Without a plugin the ranges that nodes are seen with tell. */
export function rangeGiver({ profile: { cni }, nodes }: Pick<NetworkModel, 'profile' | 'nodes'>): RangeGiver {
  if (cni.plugin !== 'unknown') return rangeGiverOf(cni);
  const isSeen = [...nodes.values()].some(({ podCIDRs }) => podCIDRs.some(({ provenance }) => provenance === 'observed'));
  return isSeen ? 'controller' : 'unknown';
}
