import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import type { ServerResponse } from 'node:http';
import { problem, ProblemError } from '../../core/kernel/problem.js';

const signals = new WeakMap<ServerResponse, AbortSignal>();

/** Fires when the client closes its connection before it is answered; nobody reads what its reason says. */
export function clientGone(answer: ServerResponse): AbortSignal {
  const known = signals.get(answer);
  if (known) return known;
  const controller = new AbortController();
  const left = () => {
    if (!answer.writableFinished) controller.abort(new ProblemError(problem('operation-cancelled', 'the client has left')));
  };
  if (answer.destroyed) left();
  else answer.once('close', left);
  signals.set(answer, controller.signal);
  return controller.signal;
}

/** Gives a handler or resolver {@link clientGone} of its request. */
export const ClientGone = createParamDecorator((_: unknown, context: ExecutionContext) => clientGone(replyOf(context).raw));

function replyOf(context: ExecutionContext): FastifyReply {
  if (context.getType<string>() === 'graphql') return context.getArgByIndex<{ readonly reply: FastifyReply }>(2).reply;
  return context.switchToHttp().getResponse<FastifyReply>();
}
