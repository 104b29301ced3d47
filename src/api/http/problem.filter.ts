import { type ArgumentsHost, Catch, type ExceptionFilter, Injectable } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { type Problem, PROBLEM_KINDS } from '../../core/kernel/problem.js';
import { asGraphqlError } from '../graphql/as-graphql-error.js';
import type { GraphqlContext } from './caller.js';
import { problemDocument } from './problem-document.js';
import { problemOfError } from './problem-of-error.js';
import { RouteTable } from './route-table.js';

/** Turns whatever a handler throws into RFC 9457 `application/problem+json`. GraphQL's errors are mapped by the same functions where Mercurius formats them. */
@Injectable()
@Catch()
export class ProblemFilter implements ExceptionFilter {
  constructor(private readonly routes: RouteTable) {}

  catch(error: unknown, host: ArgumentsHost): void {
    if (host.getType<string>() === 'graphql') throw asGraphqlError(error, host.getArgByIndex<GraphqlContext>(2).requestId);
    const http = host.switchToHttp();
    const request = http.getRequest<FastifyRequest>();
    answerWithProblem(error, request, http.getResponse<FastifyReply>(), this.routes);
  }
}

/** Answers a request that failed: in a handler, before one was reached, or because there is none. */
export function answerWithProblem(error: unknown, request: FastifyRequest, reply: FastifyReply, routes: RouteTable): void {
  const known = problemOfError(error);
  const problem = known.kind === 'unknown-route' && request.is404 ? routes.explain(request.method, pathOf(request)) : known;
  if (problem.kind === 'internal-error') request.log.error({ requestId: request.id, err: error }, 'a request failed');
  sendProblem(reply, problem, request.id);
}

/** Sends a problem document with the headers its kind asks for. */
function sendProblem(reply: FastifyReply, problem: Problem, requestId: string): void {
  if (reply.sent) return;
  const status = PROBLEM_KINDS[problem.kind];
  if (status === 401)
    reply.header('www-authenticate', `Bearer realm="portolan"${problem.kind === 'invalid-token' ? ', error="invalid_token"' : ''}`);
  if (problem.kind === 'method-not-allowed' && Array.isArray(problem.extra?.['allowed']))
    reply.header('allow', problem.extra['allowed'].join(', '));
  if (status === 503) reply.header('retry-after', '1');
  reply
    .code(status)
    .header('x-request-id', requestId)
    .header('cache-control', 'no-store')
    .type('application/problem+json')
    .send(JSON.stringify(problemDocument(problem, requestId)));
}

function pathOf(request: FastifyRequest): string {
  return request.url.split('?', 1)[0] ?? '';
}
