import { formatIp, type Ip } from '../net/ip.js';
import { type IpRange, mergeRanges } from '../net/ip-set.js';
import type { IpOwner, NetworkModel } from '../model/network-model.js';

const MEMORY = new WeakMap<NetworkModel, readonly IpRange[]>();

/** Every address that somebody in the cluster has, whichever plane it is of, or that a block of Calico gives to somebody, as ascending ranges. Memoised: a model never changes. */
export function heldAddresses(model: NetworkModel): readonly IpRange[] {
  const known = MEMORY.get(model);
  if (known) return known;
  const owned = [...model.ipOwners.values()].flatMap(([owner]) => (owner ? [rangeOf(owner.ip.value)] : []));
  const claimed = model.calico.ipam.blocks.flatMap(({ claims }) => claims.map(({ ip }) => rangeOf(ip)));
  const held = mergeRanges([...owned, ...claimed]);
  MEMORY.set(model, held);
  return held;
}

/** Who has the address in the cluster. */
export function holdersOf(model: NetworkModel, ip: Ip): readonly IpOwner[] {
  return model.ipOwners.get(formatIp(ip)) ?? [];
}

/** One address as a range. */
export function rangeOf({ family, value }: Ip): IpRange {
  return { family, first: value, last: value };
}
