import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadDemoFleet } from '../../src/load-demo-fleet.js';
import { bodyOf, startServer, type TestServer } from '../e2e/support/server.js';

const POOL = '/api/v1/clusters/harbor/ip-pools/services.10.96.0.0_12/allocations';
const IN = { within: ['10.105.0.0/16'] };

/** What is handed out before anything is asked. */
const HELD: Readonly<Record<string, object>> = {
  web: {
    address: '10.105.0.1',
    ownerObject: { kind: 'Pod', namespace: 'shop', name: 'web-0', uid: 'u1' },
    labels: { team: 'shop', tier: 'web' },
  },
  db: { address: '10.105.0.2', ownerObject: { kind: 'Pod', namespace: 'data', name: 'db-0' }, labels: { team: 'data' } },
  named: { address: '10.105.0.3', owner: 'the shop’s router', ownerObject: { kind: 'Device', name: 'router' } },
  // What PostgreSQL takes for no text, and what looks like it and is a backslash.
  odd: { ...IN, preferred: '10.105.0.4', seed: '\u0000 \ud800 \\u0041 \\', labels: { team: 'odd' } },
  leased: { address: '10.105.1.1', ttlSeconds: 3_600, owner: 'lease' },
  whole: { prefix: '10.105.2.0/28' },
  big: { prefix: '10.105.4.0/22' },
  rests: { address: '10.105.8.1', cooldownSeconds: 3_600, owner: 'rest' },
  gone: { address: '10.105.8.2', owner: 'gone' },
};

let server: TestServer;
beforeAll(async () => {
  server = await startServer();
  await loadDemoFleet(server.app, 'demo');
  for (const [identifier, demand] of Object.entries(HELD))
    await server
      .send('post', POOL)
      .send({ identifier, ...demand })
      .expect(201);
  for (const identifier of ['rests', 'gone']) await server.send('delete', `${POOL}/${identifier}`).expect(200);
});
afterAll(() => server.stop());

const found = async (query: Readonly<Record<string, string>>) => {
  const { body } = await server.send('get', `${POOL}?${new URLSearchParams({ ...query, limit: '100' }).toString()}`).expect(200);
  return (body as { items: readonly { identifier: string }[] }).items.map(({ identifier }) => identifier);
};

/** The reference, §14: filters contains, within, overlaps, family, owner, state; §1: the states of an allocation. */
describe('the allocations of a pool', () => {
  it.each([
    [{}, ['web', 'db', 'named', 'odd', 'leased', 'whole', 'big']],
    [{ state: 'active' }, ['web', 'db', 'named', 'odd', 'whole', 'big']],
    [{ state: 'leased' }, ['leased']],
    [{ state: 'cooldown' }, ['rests']],
    [{ state: 'released' }, ['gone']],
    [{ owner: 'shop' }, ['web', 'named']],
    [{ owner: 'Pod shop/' }, ['web']],
    [{ ownerKind: 'Pod' }, ['web', 'db']],
    [{ ownerKind: 'Pod', ownerNamespace: 'data' }, ['db']],
    [{ ownerName: 'router' }, ['named']],
    [{ ownerUid: 'u1' }, ['web']],
    [{ labelSelector: 'team=shop' }, ['web']],
    [{ labelSelector: 'team in (shop,data)' }, ['web', 'db']],
    [{ labelSelector: 'team,tier!=web' }, ['db', 'odd']],
    [{ labelSelector: '!team' }, ['named', 'leased', 'whole', 'big']],
    [{ labelSelector: 'team=shop', owner: 'nobody' }, []],
    [{ within: '10.105.0.0/24' }, ['web', 'db', 'named', 'odd']],
    [{ within: '10.105.2.0/29' }, []],
    [{ within: '10.105.0.0/21' }, ['web', 'db', 'named', 'odd', 'leased', 'whole', 'big']],
    [{ within: 'fd00::/8' }, []],
    [{ contains: '10.105.2.0/29' }, ['whole']],
    [{ contains: '10.105.0.2/32' }, ['db']],
    [{ contains: '10.105.5.7/32' }, ['big']],
    [{ contains: '10.105.5.7' }, ['big']],
    [{ within: '10.105.0.2' }, ['db']],
    [{ overlaps: '10.105.2.3' }, ['whole']],
    [{ contains: '10.105.0.0/24' }, []],
    [{ overlaps: '10.105.2.0/29' }, ['whole']],
    [{ overlaps: '10.105.2.8/29' }, ['whole']],
    [{ overlaps: '10.105.0.0/30' }, ['web', 'db', 'named']],
    [{ overlaps: '10.105.2.0/23' }, ['whole']],
  ])('%j: %j', async (query, identifiers) => {
    expect(await found(query)).toEqual(identifiers);
  });

  it('are shown with the state that they are listed by', async () => {
    for (const state of ['active', 'leased', 'cooldown', 'released']) {
      const { body } = await server.send('get', `${POOL}?state=${state}`).expect(200);
      expect(new Set((body as { items: readonly { state: string }[] }).items.map((item) => item.state))).toEqual(new Set([state]));
    }
  });

  it('are shown as they were at the time that is asked for', async () => {
    const [web, gone] = await Promise.all(
      ['web', 'gone'].map(async (identifier) =>
        server.send(
          'get',
          `${POOL}?${new URLSearchParams({ identifier, state: identifier === 'web' ? 'active' : 'released' }).toString()}`,
        ),
      ),
    );
    const { allocatedAt: at } = bodyOf<{ items: [{ allocatedAt: string }] }>(gone!).items[0];
    expect(web!.body).toMatchObject({ items: [{ state: 'active', releasedAt: null }] });
    const { body } = await server.send('get', `${POOL}?${new URLSearchParams({ at, identifier: 'gone' }).toString()}`).expect(200);
    expect(body).toMatchObject({
      items: [{ identifier: 'gone', state: 'active', releasedSequence: null, releasedAt: null, releasedBy: null }],
    });
  });

  it('are filtered page by page, and in GraphQL alike', async () => {
    const first = await server.send('get', `${POOL}?ownerKind=Pod&limit=1`).expect(200);
    const { items, continue: token } = bodyOf<{ items: object[]; continue: string }>(first);
    expect(items).toMatchObject([{ identifier: 'web' }]);
    const second = await server.send('get', `${POOL}?ownerKind=Pod&limit=1&continue=${token}`).expect(200);
    expect(second.body).toMatchObject({ items: [{ identifier: 'db' }], continue: null });
    const where =
      'pool: "services.10.96.0.0_12", state: active, owner: "shop", ownerKind: "Pod", labelSelector: "tier", within: "10.105.0.0/16"';
    const query = `{ cluster(name: "harbor") { ipAllocations(${where}) { items { identifier } } } }`;
    const { body } = await server.send('post', '/graphql').send({ query }).expect(200);
    expect(body).toMatchObject({ data: { cluster: { ipAllocations: { items: [{ identifier: 'web' }] } } } });
  });

  it.each([
    ['within=10.105.0.1/24', '/within'],
    ['contains=nowhere', '/contains'],
    ['overlaps=10.105', '/overlaps'],
    ['contains=10.105.0.300', '/contains'],
    ['labelSelector=a%20b', '/labelSelector'],
    ['state=dead', '/state'],
    ['owner=%00', '/owner'],
  ])('%s is refused', async (query, pointer) => {
    const { body } = await server.send('get', `${POOL}?${query}`).expect(400);
    expect(body).toMatchObject({ errors: [{ pointer }] });
  });
});
