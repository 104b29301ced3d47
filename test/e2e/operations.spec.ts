import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { InFlight } from '../../src/api/http/in-flight.js';
import { ClusterStore } from '../../src/application/clusters/cluster-store.js';
import { OperationStore } from '../../src/application/operations/operation-store.js';
import { Operations, type OperationWork } from '../../src/application/operations/operations.js';
import { problem } from '../../src/core/kernel/problem.js';
import { err, ok } from '../../src/core/kernel/result.js';
import { Database, DatabaseSettings } from '../../src/persistence/database.js';
import { OperationRepository } from '../../src/persistence/operations/operation.repository.js';
import { ProcessPresence } from '../../src/persistence/operations/process-presence.js';
import { ADMIN, bodyOf, startServer, type TestServer } from './support/server.js';
import { subscribe } from './support/subscribe.js';

interface Shown {
  readonly id: string;
  readonly state: string;
  readonly progress: { readonly phase: string; readonly bytes: number; readonly documents: number };
  readonly result: { readonly objects: number; readonly revision: { readonly number: number } } | null;
  readonly problem: { readonly code: string } | null;
}

const SERVICE = 'apiVersion: v1\nkind: Service\nmetadata: {name: a}\nspec: {ports: [{port: 80}]}\n';

/** The `data:` of server-sent events (HTML standard, section 9.2.6). */
function eventsOf(text: string): readonly Shown[] {
  return text
    .split('\n\n')
    .filter((block) => block !== '')
    .map((block) => JSON.parse(/^data: (.*)$/m.exec(block)?.[1] ?? '') as Shown);
}

