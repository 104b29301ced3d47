import { parse } from 'graphql';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { InFlight } from '../../src/api/http/in-flight.js';
import { loadDemoFleet } from '../../src/load-demo-fleet.js';
import { ADMIN, bodyOf, startServer, type TestServer } from './support/server.js';
import { subscribe } from './support/subscribe.js';

describe('subscriptions', () => {
  let server: TestServer;
  let origin: string;
  beforeAll(async () => {
    server = await startServer();
    await server.app.listen(0, '127.0.0.1');
    origin = (await server.app.getUrl()).replace('[::1]', '127.0.0.1');
  });
  afterAll(() => server.stop());

  it('tell of new revisions, of the clusters that the token may see', async () => {
    const all = await subscribe(origin, 'subscription { revisionCreated { cluster number author } }', ADMIN);
    const limited = await subscribe(origin, 'subscription { revisionCreated { cluster } }', await server.issue('viewer', ['harbor']));
    await new Promise((wake) => setTimeout(wake, 300));
    await loadDemoFleet(server.app, 'demo');
    const seen: unknown[] = [];
    for (let count = 0; count < 4; count++) seen.push(await all.next());
    expect(seen).toEqual(
      ['atoll', 'fjord', 'harbor', 'heritage'].map((cluster) => ({ data: { revisionCreated: { cluster, number: 1, author: 'demo' } } })),
    );
    expect(await limited.next()).toEqual({ data: { revisionCreated: { cluster: 'harbor' } } });
    all.close();
    limited.close();
  });

  it('end with their token', async () => {
    const { id, token } = bodyOf<{ readonly id: string; readonly token: string }>(
      await server.send('post', '/api/v1/tokens').send({ name: 'leaver', role: 'viewer' }).expect(201),
    );
    const leaver = await subscribe(origin, 'subscription { revisionCreated { cluster } }', token);
    const stays = await subscribe(origin, 'subscription { revisionCreated { cluster } }', ADMIN);
    await new Promise((wake) => setTimeout(wake, 300));
    await server.send('post', '/api/v1/clusters').send({ name: 'news' }).expect(201);
    const write = async () =>
      server
        .send('post', '/api/v1/clusters/news/snapshots')
        .set('content-type', 'application/yaml')
        .send('{apiVersion: v1, kind: Node, metadata: {name: a}}');
    await write();
    const told = { data: { revisionCreated: { cluster: 'news' } } };
    expect([await leaver.next(), await stays.next()]).toEqual([told, told]);
    await server.send('delete', `/api/v1/tokens/${id}`).expect(200);
    await write();
    expect(await stays.next()).toEqual(told);
    expect(await leaver.next()).toBe('complete');
    leaver.close();
    stays.close();
  });

  it.each([
    ['without a token', undefined, 'missing-token'],
    ['with one that nobody issued', 'nobody-issued-this-token', 'invalid-token'],
  ])('are refused %s', async (_, token, code) => {
    const refused = await subscribe(origin, 'subscription { revisionCreated { number } }', token);
    expect(JSON.stringify(await refused.next())).toContain(code);
    refused.close();
  });

  it('are validated, and refused where the cluster is unknown', async () => {
    const wrong = await subscribe(origin, 'subscription { revisionCreated { nmber } }', ADMIN);
    expect(JSON.stringify(await wrong.next())).toContain('nmber');
    wrong.close();
    const unknown = await subscribe(origin, 'subscription { revisionCreated(cluster: "harbour") { number } }', ADMIN);
    expect(JSON.stringify(await unknown.next())).toContain('there is no cluster `harbour`');
    unknown.close();
  });

  it('do not tell a limited token which clusters there are', async () => {
    const secret = await server.issue('viewer', ['elsewhere']);
    const refusals: unknown[] = [];
    for (const name of ['harbor', 'harbour', 'zzzz']) {
      const refused = await subscribe(origin, `subscription { revisionCreated(cluster: "${name}") { number } }`, secret);
      refusals.push(JSON.stringify(await refused.next()).replaceAll(name, 'NAME'));
      refused.close();
    }
    expect(refusals[0]).toContain('insufficient-role');
    expect(refusals.map((text) => String(text).replace(/"requestId":"[^"]*"/, ''))).toEqual(
      Array(3).fill(String(refusals[0]).replace(/"requestId":"[^"]*"/, '')),
    );
  });

  it('are held to the limits whichever operation of the document is meant', async () => {
    const many = Array.from({ length: 250 }, (_, index) => `n${index}: number`).join(' ');
    const document = `subscription A { revisionCreated { number } } subscription B { revisionCreated { ${many} } }`;
    const refused = await subscribe(origin, document, ADMIN, 'A');
    expect(JSON.stringify(await refused.next())).toContain('query-too-complex');
    refused.close();
  });

  it('are texts of as many tokens as any document', async () => {
    const long = `subscription { revisionCreated { ${'n '.repeat(10_001)} } }`;
    for (const [query, said] of [
      [parse('subscription { revisionCreated { number } }', { noLocation: true }), 'no text of a GraphQL document'],
      [long, 'more than 10000 tokens'],
    ] as const) {
      const refused = await subscribe(origin, query, ADMIN);
      expect(JSON.stringify(await refused.next())).toContain(said);
      refused.close();
    }
  });

  it('that are open hold no stop up', async () => {
    const open = await subscribe(origin, 'subscription { revisionCreated { number } }', ADMIN);
    await new Promise((wake) => setTimeout(wake, 100));
    await server.send('get', '/%ff', null); // neither does what the router refuses
    expect(await server.app.get(InFlight, { strict: false }).drain(500)).toBe(true);
    open.close();
  });
});
