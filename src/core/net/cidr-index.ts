import { sortedInSteps } from '../kernel/sorted-in-steps.js';
import { finished, type Steps } from '../kernel/steps.js';
import { type Cidr, cidrSize } from './cidr.js';
import type { Ip, IpFamily } from './ip.js';

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
    return new CidrIndex({ 4: yield* SortedNetworks.of(of[4]), 6: yield* SortedNetworks.of(of[6]) });
  }

  /** What is at the networks that hold the address, the longest prefix first; the things of one network as they were given. */
  *at(ip: Ip): Generator<T> {
    const networks = this.families[ip.family];
    for (let index = networks.longest(ip.value); index >= 0; index = networks.around(index)) yield* networks.thingsOf(index);
  }

  /** What is at the longest prefix that holds the address; undefined where none does. */
  longestMatch(ip: Ip): readonly T[] | undefined {
    const networks = this.families[ip.family];
    const index = networks.longest(ip.value);
    return index < 0 ? undefined : networks.thingsOf(index);
  }

  /** Whether some network holds the address. */
  holds(ip: Ip): boolean {
    return this.families[ip.family].longest(ip.value) >= 0;
  }
}

/** So many networks are looked at in one go. */
const BREATH = 4096;

/**
 * The networks of one family by base, of equal bases the widest first: whichever network holds an address, the last one that does not begin above it is that network or lies
 * within it. So the way to the longest match leads from there outwards.
 */
class SortedNetworks<T> {
  private readonly bases: bigint[] = [];
  private readonly lasts: bigint[] = [];
  private readonly things: T[][] = [];
  /**
   * Of each network its base and its last address, rounded to floating-point numbers: numbers in a row are compared faster than big integers all over the memory, and the two are
   * fetched from there together. Rounding keeps the order; where two are equal, the addresses themselves decide.
   */
  private keys = new Float64Array(0);
  /** Index of the narrowest other network around each one; −1: there is none. */
  private parents = new Int32Array(0);
  private shelves = new Shelves(this.keys);

  static *of<T>(entries: readonly (readonly [Cidr, T])[]): Steps<SortedNetworks<T>> {
    const made = new SortedNetworks<T>();
    if (entries.length > 0) yield* made.fill(entries);
    return made;
  }

  private *fill(entries: readonly (readonly [Cidr, T])[]): Steps<void> {
    const sorted = yield* sortedInSteps(entries, ([a], [b]) => (a.base < b.base ? -1 : a.base > b.base ? 1 : a.prefix - b.prefix));
    for (const [position, [cidr, thing]] of sorted.entries()) {
      if (position % BREATH === BREATH - 1) yield;
      this.add(cidr, thing);
    }
    this.keys = new Float64Array(2 * this.bases.length);
    for (const [index, base] of this.bases.entries()) {
      this.keys[2 * index] = Number(base);
      this.keys[2 * index + 1] = Number(this.lasts[index] ?? base);
    }
    this.shelves = new Shelves(this.keys);
    this.parents = new Int32Array(this.bases.length);
    for (const [index, base] of this.bases.entries()) {
      if (index % BREATH === 0) yield;
      // What does not hold this base holds none of those to come.
      this.parents[index] = this.outwards(index - 1, base, Number(base));
    }
  }

  /** Index of the longest prefix that holds the address; −1: none does. */
  longest(value: bigint): number {
    const key = Number(value);
    return this.outwards(this.before(value, key), value, key);
  }

  around(index: number): number {
    return this.parents[index] ?? -1;
  }

  thingsOf(index: number): readonly T[] {
    return this.things[index] ?? [];
  }

  private add(cidr: Cidr, thing: T): void {
    const last = cidr.base + cidrSize(cidr) - 1n;
    if (this.bases.at(-1) === cidr.base && this.lasts.at(-1) === last) this.things.at(-1)?.push(thing);
    else {
      this.bases.push(cidr.base);
      this.lasts.push(last);
      this.things.push([thing]);
    }
  }

  /** Index of the last network that does not begin above the address; −1: all do. */
  private before(value: bigint, key: number): number {
    const shelf = this.shelves.shelf(key);
    let low = this.shelves.start(shelf);
    let high = this.shelves.start(shelf + 1);
    while (low < high) {
      const middle = (low + high) >>> 1;
      const here = this.keys[2 * middle] ?? 0;
      if (here < key || (here === key && (this.bases[middle] ?? 0n) <= value)) low = middle + 1;
      else high = middle;
    }
    return low - 1;
  }

  /** The first network from `index` outwards that does not end before the address. */
  private outwards(index: number, value: bigint, key: number): number {
    while (index >= 0) {
      const last = this.keys[2 * index + 1] ?? 0;
      if (last > key || (last === key && (this.lasts[index] ?? 0n) >= value)) break;
      index = this.around(index);
    }
    return index;
  }
}

/** About so many keys are on a shelf where they are spread evenly. */
const ON_A_SHELF = 8;

/** Ascending keys, every other number of those given, cut into shelves of equal width from the least to the greatest: a look at the one shelf replaces the first steps of a search. */
class Shelves {
  private readonly least: number;
  private readonly perShelf: number;
  private readonly count: number;
  /** Index of the first key of each shelf, and behind the last one how many keys there are. */
  private readonly starts: Int32Array;

  constructor(keys: Float64Array) {
    const length = keys.length / 2;
    this.least = keys[0] ?? 0;
    this.count = Math.ceil(length / ON_A_SHELF);
    this.perShelf = ((keys.at(-2) ?? 0) - this.least + 1) / Math.max(this.count, 1);
    this.starts = new Int32Array(this.count + 1).fill(length);
    for (let index = length - 1; index >= 0; index--) this.starts[this.shelf(keys[2 * index] ?? 0)] = index;
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