describe('long work', () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startServer();
    await server.app.get(ClusterStore, { strict: false }).create({ name: 'prod', displayName: '', profile: {} });
  });
  afterAll(() => server.stop());

  const operations = () => server.app.get(Operations, { strict: false });
  const start = (key?: string) =>
    server
      .send('post', '/api/v1/clusters/prod/snapshots')
      .set({
        'content-type': 'application/yaml',
        prefer: 'respond-async, wait=5',
        ...(key === undefined ? {} : { 'idempotency-key': key }),
      })
      .send(SERVICE);
  const follow = async (id: string, token?: string) =>
    server.send('get', `/api/v1/operations/${id}`, token).set({ accept: 'text/event-stream', 'x-request-id': 'r' });
  /** Work that goes on until it is told to stop. */
  const endless = async (cluster: string | null = 'prod') =>
    operations().start({ kind: 'import', cluster, author: 'test' }, async (context) => {
      context.progress({ phase: 'reading', bytes: 5, documents: 1 });
      await new Promise((stop) => context.signal.addEventListener('abort', stop, { once: true }));
      return err(problem('operation-cancelled', 'it was cancelled'));
    });

  it('answers 202 with the operation, whose result is the answer of the same request', async () => {
    const answer = await start().expect(202);
    const { id, state } = bodyOf<Shown>(answer);
    expect(state).toBe('running');
    expect(answer.headers['location']).toBe(`/api/v1/operations/${id}`);
    expect(answer.headers['preference-applied']).toBe('respond-async');
    const events = eventsOf((await follow(id)).text);
    expect(events.at(-1)).toMatchObject({ id, state: 'succeeded', problem: null, result: { objects: 1, revision: { number: 1 } } });
    const later = bodyOf<Shown>(await server.send('get', `/api/v1/operations/${id}`).expect(200));
    expect(later).toEqual(events.at(-1));
    expect(later.progress).toMatchObject({ phase: 'writing', documents: 1 });
  });

  it('with a key begins once', async () => {
    const first = bodyOf<Shown>(await start('once').expect(202));
    const second = await start('once').expect(202);
    expect([bodyOf<Shown>(second).id, second.headers['idempotency-replayed']]).toEqual([first.id, 'true']);
  });

  it('ends with the problem that the same request would have answered with', async () => {
    const { id } = bodyOf<Shown>(
      await server
        .send('post', '/api/v1/clusters/prod/snapshots?atomic')
        .set({ 'content-type': 'application/yaml', prefer: 'respond-async' })
        .send('kind: [Service\n')
        .expect(202),
    );
    expect(eventsOf((await follow(id)).text).at(-1)).toMatchObject({ state: 'failed', problem: { code: 'import-rejected', status: 422 } });
  });

  it('tells of its progress while it runs, and stops when it is told to', async () => {
    const { id } = await endless();
    const following = follow(id).then(({ text }) => eventsOf(text));
    const running = await server.send('get', `/api/v1/operations/${id}`).expect(200);
    expect(running.body).toMatchObject({ state: 'running', progress: { phase: 'reading', bytes: 5, documents: 1 }, finishedAt: null });
    const cancelled = await server.send('post', `/api/v1/operations/${id}/actions/cancel`).set('x-request-id', 'r').expect(200);
    expect(cancelled.body).toMatchObject({ state: 'cancelled', problem: { code: 'operation-cancelled', status: 409 } });
    expect((await following).at(-1)).toEqual(cancelled.body);
    const again = await server.send('post', `/api/v1/operations/${id}/actions/cancel`).set('x-request-id', 'r').expect(200);
    expect(again.body).toEqual(cancelled.body);
  });

  it('is seen by those who may see its cluster', async () => {
    const { id } = await operations().start({ kind: 'import', cluster: 'prod', author: 'test' }, async () =>
      Promise.resolve(ok({ done: true })),
    );
    const other = await server.issue('editor', ['other']);
    for (const asked of [id, 'no-such-id', '00000000-0000-4000-8000-000000000000'])
      expect((await server.send('get', `/api/v1/operations/${asked}`, asked === id ? other : ADMIN)).body).toMatchObject({
        status: 404,
        code: 'unknown-operation',
      });
    await server.send('get', `/api/v1/operations/${id}`, await server.issue('viewer', ['prod'])).expect(200);
  });

  it('over GraphQL is the same', async () => {
    const { id } = await endless();
    const ask = async (query: string) => bodyOf<{ data: object }>(await server.send('post', '/graphql').send({ query })).data;
    expect(await ask(`{ operation(uuid: "${id}") { uuid kind cluster state progress { phase bytes documents } problem } }`)).toEqual({
      operation: {
        uuid: id,
        kind: 'import',
        cluster: 'prod',
        state: 'running',
        progress: { phase: 'reading', bytes: '5', documents: 1 },
        problem: null,
      },
    });
    await server.app.listen(0, '127.0.0.1');
    const origin = (await server.app.getUrl()).replace('[::1]', '127.0.0.1');
    const watching = await subscribe(origin, `subscription { operationProgress(uuid: "${id}") { state } }`, ADMIN);
    expect(await watching.next()).toEqual({ data: { operationProgress: { state: 'running' } } });
    expect(
      await ask(
        `mutation { cancelOperation(uuid: "${id}") { ... on OperationCancelled { operation { state } } ... on Problem { code } } }`,
      ),
    ).toEqual({ cancelOperation: { operation: { state: 'cancelled' } } });
    expect(await watching.next()).toEqual({ data: { operationProgress: { state: 'cancelled' } } });
    watching.close();
    expect(await ask(`mutation { cancelOperation(uuid: "none") { ... on UnknownOperationProblem { code } } }`)).toEqual({
      cancelOperation: { code: 'unknown-operation' },
    });
  });
});

