import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadDemoFleet } from '../../src/load-demo-fleet.js';
import { bodyOf, startServer, type TestServer } from './support/server.js';

/** Questions about one object have a path of their own beside `/queries/…`; both send the same bytes. */
describe('a question at a path of its own', () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startServer();
    await loadDemoFleet(server.app, 'demo');
  });
  afterAll(() => server.stop());

  async function somePod(): Promise<string> {
    const { body } = await server.send('post', '/api/v1/clusters/harbor/queries/service-endpoints').send({ service: 'svc/shop/web' });
    return bodyOf<{ result: { endpoints: { pod: string }[] } }>({ body }).result.endpoints[0]!.pod;
  }

  it('services/{namespace}/{name}/endpoints is service-endpoints', async () => {
    const asked = await server.send('get', '/api/v1/clusters/harbor/queries/service-endpoints?service=svc/shop/web');
    const byPath = await server.send('get', '/api/v1/clusters/harbor/services/shop/web/endpoints');
    expect([byPath.status, byPath.text]).toEqual([200, asked.text]);
    expect(byPath.headers['portolan-revision']).toBe(String(bodyOf<{ revision: number }>(byPath).revision));
  });

  it('pods/{namespace}/{name}/resolver is pod-resolver', async () => {
    const pod = await somePod();
    const asked = await server.send('get', `/api/v1/clusters/harbor/queries/pod-resolver?from=pod/${pod}`);
    const byPath = await server.send('get', `/api/v1/clusters/harbor/pods/${pod}/resolver`);
    expect([byPath.status, byPath.text]).toEqual([200, asked.text]);
    expect(bodyOf<{ result: { text: string } }>(byPath).result.text).toBe(
      'search shop.svc.cluster.local svc.cluster.local cluster.local\nnameserver 10.96.0.10\noptions ndots:5\n',
    );
  });

  it('pods/{namespace}/{name}/environment is pod-environment', async () => {
    const pod = await somePod();
    const asked = await server.send('get', `/api/v1/clusters/harbor/queries/pod-environment?from=pod/${pod}`);
    const byPath = await server.send('get', `/api/v1/clusters/harbor/pods/${pod}/environment`);
    expect([byPath.status, byPath.text]).toEqual([200, asked.text]);
    const { variables } = bodyOf<{ result: { variables: { name: string }[] } }>(byPath).result;
    expect(variables.map(({ name }) => name)).toContain('WEB_SERVICE_HOST');
  });

  it.each([
    ['tunnels?node=harbor-1&limit=1', 'tunnels?node=harbor-1&limit=1'],
    ['node-routes?node=harbor-1&family=4', 'node-routes?node=harbor-1&family=4'],
    ['services/shop/web/endpoints?delete=Deployment+shop/web', 'service-endpoints?service=svc/shop/web&delete=Deployment+shop/web'],
    ['ip-pools?plane=service&delete=Service+shop/web', 'ip-pools?plane=service&delete=Service+shop/web'],
    ['tunnels?delete=Namespace+shop', 'tunnels?delete=Namespace+shop'],
  ])('%s is the question of that name', async (path, question) => {
    const asked = await server.send('get', `/api/v1/clusters/harbor/queries/${question}`);
    const byPath = await server.send('get', `/api/v1/clusters/harbor/${path}`);
    expect([byPath.status, byPath.text]).toEqual([200, asked.text]);
  });

  it('pods/{namespace}/{name}/route-table is pod-route-table', async () => {
    const pod = await somePod();
    const asked = await server.send('get', `/api/v1/clusters/harbor/queries/pod-route-table?pod=pod/${pod}&family=4`);
    const byPath = await server.send('get', `/api/v1/clusters/harbor/pods/${pod}/route-table?family=4`);
    expect([byPath.status, byPath.text]).toEqual([200, asked.text]);
    // docs.tigera.io FAQ, "Why does my container have a route to 169.254.1.1?"
    const { routes } = bodyOf<{ result: { routes: { destination: string; via: string | null }[] } }>(byPath).result;
    expect(routes.map(({ destination, via }) => `${destination} ${via ?? 'link'}`)).toEqual([
      '0.0.0.0/0 169.254.1.1',
      '169.254.1.1/32 link',
    ]);
  });

  it('takes a coordinate and a view, and answers 304 to a tag it gave', async () => {
    const path = '/api/v1/clusters/harbor/services/shop/web/endpoints?revision=latest&view=verdict';
    const first = await server.send('get', path);
    expect(Object.keys(bodyOf<object>(first))).not.toContain('evidence');
    const again = await server.send('get', path).set('if-none-match', String(first.headers['etag']));
    expect([again.status, again.text]).toEqual([304, '']);
  });

  it.each([
    ['services/shop/wep/endpoints', 404, 'unknown-service', 'did you mean `shop/web`?'],
    ['pods/shop/no-such-pod/resolver', 404, 'unknown-pod', undefined],
    ['pods/shop/no-such-pod/route-table', 404, 'unknown-pod', undefined],
    ['node-routes', 400, 'invalid-request', undefined],
    ['node-routes?node=harbor-9', 404, 'unknown-node', 'did you mean `harbor-1`?'],
    ['tunnels?nod=harbor-1', 400, 'unknown-parameter', undefined],
    ['services/shop/web/endpoints?vieuw=full', 400, 'unknown-parameter', undefined],
    ['services/shop/web/endpoints?revision=no-such-tag', 404, 'unknown-tag', undefined],
  ])('%s is %i %s', async (path, status, code, hint) => {
    const answer = await server.send('get', `/api/v1/clusters/harbor/${path}`);
    const problem = bodyOf<{ code: string; hint?: string }>(answer);
    expect([answer.status, problem.code]).toEqual([status, code]);
    if (hint !== undefined) expect(problem.hint).toBe(hint);
  });

  it('needs a token', async () => {
    expect((await server.send('get', '/api/v1/clusters/harbor/services/shop/web/endpoints', null)).status).toBe(401);
  });
});
