import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { QUESTIONS } from '../../src/application/questions/registry.js';
import { loadDemoFleet } from '../../src/load-demo-fleet.js';
import { bodyOf, startServer, type TestServer } from './support/server.js';

const PATH = '/api/v1/clusters/harbor/queries/route';
const URL_OF_CART = 'https://shop.harbor.example/api/cart/42';

interface Envelope {
  readonly revision: number;
  readonly verdict: string;
  readonly result: object;
  readonly evidence?: readonly { readonly id: number; readonly parent: number | null; readonly outcome: string }[];
}

/** The revisions of two servers are made at different times, which some answers tell. */
const timeless = (text: string) => text.replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, 'then');

describe('questions over REST', () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startServer();
    await loadDemoFleet(server.app, 'demo');
  });
  afterAll(() => server.stop());

  const link = (query = '') => `${PATH}?url=${encodeURIComponent(URL_OF_CART)}${query}`;

  it('answer in one envelope, with the revision in the body and in a header', async () => {
    const { body, headers } = await server.send('get', link()).expect(200);
    expect(Object.keys(body as object)).toEqual([
      'revision',
      'question',
      'verdict',
      'summary',
      'result',
      'evidence',
      'assumptions',
      'warnings',
      'confidence',
      'enforcement',
    ]);
    expect(headers).toMatchObject({
      'portolan-revision': '1',
      'cache-control': 'private, no-cache',
      etag: expect.stringMatching(/^"[\w-]{20,}"$/),
    });
  });

  it('have a strong entity tag, and 304 for who has the answer already', async () => {
    const { headers } = await server.send('get', link()).expect(200);
    const tag = headers['etag'] ?? '';
    const again = await server.send('get', link()).set('if-none-match', `"other", ${tag}`).expect(304);
    expect([again.text, again.headers['etag']]).toEqual(['', tag]);
    await server.send('get', link()).set('if-none-match', '"other"').expect(200);
    const other = await server.send('get', `${PATH}?url=https://shop.harbor.example/`);
    expect(other.headers['etag']).not.toBe(tag);
  });

  it('show as much evidence as asked for', async () => {
    const full = bodyOf<Envelope>(await server.send('get', link('&view=full')));
    const steps = bodyOf<Envelope>(await server.send('get', link('&view=steps')));
    const verdict = bodyOf<Envelope>(await server.send('get', link('&view=verdict')));
    expect(verdict).toEqual({ ...full, evidence: undefined, result: { ...full.result, candidates: undefined } });
    expect(JSON.stringify(verdict)).not.toContain('candidates');
    const shown = new Set(steps.evidence?.map(({ id }) => id));
    expect(shown.size).toBeLessThan(full.evidence?.length ?? 0);
    expect(steps.evidence?.filter(({ parent }) => parent !== null && !shown.has(parent))).toEqual([]);
    await server.send('get', link('&view=brief')).expect(400);
  });

  it('take a coordinate', async () => {
    expect(bodyOf<Envelope>(await server.send('get', link('&revision=1'))).revision).toBe(1);
    expect(bodyOf<Envelope>(await server.send('get', link('&revision=latest'))).revision).toBe(1);
    expect(bodyOf<Envelope>(await server.send('get', link(`&at=${new Date().toISOString()}`))).revision).toBe(1);
    const problems = await Promise.all(
      ['&revision=2', '&revision=yesterday', '&at=2001-01-01T00:00:00Z', '&at=yesterday', '&at=2030-01-01T00:00:00Z&revision=1'].map(
        async (query) => {
          const { status, body } = await server.send('get', link(query));
          return `${status} ${(body as { code: string }).code}`;
        },
      ),
    );
    expect(problems).toEqual([
      '404 unknown-revision',
      '404 unknown-tag',
      '404 unknown-revision',
      '400 invalid-request',
      '400 invalid-request',
    ]);
  });

  it('refuse what they do not know, with the nearest right thing', async () => {
    const { body } = await server.send('get', link('&metod=GET&revison=1')).expect(400);
    expect(body).toMatchObject({
      code: 'unknown-parameter',
      errors: [
        { pointer: '/metod', hint: 'did you mean `method`?' },
        { pointer: '/revison', hint: 'did you mean `revision`?' },
      ],
    });
    await server.send('post', PATH).send({ url: URL_OF_CART, metod: 'GET' }).expect(400);
    const unknown = await server.send('get', '/api/v1/clusters/harbor/queries/rute').expect(404);
    expect(unknown.body).toMatchObject({ code: 'unknown-question', hint: 'did you mean `route`?' });
  });

  it('answer a batch in order, each item with its answer or its problem', async () => {
    const items = [{ url: URL_OF_CART }, { url: 'no url' }, {}, { url: URL_OF_CART, metod: 'GET' }];
    const { body } = await server.send('post', `${PATH}?view=verdict`).send({ items }).expect(200);
    expect(body).toMatchObject({
      revision: 1,
      items: [
        bodyOf<Envelope>(await server.send('get', link('&view=verdict'))),
        { code: 'invalid-request', status: 400 },
        { code: 'invalid-request', errors: [{ pointer: '/items/2/url', code: 'missing' }] },
        { code: 'unknown-parameter', errors: [{ pointer: '/items/3/metod' }] },
      ],
    });
  });

  it('refuse a batch that is too long, and name the maximum', async () => {
    const items = Array.from({ length: 1_001 }, () => ({ url: URL_OF_CART }));
    const { body } = await server.send('post', PATH).send({ items }).expect(400);
    expect(body).toMatchObject({ code: 'limit-too-large', maximum: 1_000 });
  });

  it('answer the same from memory as anew', async () => {
    const uncached = await startServer({ PORTOLAN_ANSWER_CACHE_BYTES: '0' });
    await loadDemoFleet(uncached.app, 'demo');
    for (const { name, examples } of QUESTIONS) {
      for (const { cluster, input } of examples) {
        const path = `/api/v1/clusters/${cluster}/queries/${name}`;
        const first = await server.send('post', path).send(input);
        expect((await server.send('post', path).send(input)).text).toBe(first.text);
        expect(timeless((await uncached.send('post', path).send(input)).text)).toBe(timeless(first.text));
      }
    }
    await uncached.stop();
  });
});
