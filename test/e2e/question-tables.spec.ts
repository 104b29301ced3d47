import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadDemoFleet } from '../../src/load-demo-fleet.js';
import { bodyOf, startServer, type TestServer } from './support/server.js';

const QUERIES = '/api/v1/clusters/harbor/queries';
const LISTING = `${QUERIES}/connectivity`;

interface Listed {
  readonly result: { readonly connections: readonly Readonly<Record<string, unknown>>[] };
}

interface Refused {
  readonly code: string;
  readonly errors: readonly { readonly pointer: string }[];
}

describe('answers as text', () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startServer();
    await loadDemoFleet(server.app, 'demo');
  });
  afterAll(() => server.stop());

  it('have the rows of the JSON answer, whether the link or the Accept header asks', async () => {
    const { connections } = bodyOf<Listed>(await server.send('get', `${LISTING}?from=ns/shop`).expect(200)).result;
    const linked = await server.send('get', `${LISTING}?from=ns/shop&format=ndjson`).buffer(true).expect(200);
    const rows = linked.text.split('\n').filter((line) => line !== '');
    expect(rows.map((line) => JSON.parse(line) as unknown)).toEqual(
      connections.map((row) => Object.fromEntries(Object.entries(row).filter(([column]) => column !== 'boxes'))),
    );
    const accepted = await server.send('get', `${LISTING}?from=ns/shop`).set('accept', 'application/x-ndjson').buffer(true).expect(200);
    expect(accepted.text).toBe(linked.text);
    const posted = await server.send('post', LISTING).send({ from: 'ns/shop', format: 'ndjson' }).buffer(true).expect(200);
    expect(posted.text).toBe(linked.text);
  });

  it.each([
    ['csv', 'text/csv', 'from,to,connection,policyConnection,partial\n'],
    ['md', 'text/markdown', '| from | to | connection | policyConnection | partial |\n'],
    ['dot', 'text/vnd.graphviz', 'digraph {\n'],
    ['ndjson', 'application/x-ndjson', '{"from":"'],
  ])('%s is sent as %s', async (format, mediaType, head) => {
    const { headers, text } = await server.send('get', `${LISTING}?format=${format}`).buffer(true).expect(200);
    expect(headers['content-type']).toBe(`${mediaType}; charset=utf-8`);
    expect(headers).toMatchObject({ 'portolan-revision': '1', 'cache-control': 'private, no-cache', vary: 'accept' });
    expect(text.slice(0, head.length)).toBe(head);
  });

  it('`json` is the form that is sent where no format is asked for', async () => {
    for (const question of ['connectivity?', 'connectivity-diff?since=0&', 'exposure?', 'reachability?to=sts/data/postgres&']) {
      const plain = await server.send('get', `${QUERIES}/${question}view=verdict`).expect(200);
      const json = await server.send('get', `${QUERIES}/${question}view=verdict&format=json`).expect(200);
      expect(json.body, question).toEqual(plain.body);
    }
  });

  it('are not sent again to who has them', async () => {
    const link = `${LISTING}?format=csv`;
    const tag = (await server.send('get', link).buffer(true).expect(200)).headers['etag'] ?? '';
    await server.send('get', link).set('if-none-match', tag).expect(304);
    expect((await server.send('get', `${LISTING}?format=md`).buffer(true)).headers['etag']).not.toBe(tag);
  });

  it('stay JSON where a browser asks, and where an answer has no rows', async () => {
    for (const accept of ['text/html,application/xhtml+xml,*/*;q=0.8', 'application/json, text/csv;q=0.5', 'image/png']) {
      const { headers } = await server.send('get', LISTING).set('accept', accept).expect(200);
      expect(headers['content-type'], accept).toContain('application/json');
    }
    const { headers } = await server.send('get', `${QUERIES}/pod-policies?pod=data/postgres-0`).set('accept', 'text/csv').expect(200);
    expect(headers['content-type']).toContain('application/json');
  });

  it("are netpol-analyzer's text for listings, differences and exposures", async () => {
    const listing = await server.send('get', `${LISTING}?format=txt`).buffer(true).expect(200);
    expect(listing.text).toMatch(/^0\.0\.0\.0-\S+\[External\] => |^\S+\/\S+\[\w+\] => /);
    const same = await server.send('get', `${LISTING}?format=netpol-analyzer`).set('accept', 'text/plain').buffer(true).expect(200);
    expect(same.text).toBe(listing.text);
    const diff = await server.send('get', `${QUERIES}/connectivity-diff?since=0&format=txt`).buffer(true).expect(200);
    expect(diff.text).toMatch(/^Connectivity diff:\ndiff-type: added, source: \S+, destination: \S+, ref1: No Connections, ref2: /);
    const exposure = await server.send('get', `${QUERIES}/exposure?format=txt`).buffer(true).expect(200);
    expect(exposure.text).toContain('\nExposure Analysis Result:\nEgress Exposure:\n');
  });

  it('fail as the question does, before anything is sent', async () => {
    const { body } = await server.send('get', `${LISTING}?format=csv&from=ns/shpo`).expect(404);
    expect((body as Refused).code).toBe('unknown-namespace');
    const narrowed = bodyOf<Refused>(await server.send('get', `${LISTING}?format=txt&from=ns/shop`).expect(400));
    expect(narrowed.errors.map(({ pointer }) => pointer)).toEqual(['/from']);
  });

  it('are refused where JSON is all there is: in a batch, and in GraphQL', async () => {
    const batch = await server
      .send('post', LISTING)
      .send({ items: [{ format: 'csv' }] })
      .expect(200);
    expect(bodyOf<{ items: Refused[] }>(batch).items[0]).toMatchObject({
      code: 'invalid-request',
      errors: [{ pointer: '/items/0/format' }],
    });
    const query = '{ cluster(name: "harbor") { connectivity(format: "csv") { summary } } }';
    const { errors } = bodyOf<{ errors: { extensions: Refused }[] }>(await server.send('post', '/graphql').send({ query }));
    expect(errors[0]?.extensions).toMatchObject({ code: 'invalid-request', errors: [{ pointer: '/format' }] });
  });
});
