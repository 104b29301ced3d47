import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startServer, type TestServer } from './support/server.js';

describe('HTTP', () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startServer();
  });
  afterAll(() => server.stop());

  it('is alive', async () => {
    const answer = await server.send('get', '/livez', null);
    expect(answer.body).toEqual({ status: 'ok' });
    console.log(answer.headers);
  });
  it('ready', async () => {
    const answer = await server.send('get', '/readyz', null);
    console.log(answer.body);
    console.log((await server.send('get', '/metrics')).text.slice(0, 200));
    console.log((await server.send('get', '/api/v1/clusterz/x/queries/route')).body);
    console.log((await server.send('put', '/livez')).body);
    console.log((await server.send('get', '/api/v1/clusters/x/queries/route?url=/')).body);
    console.log((await server.send('get', '/api/v1/clusters/x/queries/rout?url=/', null)).body);
    console.log((await server.send('get', '/api/v1/clusters/x/queries/rout?url=/')).body);
    console.log((await server.send('get', '/api/v1/clusters/x/queries/route?ulr=/')).body);
    console.log(
      (await server.send('post', '/api/v1/clusters/x/queries/route').set('content-type', 'application/json').send('{"a": x}')).body,
    );
    console.log((await server.send('post', '/api/v1/clusters/x/queries/route').set('content-type', 'text/html').send('{"a": x}')).body);
    console.log((await server.send('get', '/%zz')).body);
    const g = (q: string, t?: string | null) => server.send('post', '/graphql', t).send({ query: q });
    console.log((await g('{ __schema { queryType { name } } }', null)).body);
    let r = await g('{ cluster(name: "x") { name } }', null);
    console.log(r.status, JSON.stringify(r.body));
    r = await g('{ cluster(name: "x") { name } }');
    console.log(r.status, JSON.stringify(r.body));
    r = await g('{ cluster(name: "x") { nam } }');
    console.log(r.status, JSON.stringify(r.body));
    r = await g('{ cluster(name: "x") { nam ');
    console.log(r.status, JSON.stringify(r.body));
    r = await g('{ cluster(name: "x") { name } }', 'bad');
    console.log(r.status, JSON.stringify(r.body));
  });
});
