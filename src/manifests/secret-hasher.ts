import { createHmac } from 'node:crypto';

const REDACTED = /^hmac-sha256:[0-9a-f]{64}$/;

/**
 * Replaces secret bytes by a keyed hash: `hmac-sha256:` and 64 hexadecimal digits. Equal values have equal hashes, so that a diff shows that a
 * value changed; the key belongs to one installation and never leaves it, so that a short password cannot be guessed from its hash.
 */
export class SecretHasher {
  /** `key`: at least 32 random bytes, the same for the life of the installation. */
  constructor(private readonly key: Uint8Array) {
    if (key.length < 32) throw new Error(`the key for hashing secrets has ${key.length} bytes and must have at least 32`);
  }

  /** The hash that stands for the bytes (text counts as UTF-8). No bytes are no secret: empty text stays empty. */
  hash(secret: string | Uint8Array): string {
    return secret.length === 0 ? '' : `hmac-sha256:${createHmac('sha256', this.key).update(secret).digest('hex')}`;
  }

  /** Whether the text is such a hash already: an export that is imported again stays as it is. */
  isHash(text: string): boolean {
    return REDACTED.test(text);
  }
}
