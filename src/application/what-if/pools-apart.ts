import { inMap } from '../../core/kernel/in-map.js';
import { type Cidr, cidrOf, firstIp, formatCidr } from '../../core/net/cidr.js';
import { type IpRange, mergeRanges, rangeOfCidr } from '../../core/net/ip-set.js';
import { firstClipped } from '../../core/ipam/clip-ranges.js';
import type { CalicoIPPool } from '../../core/resources/calico-ip-pool.js';
import type { UnderstoodResource } from '../../core/resources/understood-resource.js';
import type { Pace } from '../../manifests/pace.js';
import type { ReadObject } from '../models/read-revision.js';
import type { Fault } from './api-refusal.js';

/** Of this group are the pools that Calico's API server checks; those of the CRD `crd.projectcalico.org` do not pass it. */
const CHECKED = /^projectcalico\.org\//;

/**
 * The pools and blocks of Calico that there are: a pool that is made meets no other one, and no block of another size than its own (projectcalico/calico `libcalico-go/lib/clientv3/ippool.go`, Create,
 * validateAndSetDefaults). Pools are found by prefix, and not gone through for each one that is made.
 */
export class PoolsApart {
  /** By name. */
  private readonly cidrs = new Map<string, Cidr>();
  /** Names of the pools of each prefix. */
  private readonly exactly = new Map<string, Set<string>>();
  /** Names of the pools that lie in each prefix. */
  private readonly inside = new Map<string, Set<string>>();
  /** What blocks of each size cover, by the length of their prefixes. */
  private readonly blocks = new Map<number, readonly IpRange[]>();

  private constructor() {}

  static none(): PoolsApart {
    return new PoolsApart();
  }

  static async of(objects: ReadonlyMap<string, ReadObject>, pace: Pace): Promise<PoolsApart> {
    const apart = new PoolsApart();
    const ranges = new Map<number, IpRange[]>();
    for (const { resource } of objects.values()) {
      apart.take(resource);
      if (resource?.kind === 'IPAMBlock' && resource.cidr) inMap(ranges, resource.cidr.prefix, () => []).push(rangeOfCidr(resource.cidr));
      if (pace.isDue) await pace.rest();
    }
    for (const [prefix, all] of ranges) apart.blocks.set(prefix, mergeRanges(all));
    return apart;
  }

  /** Why Calico's API server does not make the pool; undefined: it does, or it is no pool. */
  faultOf(now: UnderstoodResource | undefined): Fault | undefined {
    if (now?.kind !== 'IPPool' || !now.cidr || !CHECKED.test(now.ref.apiVersion)) return undefined;
    return this.overlapOf(now, now.cidr) ?? this.sizeFault(now, now.cidr);
  }

  /** Puts a pool in the place of one of its name. */
  take(resource: UnderstoodResource | undefined): void {
    if (resource?.kind !== 'IPPool') return;
    const { name } = resource.ref;
    const before = this.cidrs.get(name);
    if (before) for (const names of this.placesOf(before)) names.delete(name);
    this.cidrs.delete(name);
    if (!resource.cidr) return;
    this.cidrs.set(name, resource.cidr);
    for (const names of this.placesOf(resource.cidr)) names.add(name);
  }

  /** The name of another pool that a pool meets; undefined: none. */
  otherMet({ ref: { name } }: CalicoIPPool, cidr: Cidr): string | undefined {
    const around = prefixesAround(cidr).map((prefix) => this.exactly.get(prefix));
    return [...around, this.inside.get(formatCidr(cidr))].flatMap((names) => [...(names ?? [])]).find((one) => one !== name);
  }

  private overlapOf(pool: CalicoIPPool, cidr: Cidr): Fault | undefined {
    const { name } = pool.ref;
    const other = this.otherMet(pool, cidr);
    const met = other === undefined ? undefined : this.cidrs.get(other);
    return met && { pointer: '/spec/cidr', message: `IPPool(${name}) CIDR overlaps with IPPool(${other ?? ''}) CIDR ${formatCidr(met)}` };
  }

  private sizeFault({ blockSize }: CalicoIPPool, cidr: Cidr): Fault | undefined {
    const isMet = [...this.blocks].some(([prefix, ranges]) => prefix !== blockSize && firstClipped(ranges, rangeOfCidr(cidr)));
    if (!isMet) return undefined;
    return { pointer: '/spec/blockSize', message: 'IPPool blocksSize conflicts with existing allocations that use a different blockSize' };
  }

  private placesOf(cidr: Cidr): readonly Set<string>[] {
    const around = prefixesAround(cidr).map((prefix) => inMap(this.inside, prefix, () => new Set<string>()));
    return [inMap(this.exactly, formatCidr(cidr), () => new Set<string>()), ...around];
  }
}

/** The prefix itself and all that it lies in. */
function prefixesAround(cidr: Cidr): readonly string[] {
  return Array.from({ length: cidr.prefix + 1 }, (_, length) => formatCidr(cidrOf(firstIp(cidr), length)));
}
