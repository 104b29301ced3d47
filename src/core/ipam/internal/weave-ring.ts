import { inMap } from '../../kernel/in-map.js';
import type { Ip } from '../../net/ip.js';
import { type IpRange, rangeContains } from '../../net/ip-set.js';
import { SeededNumbers } from '../seeded-numbers.js';
import { WeaveSpace } from './weave-space.js';

/** The peers of a Weave Net and what each of them owns of the range. */
export class WeaveRing {
  private readonly spaces = new Map<string, WeaveSpace>();
  private readonly numbers: SeededNumbers;
  /** Addresses outside of the range that containers of a peer have by name. */
  private readonly foreign = new Map<string, Set<bigint>>();

  /** Peers of the seed list get equal parts, aligned (weaveworks/weave `ipam/ring/ring.go`, `ClaimForPeers`). */
  constructor(
    private readonly range: IpRange,
    seeds: readonly string[],
  ) {
    this.numbers = new SeededNumbers(`${range.family} ${range.first} ${range.last}`);
    if (seeds.length > 0) this.subdivide(range, seeds);
  }

  get names(): readonly string[] {
    return [...this.spaces.keys()];
  }

  /** Whether the range was shared out. */
  get begun(): boolean {
    return [...this.spaces.values()].some(({ pieces }) => pieces > 0);
  }

  /** Shares the range out to peers that agreed: in order, each of them once (`ipam/allocator.go`, normalizeConsensus). */
  begin(peers: readonly string[]): void {
    this.subdivide(this.range, [...new Set(peers)].sort());
  }

  /** How many ranges all of them have. */
  get pieces(): number {
    return [...this.spaces.values()].reduce((sum, { pieces }) => sum + pieces + 1, 0);
  }

  /** Made where there is none: whoever joins begins with nothing. */
  spaceOf(peer: string): WeaveSpace {
    const space = this.spaces.get(peer) ?? new WeaveSpace();
    this.spaces.set(peer, space);
    return space;
  }

  /** The lowest free address of the peer's own; while it has none, it asks others for space. `hosts`: what of the range containers get (`ipam/allocate.go`, Try). */
  allocate(peer: string, within: IpRange, hosts: IpRange): Ip | undefined {
    const space = this.spaceOf(peer);
    for (;;) {
      const own = space.allocate(hosts);
      if (own) return own;
      // What comes may be one of the two addresses alone that no container gets: then others are asked again.
      const gift = this.donorFor(peer, within)?.donate(within);
      if (!gift) return undefined;
      space.add(gift);
    }
  }

  /** Takes the address that is named; of another peer, which gives it away where it is free (`ipam/claim.go`, Try). Undefined when it was, else who has it; null: nobody. */
  claim(peer: string, ip: Ip): string | null | undefined {
    if (!rangeContains(this.range, ip)) return this.claimForeign(peer, ip);
    const owner = this.names.find((name) => this.spaceOf(name).owns(ip));
    if (owner === undefined) return null;
    if (owner !== peer) {
      const gift = this.spaceOf(owner).donate({ family: ip.family, first: ip.value, last: ip.value });
      if (!gift) return owner;
      this.spaceOf(peer).add(gift);
    }
    return this.spaceOf(peer).claim(ip) ? undefined : peer;
  }

  /** Gives back what a container of the peer has. False where none has it. */
  release(peer: string, ip: Ip): boolean {
    return this.foreign.get(peer)?.delete(ip.value) === true || this.spaceOf(peer).release(ip);
  }

  donate(peer: string, within: IpRange, to: string | undefined): IpRange | undefined {
    const gift = this.spaceOf(peer).donate(within);
    if (gift && to !== undefined) this.spaceOf(to).add(gift);
    return gift;
  }

  /** Donates until nothing is free; how many addresses that were. */
  donateAll(peer: string, within: IpRange): bigint {
    let given = 0n;
    for (;;) {
      const gift = this.donate(peer, within, undefined);
      if (!gift) return given;
      given += gift.last - gift.first + 1n;
    }
  }

  /** `weave rmpeer`: everything the peer owned is free, and another's. */
  remove(peer: string, by: string): void {
    const left = this.spaceOf(peer).owned;
    this.spaces.delete(peer);
    this.foreign.delete(peer);
    const heir = this.spaceOf(by);
    for (const range of left) heir.add(range);
  }

  /** "Address not within our universe; assume user knows what they are doing" (`ipam/claim.go`): nobody but the peer itself knows of it. */
  private claimForeign(peer: string, { value }: Ip): string | undefined {
    const own = inMap(this.foreign, peer, () => new Set<bigint>());
    if (own.has(value)) return peer;
    own.add(value);
    return undefined;
  }

  /** Drawn at random, weighted by what is free (`ChoosePeersToAskForSpace`). */
  private donorFor(peer: string, within: IpRange): WeaveSpace | undefined {
    const others = [...this.spaces].filter(([name]) => name !== peer).map(([, space]) => ({ space, free: space.free(within) }));
    let point = this.numbers.below(others.reduce((sum, { free }) => sum + free, 0n));
    for (const { space, free } of others) {
      if (point < free) return space;
      point -= free;
    }
    return undefined;
  }

  private subdivide(range: IpRange, peers: readonly string[]): void {
    const [first] = peers;
    const size = range.last - range.first + 1n;
    if (first === undefined || size === 0n) return;
    if (size === 1n || peers.length === 1) return this.spaceOf(first).add(range);
    const middle = range.first + size / 2n;
    const half = Math.floor(peers.length / 2);
    this.subdivide({ ...range, last: middle - 1n }, peers.slice(0, half));
    this.subdivide({ ...range, first: middle + (size % 2n) }, peers.slice(half));
  }
}
