import { createHash } from 'node:crypto';
import type { AllocationInput } from '../../application/ipam/allocation-input.js';
import type { IdempotencyKey } from '../../application/idempotency/idempotency-store.js';

/**
 * Requests without an identifier get one that is made of the idempotency key they came with. An answer is kept under its key after the commit: where the server dies between the two, the key is free
 * again, and the same request again has to be the same allocation, or the first would be nobody's. `field`: of several in one document, which asks.
 */
export function withIdentifiers(
  requests: readonly AllocationInput[],
  key: IdempotencyKey | undefined,
  field?: string | number,
): readonly AllocationInput[] {
  if (!key) return requests;
  const placeOf = (index: number) => (field === undefined ? index : `${field}/${index}`);
  return requests.map((request, index) =>
    request.identifier === undefined ? { ...request, identifier: madeOf(key, placeOf(index)) } : request,
  );
}

/** The key is not told: its digest is. */
function madeOf({ owner, key }: IdempotencyKey, place: string | number): string {
  return `key-${createHash('sha256')
    .update(JSON.stringify([owner, key, place]))
    .digest('base64url')}`;
}
