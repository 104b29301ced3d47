import { LRUCache } from 'lru-cache';
import type { AccessToken } from './access-token.js';
import type { Principal } from './principal.js';
import { hashSecret } from './secret.js';
import { TokenStore } from './token-store.js';

/** How long a known token is taken without asking the database again, in milliseconds: a token revoked by another replica works this much longer. */
const TRUSTED_FOR_MS = 10_000;
/** How long an unknown secret is refused without asking: guessing does not become load on the database. */
const REFUSED_FOR_MS = 2_000;
const MAX_REMEMBERED = 10_000;

/** Who a secret belongs to, from memory on the warm path. */
export class Authenticate {
  // Keyed by hash: what is compared with the secret takes the same time wherever the two differ.
  private readonly known = new LRUCache<string, { readonly token: AccessToken | undefined }>({ max: MAX_REMEMBERED });

  private changes = 0;

  constructor(private readonly store: TokenStore) {}

  /** The principal when it is in memory; `unknown` when the secret is none; undefined when the store has to be asked. */
  fromMemory(secret: string): Principal | 'unknown' | undefined {
    const entry = this.known.get(keyOf(secret));
    return entry && verdictOf(entry.token);
  }

  /** The principal of the secret; `unknown` when there is none or it has expired. */
  async fromStore(secret: string): Promise<Principal | 'unknown'> {
    const { changes } = this;
    const token = await this.store.findByHash(hashSecret(secret));
    // A token that was revoked while it was looked up must not come back.
    if (changes === this.changes) this.known.set(keyOf(secret), { token }, { ttl: token ? TRUSTED_FOR_MS : REFUSED_FOR_MS });
    return verdictOf(token);
  }

  /** Forgets everything; after a token was changed or revoked here. */
  forget(): void {
    this.changes++;
    this.known.clear();
  }
}

function keyOf(secret: string): string {
  return hashSecret(secret).toString('base64');
}

function verdictOf(token: AccessToken | undefined): Principal | 'unknown' {
  return token === undefined || (token.expiresAt !== null && token.expiresAt.getTime() <= Date.now()) ? 'unknown' : token;
}
