import { Controller, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { Principal } from '../../application/access/principal.js';
import type { Operation } from '../../application/operations/operation.js';
import { Operations } from '../../application/operations/operations.js';
import { CurrentPrincipal } from '../http/caller.js';
import { defineEndpoint, Handles, Input, type InputOf } from '../http/endpoint.js';
import { InFlight } from '../http/in-flight.js';
import { problemDocument } from '../http/problem-document.js';
import { OPERATION } from './operation-schema.js';
import { visibleTo } from './visible-operation.js';

const COMMON = {
  tag: 'operations',
  params: z.strictObject({ id: z.string() }),
  problems: ['unknown-operation'],
} as const;

const READ = defineEndpoint({
  ...COMMON,
  method: 'GET',
  path: '/api/v1/operations/:id',
  access: { role: 'viewer', reach: 'own' },
  summary: 'Show long work',
  description: 'With `Accept: text/event-stream`, its progress as server-sent events, each with the whole operation, until it is done.',
  headers: { Accept: '`text/event-stream` to follow it' },
  answers: { 200: { description: 'the operation as it is now', schema: OPERATION } },
});

const CANCEL = defineEndpoint({
  ...COMMON,
  method: 'POST',
  path: '/api/v1/operations/:id/actions/cancel',
  access: { role: 'editor', reach: 'own' },
  summary: 'Cancel long work',
  answers: { 200: { description: 'the operation as it is then; a finished one stays as it is', schema: OPERATION } },
});

/** Long work: how far it is, and an end to it. */
@Controller()
export class OperationsController {
  constructor(
    private readonly operations: Operations,
    private readonly inFlight: InFlight,
  ) {}

  @Handles(READ)
  async read(
    @Input() { params }: InputOf<typeof READ>,
    @CurrentPrincipal() principal: Principal,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const operation = visibleTo(principal, params.id, await this.operations.find(params.id));
    if (request.headers.accept?.includes('text/event-stream')) await this.follow(operation, request, reply);
    else reply.send(operationBody(operation, request.id));
  }

  @Handles(CANCEL)
  async cancel(
    @Input() { params }: InputOf<typeof CANCEL>,
    @CurrentPrincipal() principal: Principal,
    @Req() request: FastifyRequest,
  ): Promise<object> {
    visibleTo(principal, params.id, await this.operations.find(params.id));
    return operationBody(visibleTo(principal, params.id, await this.operations.cancel(params.id)), request.id);
  }

  /** Server-sent events (HTML standard §9.2), one for each state that is told, until the work, the client or the server ends. */
  private async follow({ id }: Operation, request: FastifyRequest, reply: FastifyReply): Promise<void> {
    reply.hijack();
    const { raw } = reply;
    raw.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store', 'x-request-id': request.id });
    const states = this.operations.watch(id);
    const { stopping } = this.inFlight;
    const stop = (): void => void raw.end();
    stopping.addEventListener('abort', stop);
    raw.once('close', () => {
      stopping.removeEventListener('abort', stop);
      void states.return(undefined);
    });
    for await (const state of states) {
      if (raw.writableEnded || raw.destroyed) break;
      raw.write(`event: operation\ndata: ${JSON.stringify(operationBody(state, request.id))}\n\n`);
    }
    raw.end();
  }
}

/** An operation as it is sent: its problem is a problem document. */
function operationBody(operation: Operation, requestId: string): object {
  return { ...operation, problem: operation.problem && problemDocument(operation.problem, requestId) };
}
