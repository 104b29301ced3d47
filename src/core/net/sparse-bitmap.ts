import { GapCount, type Gaps } from './gap-count.js';

const CHUNK_BITS = 15n;
const CHUNK_PLACES = 1 << 15;
const OFFSET_MASK = (1n << CHUNK_BITS) - 1n;
const WORDS = CHUNK_PLACES / 32;
const EVERY = 0xffff_ffff;

/** 32,768 places in a row, and for each word of them whether it has any and whether it is full. */
class Chunk {
  readonly words = new Uint32Array(WORDS);
  private readonly any = new Uint32Array(WORDS / 32);
  private readonly full = new Uint32Array(WORDS / 32);
  /** Found when they are asked for first, and forgotten with the next change. */
  private gaps: Gaps | undefined;
  count = 0;

  get isFull(): boolean {
    return this.count === CHUNK_PLACES;
  }

  /** Returns how much the count changed. */
  put(word: number, bits: number): number {
    const change = ones(bits) - ones(this.words[word] ?? 0);
    this.words[word] = bits;
    const flag = 1 << (word & 31);
    mark(this.any, word >>> 5, flag, bits !== 0);
    mark(this.full, word >>> 5, flag, bits === EVERY);
    this.count += change;
    this.gaps = undefined;
    return change;
  }

  /** The gaps from place `from` to place `to`, both included. */
  gapsIn(from: number, to: number): Gaps {
    if (from !== 0 || to !== CHUNK_PLACES - 1) return this.findGaps(from, to);
    this.gaps ??= this.findGaps(from, to);
    return this.gaps;
  }

  private findGaps(from: number, to: number): Gaps {
    let [runs, longest, head, tail] = [0, 0, 0, 0];
    for (let start = this.next(from, false); start <= to; start = this.next(start + tail, false)) {
      const end = this.next(start, true);
      tail = Math.min(end, to + 1) - start;
      runs++;
      longest = Math.max(longest, tail);
      if (start === from) head = tail;
      if (end > to) return { runs, longest, head, tail };
    }
    return { runs, longest, head, tail: 0 };
  }

  /** The first place from `place` on that is in the set, or that is not; {@link CHUNK_PLACES} when there is none. */
  next(place: number, present: boolean): number {
    const word = place >>> 5;
    const here = this.wanted(word, present) & (EVERY << (place & 31));
    if (here !== 0) return word * 32 + lowestBit(here);
    const found = this.nextWord(word + 1, present);
    return found === WORDS ? CHUNK_PLACES : found * 32 + lowestBit(this.wanted(found, present));
  }

  private wanted(word: number, present: boolean): number {
    const bits = this.words[word] ?? 0;
    return present ? bits : ~bits;
  }

  private nextWord(from: number, present: boolean): number {
    let mask = EVERY << (from & 31);
    for (let group = from >>> 5; group < WORDS / 32; group++) {
      const candidates = (present ? (this.any[group] ?? 0) : ~(this.full[group] ?? 0)) & mask;
      if (candidates !== 0) return group * 32 + lowestBit(candidates);
      mask = EVERY;
    }
    return WORDS;
  }
}

function mark(flags: Uint32Array, index: number, flag: number, on: boolean): void {
  const now = flags[index] ?? 0;
  flags[index] = on ? now | flag : now & ~flag;
}

function lowestBit(bits: number): number {
  return 31 - Math.clz32(bits & -bits);
}

function ones(bits: number): number {
  let sum = bits - ((bits >>> 1) & 0x5555_5555);
  sum = (sum & 0x3333_3333) + ((sum >>> 2) & 0x3333_3333);
  return Math.imul((sum + (sum >>> 4)) & 0x0f0f_0f0f, 0x0101_0101) >>> 24;
}

/** The bits `from` to `to` of a word, both included. */
function span(from: number, to: number): number {
  return ((EVERY << from) & (EVERY >>> (31 - to))) >>> 0;
}

