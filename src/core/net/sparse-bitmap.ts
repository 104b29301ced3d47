import { Chunk, CHUNK_BITS, CHUNK_PLACES, ones, span } from './bitmap-chunk.js';
import { GapCount } from './gap-count.js';

const SHIFT = BigInt(CHUNK_BITS);
/** Keys below are looked up as numbers. */
const SMALL = 1n << 31n;
const OFFSET_MASK = BigInt(CHUNK_PLACES - 1);

/** 2^`bits` numbers, the first of which is a multiple of how many they are. */
export interface NumberBlock {
  readonly first: bigint;
  readonly bits: number;
}

/**
 * A set of whole numbers of any size (addresses, offsets, ports) that finds the next number in or not in it without looking at those between. Memory goes with the
 * numbers, not with the space: 4 kB for each 32,768 in a row, of which at least one is in the set.
 */
export class SparseBitmap {
  private readonly chunks = new ChunkMap();
  /** Keys of the chunks, ascending. */
  private readonly keys: bigint[] = [];
  /** Keys of the chunks that are full; made when there is the first. However many follow one another, they are passed over at once. */
  private full: SparseBitmap | undefined;
  private total = 0;

  /** How many numbers are in the set. */
  get size(): number {
    return this.total;
  }

  has(value: bigint): boolean {
    const offset = Number(value & OFFSET_MASK);
    return (((this.chunks.get(value >> SHIFT)?.words[offset >>> 5] ?? 0) >>> (offset & 31)) & 1) === 1;
  }

  /** Puts `first` to `last` into the set. Costs time with the length of the range. Returns how many were not in it. */
  add(first: bigint, last: bigint = first): number {
    return this.set(first, last, true);
  }

  /** Takes `first` to `last` out of the set. Returns how many were in it. */
  delete(first: bigint, last: bigint = first): number {
    return this.set(first, last, false);
  }

  /** The first number from `from` on that is not in the set. */
  nextAbsent(from: bigint): bigint {
    const start = from >> SHIFT;
    const place = Number(from & OFFSET_MASK);
    const here = this.chunks.get(start);
    const found = here?.isFull ? CHUNK_PLACES : (here?.next(place, false) ?? place);
    if (found < CHUNK_PLACES) return (start << SHIFT) + BigInt(found);
    const key = this.full?.nextAbsent(start + 1n) ?? start + 1n;
    return (key << SHIFT) + BigInt(this.chunks.get(key)?.next(0, false) ?? 0);
  }

  /** The first number from `from` on that is in the set; undefined when there is none. */
  nextPresent(from: bigint): bigint | undefined {
    const start = from >> SHIFT;
    for (let index = this.position(start); index < this.keys.length; index++) {
      const key = this.keys[index] ?? 0n;
      const found = this.chunks.get(key)?.next(key === start ? Number(from & OFFSET_MASK) : 0, true) ?? CHUNK_PLACES;
      if (found < CHUNK_PLACES) return (key << SHIFT) + BigInt(found);
    }
    return undefined;
  }

  /** The numbers from `first` to `last` that are in the set, as ascending ranges. */
  *ranges(first: bigint, last: bigint): Generator<readonly [first: bigint, last: bigint]> {
    let start = this.nextPresent(first);
    while (start !== undefined && start <= last) {
      const end = this.nextAbsent(start) - 1n;
      yield [start, end < last ? end : last];
      start = this.nextPresent(end + 1n);
    }
  }

  /** How many of `first` to `last` are in the set. */
  countIn(first: bigint, last: bigint): number {
    let count = 0;
    for (const [, chunk, from, to] of this.chunksIn(first, last)) {
      count += from === 0 && to === CHUNK_PLACES - 1 ? chunk.count : countWords(chunk, from, to);
    }
    return count;
  }

