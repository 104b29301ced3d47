import { type CallHandler, type ExecutionContext, Injectable, type NestInterceptor } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { lastValueFrom, type Observable, of } from 'rxjs';
import { Idempotency } from '../../application/idempotency/idempotency.js';
import type { IdempotencyKey } from '../../application/idempotency/idempotency-store.js';
import { fingerprintOf } from '../../application/idempotency/request-fingerprint.js';
import { type Problem, ProblemError } from '../../core/kernel/problem.js';
import { err, ok, type Result } from '../../core/kernel/result.js';
import { demandPrincipal } from './caller.js';
import { orThrow } from './or-throw.js';

/** Headers that belong to an answer and are given with it again. */
const KEPT_HEADERS = ['location', 'etag', 'portolan-revision'] as const;

/** An answer as it is kept. */
interface KeptAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: unknown;
}

/**
 * Makes the handler of an endpoint with `idempotent: true` safe to send to again: with an `Idempotency-Key` it runs once, and whoever asks again gets its answer. The handler returns
 * its body; where it sets a status or headers it does so on a reply that is passed through (`@Res({ passthrough: true })`).
 */
@Injectable()
export class IdempotencyInterceptor implements NestInterceptor {
  constructor(private readonly idempotency: Idempotency) {}

  async intercept(context: ExecutionContext, next: CallHandler): Promise<Observable<unknown>> {
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    const key = idempotencyKeyOf(request);
    if (!key) return next.handle();
    const reply = context.switchToHttp().getResponse<FastifyReply>();
    const { method, input, routeOptions, headers } = request;
    const fingerprint = fingerprintOf({ method, route: routeOptions.url, input, ifMatch: headers['if-match'] });
    const outcome = await this.idempotency.run(key, fingerprint, async () => answerOf(next, reply));
    if (outcome.replayed) reply.header('idempotency-replayed', 'true');
    const answer = orThrow(outcome);
    reply.code(answer.status).headers({ ...answer.headers });
    return of(answer.body);
  }
}

/** The key that a request came with, of the token that sent it. */
export function idempotencyKeyOf({ headers, caller }: FastifyRequest): IdempotencyKey | undefined {
  const key = headers['idempotency-key'];
  return typeof key === 'string' ? { owner: demandPrincipal(caller).id, key } : undefined;
}

async function answerOf(next: CallHandler, reply: FastifyReply): Promise<Result<KeptAnswer, Problem>> {
  try {
    const body: unknown = await lastValueFrom(next.handle());
    const headers = KEPT_HEADERS.flatMap((name) => (reply.hasHeader(name) ? [[name, String(reply.getHeader(name))] as const] : []));
    return ok({ status: reply.statusCode, headers: Object.fromEntries(headers), body });
  } catch (error) {
    if (error instanceof ProblemError) return err(error.problem);
    throw error;
  }
}
