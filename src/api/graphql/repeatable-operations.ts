import type { FastifyInstance, FastifyReply, FastifyRequest, RouteHandlerMethod } from 'fastify';
import type { Idempotency } from '../../application/idempotency/idempotency.js';
import { fingerprintOf } from '../../application/idempotency/request-fingerprint.js';
import { ok } from '../../core/kernel/result.js';
import { idempotencyKeyOf } from '../http/idempotency.interceptor.js';
import { orThrow } from '../http/or-throw.js';

const PATH = '/graphql';

/** What an operation answered, as it is kept. */
interface KeptAnswer {
  readonly status: number;
  readonly body: unknown;
}

/** An answer that is not kept, on its way past what would keep it. */
class Unkept extends Error {
  constructor(readonly answer: KeptAnswer) {
    super('the answer is not kept');
  }
}

/**
 * Makes documents with mutations safe to send again, as the writes of REST are: with an `Idempotency-Key` a document is carried out once, the same one gets its answer again, and another one
 * with the key is refused. Documents without a mutation need no key, and what they answer is not kept.
 */
export class RepeatableOperations {
  constructor(private readonly idempotency: Idempotency) {}

  addTo(server: FastifyInstance): void {
    server.addHook('onRoute', (route) => {
      if (route.url === PATH && route.method === 'POST') route.handler = this.around(route.handler);
    });
  }

  private around(handler: RouteHandlerMethod): RouteHandlerMethod {
    const once = async (request: FastifyRequest, reply: FastifyReply, work: () => Promise<KeptAnswer>) => this.once(request, reply, work);
    return async function (this: FastifyInstance, request, reply) {
      const work = async (): Promise<KeptAnswer> => {
        const body: unknown = await handler.call(this, request, reply);
        return { status: reply.statusCode, body };
      };
      const isKeyed = request.headers['idempotency-key'] !== undefined && typeof request.caller === 'object' && mayMutate(request.body);
      const { status, body } = isKeyed ? await once(request, reply, work) : await work();
      reply.code(status);
      return body;
    };
  }

  private async once(request: FastifyRequest, reply: FastifyReply, work: () => Promise<KeptAnswer>): Promise<KeptAnswer> {
    const { method, url, body } = request;
    try {
      const outcome = await this.idempotency.run(idempotencyKeyOf(request), fingerprintOf({ method, route: url, body }), async () => {
        const answer = await work();
        if (!isSettled(answer)) throw new Unkept(answer);
        return ok(answer);
      });
      if (outcome.replayed) reply.header('idempotency-replayed', 'true');
      return orThrow(outcome);
    } catch (error) {
      if (error instanceof Unkept) return error.answer;
      throw error;
    }
  }
}

/** Whether a document could have a mutation, without reading it: a name or a text with the word does no harm. */
function mayMutate(body: unknown): boolean {
  const query: unknown = Reflect.get(Object(body), 'query');
  return typeof query === 'string' && /\bmutation\b/.test(query);
}

/** Problems of who asks, and of the server: the next try may come to something else. */
const isPassing = (status: number): boolean => status >= 500 || status === 401 || status === 403;

/** Whether the operation would come to the same if it were tried again. */
function isSettled({ status, body }: KeptAnswer): boolean {
  const errors: unknown = Reflect.get(Object(body), 'errors');
  const statusOf = (error: unknown) => Number(Reflect.get(Object(Reflect.get(Object(error), 'extensions')), 'status'));
  return !isPassing(status) && !(Array.isArray(errors) && errors.some((error) => isPassing(statusOf(error))));
}
