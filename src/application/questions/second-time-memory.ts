import { LRUCache } from 'lru-cache';

/** How many characters of the keys that were offered once are known. */
const KNOWN_CHARACTERS = 2 ** 22;

/**
 * Keeps values from the second time on that they are offered, up to `maxBytes` as `bytesOf` reckons them (0: none): what is asked once costs nobody any memory, and
 * dies young. What was used longest ago gives way.
 */
export class SecondTimeMemory<T extends object> {
  private readonly values: LRUCache<string, T> | undefined;
  private readonly known = new LRUCache<string, true>({ maxSize: KNOWN_CHARACTERS, sizeCalculation: (_, key) => Math.max(1, key.length) });

  constructor(maxBytes: number, bytesOf: (value: T) => number) {
    const sizeCalculation = (value: T, key: string) => bytesOf(value) + Math.max(1, key.length);
    this.values = maxBytes > 0 ? new LRUCache({ maxSize: maxBytes, sizeCalculation }) : undefined;
  }

  get(key: string): T | undefined {
    return this.values?.get(key);
  }

  /** Keeps the value, if the key was offered before; `make` is asked for it only then. */
  offer(key: string, make: () => T): void {
    if (this.known.has(key)) this.values?.set(key, make());
    else this.known.set(key, true);
  }
}
