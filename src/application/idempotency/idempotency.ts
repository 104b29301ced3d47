import { problem, PROBLEM_KINDS, type Problem, type ProblemKind } from '../../core/kernel/problem.js';
import { err, type Result } from '../../core/kernel/result.js';
import { IdempotencyStore, type IdempotencyKey } from './idempotency-store.js';
import type { RequestFingerprint } from './request-fingerprint.js';
import type { SealedAnswers } from './sealed-answers.js';

/** The outcome of a write, and whether it is one that was given before. */
export type Replayable<T> = Result<T, Problem> & { readonly replayed: boolean };

/** Longest key that is taken; a UUID has 36 characters. */
const MAX_KEY = 255;

/** Of a request that was refused before it was read there is no fingerprint, and nobody wants to read the rest of it. */
const NOT_WHOLLY_READ: ReadonlySet<ProblemKind> = new Set(['payload-too-large']);

/**
 * Makes a write safe to send again (`Idempotency-Key`, IETF draft-ietf-httpapi-idempotency-key-header): the first request is carried out, later ones with
 * the same key and content get its answer, and with other content are refused.
 */
export class Idempotency {
  constructor(
    private readonly store: IdempotencyStore,
    private readonly answers: SealedAnswers,
  ) {}

  /**
   * Carries out `work`, or returns what it answered before. What it answers must be JSON. A failure of the server (5xx), an upload that is too large and a
   * request that was cut off are not kept: they may be tried again with the same key. Fails with `idempotency-key-reused` and `idempotency-key-in-use`.
   */
  async run<T>(
    key: IdempotencyKey | undefined,
    fingerprint: RequestFingerprint,
    work: () => Promise<Result<T, Problem>>,
  ): Promise<Replayable<T>> {
    if (!key) return { ...(await work()), replayed: false };
    if (key.key === '' || key.key.length > MAX_KEY)
      return refuse(problem('invalid-request', `an \`Idempotency-Key\` has 1 to ${MAX_KEY} characters`));
    const claim = await this.store.claim(key);
    if (claim.state === 'claimed') return this.carryOut(key, fingerprint, work);
    if (claim.state === 'in-use') {
      const message = `the request with the idempotency key \`${key.key}\` is still being carried out`;
      return refuse(problem('idempotency-key-in-use', message, { hint: 'wait for its answer, or ask again later' }));
    }
    if (claim.fingerprint === (await fingerprint.digest())) {
      const text = this.answers.open(key.key, claim.answer);
      if (text === undefined) return refuse(sealedElsewhere(key.key));
      const answered: Result<T, Problem> = JSON.parse(text);
      return { ...answered, replayed: true };
    }
    const message = `the idempotency key \`${key.key}\` was used for another request`;
    return refuse(problem('idempotency-key-reused', message, { hint: 'use a new key for each new request' }));
  }

  private async carryOut<T>(
    key: IdempotencyKey,
    fingerprint: RequestFingerprint,
    work: () => Promise<Result<T, Problem>>,
  ): Promise<Replayable<T>> {
    let kept = false;
    try {
      const result = await work();
      if (result.ok || isKept(result.error.kind)) {
        await this.store.answer(key, await fingerprint.digest(), this.answers.seal(key.key, JSON.stringify(result)));
        kept = true;
      }
      return { ...result, replayed: false };
    } finally {
      if (!kept) await this.store.release(key);
    }
  }
}

/** Carried out by a server of another installation key, or before the key was changed. */
function sealedElsewhere(key: string): Problem {
  const message = `the request with the idempotency key \`${key}\` was carried out, but its answer was kept by a server with another \`PORTOLAN_SECRET_KEY\``;
  return problem('internal-error', message, {
    hint: 'look at what it changed; servers of one database need the same `PORTOLAN_SECRET_KEY`',
  });
}

function isKept(kind: ProblemKind): boolean {
  return PROBLEM_KINDS[kind] < 500 && !NOT_WHOLLY_READ.has(kind);
}

function refuse(refusal: Problem): ReturnType<typeof err<Problem>> & { readonly replayed: boolean } {
  return { ...err(refusal), replayed: false };
}
