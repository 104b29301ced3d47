import { err, ok, type Result } from '../kernel/result.js';
import { addressSpec } from '../net/address-spec.js';
import { type Cidr, cidrOf } from '../net/cidr.js';
import { familyBits, type Ip } from '../net/ip.js';
import { type IpRange, mergeRanges, rangeOfCidr, subtractRanges } from '../net/ip-set.js';

/** The addresses that the entries name together; the error is the index of the first that is none. */
export function addressSet(entries: readonly string[]): Result<readonly IpRange[], number> {
  const ranges: IpRange[] = [];
  for (const [index, text] of entries.entries()) {
    const range = addressSpec(text);
    if (!range) return err(index);
    ranges.push(range);
  }
  return ok(mergeRanges(ranges));
}

/** A pool of Cluster API's in-cluster provider, its entries read. */
export interface InClusterPool {
  readonly addresses: readonly IpRange[];
  readonly excluded: readonly IpRange[];
  /** Never given out; with `prefix` it tells the network, whose own and broadcast address are reserved. */
  readonly gateway: Ip | undefined;
  readonly prefix: number;
  readonly allocateReserved: boolean;
}

/** The addresses that may be given out (kubernetes-sigs/cluster-api-ipam-provider-in-cluster `internal/poolutil/pool.go`, `PoolSpecToIPSet`). */
export function inClusterAddresses({ addresses, excluded, gateway, prefix, allocateReserved }: InClusterPool): readonly IpRange[] {
  const kept = [...excluded, ...(gateway ? [single(gateway)] : [])];
  if (allocateReserved) return subtractRanges(addresses, kept);
  return subtractRanges(addresses, [...kept, ...networksOf(addresses, gateway, prefix).flatMap(reservedOf)]);
}

/** The network of the gateway, or, without one, those that the addresses begin and end in. */
function networksOf(addresses: readonly IpRange[], gateway: Ip | undefined, prefix: number): readonly Cidr[] {
  if (gateway) return [cidrOf(gateway, prefix)];
  return addresses.flatMap(({ family, first, last }) => [first, last].map((value) => cidrOf({ family, value }, prefix)));
}

function reservedOf(network: Cidr): readonly IpRange[] {
  const { family, first, last } = rangeOfCidr(network);
  if (network.prefix >= familyBits(family) - 1) return [];
  return [{ family, first, last: first }, ...(family === 4 ? [{ family, first: last, last }] : [])];
}

function single({ family, value }: Ip): IpRange {
  return { family, first: value, last: value };
}
