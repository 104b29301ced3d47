import { type Cidr, cidrCovers } from '../../../net/cidr.js';
import { rangeOfCidr } from '../../../net/ip-set.js';
import { familyBits, type IpFamily } from '../../../net/ip.js';
import type { ModelService, NetworkModel } from '../../../model/network-model.js';
import { isOut } from '../parties.js';

interface Addressed<T> {
  readonly value: bigint;
  readonly owner: T;
}

/** Addresses of pods and services in order, so that what lies in a block is found without asking every one. */
export class AddressBook {
  private readonly pods: Record<IpFamily, Addressed<string>[]> = { 4: [], 6: [] };
  private readonly services: Record<IpFamily, Addressed<ModelService>[]> = { 4: [], 6: [] };

  constructor(private readonly model: NetworkModel) {
    for (const pod of model.pods) {
      if (isOut(model, pod) || pod.spec.hostNetwork) continue;
      for (const { value } of pod.ips) this.pods[value.family].push({ value: value.value, owner: `${pod.namespace}/${pod.name}` });
    }
    for (const service of model.services.values()) {
      for (const { value } of service.clusterIPs) this.services[value.family].push({ value: value.value, owner: service });
    }
    const byValue = (a: { value: bigint }, b: { value: bigint }) => (a.value < b.value ? -1 : a.value > b.value ? 1 : 0);
    for (const family of [4, 6] as const) {
      this.pods[family].sort(byValue);
      this.services[family].sort(byValue);
    }
  }

  /** Pods whose address lies in the block. */
  podsIn(cidr: Cidr, except: readonly Cidr[]): { readonly count: number; readonly some: readonly string[] } {
    const all = within(this.pods[cidr.family], cidr);
    const holes = except.map((inner) => within(this.pods[cidr.family], inner));
    const count = all.length - distinct(holes);
    const some: string[] = [];
    for (let at = all.from; at < all.to && some.length < 3; at++) {
      if (holes.every((hole) => at < hole.from || at >= hole.to)) some.push(this.pods[cidr.family][at]?.owner ?? '');
    }
    return { count, some };
  }

  /** Services whose cluster IP lies in the block, a few of them. */
  servicesIn(cidr: Cidr): readonly ModelService[] {
    const { from, to } = within(this.services[cidr.family], cidr);
    return this.services[cidr.family].slice(from, Math.min(to, from + 5)).map(({ owner }) => owner);
  }

  /** The block holds addresses of services and of nothing else. */
  isOfServices(cidr: Cidr): boolean {
    if (this.model.profile.serviceCIDRs.some((range) => cidrCovers(range, cidr))) return true;
    return cidr.prefix === familyBits(cidr.family) && this.servicesIn(cidr).length > 0;
  }

  /** The block holds addresses of pods and of nothing else. */
  isOfPods(cidr: Cidr): boolean {
    if (this.model.profile.podCIDRs.some((range) => cidrCovers(range, cidr))) return true;
    return cidr.prefix === familyBits(cidr.family) && this.podsIn(cidr, []).count > 0;
  }
}

interface Slice {
  readonly from: number;
  readonly to: number;
  readonly length: number;
}

function within(sorted: readonly Addressed<unknown>[], cidr: Cidr): Slice {
  const { first, last } = rangeOfCidr(cidr);
  const [from, to] = [lowerBound(sorted, first), lowerBound(sorted, last + 1n)];
  return { from, to, length: to - from };
}

function lowerBound(sorted: readonly Addressed<unknown>[], value: bigint): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((sorted[middle]?.value ?? value) < value) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** How many positions lie in at least one of the slices: prefixes either nest or have nothing in common. */
function distinct(slices: readonly Slice[]): number {
  const outer = slices.filter(
    (one, at) => !slices.some((other, place) => other.from <= one.from && one.to <= other.to && (other.length > one.length || place < at)),
  );
  return outer.reduce((sum, { length }) => sum + length, 0);
}
