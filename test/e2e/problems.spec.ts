import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bodyOf, startServer, type TestServer } from './support/server.js';

interface Sent {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly code: string;
  readonly detail: string;
  readonly hint?: string;
  readonly errors?: readonly { readonly pointer: string; readonly code: string }[];
  readonly requestId: string;
}

describe('problems', () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startServer({ PORTOLAN_BODY_MAX_BYTES: '2000' });
  });
  afterAll(() => server.stop());

  it.each([
    ['get', '/api/v1/clusterz', 404, 'unknown-route', 'did you mean `/api/v1/clusters`?'],
    ['get', '/api/v1/clusters/harbor/querys/route', 404, 'unknown-route', 'did you mean `/api/v1/clusters/harbor/queries/route`?'],
    // `shared/design/questions.md`, questions 4 and 7, and what an import is called elsewhere
    ['post', '/api/v1/clusters/harbor/imports', 404, 'unknown-route', 'look at `/api/v1/clusters/harbor/snapshots`'],
    [
      'post',
      '/api/v1/clusters/harbor/queries/simulate',
      404,
      'unknown-question',
      'what a change does is told by `connectivity-diff?apply=&delete=`, and by other questions with `apply` and `delete`',
    ],
    [
      'get',
      '/api/v1/clusters/harbor/findings',
      404,
      'unknown-route',
      `look at ${['policy', 'service', 'route', 'ipam', 'dataplane'].map((room) => `\`/api/v1/clusters/harbor/queries/${room}-lint\``).join(', ')}`,
    ],
    ['get', '/xyzzy/plugh', 404, 'unknown-route', 'the paths are listed at `/docs`'],
    ['put', '/livez', 405, 'method-not-allowed', 'it takes GET, HEAD'],
    ['get', '/%zz', 400, 'invalid-request', undefined],
    ['get', '/livez?verbose=1', 400, 'unknown-parameter', undefined],
    ['get', '/api/v1/tokens?limt=1', 400, 'unknown-parameter', undefined],
    ['get', '/api/v1/tokens/no-such-token', 404, 'unknown-token', undefined],
    ['get', `/api/v1/tokens/${'x'.repeat(600)}`, 400, 'invalid-request', undefined],
    ['get', `/api/v1/${'a'.repeat(15_000)}`, 404, 'unknown-route', 'the paths are listed at `/docs`'],
    ['get', '/api/v1/clusters/a%00b', 400, 'invalid-request', undefined],
  ] as const)('%s %s', async (method, path, status, code, hint) => {
    const answer = await server.send(method, path);
    const body = bodyOf<Sent>(answer);
    expect([answer.status, answer.headers['content-type']]).toEqual([status, 'application/problem+json; charset=utf-8']);
    expect(body).toMatchObject({ status, code, type: `/docs/problems/${code}`, requestId: answer.headers['x-request-id'] });
    expect(body.title.length).toBeGreaterThan(5);
    expect(body.hint).toBe(hint);
  });

  it('names the methods a path takes', async () => {
    const answer = await server.send('put', '/livez');
    expect(answer.headers['allow']).toBe('GET, HEAD');
  });

  it('tells a hundred errors of a body, and counts the others', async () => {
    const unknown = Object.fromEntries(Array.from({ length: 150 }, (_, index) => [`k${index}`, 0]));
    const { errors, detail } = bodyOf<Sent & { detail: string }>(
      await server.send('post', '/api/v1/tokens').send({ name: 'ci', ...unknown }),
    );
    expect([errors?.length, detail]).toEqual([100, 'there is no parameter `k0` (and 149 more)']);
  });

  it('says where a body breaks JSON', async () => {
    const answer = await server.send('post', '/api/v1/tokens').set('content-type', 'application/json').send('{\n  "name": ci\n}');
    expect(answer.body).toMatchObject({
      code: 'invalid-request',
      detail: 'the body is no valid JSON at line 2, column 11: expected a value',
    });
  });

  it.each([
    ['text/html', '<p>', 415, 'unsupported-media-type'],
    ['application/json', `"${'x'.repeat(3_000)}"`, 413, 'payload-too-large'],
    ['application/json', '[]', 400, 'invalid-request'],
    ['application/json', '', 400, 'invalid-request'],
    ['application/json', `{"name":${'['.repeat(900)}${']'.repeat(900)}}`, 400, 'invalid-request'],
    ['application/json', '{"name":"a","__proto__":{"role":"admin"}}', 400, 'unknown-parameter'],
    [
      'multipart/form-data; boundary=x',
      '--x\r\ncontent-disposition: form-data; name=name\r\n\r\na\r\n--x--\r\n',
      415,
      'unsupported-media-type',
    ],
  ])('a body of type %s: %s', async (type, text, status, code) => {
    const answer = await server.send('post', '/api/v1/tokens').set('content-type', type).send(text);
    expect([answer.status, bodyOf<Sent>(answer).code]).toEqual([status, code]);
  });

  it('reports everything that is wrong at once, with pointers', async () => {
    const answer = await server.send('post', '/api/v1/tokens').send({ nam: 'x', role: 'edtor', clusters: [1] });
    const { errors = [] } = bodyOf<Sent>(answer);
    expect(errors.map(({ pointer, code }) => `${pointer} ${code}`).sort()).toEqual([
      '/clusters/0 invalid-value',
      '/nam unknown-parameter',
      '/name missing',
      '/role invalid-value',
    ]);
    expect(answer.text).toContain('did you mean `editor`?');
    expect(answer.text).toContain('did you mean `name`?');
  });

  it('takes a sane request id and makes one of its own instead of another', async () => {
    const sane = await server.send('get', '/livez').set('x-request-id', 'trace-1:a.b');
    expect(sane.headers['x-request-id']).toBe('trace-1:a.b');
    const wild = await server.send('get', '/livez').set('x-request-id', 'a b"c');
    expect(wild.headers['x-request-id']).toMatch(/^[0-9a-f-]{36}$/);
  });
});
