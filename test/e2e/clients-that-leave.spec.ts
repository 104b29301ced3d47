import { once } from 'node:events';
import { request } from 'node:http';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { SupposedModels } from '../../src/application/what-if/supposed-models.js';
import { ADMIN, startServer, type TestServer } from './support/server.js';

const NAMESPACE = JSON.stringify({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop' } });
const ASK = { from: 'ext:192.0.2.1', to: 'ext:192.0.2.2', apply: NAMESPACE };
const QUERY = 'query ($apply: String) { cluster(name: "left") { connectivity(apply: $apply) { verdict } } }';

/** A state that is supposed is a model to compile: nobody is to wait for one that its client does not read any more. */
describe('a client that leaves before its supposed state is made', () => {
  let server: TestServer;
  let url: string;
  beforeAll(async () => {
    server = await startServer();
    await server.app.listen(0, '127.0.0.1');
    url = await server.app.getUrl();
    await server.send('post', '/api/v1/clusters').send({ name: 'left' }).expect(201);
    await server.send('post', '/api/v1/clusters/left/snapshots').set('content-type', 'application/json').send(NAMESPACE).expect(201);
  });
  afterAll(() => server.stop());
  afterEach(() => vi.restoreAllMocks());

  it.each([
    ['REST', '/api/v1/clusters/left/queries/policy-verdict', ASK],
    ['REST, in a batch', '/api/v1/clusters/left/queries/policy-verdict', { items: [ASK] }],
    ['GraphQL', '/graphql', { query: QUERY, variables: { apply: NAMESPACE } }],
    [
      'assertions',
      '/api/v1/clusters/left/assertion-runs',
      { question: 'policy-verdict', cases: [{ input: ASK, expect: { verdict: 'ALLOWED' } }] },
    ],
  ])('is not waited for: %s', async (_, path, body) => {
    let asked: () => void = () => undefined;
    const begun = new Promise<void>((resolve) => (asked = resolve));
    const ended = new Promise<unknown>((resolve) => {
      vi.spyOn(server.app.get(SupposedModels, { strict: false }), 'changedAt').mockImplementation(
        async (_cluster, _revision, _supposed, until) => {
          if (!until) throw new Error('nobody tells when the client leaves');
          asked();
          await once(until, 'abort');
          resolve(until.reason);
          throw until.reason;
        },
      );
    });
    const call = request(`${url}${path}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${ADMIN}`, 'content-type': 'application/json' },
    });
    call.on('error', () => undefined); // it is cut off from here
    call.end(JSON.stringify(body));
    await begun;
    call.destroy();
    expect(await ended).toMatchObject({ problem: { kind: 'operation-cancelled' } });
  });
});
