import { type IpRange, rangeOfCidr, subtractRanges, wholeFamily } from '../../net/ip-set.js';
import type { Ip, IpFamily } from '../../net/ip.js';
import type { NetworkPolicy, PolicyPeer } from '../../resources/network-policy.js';
import type { Direction } from './direction.js';

/** Where the address space changes: every address between two neighbouring cuts lies in exactly the same blocks. */
export class AddressCuts {
  private constructor(
    private readonly starts: Readonly<Record<IpFamily, readonly bigint[]>>,
    /** Whether there is any block: one that holds every address cuts nothing, and still judges addresses. */
    readonly judging: boolean,
  ) {}

  /** Cuts at the start and after the end of every stretch of addresses that a block of the policies' rules names: its CIDR without its exceptions. */
  static of(policies: readonly NetworkPolicy[], directions: readonly Direction[]): AddressCuts {
    const starts: Record<IpFamily, Set<bigint>> = { 4: new Set([0n]), 6: new Set([0n]) };
    let judging = false;
    for (const peer of peersOf(policies, directions)) {
      if (peer.type !== 'ipBlock') continue;
      judging = true;
      for (const { family, first, last } of subtractRanges([rangeOfCidr(peer.cidr)], peer.except.map(rangeOfCidr))) {
        starts[family].add(first);
        if (last < wholeFamily(family).last) starts[family].add(last + 1n);
      }
    }
    const sorted = (family: IpFamily) => [...starts[family]].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
    return new AddressCuts({ 4: sorted(4), 6: sorted(6) }, judging);
  }

  /** The place of the part that holds the address. */
  partOf(ip: Ip): number {
    const starts = this.starts[ip.family];
    let low = 0;
    let high = starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >>> 1;
      if ((starts[middle] ?? 0n) <= ip.value) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  /** The range, cut into parts that lie in the same blocks, lowest first. */
  cut(range: IpRange): readonly IpRange[] {
    const { family } = range;
    const starts = this.starts[family];
    const parts: IpRange[] = [];
    let first = range.first;
    for (let next = this.partOf({ family, value: first }) + 1; first <= range.last; next++) {
      const end = starts[next];
      const last = end === undefined || end > range.last ? range.last : end - 1n;
      parts.push({ family, first, last });
      first = last + 1n;
    }
    return parts;
  }
}

function* peersOf(policies: readonly NetworkPolicy[], directions: readonly Direction[]): Generator<PolicyPeer> {
  for (const policy of policies) for (const direction of directions) for (const rule of policy[direction]) yield* rule.peers;
}
