import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';

const CIPHER = 'aes-256-gcm';
const KEY_BYTES = 32;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/**
 * Answers as they are kept: an answer may hold a secret that is shown once and stored nowhere (a new token). It is sealed with the key of this installation and the
 * idempotency key that the client sent, of which the database holds only a hash: neither a copy of the database nor the installation alone can open it.
 */
export class SealedAnswers {
  /** `installation`: 32 bytes or more that are not in the database. */
  constructor(private readonly installation: Uint8Array) {}

  seal(idempotencyKey: string, text: string): Uint8Array {
    const nonce = randomBytes(NONCE_BYTES);
    const cipher = createCipheriv(CIPHER, this.keyFor(idempotencyKey), nonce);
    const sealed = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
    return Buffer.concat([nonce, cipher.getAuthTag(), sealed]);
  }

  /** The text again; undefined where the installation has another key than the one that sealed it. */
  open(idempotencyKey: string, sealed: Uint8Array): string | undefined {
    const decipher = createDecipheriv(CIPHER, this.keyFor(idempotencyKey), sealed.subarray(0, NONCE_BYTES));
    decipher.setAuthTag(sealed.subarray(NONCE_BYTES, NONCE_BYTES + TAG_BYTES));
    const opened = decipher.update(sealed.subarray(NONCE_BYTES + TAG_BYTES));
    try {
      return Buffer.concat([opened, decipher.final()]).toString('utf8');
    } catch {
      return undefined; // the tag is of another key
    }
  }

  private keyFor(idempotencyKey: string): Uint8Array {
    return new Uint8Array(hkdfSync('sha256', this.installation, idempotencyKey, 'idempotent answer', KEY_BYTES));
  }
}
