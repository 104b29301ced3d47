import fastify, { type FastifyInstance, type InjectOptions } from 'fastify';
import { beforeEach, describe, expect, it } from 'vitest';
import { MemoryIdempotencyStore } from '../../../test/support/memory-idempotency-store.js';
import { Idempotency } from '../../application/idempotency/idempotency.js';
import { SealedAnswers } from '../../application/idempotency/sealed-answers.js';
import { ProblemError } from '../../core/kernel/problem.js';
import type { Caller } from '../http/caller.js';
import { RepeatableOperations } from './repeatable-operations.js';

const WRITE = 'mutation { releaseIp }';
const EDITOR: Caller = { id: 'team', name: 'team', role: 'editor', clusters: null };

let server: FastifyInstance;
let runs: number;
let caller: Caller;
/** What the operation comes to, each time it is carried out. */
let outcome: { readonly status: number; readonly body: object };
beforeEach(() => {
  runs = 0;
  caller = EDITOR;
  outcome = { status: 200, body: { data: {} } };
  server = fastify();
  server.addHook('onRequest', async (request) => {
    await Promise.resolve();
    request.caller = caller;
  });
  server.setErrorHandler(async (error, _request, reply) => {
    await Promise.resolve();
    reply.code(422);
    return { kind: error instanceof ProblemError ? error.problem.kind : String(error) };
  });
  new RepeatableOperations(new Idempotency(new MemoryIdempotencyStore(), new SealedAnswers(Buffer.alloc(32, 1)))).addTo(server);
  for (const url of ['/graphql', '/other'])
    server.post(url, async (_request, reply) => {
      await Promise.resolve();
      reply.code(outcome.status);
      return { ...outcome.body, run: ++runs };
    });
});

interface Sent {
  readonly run: number;
  readonly status: number;
  readonly replayed: boolean;
  readonly kind?: string;
}

async function send(query: unknown = WRITE, key: string | null = 'k', url = '/graphql'): Promise<Sent> {
  const headers: InjectOptions['headers'] = key === null ? {} : { 'idempotency-key': key };
  const response = await server.inject({ method: 'POST', url, headers, payload: { query } });
  const { run, kind } = response.json<Pick<Sent, 'run' | 'kind'>>();
  return {
    run,
    ...(kind === undefined ? {} : { kind }),
    status: response.statusCode,
    replayed: response.headers['idempotency-replayed'] === 'true',
  };
}

/** draft-ietf-httpapi-idempotency-key-header-06, section 2.6, for documents in place of resources. */
describe('a document that is sent again with its key', () => {
  it('is carried out once where it has a mutation, and is told to be replayed', async () => {
    outcome = { status: 207, body: { data: { releaseIp: null } } };
    expect(await send()).toEqual({ run: 1, status: 207, replayed: false });
    expect(await send()).toEqual({ run: 1, status: 207, replayed: true });
  });

  it.each([
    ['it only reads', '{ clusters }', 'k', '/graphql'],
    ['what it has is no document', 7, 'k', '/graphql'],
    ['it has no key', WRITE, null, '/graphql'],
    ['it is not for GraphQL', WRITE, 'k', '/other'],
  ])('is carried out anew where %s', async (_why, query, key, url) => {
    await send(query, key, url);
    expect(await send(query, key, url)).toMatchObject({ run: 2, replayed: false });
  });

  /** The draft leaves it to the server which failures are kept; those of who asks, and of the server, may be gone at the next try. */
  it.each([
    ['the server fails', 503, {}],
    ['who asks is not known', 401, {}],
    ['who asks may not', 403, {}],
    ['a field of it fails by the server', 200, { errors: [{ extensions: { status: 409 } }, { extensions: { status: 500 } }] }],
    ['a field of it is not for who asks', 200, { errors: [{ extensions: { status: 403 } }] }],
  ])('is carried out anew where %s, and answered as it came out', async (_why, status, body) => {
    outcome = { status, body };
    expect(await send()).toEqual({ run: 1, status, replayed: false });
    expect(await send()).toEqual({ run: 2, status, replayed: false });
  });

  it.each([
    ['it is refused', 400, {}],
    ['a field of it is refused', 200, { errors: [{ extensions: { status: 409 } }] }],
    ['an error tells no status', 200, { errors: [{}] }],
  ])('gets the same answer where %s', async (_why, status, body) => {
    outcome = { status, body };
    await send();
    expect(await send()).toEqual({ run: 1, status, replayed: true });
  });

  it('is refused where another document is sent with the key', async () => {
    await send();
    expect(await send('mutation { other }')).toMatchObject({ status: 422, kind: 'idempotency-key-reused' });
    expect(runs).toBe(1);
  });

  it('is carried out, to be refused there, where nobody knows whose it is', async () => {
    caller = 'unknown';
    expect([await send(), await send()]).toMatchObject([{ run: 1 }, { run: 2 }]);
  });
});