  /** How many of `first` to `last` are not in the set, in how many runs, and how long the longest is. What did not change since it was asked last is not looked at again. */
  gapsIn(first: bigint, last: bigint): { readonly count: bigint; readonly runs: number; readonly longest: bigint } {
    const gaps = new GapCount();
    let next = first;
    for (const [base, chunk, from, to] of this.chunksIn(first, last)) {
      const start = base + BigInt(from);
      gaps.passEmpty(start - next);
      gaps.pass(chunk.gapsIn(from, to), to - from + 1);
      next = start + BigInt(to - from + 1);
    }
    gaps.passEmpty(last + 1n - next);
    return { count: last - first + 1n - BigInt(this.countIn(first, last)), ...gaps.end() };
  }

  /** The largest block of `first` to `last` of which no number is in the set, the lowest of equal ones. What did not change since it was asked last is not looked at again. */
  largestBlock(first: bigint, last: bigint): NumberBlock | undefined {
    let best: NumberBlock | undefined;
    const offer = (block: NumberBlock | undefined): void => {
      if (block && block.bits > (best?.bits ?? -1)) best = block;
    };
    let next = first;
    for (const [base, chunk, from, to] of this.chunksIn(first, last)) {
      if (chunk.count === 0) continue;
      // A block is either within a chunk, or of whole ones that have none.
      offer(blockWithin(next, base + BigInt(from) - 1n));
      const inside = chunk.blockIn(from, to);
      offer(inside && { first: base + BigInt(inside.place), bits: inside.bits });
      next = base + BigInt(to) + 1n;
    }
    offer(blockWithin(next, last));
    return best;
  }

  /** The numbers without their last `bits` bits: which runs of 2^bits have a number of the set. Costs time with the chunks, however many numbers there are. */
  coarser(bits: number): SparseBitmap {
    const coarse = new SparseBitmap();
    for (const key of this.keys) {
      const chunk = this.chunks.get(key);
      if (!chunk || chunk.count === 0) continue;
      const first = (key << SHIFT) >> BigInt(bits);
      if (bits >= Number(SHIFT)) coarse.add(first);
      else coarse.addSqueezed(first, chunk.words, bits);
    }
    return coarse;
  }

  /** Puts the numbers of a chunk's words in, from `first` on, with `bits` bits less each. They are of one chunk again. */
  private addSqueezed(first: bigint, words: Uint32Array, bits: number): void {
    const key = first >> SHIFT;
    const chunk = this.chunk(key);
    const start = Number(first & OFFSET_MASK);
    for (const [index, word] of words.entries()) {
      if (word === 0) continue;
      const place = start + ((index * 32) >>> bits);
      const now = chunk.words[place >>> 5] ?? 0;
      this.total += chunk.put(place >>> 5, (now | (squeezed(word, bits) << (place & 31))) >>> 0);
    }
    if (chunk.isFull) this.noteFull(key, true);
  }

  /** The chunks that `first` to `last` touch, each with its first number and the places that belong to them. */
  private *chunksIn(first: bigint, last: bigint): Generator<readonly [base: bigint, chunk: Chunk, from: number, to: number]> {
    for (let index = this.position(first >> SHIFT); index < this.keys.length; index++) {
      const key = this.keys[index] ?? 0n;
      const base = key << SHIFT;
      if (base > last) return;
      const chunk = this.chunks.get(key);
      if (chunk)
        yield [base, chunk, first > base ? Number(first - base) : 0, last - base < CHUNK_PLACES ? Number(last - base) : CHUNK_PLACES - 1];
    }
  }

  /** Returns how many numbers changed sides. */
  private set(first: bigint, last: bigint, on: boolean): number {
    if (first === last) return this.setOne(first, on);
    const before = this.total;
    for (let key = first >> SHIFT; key <= last >> SHIFT; key++) {
      if (!on && !this.chunks.get(key)) continue;
      const chunk = this.chunk(key);
      const base = key << SHIFT;
      const from = first > base ? Number(first - base) : 0;
      const to = last - base < CHUNK_PLACES ? Number(last - base) : CHUNK_PLACES - 1;
      const wasFull = chunk.isFull;
      for (let word = from >>> 5; word <= to >>> 5; word++) {
        const bits = bitsOf(word, from, to);
        const now = chunk.words[word] ?? 0;
        this.total += chunk.put(word, (on ? now | bits : now & ~bits) >>> 0);
      }
      if (chunk.isFull !== wasFull) this.noteFull(key, on);
    }
    return Math.abs(this.total - before);
  }

