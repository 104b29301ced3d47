import { fnvHash } from './fnv-hash.js';

/** The letters generated names are made of: no vowels, no look-alikes (apimachinery `pkg/util/rand`). */
const ALPHABET = 'bcdfghjklmnpqrstvwxz2456789';
const SUFFIX_LENGTH = 5;
const SUFFIXES = ALPHABET.length ** SUFFIX_LENGTH;
/** Shares no factor with the number of suffixes (a power of 27), so that walking by it meets every one before any twice. */
const STEP = 5_915_587;

function encode(number: number, length: number): string {
  let text = '';
  for (let rest = number; text.length < length; rest = Math.floor(rest / ALPHABET.length)) text += ALPHABET[rest % ALPHABET.length] ?? '';
  return text;
}

/** Five letters as in generated names; for one seed the first 14 million indexes differ. */
export function nameSuffix(seed: string, index: number): string {
  return encode((fnvHash(seed) + index * STEP) % SUFFIXES, SUFFIX_LENGTH);
}

/** What stands for a `pod-template-hash`. */
export function templateHash(seed: string): string {
  return encode(fnvHash(seed), 9);
}
