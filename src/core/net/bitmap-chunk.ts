import type { Gaps } from './gap-count.js';

/** How many places a chunk has: 2^15. */
export const CHUNK_BITS = 15;
export const CHUNK_PLACES = 1 << CHUNK_BITS;
const WORDS = CHUNK_PLACES / 32;
const EVERY = 0xffff_ffff;

/** 2^`bits` places, the first of which is a multiple of their number. */
export interface Block {
  readonly place: number;
  readonly bits: number;
}

/** 32,768 places in a row, and for each word of them whether it has any and whether it is full. */
export class Chunk {
  readonly words = new Uint32Array(WORDS);
  private readonly any = new Uint32Array(WORDS / 32);
  private readonly full = new Uint32Array(WORDS / 32);
  /** Found when they are asked for first, and forgotten with the next change. */
  private gaps: Gaps | undefined;
  private block: Block | undefined;
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
    this.block = undefined;
    return change;
  }

  /** The gaps from place `from` to place `to`, both included. */
  gapsIn(from: number, to: number): Gaps {
    if (!isWhole(from, to)) return this.findGaps(from, to);
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

  /** The largest block of places from `from` to `to` that are not in the set, the lowest of equal ones; undefined where each is in it. */
  blockIn(from: number, to: number): Block | undefined {
    if (!isWhole(from, to)) return this.findBlock(from, to);
    this.block ??= this.findBlock(from, to);
    return this.block;
  }

  private findBlock(from: number, to: number): Block | undefined {
    let [place, bits] = [0, -1];
    let end = from;
    for (let start = this.next(from, false); start <= to; start = this.next(end, false)) {
      end = Math.min(this.next(start, true), to + 1);
      for (let wider = bits + 1; wider <= CHUNK_BITS; wider++) {
        const first = ((start + (1 << wider) - 1) >>> wider) << wider;
        if (first + (1 << wider) > end) break;
        [place, bits] = [first, wider];
      }
      if (end > to) break;
    }
    return bits < 0 ? undefined : { place, bits };
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

function isWhole(from: number, to: number): boolean {
  return from === 0 && to === CHUNK_PLACES - 1;
}

function mark(flags: Uint32Array, index: number, flag: number, on: boolean): void {
  const now = flags[index] ?? 0;
  flags[index] = on ? now | flag : now & ~flag;
}

function lowestBit(bits: number): number {
  return 31 - Math.clz32(bits & -bits);
}

/** How many bits are set. */
export function ones(bits: number): number {
  let sum = bits - ((bits >>> 1) & 0x5555_5555);
  sum = (sum & 0x3333_3333) + ((sum >>> 2) & 0x3333_3333);
  return Math.imul((sum + (sum >>> 4)) & 0x0f0f_0f0f, 0x0101_0101) >>> 24;
}

/** The bits `from` to `to` of a word, both included. */
export function span(from: number, to: number): number {
  return ((EVERY << from) & (EVERY >>> (31 - to))) >>> 0;
}
