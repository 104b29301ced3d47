import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { AskQuestion } from '../../src/application/questions/ask-question.js';
import { ADMIN, bodyOf, startServer, type TestServer } from './support/server.js';

interface Answer {
  readonly data: {
    readonly cluster: Readonly<Record<string, { readonly verdict: string }>>;
  };
  readonly errors?: readonly { readonly extensions: { readonly code: string } }[];
}

const NAME =
  'query ($name: String!) { cluster(name: "c") { name revision resolveName(name: $name, from: {selector: "pod/n/p"}) { verdict } } }';

function manifests(services: readonly string[]): string {
  return [
    '{apiVersion: v1, kind: Pod, metadata: {name: p, namespace: n}, spec: {containers: [{name: c, image: i}]}}',
    ...services.map(
      (name) => `{apiVersion: v1, kind: Service, metadata: {name: ${name}, namespace: n}, spec: {selector: {a: b}, ports: [{port: 80}]}}`,
    ),
  ].join('\n---\n');
}

describe('operations that ask only questions are remembered', () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startServer({ PORTOLAN_DEMO: '0' });
    for (const name of ['c', 'd']) await server.send('post', '/api/v1/clusters').send({ name }).expect(201);
    await write(['web']);
  });
  afterAll(() => server.stop());
  afterEach(() => vi.restoreAllMocks());

  async function write(services: readonly string[]): Promise<void> {
    await server.send('post', '/api/v1/clusters/c/snapshots').set('content-type', 'application/yaml').send(manifests(services)).expect(201);
  }

  async function ask(query: string, variables: object = {}, token: string = ADMIN): Promise<Answer> {
    return bodyOf<Answer>(await server.send('post', '/graphql', token).send({ query, variables }));
  }

  /** The answer when it is asked for the third time, and how many questions ran for that. */
  async function third(query: string, variables: object = {}): Promise<{ readonly answer: Answer; readonly ran: number }> {
    await ask(query, variables);
    await ask(query, variables);
    const asking = vi.spyOn(AskQuestion.prototype, 'ask');
    const answer = await ask(query, variables);
    const ran = asking.mock.calls.length;
    asking.mockRestore();
    return { answer, ran };
  }

  it('and answered the same, without running them', async () => {
    const first = await ask(NAME, { name: 'web' });
    const { answer, ran } = await third(NAME, { name: 'web' });
    expect(ran).toBe(0);
    expect(answer).toEqual(first);
    expect(answer.data.cluster['resolveName']?.verdict).toBe('RESOLVED');
  });

  it('but not for other variables', async () => {
    await third(NAME, { name: 'web' });
    expect((await ask(NAME, { name: 'nobody' })).data.cluster['resolveName']?.verdict).toBe('EXTERNAL');
  });

  it('until the cluster has another revision or profile', async () => {
    const before = (await third(NAME, { name: 'late' })).answer.data.cluster;
    await write(['web', 'late']);
    const after = (await ask(NAME, { name: 'late' })).data.cluster;
    expect([before['resolveName']?.verdict, after['resolveName']?.verdict]).toEqual(['EXTERNAL', 'RESOLVED']);
    expect(after['revision']).toBe(Number(before['revision']) + 1);
    const known = await third(NAME, { name: 'late.n.svc.cluster.local.' });
    expect(known.answer.data.cluster['resolveName']?.verdict).toBe('RESOLVED');
    await server
      .send('patch', '/api/v1/clusters/c')
      .send({ profile: { clusterDomain: 'other.local' } })
      .expect(200);
    expect((await ask(NAME, { name: 'late.n.svc.cluster.local.' })).data.cluster['resolveName']?.verdict).not.toBe('RESOLVED');
  });

  it('and whoever asks has to be let in anew', async () => {
    await third(NAME, { name: 'web' });
    const limited = bodyOf<{ readonly token: string }>(
      await server
        .send('post', '/api/v1/tokens')
        .send({ name: 'd-only', role: 'viewer', clusters: ['d'] })
        .expect(201),
    );
    expect((await ask(NAME, { name: 'web' }, limited.token)).errors?.[0]?.extensions.code).toBe('insufficient-role');
    expect((await ask(NAME, { name: 'web' }, 'nobody-issued-this')).errors?.[0]?.extensions.code).toBe('invalid-token');
  });

  it.each([
    ['what was handed out meanwhile', '{ cluster(name: "c") { ipPools { verdict } } }'],
    [
      'another revision',
      '{ cluster(name: "c", at: {revision: "1"}) { resolveName(name: "web", from: {selector: "pod/n/p"}) { verdict } } }',
    ],
    [
      'lists beside the question',
      '{ cluster(name: "c") { tags { name } resolveName(name: "web", from: {selector: "pod/n/p"}) { verdict } } }',
    ],
    ['several clusters', '{ a: cluster(name: "c") { name } b: cluster(name: "d") { name } }'],
    ['what fails', '{ cluster(name: "c") { resolveName(name: "web", from: {selector: "pod/n/nobody"}) { verdict } } }'],
  ])('never with %s', async (_, query) => {
    const first = await ask(query);
    const { answer, ran } = await third(query);
    expect(answer).toEqual({ ...first, errors: answer.errors });
    if (query.includes('verdict')) expect(ran).toBe(1);
  });

  it('never at all where nothing may be kept', async () => {
    const forgetful = await startServer({ PORTOLAN_ANSWER_CACHE_BYTES: '0', PORTOLAN_DEMO: '0' });
    await forgetful.send('post', '/api/v1/clusters').send({ name: 'c' }).expect(201);
    await forgetful.send('post', '/api/v1/clusters/c/snapshots').set('content-type', 'application/yaml').send(manifests([])).expect(201);
    const query = '{ cluster(name: "c") { resolveSelector(selector: {any: true}) { verdict } } }';
    const asking = vi.spyOn(AskQuestion.prototype, 'ask');
    for (let time = 0; time < 4; time++) await forgetful.send('post', '/graphql').send({ query }).expect(200);
    expect(asking).toHaveBeenCalledTimes(4);
    await forgetful.stop();
  });
});
