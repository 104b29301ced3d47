/** A key, and whose it is: two teams may use the same one. */
export interface IdempotencyKey {
  /** The token or team that sent it. */
  readonly owner: string;
  readonly key: string;
}

/** What is known of a key. An answer is what was given to be kept. */
export type IdempotencyClaim =
  | { readonly state: 'claimed' }
  | { readonly state: 'in-use' }
  | { readonly state: 'answered'; readonly fingerprint: string; readonly answer: Uint8Array };

/** Where answers are kept for those who ask again. The key itself is not: only its SHA-256. */
export abstract class IdempotencyStore {
  /** Takes the key for this process, unless somebody has it or had it. A key whose process died, or whose answer is too old to be kept, is free again. */
  abstract claim(key: IdempotencyKey): Promise<IdempotencyClaim>;
  /** Keeps the answer that a claimed key got. */
  abstract answer(key: IdempotencyKey, fingerprint: string, answer: Uint8Array): Promise<void>;
  /** Gives a claimed key back, as if it had never been used. */
  abstract release(key: IdempotencyKey): Promise<void>;
}
