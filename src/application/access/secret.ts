import { hash, randomBytes } from 'node:crypto';

/** Marks a secret as ours, so that scanners for leaked secrets can find it. */
const PREFIX = 'ptl_';

/** A new secret: 256 random bits. */
export function newSecret(): string {
  return PREFIX + randomBytes(32).toString('base64url');
}

/** What is kept of a secret. A secret has 256 random bits, so a plain SHA-256 cannot be turned back. */
export function hashSecret(secret: string): Buffer {
  return hash('sha256', secret, 'buffer');
}

/** The hash as text, in base64: what is looked up in memory. */
export type SecretHash = string;

/** {@link hashSecret} as text. */
export function secretHash(secret: string): SecretHash {
  return hash('sha256', secret, 'base64');
}
