import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Endpoint } from '../../src/api/http/endpoint.js';
import { EndpointCatalog } from '../../src/api/pages/endpoint-catalog.js';
import { Database, DatabaseSettings } from '../../src/persistence/database.js';
import { IdempotencyRepository } from '../../src/persistence/idempotency/idempotency.repository.js';
import { ProcessPresence } from '../../src/persistence/operations/process-presence.js';
import { bodyOf, startServer, type TestServer } from './support/server.js';

/** Cancelling twice is cancelling once; it makes nothing that could be made twice. */
const SAFE_WITHOUT_A_KEY = ['POST /api/v1/operations/:id/actions/cancel'];

const writes = ({ method, access }: Endpoint) => method === 'POST' && access !== 'open' && access.role !== 'viewer';

describe('Idempotency-Key', () => {
  let server: TestServer;
  let database: Database;
  beforeAll(async () => {
    server = await startServer();
    database = server.app.get(Database, { strict: false });
  });
  afterAll(() => server.stop());

  const issue = (key: string, body: object, token?: string) =>
    server.send('post', '/api/v1/tokens', token).set('idempotency-key', key).send(body);
  const named = async (name: string) =>
    bodyOf<{ items: readonly { name: string }[] }>(await server.send('get', '/api/v1/tokens')).items.filter((token) => token.name === name)
      .length;

  it('is taken by every POST that writes', () => {
    const endpoints = server.app.get(EndpointCatalog, { strict: false }).list().filter(writes);
    const without = endpoints.filter(({ headers = {} }) => !('Idempotency-Key' in headers)).map(({ method, path }) => `${method} ${path}`);
    expect(without).toEqual(SAFE_WITHOUT_A_KEY);
    expect(endpoints.length).toBeGreaterThan(2);
  });

  it('makes a write happen once and be answered as often as it is asked', async () => {
    const first = await issue('a', { name: 'once' }).expect(201);
    const second = await issue('a', { name: 'once' }).expect(201);
    expect(second.body).toEqual(first.body);
    expect([first.headers['idempotency-replayed'], second.headers['idempotency-replayed']]).toEqual([undefined, 'true']);
    expect(await named('once')).toBe(1);
  });

  it('is one of two when both come at once', async () => {
    const answers = await Promise.all(Array.from({ length: 8 }, async () => issue('b', { name: 'racing' })));
    const statuses = new Set(answers.map(({ status, body }) => (status === 201 ? 201 : bodyOf<{ code: string }>({ body }).code)));
    expect([...statuses].filter((status) => status !== 201 && status !== 'idempotency-key-in-use')).toEqual([]);
    expect(statuses).toContain(201);
    expect(await named('racing')).toBe(1);
  });

  it('is refused with other content, and is another one for another token', async () => {
    await issue('c', { name: 'mine' }).expect(201);
    expect((await issue('c', { name: 'yours' })).body).toMatchObject({ status: 422, code: 'idempotency-key-reused' });
    await issue('c', { name: 'yours' }, await server.issue('admin')).expect(201);
  });

  it('is used up by no request that could not be read', async () => {
    await issue('d', { nam: 'x' }).expect(400);
    await issue('d', { name: 'x' }).expect(201);
  });

  it.each([
    ['an empty one', ''],
    ['a longer one', 'x'.repeat(256)],
  ])('has 1 to 255 characters: %s is refused', async (_, key) => {
    expect((await issue(key, { name: 'x' })).body).toMatchObject({ status: 400, code: 'invalid-request' });
  });

  it('needs the same rights as the request', async () => {
    expect((await issue('a', { name: 'once' }, await server.issue('editor'))).body).toMatchObject({
      status: 403,
      code: 'insufficient-role',
    });
  });

  it('leaves nothing in the database that could be read: neither itself nor the secret it was answered with', async () => {
    const { token } = bodyOf<{ token: string }>(await issue('a-key-of-its-own', { name: 'secret' }).expect(201));
    const rows = await database.rows<{ row: string }>(`SELECT k::text || encode(k.answer, 'escape') AS row FROM idempotency_key k`, []);
    expect(rows.length).toBeGreaterThan(0);
    for (const { row } of rows) for (const text of [token, 'a-key-of-its-own', '"name"']) expect(row).not.toContain(text);
  });
});

