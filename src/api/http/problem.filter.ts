import { type ArgumentsHost, Catch, type ExceptionFilter, Injectable } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { type Problem, PROBLEM_KINDS } from '../../core/kernel/problem.js';
import { problemDocument } from './problem-document.js';
import { problemOfError } from './problem-of-error.js';
import { RouteTable } from './route-table.js';

/** Turns whatever is thrown into RFC 9457 `application/problem+json`. GraphQL's errors are mapped by the same functions where Mercurius formats them. */
@Injectable()
@Catch()
export class ProblemFilter implements ExceptionFilter {
  constructor(private readonly routes: RouteTable) {}

  catch(error: unknown, host: ArgumentsHost): void {
    if (host.getType<string>() === 'graphql') throw error;
    const http = host.switchToHttp();
    const request = http.getRequest<FastifyRequest>();
    const problem = request.is404 ? this.routes.explain(request.method, pathOf(request)) : problemOfError(error);
    if (problem.kind === 'internal-error') request.log.error({ err: error }, 'a request failed');
    sendProblem(http.getResponse<FastifyReply>(), problem, request.id);
  }
}

/** Sends a problem document with the headers its kind asks for. */
export function sendProblem(reply: FastifyReply, problem: Problem, requestId: string): void {
  if (reply.sent) return;
  const status = PROBLEM_KINDS[problem.kind];
  if (status === 401)
    reply.header('www-authenticate', `Bearer realm="portolan"${problem.kind === 'invalid-token' ? ', error="invalid_token"' : ''}`);
  if (problem.kind === 'method-not-allowed' && Array.isArray(problem.extra?.['allowed']))
    reply.header('allow', problem.extra['allowed'].join(', '));
  if (status === 503) reply.header('retry-after', '1');
  reply
    .code(status)
    .header('cache-control', 'no-store')
    .type('application/problem+json')
    .send(JSON.stringify(problemDocument(problem, requestId)));
}

function pathOf(request: FastifyRequest): string {
  return request.url.split('?', 1)[0] ?? '';
}
