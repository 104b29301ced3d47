import { sortedInSteps } from '../kernel/sorted-in-steps.js';
import { finished, type Steps } from '../kernel/steps.js';
import { type Cidr, cidrSize } from './cidr.js';
import type { Ip, IpFamily } from './ip.js';
import { splitAddress, type SplitAddress } from './split-address.js';

/**
 * Things at networks, found by an address in a time that hardly grows with the number of networks. To make one costs what sorting the networks does, and it never changes.
 */
export class CidrIndex<T> {
  private constructor(private readonly families: Readonly<Record<IpFamily, SortedNetworks<T>>>) {}

  static of<T>(entries: Iterable<readonly [Cidr, T]>): CidrIndex<T> {
    return finished(CidrIndex.inSteps(entries));
  }

  /** Yields every few thousand networks. */
  static *inSteps<T>(entries: Iterable<readonly [Cidr, T]>): Steps<CidrIndex<T>> {
    const of = { 4: [] as (readonly [Cidr, T])[], 6: [] as (readonly [Cidr, T])[] };
    for (const entry of entries) of[entry[0].family].push(entry);
    return new CidrIndex({ 4: yield* SortedNetworks.of(4, of[4]), 6: yield* SortedNetworks.of(6, of[6]) });
  }

  /** What is at the networks that hold the address, the longest prefix first; the things of one network as they were given. */
  *at(ip: Ip): Generator<T> {
    const networks = this.families[ip.family];
    for (let index = networks.longest(ip); index >= 0; index = networks.around(index)) yield* networks.thingsOf(index);
  }

  /** What is at the longest prefix that holds the address; undefined where none does. */
  longestMatch(ip: Ip): readonly T[] | undefined {
    const networks = this.families[ip.family];
    const index = networks.longest(ip);
    return index < 0 ? undefined : networks.thingsOf(index);
  }

  /** Whether some network holds the address. */
  holds(ip: Ip): boolean {
    return this.families[ip.family].longest(ip) >= 0;
  }
}

/** So many networks are looked at in one go. */
const BREATH = 4096;

/**
 * The networks of one family by base, of equal bases the widest first: whichever network holds an address, the last one that does not begin above it is that network or lies
 * within it. So the way to the longest match leads from there outwards.
 */
class SortedNetworks<T> {
  private readonly things: T[][] = [];
  private readonly ends: NetworkEnds;
  /** Index of the narrowest other network around each one; −1: there is none. */
  private parents = new Int32Array(0);
  private shelves: Shelves;

  private constructor(family: IpFamily, most: number) {
    this.ends = new NetworkEnds(family, most);
    this.shelves = new Shelves(this.ends);
  }

  static *of<T>(family: IpFamily, entries: readonly (readonly [Cidr, T])[]): Steps<SortedNetworks<T>> {
    const made = new SortedNetworks<T>(family, entries.length);
    if (entries.length > 0) yield* made.fill(entries);
    return made;
  }

  private *fill(entries: readonly (readonly [Cidr, T])[]): Steps<void> {
    const sorted = yield* sortedInSteps(entries, ([a], [b]) => (a.base < b.base ? -1 : a.base > b.base ? 1 : a.prefix - b.prefix));
    let before: Cidr | undefined;
    for (const [position, [cidr, thing]] of sorted.entries()) {
      if (position % BREATH === BREATH - 1) yield;
      if (before && before.base === cidr.base && before.prefix === cidr.prefix) this.things.at(-1)?.push(thing);
      else this.add((before = cidr), thing);
    }
    this.shelves = new Shelves(this.ends);
    this.parents = new Int32Array(this.things.length);
    for (let index = 0; index < this.things.length; index++) {
      if (index % BREATH === 0) yield;
      // What does not hold this base holds none of those to come.
      this.parents[index] = this.outwards(index - 1, this.ends.base(index));
    }
  }

  /** Index of the longest prefix that holds the address; −1: none does. */
  longest(ip: Ip): number {
    const address = splitAddress(ip);
    return this.outwards(this.before(address), address);
  }