  /** Single numbers come and go by the thousand: without the arithmetic that a range needs. */
  private setOne(value: bigint, on: boolean): number {
    const key = value >> SHIFT;
    if (!on && !this.chunks.get(key)) return 0;
    const chunk = this.chunk(key);
    const place = Number(value & OFFSET_MASK);
    const bit = 1 << (place & 31);
    const now = chunk.words[place >>> 5] ?? 0;
    const wasFull = chunk.isFull;
    const change = chunk.put(place >>> 5, (on ? now | bit : now & ~bit) >>> 0);
    this.total += change;
    if (chunk.isFull !== wasFull) this.noteFull(key, on);
    return Math.abs(change);
  }

  private noteFull(key: bigint, isFull: boolean): void {
    this.full ??= new SparseBitmap();
    this.full.set(key, key, isFull);
  }

  private chunk(key: bigint): Chunk {
    const known = this.chunks.get(key);
    if (known) return known;
    const made = new Chunk();
    this.chunks.set(key, made);
    this.keys.splice(this.position(key), 0, key);
    return made;
  }

  /** Index of the first key that is not below. */
  private position(key: bigint): number {
    let low = 0;
    let high = this.keys.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.keys[middle] ?? key) < key) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

/** Chunks by their keys. Those of IPv4 and most others are small: a number costs a third of what a big integer does to look up. */
class ChunkMap {
  private readonly chunks = new Map<number | bigint, Chunk>();

  get(key: bigint): Chunk | undefined {
    return this.chunks.get(key < SMALL ? Number(key) : key);
  }

  set(key: bigint, chunk: Chunk): void {
    this.chunks.set(key < SMALL ? Number(key) : key, chunk);
  }
}

/** The largest block from `first` to `last`, the lowest of equal ones; undefined where they are none. */
function blockWithin(first: bigint, last: bigint): NumberBlock | undefined {
  if (last < first) return undefined;
  for (let bits = (last - first + 1n).toString(2).length - 1; ; bits--) {
    const base = (((first - 1n) >> BigInt(bits)) + 1n) << BigInt(bits);
    if (base + (1n << BigInt(bits)) - 1n <= last) return { first: base, bits };
  }
}

/** Of each 2^bits places of a word whether there is any, from the lowest on; with five bits and more of the whole word. */
function squeezed(word: number, bits: number): number {
  let left = word;
  for (let done = 0; done < bits && done < 5; done++) left = halved(left);
  return left;
}

/** One place for each pair of them. */
function halved(word: number): number {
  let pairs = (word | (word >>> 1)) & 0x5555_5555;
  pairs = (pairs | (pairs >>> 1)) & 0x3333_3333;
  pairs = (pairs | (pairs >>> 2)) & 0x0f0f_0f0f;
  pairs = (pairs | (pairs >>> 4)) & 0x00ff_00ff;
  return (pairs | (pairs >>> 8)) & 0xffff;
}

/** The words that the places `from` to `to` of a chunk touch, each with the bits that belong to them. */
function* masks(from: number, to: number): Generator<readonly [word: number, bits: number]> {
  for (let word = from >>> 5; word <= to >>> 5; word++) yield [word, bitsOf(word, from, to)];
}

/** The bits of a word that belong to the places `from` to `to`, which touch it. */
function bitsOf(word: number, from: number, to: number): number {
  return span(word === from >>> 5 ? from & 31 : 0, word === to >>> 5 ? to & 31 : 31);
}

function countWords(chunk: Chunk, from: number, to: number): number {
  let count = 0;
  for (const [word, bits] of masks(from, to)) count += ones((chunk.words[word] ?? 0) & bits);
  return count;
}