/** The same rules as of REST: draft-ietf-httpapi-idempotency-key-header-06, sections 2.6 and 2.7. */
describe('Idempotency-Key of a GraphQL document', () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startServer();
  });
  afterAll(() => server.stop());

  const MAKE = 'mutation ($name: String!) { createCluster(input: { name: $name }) { __typename } }';
  const send = (key: string, variables: object, query = MAKE, token?: string) =>
    server.send('post', '/graphql', token).set('idempotency-key', key).send({ query, variables });
  const made = (__typename: string) => ({ data: { createCluster: { __typename } } });

  it('makes its mutations happen once, and be answered again', async () => {
    const first = await send('a', { name: 'once' }).expect(200);
    expect(first.body).toMatchObject(made('ClusterCreated'));
    const second = await send('a', { name: 'once' }).expect(200);
    expect(second.body).toEqual(first.body);
    expect([first.headers['idempotency-replayed'], second.headers['idempotency-replayed']]).toEqual([undefined, 'true']);
    expect((await send('another', { name: 'once' })).body).toMatchObject(made('ClusterExistsProblem'));
  });

  it('is refused with other variables, another document, and a write of REST', async () => {
    await send('b', { name: 'mine' }).expect(200);
    const reused = { extensions: { status: 422, code: 'idempotency-key-reused' } };
    expect((await send('b', { name: 'yours' }).expect(422)).body).toMatchObject({ data: null, errors: [reused] });
    expect((await send('b', { name: 'mine' }, `${MAKE} # again`).expect(422)).body).toMatchObject({ errors: [reused] });
    await server.send('post', '/api/v1/clusters').set('idempotency-key', 'b').send({ name: 'yours' }).expect(422);
  });

  it('is one of two when both come at once', async () => {
    const answers = await Promise.all(Array.from({ length: 8 }, async () => send('c', { name: 'racing' })));
    const kinds = new Set(
      answers.map(({ body }) => {
        const { data, errors } = body as { data: typeof MAKE | null; errors?: { extensions: { code: string } }[] };
        return errors?.[0]?.extensions.code ?? JSON.stringify({ data });
      }),
    );
    expect([...kinds].filter((kind) => kind !== 'idempotency-key-in-use')).toEqual([JSON.stringify(made('ClusterCreated'))]);
  });

  it('is used up neither by a document that cannot be read, nor by a question, nor by one without the right', async () => {
    await send('d', { name: 'read' }, 'mutation { nothing }').expect(400);
    await send('d', {}, '{ fleet { spaces { name } } }').expect(200);
    await send('d', { name: 'read' }).expect(200);
    const viewer = await server.issue('viewer');
    for (let sent = 0; sent < 2; sent++)
      expect((await send('e', { name: 'x' }, MAKE, viewer)).headers['idempotency-replayed']).toBeUndefined();
  });

  it('has 1 to 255 characters', async () => {
    expect((await send('x'.repeat(256), { name: 'x' }).expect(400)).body).toMatchObject({
      errors: [{ extensions: { code: 'invalid-request' } }],
    });
  });
});

describe('the keys in the database', () => {
  let server: TestServer;
  let database: Database;
  beforeAll(async () => {
    server = await startServer();
    database = server.app.get(Database, { strict: false });
  });
  afterAll(() => server.stop());

  /** A process at the database. */
  async function process() {
    const presence = new ProcessPresence(new DatabaseSettings(database.settings.url));
    await presence.onModuleInit();
    return { store: new IdempotencyRepository(database, presence), end: () => presence.onModuleDestroy() };
  }
  const key = (name: string) => ({ owner: 'team', key: name });

  it('is held by a process while that lives, and free when it died before it answered', async () => {
    const [one, two] = [await process(), await process()];
    expect(await one.store.claim(key('a'))).toEqual({ state: 'claimed' });
    expect(await two.store.claim(key('a'))).toEqual({ state: 'in-use' });
    expect(await one.store.claim(key('a'))).toEqual({ state: 'in-use' });
    await one.end();
    expect(await two.store.claim(key('a'))).toEqual({ state: 'claimed' });
    await two.end();
  });

  it('keeps its answer when its process died afterwards', async () => {
    const [one, two] = [await process(), await process()];
    await one.store.claim(key('b'));
    await one.store.answer(key('b'), 'f', Buffer.from([1, 2]));
    await one.end();
    expect(await two.store.claim(key('b'))).toEqual({ state: 'answered', fingerprint: 'f', answer: Buffer.from([1, 2]) });
    await two.end();
  });

  it('is as new when it was given back', async () => {
    const one = await process();
    await one.store.claim(key('c'));
    await one.store.release(key('c'));
    expect(await one.store.claim(key('c'))).toEqual({ state: 'claimed' });
    await one.end();
  });

  it('is free, and at the next start gone, once it has expired', async () => {
    const one = await process();
    for (const name of ['d', 'e']) {
      await one.store.claim(key(name));
      await one.store.answer(key(name), 'f', Buffer.from([1]));
    }
    await database.rows(`UPDATE idempotency_key SET expires_at = now() - interval '1 second'`, []);
    expect(await one.store.claim(key('d'))).toEqual({ state: 'claimed' });
    await one.store.onModuleInit();
    one.store.onModuleDestroy();
    expect(await database.rows('SELECT owner FROM idempotency_key', [])).toHaveLength(1);
    await one.end();
  });
});
