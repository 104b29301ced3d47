import type { NetworkModel } from '../../model/network-model.js';
import type { NetworkProfile } from '../../model/network-profile.js';
import { type RangeGiver, rangeGiverOf } from '../../model/range-giver.js';

/** Where `interfaces` are from, in a sentence. */
export const OUTSIDE = 'interfaces or ranges that something outside the cluster gives its node';

/** Whether a podCIDR that a node has divides nothing: its pods get any address of the cluster's ranges, or of what stands outside. */
export function isUndivided({ cni }: NetworkProfile): boolean {
  const giver = rangeGiverOf(cni);
  return giver === 'nobody' || giver === 'interfaces';
}

/** Who gives the nodes of a cluster their ranges. Without a plugin the ranges that nodes are seen with tell. */
export function rangeGiver({ profile: { cni }, nodes }: Pick<NetworkModel, 'profile' | 'nodes'>): RangeGiver {
  if (cni.plugin !== 'unknown') return rangeGiverOf(cni);
  const isSeen = [...nodes.values()].some(({ podCIDRs }) => podCIDRs.some(({ provenance }) => provenance === 'observed'));
  return isSeen ? 'controller' : 'unknown';
}
