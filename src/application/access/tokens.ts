import { type Problem, problem } from '../../core/kernel/problem.js';
import { err, ok, type Result } from '../../core/kernel/result.js';
import type { AccessToken, NewToken, TokenChange } from './access-token.js';
import { Authenticate } from './authenticate.js';
import { hashSecret, newSecret } from './secret.js';
import { TokenStore } from './token-store.js';

/** A token at the only moment its secret is known. */
export interface IssuedToken {
  readonly token: AccessToken;
  readonly secret: string;
}

/** Issues, lists, changes and revokes tokens. */
export class Tokens {
  constructor(
    private readonly store: TokenStore,
    private readonly authenticate: Authenticate,
  ) {}

  /** Issues a token; the secret is returned once and not kept. */
  async create(token: NewToken, createdBy: string): Promise<IssuedToken> {
    const secret = newSecret();
    return { secret, token: await this.store.insert({ ...token, createdBy }, hashSecret(secret)) };
  }

  /** All tokens, oldest first. */
  async list(): Promise<readonly AccessToken[]> {
    return this.store.list();
  }

  /** Fails with `unknown-token`. */
  async find(id: string): Promise<Result<AccessToken, Problem>> {
    const token = await this.store.find(id);
    return token ? ok(token) : err(unknown(id));
  }

  /** Changes what a token may do, at once. Fails with `unknown-token`. */
  async change(id: string, change: TokenChange): Promise<Result<AccessToken, Problem>> {
    const token = await this.store.change(id, change);
    this.authenticate.forget();
    return token ? ok(token) : err(unknown(id));
  }

  /** Revokes a token, at once. Fails with `unknown-token`. */
  async revoke(id: string): Promise<Result<AccessToken, Problem>> {
    const token = await this.store.find(id);
    const revoked = token !== undefined && (await this.store.delete(id));
    this.authenticate.forget();
    return revoked ? ok(token) : err(unknown(id));
  }

  /**
   * Sees to it that somebody can get in: `given` becomes the secret of the token `bootstrap`; without it one is made when there is no token yet. Returns a secret that was made
   * now, to be shown once.
   */
  async bootstrap(given: string | undefined): Promise<string | undefined> {
    if (given !== undefined) {
      await this.store.bootstrap(hashSecret(given), false);
      this.authenticate.forget();
      return undefined;
    }
    const secret = newSecret();
    return (await this.store.bootstrap(hashSecret(secret), true)) ? secret : undefined;
  }
}

function unknown(id: string): Problem {
  return problem('unknown-token', `there is no token \`${id}\``);
}
