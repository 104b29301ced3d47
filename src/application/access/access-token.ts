import type { Principal, Role } from './principal.js';

/** A bearer token as it is known: everything but the secret itself. */
export interface AccessToken extends Principal {
  readonly createdBy: string;
  readonly createdAt: Date;
  /** From then on it is refused; null: never. */
  readonly expiresAt: Date | null;
}

/** What a new token is made of. */
export interface NewToken {
  readonly name: string;
  readonly role: Role;
  readonly clusters: readonly string[] | null;
  readonly expiresAt: Date | null;
}

/** What may change of a token; absent members stay as they are. */
export interface TokenChange {
  readonly name?: string | undefined;
  readonly role?: Role | undefined;
  readonly clusters?: readonly string[] | null | undefined;
  readonly expiresAt?: Date | null | undefined;
}
