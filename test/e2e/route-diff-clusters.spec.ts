import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Json } from '../../src/core/kernel/json.js';
import { ingressCluster } from '../support/ingress-cluster.js';
import { bodyOf, startServer, type TestServer } from './support/server.js';

interface Told {
  readonly verdict: string;
  readonly question: Readonly<Record<string, unknown>>;
  readonly result: { readonly b: object; readonly differences: readonly { readonly witnesses: readonly { readonly url: string }[] }[] };
}

const DIFF = '/api/v1/clusters/old/queries/route-diff';
const SAME = { verdict: 'EQUIVALENT', question: { withCluster: 'new', withRevision: 1 } };

/** The same question of two clusters: a migration from one to the other. */
describe('routes of another cluster', () => {
  let server: TestServer;
  let ofOld: string;
  const snapshot = async (cluster: string, rules: string) => {
    const text = ingressCluster(rules).map((object) => JSON.stringify(object as unknown as Json));
    const path = `/api/v1/clusters/${cluster}/snapshots`;
    await server.send('post', path).set('content-type', 'application/x-ndjson').send(text.join('\n')).expect(201);
  };
  const graphql = async (query: string, token?: string) => (await server.send('post', '/graphql', token).send({ query })).body as Json;
  beforeAll(async () => {
    server = await startServer();
    for (const name of ['old', 'new', 'empty']) await server.send('post', '/api/v1/clusters').send({ name }).expect(201);
    ofOld = await server.issue('editor', ['old']);
    await snapshot('old', 'a : foo.com Prefix /x -> w');
    await snapshot('new', 'b : foo.com Prefix /x -> w');
  });
  afterAll(() => server.stop());

  it('are compared at the newest revision, also when that moves on, or at the one that is named', async () => {
    for (let time = 0; time < 3; time++) expect((await server.send('get', `${DIFF}?withCluster=new`).expect(200)).body).toMatchObject(SAME);
    await snapshot('new', 'b : foo.com Prefix /x -> w\nb : foo.com Exact /y -> v');
    const { verdict, result, question } = bodyOf<Told>(await server.send('get', `${DIFF}?withCluster=new`).expect(200));
    expect([verdict, question['withRevision'], result.b]).toMatchObject(['DIFFERENT', 2, { cluster: 'new', revision: 2 }]);
    expect(result.differences.flatMap(({ witnesses }) => witnesses.map(({ url }) => url))).toContain('http://foo.com/y');
    const first = await server.send('post', DIFF).send({ withCluster: 'new', withRevision: '1' }).expect(200);
    expect(first.body).toMatchObject(SAME);
  });

  it.each([
    ['withCluster=nwe', 404, 'unknown-cluster', '/withCluster', 'did you mean `new`?'],
    ['withCluster=empty', 404, 'unknown-revision', '/withCluster', 'import manifests'],
    ['withCluster=new&withRevision=9', 404, 'unknown-revision', '/withRevision', 'its revisions are'],
    ['withCluster=new&withClass=d', 404, 'unknown-object', '/withClass', 'c'],
  ])('are not guessed: %s', async (query, status, code, pointer, hint) => {
    const { body } = await server.send('get', `${DIFF}?${query}`).expect(status);
    expect(body).toMatchObject({ code, hint: expect.stringContaining(hint), errors: [{ pointer }] });
  });

  // A token that is limited to clusters reads those alone, whichever question names another one, and is not told what there is.
  it('are told to nobody who may not read that cluster', async () => {
    const withNew = { withCluster: 'new' };
    await server.send('get', `${DIFF}?withCluster=new`).expect(200); // what is remembered is for whoever may read it
    const refused = { code: 'insufficient-role', errors: [{ pointer: '/withCluster' }] };
    for (const name of ['new', 'nowhere'])
      expect((await server.send('get', `${DIFF}?withCluster=${name}`, ofOld).expect(403)).body).toMatchObject(refused);
    expect((await server.send('post', DIFF, ofOld).send(withNew).expect(403)).body).toMatchObject(refused);
    const batch = await server
      .send('post', DIFF, ofOld)
      .send({ items: [withNew, { withDialect: 'traefik' }] })
      .expect(200);
    expect(bodyOf<{ items: object[] }>(batch).items).toMatchObject([{ status: 403 }, { verdict: 'DIFFERENT' }]);
    const query = '{ cluster(name: "old") { routeDiff(withCluster: "new", withRevision: "1") { verdict } } }';
    const [open, closed] = [await graphql(query), await graphql(query, ofOld)];
    expect(open).toMatchObject({ data: { cluster: { routeDiff: { verdict: 'EQUIVALENT' } } } });
    expect(closed).toMatchObject({ errors: [{ extensions: { code: 'insufficient-role' } }] });
  });

  it('are told in runs of assertions to whoever runs them, not to whom they were saved by', async () => {
    const cases = [{ input: { withCluster: 'new', withRevision: '1' }, expect: { verdict: 'EQUIVALENT' } }];
    const assertions = '/api/v1/clusters/old';
    await server.send('put', `${assertions}/assertions/moved`).send({ question: 'route-diff', cases }).expect(201);
    const runs = async (token?: string) => [
      (await server.send('get', `${assertions}/assertions/moved/runs`, token).expect(200)).body as Json,
      bodyOf<{ items: Json[] }>(await server.send('get', `${assertions}/assertion-runs`, token).expect(200)).items[0],
      (await server.send('post', `${assertions}/assertion-runs`, token).send({ question: 'route-diff', cases }).expect(200)).body as Json,
    ];
    for (const run of await runs()) expect(run).toMatchObject({ verdict: 'PASSED' });
    for (const run of await runs(ofOld)) expect(run).toMatchObject({ verdict: 'FAILED' });
    const [alone] = await runs(ofOld);
    expect(alone).toMatchObject({ cases: [{ problem: { code: 'insufficient-role' } }] });
    const fields = 'assertionRun(name: "moved") { verdict } assertionRuns { edges { node { verdict } } }';
    const closed = await graphql(`{ cluster(name: "old") { ${fields} } }`, ofOld);
    expect(closed).toMatchObject({
      data: { cluster: { assertionRun: { verdict: 'FAILED' }, assertionRuns: { edges: [{ node: { verdict: 'FAILED' } }] } } },
    });
  });
});
