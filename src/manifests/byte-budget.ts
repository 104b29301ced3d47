import type { ManifestLimits } from './manifest-limits.js';
import { importTooLarge } from './payload-too-large.js';

/** Counts the decompressed bytes of one import against its limit. */
export class ByteBudget {
  private used = 0;

  constructor(private readonly limits: ManifestLimits) {}

  /** Bytes read so far, over all files. */
  get spent(): number {
    return this.used;
  }

  /** Counts bytes of a file. Throws the problem `payload-too-large` once the limit is passed, before they are parsed. */
  spend(bytes: number, file: string): void {
    this.used += bytes;
    if (this.used > this.limits.maxBytes) throw importTooLarge(file, this.limits);
  }
}
