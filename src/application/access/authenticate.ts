import { LRUCache } from 'lru-cache';
import type { AccessToken } from './access-token.js';
import type { Principal } from './principal.js';
import type { SecretHash } from './secret.js';
import { TokenStore } from './token-store.js';

/** How long a known token is taken without asking the database again, in milliseconds: a token revoked by another replica works this much longer. */
const TRUSTED_FOR_MS = 10_000;
/** How long an unknown secret is refused without asking: guessing does not become load on the database. */
const REFUSED_FOR_MS = 2_000;
const MAX_REMEMBERED = 10_000;

/** Who a secret belongs to, from memory on the warm path. */
export class Authenticate {
  // Keyed by hash: what is compared with the secret takes the same time wherever the two differ.
  private readonly known = new LRUCache<SecretHash, { readonly token: AccessToken | undefined }>({ max: MAX_REMEMBERED });

  private changes = 0;

  constructor(private readonly store: TokenStore) {}

  /** The principal when the hash of its secret is in memory; `unknown` when the secret is none; undefined when the store has to be asked. */
  fromMemory(hash: SecretHash): Principal | 'unknown' | undefined {
    const entry = this.known.get(hash);
    return entry && verdictOf(entry.token);
  }

  /** The principal of the hashed secret; `unknown` when there is none or it has expired. */
  async fromStore(hash: SecretHash): Promise<Principal | 'unknown'> {
    const { changes } = this;
    const token = await this.store.findByHash(Buffer.from(hash, 'base64'));
    // A token that was revoked while it was looked up must not come back.
    if (changes === this.changes) this.known.set(hash, { token }, { ttl: token ? TRUSTED_FOR_MS : REFUSED_FOR_MS });
    return verdictOf(token);
  }

  /** The principal as it is now, asked of the store; undefined when its token was revoked or has expired. For what goes on after it was let in. */
  async again({ id }: Principal): Promise<Principal | undefined> {
    const now = verdictOf(await this.store.find(id));
    return now === 'unknown' ? undefined : now;
  }

  /** Forgets everything; after a token was changed or revoked here. */
  forget(): void {
    this.changes++;
    this.known.clear();
  }
}

function verdictOf(token: AccessToken | undefined): Principal | 'unknown' {
  return token === undefined || (token.expiresAt !== null && token.expiresAt.getTime() <= Date.now()) ? 'unknown' : token;
}
