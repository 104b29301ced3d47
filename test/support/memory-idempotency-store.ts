import { type IdempotencyClaim, type IdempotencyKey, IdempotencyStore } from '../../src/application/idempotency/idempotency-store.js';

/** Keys of one process, without a database and whosever they are. */
export class MemoryIdempotencyStore extends IdempotencyStore {
  readonly known = new Map<string, IdempotencyClaim>();

  override async claim({ key }: IdempotencyKey): Promise<IdempotencyClaim> {
    const known = this.known.get(key);
    this.known.set(key, known ?? { state: 'in-use' });
    return Promise.resolve(known ?? { state: 'claimed' });
  }
  override async answer({ key }: IdempotencyKey, fingerprint: string, answer: Uint8Array): Promise<void> {
    this.known.set(key, { state: 'answered', fingerprint, answer });
    return Promise.resolve();
  }
  override async release({ key }: IdempotencyKey): Promise<void> {
    this.known.delete(key);
    return Promise.resolve();
  }
}
