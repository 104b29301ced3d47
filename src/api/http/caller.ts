import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import type { Principal } from '../../application/access/principal.js';
import { problem, ProblemError } from '../../core/kernel/problem.js';

/** Who sent a request: a principal; `unknown`: a token that nobody issued; undefined: no token. */
export type Caller = Principal | 'unknown' | undefined;

declare module 'fastify' {
  interface FastifyRequest {
    caller: Caller;
  }
}

/** The context of a GraphQL operation. */
export interface GraphqlContext {
  readonly caller: Caller;
  readonly requestId: string;
  /** That the document came with. */
  readonly idempotencyKey: string | undefined;
}

/** Who asks, of an HTTP request or a GraphQL operation. */
export function callerOf(context: ExecutionContext): Caller {
  if (context.getType<string>() === 'graphql') return context.getArgByIndex<GraphqlContext>(2).caller;
  return context.switchToHttp().getRequest<FastifyRequest>().caller;
}

/** The principal, where the guard has let one in. Throws `missing-token` or `invalid-token`. */
export function demandPrincipal(caller: Caller): Principal {
  const hint = 'send `Authorization: Bearer <token>`; `npm run token` issues one';
  if (caller === undefined) throw new ProblemError(problem('missing-token', 'a bearer token is needed', { hint }));
  if (caller === 'unknown')
    throw new ProblemError(problem('invalid-token', 'the bearer token is not known, was revoked, or has expired', { hint }));
  return caller;
}

/** Gives a handler or resolver the principal that asks. */
export const CurrentPrincipal = createParamDecorator((_: unknown, context: ExecutionContext) => demandPrincipal(callerOf(context)));
