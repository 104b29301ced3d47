import { sortedInSteps } from '../../kernel/sorted-in-steps.js';
import type { Steps } from '../../kernel/steps.js';
import type { Cidr } from '../../net/cidr.js';
import { type IpRange, mergeRanges, rangeOfCidr, subtractRanges, wholeFamily } from '../../net/ip-set.js';
import type { Ip, IpFamily } from '../../net/ip.js';
import type { ClusterPeer } from '../../resources/cluster-policy.js';
import type { PolicyPeer } from '../../resources/network-policy.js';
import type { Direction } from './direction.js';

/** Networks, all with the same exceptions. */
interface Blocks {
  readonly type: 'blocks';
  readonly cidrs: readonly Cidr[];
  readonly except: readonly Cidr[];
}

type Peer = PolicyPeer | ClusterPeer | Blocks;

/** A policy of any API, as far as addresses go. */
export type RuledPolicy = Readonly<Record<Direction, readonly { readonly peers: readonly Peer[] }[]>>;

/** So many stretches of one peer are looked at in one go. */
const BREATH = 4096;

/** Where the address space changes: every address between two neighbouring cuts lies in exactly the same blocks. */
export class AddressCuts {
  private constructor(
    private readonly starts: Readonly<Record<IpFamily, readonly bigint[]>>,
    /** Whether there is any ipBlock: one that holds every address cuts nothing, and still judges addresses. */
    readonly judging: boolean,
    /** Whether there is any peer of `networks`. */
    readonly judgingNetworks: boolean,
  ) {}

  /** Cuts at the start and after the end of every stretch of addresses that a block of the policies' rules names: its CIDR without its exceptions. Yields often. */
  static *of(policies: readonly RuledPolicy[], directions: readonly Direction[]): Steps<AddressCuts> {
    const starts: Record<IpFamily, Set<bigint>> = { 4: new Set([0n]), 6: new Set([0n]) };
    let judging = false;
    let judgingNetworks = false;
    // Rules may share networks, and many of them.
    const named = new Set<Peer>();
    for (const policy of policies) {
      yield;
      addPeers(policy, directions, named);
    }
    for (const peer of named) {
      yield;
      judging ||= peer.type === 'ipBlock' || (peer.type === 'blocks' && peer.cidrs.length > 0);
      judgingNetworks ||= peer.type === 'networks';
      for (const [position, { family, first, last }] of rangesOf(peer).entries()) {
        if (position % BREATH === BREATH - 1) yield;
        starts[family].add(first);
        if (last < wholeFamily(family).last) starts[family].add(last + 1n);
      }
    }
    const sorted = (family: IpFamily) => sortedInSteps([...starts[family]], (a, b) => (a < b ? -1 : a > b ? 1 : 0));
    return new AddressCuts({ 4: yield* sorted(4), 6: yield* sorted(6) }, judging, judgingNetworks);
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

/** The stretches of addresses that a peer names. */
export function rangesOf(peer: Peer): readonly IpRange[] {
  if (peer.type === 'blocks') return rangesOfBlocks(peer);
  if (peer.type === 'networks') return peer.networks.map(rangeOfCidr);
  return peer.type === 'ipBlock' ? subtractRanges([rangeOfCidr(peer.cidr)], peer.except.map(rangeOfCidr)) : [];
}

/** Each network by itself; the exceptions are put in order once, and of them each network takes those that it meets. */
function rangesOfBlocks({ cidrs, except }: Blocks): readonly IpRange[] {
  const holes = mergeRanges(except.map(rangeOfCidr));
  return cidrs.flatMap((cidr) => {
    const range = rangeOfCidr(cidr);
    const first = firstBehind(holes, range);
    let end = first;
    for (let hole = holes[end]; hole && hole.family === range.family && hole.first <= range.last; hole = holes[++end]);
    return subtractRanges([range], holes.slice(first, end));
  });
}

/** The position of the first range that does not end before the other one begins. */
function firstBehind(sorted: readonly IpRange[], { family, first }: IpRange): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    const range = sorted[middle];
    if (range && (range.family < family || (range.family === family && range.last < first))) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The peers that may name addresses. */
function addPeers(policy: RuledPolicy, directions: readonly Direction[], found: Set<Peer>): void {
  for (const direction of directions) {
    for (const { peers } of policy[direction]) {
      for (const peer of peers) if (peer.type !== 'pods') found.add(peer);
    }
  }
}
