import type { Ip } from './ip.js';

/**
 * The bits of an address as numbers, which are compared, and lie in a row, without what big integers cost: in the order of their members they have the order of the addresses of a family.
 * All of an IPv4 address is in the key; of an IPv6 address 53 bits, 53 bits and 22 bits.
 */
export interface SplitAddress {
  readonly key: number;
  readonly rest: number;
  readonly tail: number;
}

/** Storing a big integer here and reading words is a fourth of what arithmetic with it costs. */
const halves = new BigUint64Array(2);
const words = new Uint32Array(halves.buffer);
/** Which word of a half is the lower one depends on the machine. */
const [LOW, HIGH] = new Uint32Array(BigUint64Array.of(1n).buffer)[0] === 1 ? [0, 1] : [1, 0];

/** Exact: no bit is lost. */
export function splitAddress({ family, value }: Ip): SplitAddress {
  halves[0] = value; // the lower 64 bits of it
  const lowest = words[LOW] ?? 0;
  if (family === 4) return { key: lowest, rest: 0, tail: 0 };
  halves[1] = value >> 64n;
  const [low, high, highest] = [words[HIGH] ?? 0, words[2 + LOW] ?? 0, words[2 + HIGH] ?? 0];
  return {
    key: highest * 2 ** 21 + (high >>> 11),
    rest: (high & 0x7ff) * 2 ** 42 + low * 2 ** 10 + (lowest >>> 22),
    tail: lowest & 0x3f_ffff,
  };
}
