const SHIFTS = [7, 12, 17, 22, 5, 9, 14, 20, 4, 11, 16, 23, 6, 10, 15, 21];
const CONSTANTS = Array.from({ length: 64 }, (_, step) => Math.floor(Math.abs(Math.sin(step + 1)) * 2 ** 32));

/** The MD5 of a text as UTF-8, in hexadecimal (RFC 1321). For keys that other programs make of their texts; it protects nothing. */
export function md5(text: string): string {
  const state = new Uint32Array([0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476]);
  const words = paddedWords(new TextEncoder().encode(text));
  for (let at = 0; at < words.length; at += 16) mix(state, words.subarray(at, at + 16));
  const bytes = new DataView(new ArrayBuffer(16));
  state.forEach((word, index) => bytes.setUint32(index * 4, word, true));
  return Array.from(new Uint8Array(bytes.buffer), (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** The message as little-endian words: one bit, zeros, and its length in bits at the end of the last block of 16. */
function paddedWords(message: Uint8Array): Uint32Array {
  const length = Math.ceil((message.length + 9) / 64) * 64;
  const padded = new Uint8Array(length);
  padded.set(message);
  padded[message.length] = 0x80;
  const view = new DataView(padded.buffer);
  view.setUint32(length - 8, message.length * 8, true);
  view.setUint32(length - 4, Math.floor(message.length / 2 ** 29), true);
  return Uint32Array.from({ length: length / 4 }, (_, index) => view.getUint32(index * 4, true));
}

function mix(state: Uint32Array, words: Uint32Array): void {
  let [a = 0, b = 0, c = 0, d = 0] = state;
  for (let step = 0; step < 64; step++) {
    const round = step >> 4;
    const [mixed, word] = roundOf(round, step, b, c, d);
    const sum = (a + mixed + (CONSTANTS[step] ?? 0) + (words[word] ?? 0)) >>> 0;
    const shift = SHIFTS[round * 4 + (step & 3)] ?? 0;
    [a, d, c, b] = [d, c, b, (b + ((sum << shift) | (sum >>> (32 - shift)))) >>> 0];
  }
  [a, b, c, d].forEach((word, index) => {
    state[index] = (state[index] ?? 0) + word;
  });
}

/** What a step mixes in, and which word of the block. */
function roundOf(round: number, step: number, b: number, c: number, d: number): readonly [mixed: number, word: number] {
  if (round === 0) return [((b & c) | (~b & d)) >>> 0, step];
  if (round === 1) return [((b & d) | (c & ~d)) >>> 0, (5 * step + 1) & 15];
  if (round === 2) return [(b ^ c ^ d) >>> 0, (3 * step + 5) & 15];
  return [(c ^ (b | ~d)) >>> 0, (7 * step) & 15];
}
