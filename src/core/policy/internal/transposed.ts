import { type ClassSet, ClassSetPool, emptyClassSet } from './class-set.js';

/** Rows of bits turned into columns: position `r` is in set `c` of the result where `c` is in row `r`. An empty column is undefined, as an empty row may be. */
export function transposed(rows: readonly (ClassSet | undefined)[], columns: number): readonly (ClassSet | undefined)[] {
  const turned = Array.from({ length: columns }, (): ClassSet | undefined => undefined);
  const nothing = emptyClassSet(columns);
  const pool = new ClassSetPool(rows.length);
  const block = new Uint32Array(32);
  for (let start = 0; start < rows.length; start += 32) {
    const some = Array.from(block, (_, at) => rows[start + at] ?? nothing);
    if (some.every((row) => row === nothing)) continue;
    for (let word = 0; word < nothing.length; word++) {
      const any = gather(some, word, block);
      if (any === 0) continue;
      turnBlock(block);
      for (let at = 0; at < 32; at++) {
        const bits = block[at] ?? 0;
        if (bits === 0) continue;
        const target = (turned[word * 32 + at] ??= pool.empty());
        target[start >>> 5] = bits;
      }
    }
  }
  return turned;
}

/** Copies one word of each row, and gives the bits of all together. */
function gather(rows: readonly ClassSet[], word: number, block: Uint32Array): number {
  let any = 0;
  for (let at = 0; at < 32; at++) {
    const bits = rows[at]?.[word] ?? 0;
    block[at] = bits;
    any |= bits;
  }
  return any;
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
