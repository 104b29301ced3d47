import { createHash } from 'node:crypto';
import { Injectable, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import { type IdempotencyClaim, type IdempotencyKey, IdempotencyStore } from '../../application/idempotency/idempotency-store.js';
import { Database } from '../database.js';
import { ProcessPresence } from '../operations/process-presence.js';

const REMOVE_EVERY_MS = 3_600_000;

/** Takes a key that nobody has: it is new, its answer is too old, or its process died before it had one. An answer is kept for a day. */
const CLAIM = `
INSERT INTO idempotency_key AS known (owner, key_hash, process, expires_at) VALUES ($1, $2, $3, now() + interval '1 day')
ON CONFLICT (owner, key_hash) DO UPDATE SET process = excluded.process, fingerprint = NULL, answer = NULL, expires_at = excluded.expires_at
WHERE known.expires_at < now() OR (known.answer IS NULL AND NOT process_is_alive(known.process))
RETURNING 1`;

const READ = 'SELECT fingerprint, answer FROM idempotency_key WHERE owner = $1 AND key_hash = $2';

const ANSWER = `
UPDATE idempotency_key SET fingerprint = $4, answer = $5, expires_at = now() + interval '1 day'
WHERE owner = $1 AND key_hash = $2 AND process = $3 AND answer IS NULL`;

const RELEASE = 'DELETE FROM idempotency_key WHERE owner = $1 AND key_hash = $2 AND process = $3 AND answer IS NULL';

const REMOVE_EXPIRED = 'DELETE FROM idempotency_key WHERE expires_at < now()';

interface Known {
  readonly fingerprint: string | null;
  readonly answer: Buffer | null;
}

/** Idempotency keys in PostgreSQL. */
@Injectable()
export class IdempotencyRepository extends IdempotencyStore implements OnModuleInit, OnModuleDestroy {
  private removing: NodeJS.Timeout | undefined;

  constructor(
    private readonly database: Database,
    private readonly presence: ProcessPresence,
  ) {
    super();
  }

  /** Removes what has expired, now and every hour. */
  async onModuleInit(): Promise<void> {
    await this.removeExpired();
    this.removing = setInterval(() => void this.removeExpired().catch(() => undefined), REMOVE_EVERY_MS).unref();
  }

  onModuleDestroy(): void {
    clearInterval(this.removing);
  }

  override async claim(key: IdempotencyKey): Promise<IdempotencyClaim> {
    for (;;) {
      const claimed = await this.database.rows(CLAIM, this.own(key));
      if (claimed.length > 0) return { state: 'claimed' };
      const [known] = await this.database.rows<Known>(READ, identity(key));
      if (known?.answer && known.fingerprint !== null) return { state: 'answered', fingerprint: known.fingerprint, answer: known.answer };
      if (known) return { state: 'in-use' };
      // It was given back between the two statements.
    }
  }

  override async answer(key: IdempotencyKey, fingerprint: string, answer: Uint8Array): Promise<void> {
    await this.database.rows(ANSWER, [...this.own(key), fingerprint, Buffer.from(answer)]);
  }

  override async release(key: IdempotencyKey): Promise<void> {
    await this.database.rows(RELEASE, this.own(key));
  }

  private async removeExpired(): Promise<void> {
    await this.database.rows(REMOVE_EXPIRED, []);
  }

  /** The key, as this process has it. */
  private own(key: IdempotencyKey): readonly unknown[] {
    return [...identity(key), this.presence.number];
  }
}

function identity({ owner, key }: IdempotencyKey): readonly unknown[] {
  return [owner, createHash('sha256').update(key).digest()];
}
