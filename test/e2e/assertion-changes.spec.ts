import { once } from 'node:events';
import { request } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { Coordinates } from '../../src/application/clusters/coordinates.js';
import { RunAssertions } from '../../src/application/assertions/run-assertions.js';
import { AskQuestion } from '../../src/application/questions/ask-question.js';
import type { Json } from '../../src/core/kernel/json.js';
import { ADMIN, bodyOf, startServer, type TestServer } from './support/server.js';

const CLUSTER = '/api/v1/clusters/moving';
const ANY = { input: { url: 'http://foo.com/' }, expect: { verdict: 'ROUTED' } };
const DRAFT = { question: 'route', cases: [ANY, ANY, ANY] };

/** What becomes of assertions and their runs while others change what they are about. */
describe('assertions in motion', () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startServer();
    await server.app.listen(0, '127.0.0.1');
  });
  afterAll(() => server.stop());

  const create = async (objects: readonly Json[] = [{ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop' } }]) => {
    await server.send('post', '/api/v1/clusters').send({ name: 'moving' }).expect(201);
    const text = objects.map((object) => JSON.stringify(object)).join('\n');
    await server.send('post', `${CLUSTER}/snapshots`).set('content-type', 'application/x-ndjson').send(text).expect(201);
  };
  const drop = async () => server.send('delete', CLUSTER);
  afterEach(drop);
  const save = () => server.send('put', `${CLUSTER}/assertions/web`);

  // RFC 9110 §13.1.1: `If-Match` is there so that nobody's change is lost; §8.8.1: no other state has the same strong validator.
  it('that were deleted and made again are not those that were read', async () => {
    await create();
    const first = await save().send(DRAFT).expect(201);
    await server.send('delete', `${CLUSTER}/assertions/web`).expect(204);
    await delay(2); // times have milliseconds
    const second = await save().send(DRAFT).expect(201);
    const [old, current] = [first.headers['etag']!, second.headers['etag']!];
    expect([first.body, second.body]).toMatchObject([{ version: 1 }, { version: 1 }]);
    const refused = await save()
      .set('if-match', old)
      .send({ ...DRAFT, description: 'mine' })
      .expect(412);
    expect(refused.body).toMatchObject({ code: 'precondition-failed', current: 1, detail: expect.stringContaining('made anew') });
    await server.send('delete', `${CLUSTER}/assertions/web`).set('if-match', old).expect(412);
    await save()
      .set('if-match', current)
      .send({ ...DRAFT, description: 'mine' })
      .expect(200);
  });

  it('are not run for a cluster that was deleted, nor for another that has its name now', async () => {
    await create();
    await save().send(DRAFT).expect(201);
    const found = await server.app.get(Coordinates).resolve('moving', {});
    if (!found.ok) throw new Error(found.error.message);
    const running = server.app.get(RunAssertions);
    expect(await running.run(found.value, 'web')).toMatchObject({ ok: true });
    await drop();
    const gone = { ok: false, error: { kind: 'unknown-cluster', message: 'cluster `moving` was deleted meanwhile' } };
    expect(await running.run(found.value, 'web')).toMatchObject(gone);
    expect(await running.runAfter(found.value, '', 10)).toMatchObject(gone);
    await create();
    await save().send(DRAFT).expect(201);
    expect(await running.run(found.value, 'web')).toMatchObject(gone);
    expect(await running.runAfter(found.value, '', 10)).toMatchObject(gone);
  });

  it.each(['assertions', 'assertion-runs'])('are not listed on in another cluster that has the name now: %s', async (list) => {
    const page = (token: string) => server.send('get', `${CLUSTER}/${list}?limit=1${token}`);
    const fill = async () => {
      await create();
      for (const name of ['a', 'b']) await server.send('put', `${CLUSTER}/assertions/${name}`).send(DRAFT).expect(201);
    };
    await fill();
    const first = bodyOf<{ continue: string }>(await page('').expect(200));
    await page(`&continue=${first.continue}`).expect(200);
    await drop();
    await fill();
    const refused = await page(`&continue=${first.continue}`).expect(400);
    expect(refused.body).toMatchObject({ code: 'invalid-request', errors: [{ pointer: '/continue', code: 'other-list' }] });
  });

  it.each(['assertion-runs', 'queries/route'])('are not run on for a client that has left: %s', async (path) => {
    await create();
    const asking = server.app.get(AskQuestion);
    const askAll = asking.askAll.bind(asking);
    const body = JSON.stringify(path === 'assertion-runs' ? DRAFT : { items: DRAFT.cases.map(({ input }) => input) });
    const { port } = new URL(await server.app.getUrl());
    const headers = { authorization: `Bearer ${ADMIN}`, 'content-type': 'application/json' };
    const client = request({ port, method: 'POST', path: `${CLUSTER}/${path}`, headers });
    const ended = new Promise((resolve) => {
      vi.spyOn(asking, 'askAll').mockImplementation(async function* (question, at, inputs, explains, until) {
        let answers = 0;
        try {
          for await (const answer of askAll(question, at, inputs, explains, until)) {
            yield answer;
            if (++answers > 1) continue;
            const left = once(until!, 'abort');
            client.destroy();
            await left;
          }
          resolve({ answers, reason: null });
        } catch (reason) {
          resolve({ answers, reason });
          throw reason;
        }
      });
    });
    client.on('error', () => undefined).end(body);
    expect(await ended).toMatchObject({ answers: 1, reason: { problem: { kind: 'operation-cancelled' } } });
    vi.restoreAllMocks();
  });

  // Kubernetes "Network Policies": rules of all policies that select a pod are a union, however many there are.
  it('count the rules of every policy that is about a connection', async () => {
    const policy = (index: number) => ({
      apiVersion: 'networking.k8s.io/v1',
      kind: 'NetworkPolicy',
      metadata: { name: `p${index}`, namespace: 'shop' },
      spec: { podSelector: {}, policyTypes: ['Ingress'], ingress: [{ from: [{ podSelector: {} }] }] },
    });
    const pod = (name: string, ip: string) => ({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name, namespace: 'shop' },
      spec: { nodeName: 'n', containers: [{ name: 'c' }] },
      status: { phase: 'Running', podIP: ip, podIPs: [{ ip }] },
    });
    await create([pod('a', '10.0.0.1'), pod('b', '10.0.0.2'), ...Array.from({ length: 130 }, (_, index) => policy(index))]);
    const input = { from: 'pod/shop/a', to: 'pod/shop/b', port: '80' };
    const draft = { question: 'policy-verdict', cases: [{ input, expect: { result: { policyVerdict: 'ALLOWED' } } }] };
    const run = bodyOf<object>(await server.send('post', `${CLUSTER}/assertion-runs`).send(draft).expect(200));
    expect(run).toMatchObject({ verdict: 'PASSED', coverage: { rules: 130, covered: 130, share: 1 } });
  });
});
