import { createHash, type Hash } from 'node:crypto';
import { compareText } from '../../core/kernel/compare.js';
import type { ManifestFile } from '../../manifests/manifest-document.js';

/** Tells whether two requests are the same: the digest of all that they ask. */
export interface RequestFingerprint {
  /** Asked once, after the request was carried out, or instead of carrying it out. */
  digest(): Promise<string>;
}

/** JSON text with the members of objects in order, so that equal values have equal texts. */
function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_, member: unknown) =>
    typeof member === 'object' && member !== null && !Array.isArray(member)
      ? Object.fromEntries(Object.entries(member).sort(([a], [b]) => compareText(a, b)))
      : member,
  );
}

/** The fingerprint of a request that is wholly known: its name, its parameters and its body. */
export function fingerprintOf(request: unknown): RequestFingerprint {
  return { digest: async () => Promise.resolve(createHash('sha256').update(canonicalJson(request)).digest('hex')) };
}

/** Files that are fingerprinted while they are read, so that an upload need not be held to be compared. */
export class FingerprintedFiles implements RequestFingerprint {
  private readonly hash: Hash;
  private readonly iterator: AsyncIterator<ManifestFile>;
  private current: AsyncIterator<Uint8Array> | undefined;

  /** `request`: what is asked besides the files. */
  constructor(request: unknown, files: AsyncIterable<ManifestFile>) {
    this.hash = createHash('sha256').update(canonicalJson(request));
    this.iterator = files[Symbol.asyncIterator]();
  }

  /** The same files, to be read once. */
  async *files(): AsyncGenerator<ManifestFile> {
    for (let next = await this.nextFile(); next; next = await this.nextFile()) yield next;
  }

  /** Reads what was not read yet and returns the digest of everything. */
  async digest(): Promise<string> {
    for (;;) {
      while (this.current && !(await this.nextChunk()).done);
      if (!(await this.nextFile())) return this.hash.digest('hex');
    }
  }

  private async nextFile(): Promise<ManifestFile | undefined> {
    while (this.current && !(await this.nextChunk()).done);
    const next = await this.iterator.next();
    if (next.done) return undefined;
    const { name, content } = next.value;
    this.hash.update(`\n${JSON.stringify(name)}\n`);
    this.current = content[Symbol.asyncIterator]();
    const iterator: AsyncIterableIterator<Uint8Array> = { next: async () => this.nextChunk(), [Symbol.asyncIterator]: () => iterator };
    return { name, content: iterator };
  }

  private async nextChunk(): Promise<IteratorResult<Uint8Array>> {
    const next = (await this.current?.next()) ?? { done: true, value: undefined };
    if (next.done) this.current = undefined;
    else this.hash.update(next.value);
    return next;
  }
}
