import type { AccessToken, NewToken, TokenChange } from './access-token.js';

/** Where tokens are kept. A secret never gets here: only its SHA-256. */
export abstract class TokenStore {
  abstract insert(token: NewToken & { readonly createdBy: string }, hash: Uint8Array): Promise<AccessToken>;
  abstract findByHash(hash: Uint8Array): Promise<AccessToken | undefined>;
  abstract find(id: string): Promise<AccessToken | undefined>;
  /** Oldest first. */
  abstract list(): Promise<readonly AccessToken[]>;
  abstract change(id: string, change: TokenChange): Promise<AccessToken | undefined>;
  /** False when there is none. */
  abstract delete(id: string): Promise<boolean>;
  /** Makes `hash` the secret of the one token named `bootstrap`, an admin. With `onlyFirst` only where there is no token at all. Tells whether it did. */
  abstract bootstrap(hash: Uint8Array, onlyFirst: boolean): Promise<boolean>;
}
