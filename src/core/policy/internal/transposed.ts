import { type ClassSet, emptyClassSet } from './class-set.js';

/** Rows of bits turned into columns: position `r` is in set `c` of the result where `c` is in row `r`. */
export function transposed(rows: readonly ClassSet[], columns: number): readonly ClassSet[] {
  const turned = Array.from({ length: columns }, () => emptyClassSet(rows.length));
  const block = new Uint32Array(32);
  for (let start = 0; start < rows.length; start += 32) {
    for (let word = 0; word * 32 < columns; word++) {
      let any = 0;
      for (let at = 0; at < 32; at++) any |= block[at] = rows[start + at]?.[word] ?? 0;
      if (any === 0) continue;
      turnBlock(block);
      const most = Math.min(32, columns - word * 32);
      for (let at = 0; at < most; at++) {
        const target = turned[word * 32 + at];
        if (target) target[start >>> 5] = block[at] ?? 0;
      }
    }
  }
  return turned;
}

/** Turns 32 rows of 32 bits in place: halves change places, then quarters, down to single bits (Warren, Hacker's Delight, section 7-3). */
function turnBlock(block: Uint32Array): void {
  let mask = 0x0000_ffff;
  for (let step = 16; step !== 0; step >>>= 1, mask ^= mask << step) {
    for (let at = 0; at < 32; at = (at + step + 1) & ~step) {
      const [upper, lower] = [block[at] ?? 0, block[at + step] ?? 0];
      const swapped = ((upper >>> step) ^ lower) & mask;
      block[at] = upper ^ (swapped << step);
      block[at + step] = lower ^ swapped;
    }
  }
}
