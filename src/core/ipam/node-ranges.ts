import type { ModelNode, NetworkModel } from '../model/network-model.js';
import type { Cidr } from '../net/cidr.js';
import { isUndivided } from './internal/range-giver.js';

/**
 * The ranges that a node's pods have their addresses of: its blocks where those of Calico were imported, the cluster's ranges where the plugin does not divide them,
 * else the ranges that the node has.
 */
export function nodeRanges(model: NetworkModel, { name, podCIDRs }: ModelNode): readonly Cidr[] {
  const { profile, calico } = model;
  const { blocks } = calico.ipam;
  if (isUndivided(model)) return profile.podCIDRs;
  if (profile.cni.plugin !== 'calico' || blocks.length === 0) return podCIDRs.map(({ value }) => value);
  return blocks.flatMap(({ cidr, affinity }) => (cidr && affinity?.type === 'host' && affinity.name === name ? [cidr] : []));
}
