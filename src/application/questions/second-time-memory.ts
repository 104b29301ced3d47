import { LRUCache } from 'lru-cache';

/** How many of the keys that were offered last are known, at most; a power of two. */
const KNOWN_KEYS = 2 ** 16;

/**
 * Keeps values from the second time on that they are offered, up to `maxBytes` as `bytesOf` reckons them (0: none): what is asked once costs nobody any memory, and
 * dies young. What was used longest ago gives way.
 */
export class SecondTimeMemory<T extends object> {
  private readonly values: LRUCache<string, T> | undefined;
  /** The hash of the last key that was offered at each place. Keys themselves would live long enough to be a burden; two of one hash only make a value kept the first time. */
  private readonly known = new Int32Array(KNOWN_KEYS);

  constructor(maxBytes: number, bytesOf: (value: T) => number) {
    const sizeCalculation = (value: T, key: string) => bytesOf(value) + Math.max(1, key.length);
    this.values = maxBytes > 0 ? new LRUCache({ maxSize: maxBytes, sizeCalculation }) : undefined;
  }

  get(key: string): T | undefined {
    return this.values?.get(key);
  }

  /** Keeps the value, if the key was offered before; `make` is asked for it only then. */
  offer(key: string, make: () => T): void {
    if (!this.values) return;
    const hash = hashOf(key);
    const place = hash & (KNOWN_KEYS - 1);
    if (this.known[place] === hash) this.values.set(key, make());
    else this.known[place] = hash;
  }
}

/** FNV-1a over the units of UTF-16, never 0. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  return hash | (hash === 0 ? 1 : 0);
}
