import { type ClassSet, emptyClassSet } from './class-set.js';

/** How many words the columns that are at hand take together, at most: 256 kB. */
const SHEET_WORDS = 65_536;

/**
 * Rows of bits turned into columns: position `r` is in column `c` where `c` is in row `r`. Some neighbouring columns are at hand at a time, in one sheet that is
 * used again for the next ones: all of them together would be as large as the rows, and memory outside the heap makes V8 look through all of it.
 */
export class TurnedRows {
  private readonly words: number;
  /** How many columns are turned together; a multiple of 32. */
  private readonly width: number;
  private readonly sheet: Uint32Array;
  private readonly columns: readonly ClassSet[];
  private readonly filled: Uint8Array;
  private readonly block = new Uint32Array(32);
  /** The first column at hand. */
  private start = -1;

  /** Where 32 rows begin of which some is not empty. */
  private readonly starts: readonly number[];

  /** An undefined row is empty. */
  constructor(
    private readonly rows: readonly (ClassSet | undefined)[],
    columns: number,
    sheetWords = SHEET_WORDS,
  ) {
    this.words = emptyClassSet(rows.length).length;
    this.starts = [...new Set(rows.flatMap((row, at) => (row ? at - (at % 32) : [])))];
    const most = Math.max(1, Math.floor(sheetWords / Math.max(1, this.words) / 32));
    this.width = 32 * Math.min(most, emptyClassSet(columns).length);
    this.sheet = new Uint32Array(this.width * this.words);
    this.columns = Array.from({ length: this.width }, (_, at) => this.sheet.subarray(at * this.words, (at + 1) * this.words));
    this.filled = new Uint8Array(this.width);
  }

  /** A column; undefined: it is empty. It is good until another one is asked for. Those who ask in order are served fastest. */
  column(position: number): ClassSet | undefined {
    const at = position % this.width;
    if (position - at !== this.start) this.turn(position - at);
    return this.filled[at] === 1 ? this.columns[at] : undefined;
  }

  private turn(start: number): void {
    this.start = start;
    this.sheet.fill(0);
    this.filled.fill(0);
    for (const row of this.starts) {
      for (let word = 0; word < this.width >>> 5; word++) {
        if (this.gather(row, (start >>> 5) + word) === 0) continue;
        turnBlock(this.block);
        this.put(row >>> 5, word * 32);
      }
    }
  }

  /** Copies one word of 32 rows, and gives the bits of all together. */
  private gather(start: number, word: number): number {
    let any = 0;
    for (let at = 0; at < 32; at++) {
      const bits = this.rows[start + at]?.[word] ?? 0;
      this.block[at] = bits;
      any |= bits;
    }
    return any;
  }

  /** Puts a turned block at a word of 32 columns. */
  private put(word: number, first: number): void {
    for (let at = 0; at < 32; at++) {
      const bits = this.block[at] ?? 0;
      if (bits === 0) continue;
      this.sheet[(first + at) * this.words + word] = bits;
      this.filled[first + at] = 1;
    }
  }
}

/** Turns 32 rows of 32 bits in place: halves change places, then quarters, down to single bits (Warren, Hacker's Delight, section 7-3). */
function turnBlock(block: Uint32Array): void {
  let mask = 0x0000_ffff;
  for (let step = 16; step !== 0; step >>>= 1, mask ^= mask << step) {
    for (let at = 0; at < 32; at = (at + step + 1) & ~step) {
      const upper = block[at] ?? 0;
      const lower = block[at + step] ?? 0;
      const swapped = ((upper >>> step) ^ lower) & mask;
      block[at] = upper ^ (swapped << step);
      block[at + step] = lower ^ swapped;
    }
  }
}
