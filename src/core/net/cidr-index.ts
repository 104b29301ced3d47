import { sortedInSteps } from '../kernel/sorted-in-steps.js';
import { finished, type Steps } from '../kernel/steps.js';
import { type Cidr, cidrSize } from './cidr.js';
import { familyBits, type Ip, type IpFamily } from './ip.js';

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
/** So many leading bits of an address a floating-point number holds exactly; IPv4 needs no more. */
const KEY_BITS = 52;

/**
 * The networks of one family by base, of equal bases the widest first: whichever network holds an address, the last one that does not begin above it is that network or lies
 * within it. So the way to the longest match leads from there outwards.
 */
class SortedNetworks<T> {
  private readonly shift: bigint;
  private readonly bases: bigint[] = [];
  private readonly lasts: bigint[] = [];
  private readonly things: T[][] = [];
  /** Leading bits of the bases and of the last addresses: numbers in a row are compared faster than big integers all over the memory. */
  private keys = new Float64Array(0);
  private lastKeys = new Float64Array(0);
  /** Index of the narrowest other network around each one; −1: there is none. */
  private parents = new Int32Array(0);
  private shelves = new Shelves(this.keys);

  private constructor(family: IpFamily) {
    this.shift = BigInt(Math.max(familyBits(family) - KEY_BITS, 0));
  }

  static *of<T>(family: IpFamily, entries: readonly (readonly [Cidr, T])[]): Steps<SortedNetworks<T>> {
    const made = new SortedNetworks<T>(family);
    if (entries.length > 0) yield* made.fill(entries);
    return made;
  }

  private *fill(entries: readonly (readonly [Cidr, T])[]): Steps<void> {
    const sorted = yield* sortedInSteps(entries, ([a], [b]) => (a.base < b.base ? -1 : a.base > b.base ? 1 : a.prefix - b.prefix));
    for (const [position, [cidr, thing]] of sorted.entries()) {
      if (position % BREATH === BREATH - 1) yield;
      this.add(cidr, thing);
    }
    this.keys = Float64Array.from(this.bases, (base) => this.keyOf(base));
    this.lastKeys = Float64Array.from(this.lasts, (last) => this.keyOf(last));
    this.shelves = new Shelves(this.keys);
    this.parents = new Int32Array(this.bases.length);
    for (const [index, base] of this.bases.entries()) {
      if (index % BREATH === 0) yield;
      // What does not hold this base holds none of those to come.
      this.parents[index] = this.outwards(index - 1, base, this.keyOf(base));
    }
  }

  /** Index of the longest prefix that holds the address; −1: none does. */
  longest(value: bigint): number {
    const key = this.keyOf(value);
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
    let [low, high] = [this.shelves.start(key), this.shelves.end(key)];
    while (low < high) {
      const middle = (low + high) >>> 1;
      const here = this.keys[middle] ?? 0;
      if (here < key || (here === key && (this.bases[middle] ?? 0n) <= value)) low = middle + 1;
      else high = middle;
    }
    return low - 1;
  }

  /** The first network from `index` outwards that does not end before the address. */
  private outwards(index: number, value: bigint, key: number): number {
    while (index >= 0) {
      const last = this.lastKeys[index] ?? 0;
      if (last > key || (last === key && (this.lasts[index] ?? 0n) >= value)) break;
      index = this.around(index);
    }
    return index;
  }

  private keyOf(value: bigint): number {
    return Number(this.shift === 0n ? value : value >> this.shift);
  }
}

/** About so many keys are on a shelf where they are spread evenly. */
const ON_A_SHELF = 8;

/** Ascending keys, cut into shelves of equal width from the least to the greatest: a look at the one shelf replaces the first steps of a search. */
class Shelves {
  private readonly least: number;
  private readonly perShelf: number;
  private readonly count: number;
  /** Index of the first key of each shelf, and behind the last one how many keys there are. */
  private readonly starts: Int32Array;

  constructor(keys: Float64Array) {
    this.least = keys[0] ?? 0;
    this.count = Math.ceil(keys.length / ON_A_SHELF);
    this.perShelf = ((keys.at(-1) ?? 0) - this.least + 1) / Math.max(this.count, 1);
    this.starts = new Int32Array(this.count + 1).fill(keys.length);
    for (let index = keys.length - 1; index >= 0; index--) this.starts[this.shelf(keys[index] ?? 0)] = index;
    for (let shelf = this.count - 1; shelf >= 0; shelf--) {
      this.starts[shelf] = Math.min(this.starts[shelf] ?? 0, this.starts[shelf + 1] ?? 0);
    }
  }

  /** Every key before this index is less than the given one. */
  start(key: number): number {
    return this.starts[this.shelf(key)] ?? 0;
  }

  /** Every key from this index on is greater than the given one. */
  end(key: number): number {
    return this.starts[this.shelf(key) + 1] ?? 0;
  }

  private shelf(key: number): number {
    return Math.max(Math.min(Math.floor((key - this.least) / this.perShelf), this.count - 1), 0);
  }
}
