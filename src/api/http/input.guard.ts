import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import { type Endpoint, ENDPOINT } from './endpoint.js';
import { orThrow } from './or-throw.js';
import { parseInput } from '../../application/input/parse-input.js';

const NOTHING = z.strictObject({});
const NO_BODY = z.undefined();

/**
 * Reads every request by the schemas of its endpoint, whether the handler looks at it or not: nothing a client sends is ignored silently. Throws `unknown-parameter` or
 * `invalid-request`.
 */
@Injectable()
export class InputGuard implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    const endpoint: Endpoint | undefined = Reflect.getMetadata(ENDPOINT, context.getHandler());
    if (!endpoint) return true;
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    request.input = {
      params: orThrow(parseInput(endpoint.params ?? NOTHING, request.params)),
      query: orThrow(parseInput(endpoint.query ?? NOTHING, request.query)),
      body: endpoint.upload ? undefined : orThrow(parseInput(endpoint.body ?? NO_BODY, request.body ?? undefined)),
    };
    return true;
  }
}
