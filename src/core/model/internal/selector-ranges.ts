import { type Cidr, cidrContains, parseCidr } from '../../net/cidr.js';
import { type IpRange, mergeRanges, rangeOfCidr, subtractRanges, wholeFamily } from '../../net/ip-set.js';
import type { Ip } from '../../net/ip.js';
import type { IpOwner, NetworkModel } from '../network-model.js';

/**
 * Addresses that no host of the public internet has: IANA's special-purpose registries (RFC 6890) as far as they are not globally reachable. The
 * documentation ranges stay: people use them to stand for somebody outside.
 */
const NOT_PUBLIC: readonly Cidr[] = [
  '0.0.0.0/8', // RFC 1122: this network
  '127.0.0.0/8', // RFC 1122: loopback
  '240.0.0.0/4', // RFC 1112: reserved, with the broadcast address
  '10.0.0.0/8', // RFC 1918
  '172.16.0.0/12', // RFC 1918
  '192.168.0.0/16', // RFC 1918
  '100.64.0.0/10', // RFC 6598
  '169.254.0.0/16', // RFC 3927
  '224.0.0.0/4', // RFC 5771
  '::/127', // RFC 4291: unspecified and loopback
  'fc00::/7', // RFC 4193
  'fe80::/10', // RFC 4291
  'ff00::/8', // RFC 4291
].flatMap((text) => parseCidr(text) ?? []);

const internets = new WeakMap<NetworkModel, readonly IpRange[]>();
const outsides = new WeakMap<NetworkModel, readonly IpRange[]>();

/** The addresses of the public internet, of the cluster's families: everything but private ranges, the cluster's own ranges, and addresses that the cluster holds. */
export function internetRanges(model: NetworkModel): readonly IpRange[] {
  return remembered(internets, model, () => {
    const { profile } = model;
    const nodeRanges = [...model.nodes.values()].flatMap((node) => node.podCIDRs.map(({ value }) => value));
    const inside = [...NOT_PUBLIC, ...profile.podCIDRs, ...profile.serviceCIDRs];
    const held = ownedAddresses(model).filter((ip) => !inside.some((cidr) => cidrContains(cidr, ip)));
    const holes = [...inside, ...nodeRanges].map(rangeOfCidr);
    return subtractRanges(profile.ipFamilies.map(wholeFamily), [...holes, ...held.map(rangeOfIp)]);
  });
}

/** Every address of the cluster's families that nothing in the model holds. */
export function outsideRanges(model: NetworkModel): readonly IpRange[] {
  return remembered(outsides, model, () => subtractRanges(model.profile.ipFamilies.map(wholeFamily), ownedAddresses(model).map(rangeOfIp)));
}

/** The addresses of a prefix that no pod and no node holds. */
export function rangesWithout(cidr: Cidr, held: readonly Ip[]): readonly IpRange[] {
  return subtractRanges([rangeOfCidr(cidr)], held.map(rangeOfIp));
}

/** The held addresses that lie in a prefix: the owners of each. */
export function addressesIn(model: NetworkModel, cidr: Cidr): readonly (readonly IpOwner[])[] {
  return [...model.ipOwners.values()].filter(([owner]) => owner && cidrContains(cidr, owner.ip.value));
}

/** The range of one address. */
export function rangeOfIp(ip: Ip): IpRange {
  return { family: ip.family, first: ip.value, last: ip.value };
}

function ownedAddresses(model: NetworkModel): readonly Ip[] {
  return [...model.ipOwners.values()].flatMap(([owner]) => owner?.ip.value ?? []);
}

function remembered(
  memory: WeakMap<NetworkModel, readonly IpRange[]>,
  model: NetworkModel,
  compute: () => readonly IpRange[],
): readonly IpRange[] {
  const known = memory.get(model);
  if (known) return known;
  const ranges = mergeRanges(compute());
  memory.set(model, ranges);
  return ranges;
}