describe('long work whose process ends', () => {
  const WORK = { kind: 'import', cluster: 'prod', author: 'test' };
  const untilStopped: OperationWork = async ({ signal }) => {
    await new Promise((stop) => signal.addEventListener('abort', stop, { once: true }));
    return err(problem('operation-cancelled', 'it was cancelled'));
  };
  let server: TestServer;
  let database: Database;
  beforeAll(async () => {
    server = await startServer();
    database = server.app.get(Database, { strict: false });
  });
  afterAll(() => server.stop());

  /** Another process at the same database, without a server. Its end takes what it holds, as any death of it would. */
  async function otherProcess() {
    const settings = new DatabaseSettings(database.settings.url, 2, 1);
    const own = new Database(settings);
    const presence = new ProcessPresence(settings);
    await presence.onModuleInit();
    const store = new OperationRepository(own, presence);
    const end = async () => {
      await presence.onModuleDestroy();
      await own.onModuleDestroy();
    };
    return { operations: new Operations(store), store, end };
  }
  const stateOf = async (id: string) =>
    (await database.rows<{ state: string; problem: object }>('SELECT state, problem FROM operation WHERE id = $1', [id]))[0];

  it('goes on as long as that lives, and can be cancelled from another', async () => {
    const other = await otherProcess();
    const { id } = await other.operations.start(WORK, untilStopped);
    await server
      .send('get', `/api/v1/operations/${id}`)
      .expect(200)
      .expect(({ body }) => expect(body).toMatchObject({ state: 'running' }));
    await server.send('post', `/api/v1/operations/${id}/actions/cancel`).expect(200);
    const followed = await server.send('get', `/api/v1/operations/${id}`).set('accept', 'text/event-stream');
    expect(eventsOf(followed.text).at(-1)).toMatchObject({ state: 'cancelled', problem: { code: 'operation-cancelled' } });
    await other.end();
  });

  it('is interrupted for whoever asks, and what it had to say later counts no more', async () => {
    const other = await otherProcess();
    const { id } = await other.operations.start(WORK, untilStopped);
    const operation = await other.operations.find(id);
    await other.end();
    const answer = await server.send('get', `/api/v1/operations/${id}`).expect(200);
    expect(answer.body).toMatchObject({ state: 'failed', problem: { code: 'operation-interrupted', status: 503 } });
    const { app } = server;
    await app.get(OperationStore, { strict: false }).save({ ...operation!, state: 'succeeded', result: {}, finishedAt: new Date() });
    expect(await stateOf(id)).toMatchObject({ state: 'failed' });
  });

  it('is interrupted at the next start', async () => {
    const dead = await otherProcess();
    const { id } = await dead.operations.start(WORK, untilStopped);
    await dead.end();
    expect(await stateOf(id)).toMatchObject({ state: 'running' });
    const next = await otherProcess();
    await next.store.onModuleInit();
    expect(await stateOf(id)).toMatchObject({ state: 'failed', problem: { kind: 'operation-interrupted' } });
    await next.end();
  });

  it('holds nobody up who follows it when the server is stopped', async () => {
    const stopped = await startServer();
    const { id } = await stopped.app.get(Operations, { strict: false }).start({ ...WORK, cluster: null }, untilStopped);
    const following = stopped
      .send('get', `/api/v1/operations/${id}`)
      .set('accept', 'text/event-stream')
      .then(({ text }) => eventsOf(text));
    await new Promise((wake) => setTimeout(wake, 200));
    expect(await stopped.app.get(InFlight, { strict: false }).drain(5_000)).toBe(true);
    expect((await following).map(({ state }) => state)).toEqual(['running']);
    await stopped.stop();
  });

  it('is stopped and says so when the server is stopped', async () => {
    const stopped = await startServer();
    const operations = stopped.app.get(Operations, { strict: false });
    const { id } = await operations.start({ ...WORK, cluster: null }, untilStopped);
    await stopped.app.close();
    const settings = stopped.app.get(Database, { strict: false }).settings;
    const later = new Database(settings);
    const rows = await later.rows<{ state: string; problem: object }>('SELECT state, problem FROM operation WHERE id = $1', [id]);
    expect(rows).toMatchObject([{ state: 'failed', problem: { kind: 'operation-interrupted' } }]);
    await later.onModuleDestroy();
    await stopped.stop();
  });
});