/**
 * A set of whole numbers of any size (addresses, offsets, ports) that finds the next number in or not in it without looking at those between. Memory goes with the
 * numbers, not with the space: 4 kB for each 32,768 in a row, of which at least one is in the set.
 */
export class SparseBitmap {
  private readonly chunks = new Map<bigint, Chunk>();
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
    return (((this.chunks.get(value >> CHUNK_BITS)?.words[offset >>> 5] ?? 0) >>> (offset & 31)) & 1) === 1;
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
    const start = from >> CHUNK_BITS;
    const place = Number(from & OFFSET_MASK);
    const found = this.chunks.get(start)?.next(place, false) ?? place;
    if (found < CHUNK_PLACES) return (start << CHUNK_BITS) + BigInt(found);
    const key = this.full?.nextAbsent(start + 1n) ?? start + 1n;
    return (key << CHUNK_BITS) + BigInt(this.chunks.get(key)?.next(0, false) ?? 0);
  }

  /** The first number from `from` on that is in the set; undefined when there is none. */
  nextPresent(from: bigint): bigint | undefined {
    const start = from >> CHUNK_BITS;
    for (let index = this.position(start); index < this.keys.length; index++) {
      const key = this.keys[index] ?? 0n;
      const found = this.chunks.get(key)?.next(key === start ? Number(from & OFFSET_MASK) : 0, true) ?? CHUNK_PLACES;
      if (found < CHUNK_PLACES) return (key << CHUNK_BITS) + BigInt(found);
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

  /** The numbers without their last `bits` bits: which runs of 2^bits have a number of the set. Costs time with the chunks, however many numbers there are. */
  coarser(bits: number): SparseBitmap {
    const coarse = new SparseBitmap();
    for (const [key, { count, words }] of this.chunks) {
      if (count === 0) continue;
      const first = (key << CHUNK_BITS) >> BigInt(bits);
      if (bits >= Number(CHUNK_BITS)) coarse.add(first);
      else coarse.addSqueezed(first, words, bits);
    }
    return coarse;
  }

  /** Puts the numbers of a chunk's words in, from `first` on, with `bits` bits less each. They are of one chunk again. */
  private addSqueezed(first: bigint, words: Uint32Array, bits: number): void {
    const key = first >> CHUNK_BITS;
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
    for (let index = this.position(first >> CHUNK_BITS); index < this.keys.length; index++) {
      const key = this.keys[index] ?? 0n;
      const base = key << CHUNK_BITS;
      if (base > last) return;
      const chunk = this.chunks.get(key);
      if (chunk)
        yield [base, chunk, first > base ? Number(first - base) : 0, last - base < CHUNK_PLACES ? Number(last - base) : CHUNK_PLACES - 1];
    }
  }

  /** Returns how many numbers changed sides. */
  private set(first: bigint, last: bigint, on: boolean): number {
    const before = this.total;
    for (let key = first >> CHUNK_BITS; key <= last >> CHUNK_BITS; key++) {
      if (!on && !this.chunks.has(key)) continue;
      const chunk = this.chunk(key);
      const base = key << CHUNK_BITS;
      const from = first > base ? Number(first - base) : 0;
      const to = last - base < CHUNK_PLACES ? Number(last - base) : CHUNK_PLACES - 1;
      const wasFull = chunk.isFull;
      for (const [word, bits] of masks(from, to)) {
        const now = chunk.words[word] ?? 0;
        this.total += chunk.put(word, (on ? now | bits : now & ~bits) >>> 0);
      }
      if (chunk.isFull !== wasFull) this.noteFull(key, on);
    }
    return Math.abs(this.total - before);
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
  for (let word = from >>> 5; word <= to >>> 5; word++) {
    yield [word, span(word === from >>> 5 ? from & 31 : 0, word === to >>> 5 ? to & 31 : 31)];
  }
}

function countWords(chunk: Chunk, from: number, to: number): number {
  let count = 0;
  for (const [word, bits] of masks(from, to)) count += ones((chunk.words[word] ?? 0) & bits);
  return count;
}