  around(index: number): number {
    return this.parents[index] ?? -1;
  }

  thingsOf(index: number): readonly T[] {
    return this.things[index] ?? [];
  }

  private add(cidr: Cidr, thing: T): void {
    this.ends.add(cidr);
    this.things.push([thing]);
  }

  /** Index of the last network that does not begin above the address; −1: all do. */
  private before(address: SplitAddress): number {
    const shelf = this.shelves.shelf(address.key);
    let low = this.shelves.start(shelf);
    let high = this.shelves.start(shelf + 1);
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.ends.order(2 * middle, address) <= 0) low = middle + 1;
      else high = middle;
    }
    return low - 1;
  }

  /** The first network from `index` outwards that does not end before the address. */
  private outwards(index: number, address: SplitAddress): number {
    while (index >= 0 && this.ends.order(2 * index + 1, address) < 0) index = this.around(index);
    return index;
  }
}

/** Of each network its base and its last address: numbers in a row are compared faster than big integers all over the memory, and the two are fetched from there together. */
class NetworkEnds {
  private readonly keys: Float64Array;
  private readonly rests: Float64Array;
  private readonly tails: Uint32Array;
  length = 0;

  constructor(
    private readonly family: IpFamily,
    most: number,
  ) {
    const more = family === 4 ? 0 : 2 * most;
    this.keys = new Float64Array(2 * most);
    this.rests = new Float64Array(more);
    this.tails = new Uint32Array(more);
  }

  add(cidr: Cidr): void {
    const { family, base } = cidr;
    for (const value of [base, base + cidrSize(cidr) - 1n]) {
      const { key, rest, tail } = splitAddress({ family, value });
      this.keys[this.length] = key;
      this.rests[this.length] = rest;
      this.tails[this.length++] = tail;
    }
  }

  /** What the base of a network is compared by first. */
  key(index: number): number {
    return this.keys[2 * index] ?? 0;
  }

  base(index: number): SplitAddress {
    return { key: this.key(index), rest: this.rests[2 * index] ?? 0, tail: this.tails[2 * index] ?? 0 };
  }

  /** Less than 0: the base, or with an odd place the last address, of a network comes before an address; more than 0: it comes after it. */
  order(place: number, { key, rest, tail }: SplitAddress): number {
    const here = this.keys[place] ?? 0;
    if (here !== key || this.family === 4) return here - key;
    const beside = this.rests[place] ?? 0;
    return beside === rest ? (this.tails[place] ?? 0) - tail : beside - rest;
  }
}

/** About so many keys are on a shelf where they are spread evenly. */
const ON_A_SHELF = 8;

/** The networks cut into shelves of equal width from the least to the greatest key: a look at the one shelf replaces the first steps of a search. */
class Shelves {
  private readonly least: number;
  private readonly perShelf: number;
  private readonly count: number;
  /** Index of the first network of each shelf, and behind the last one how many networks there are. */
  private readonly starts: Int32Array;

  constructor(ends: NetworkEnds) {
    const length = ends.length / 2;
    this.least = ends.key(0);
    this.count = Math.ceil(length / ON_A_SHELF);
    this.perShelf = (ends.key(length - 1) - this.least + 1) / Math.max(this.count, 1);
    this.starts = new Int32Array(this.count + 1).fill(length);
    for (let index = length - 1; index >= 0; index--) this.starts[this.shelf(ends.key(index))] = index;
    for (let shelf = this.count - 1; shelf >= 0; shelf--) {
      this.starts[shelf] = Math.min(this.starts[shelf] ?? 0, this.starts[shelf + 1] ?? 0);
    }
  }

  /** Every key before this index is less than those of the shelf. */
  start(shelf: number): number {
    return this.starts[shelf] ?? 0;
  }

  /** Which one a key is on, or would be. */
  shelf(key: number): number {
    return Math.max(Math.min(Math.floor((key - this.least) / this.perShelf), this.count - 1), 0);
  }
}
