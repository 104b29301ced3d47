import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadDemoFleet } from '../../src/load-demo-fleet.js';
import { bodyOf, startServer, type TestServer } from '../e2e/support/server.js';

const CLUSTER = '/api/v1/clusters/harbor';
const POOL = `${CLUSTER}/ip-pools/services.10.96.0.0_12`;

interface Allocated {
  readonly address: string;
  readonly prefix: string | null;
  readonly sequence: number;
}

let server: TestServer;
beforeAll(async () => {
  server = await startServer();
  await loadDemoFleet(server.app, 'demo');
});
afterAll(() => server.stop());

const allocate = (body: object) => server.send('post', `${POOL}/allocations`).send(body);
const got = async (body: object, status = 201) => bodyOf<Allocated>(await allocate(body).expect(status));
const release = (identifier: string, query = '') => server.send('delete', `${POOL}/allocations/${identifier}${query}`);

describe('prefixes through the API', () => {
  it('are previewed, handed out, the same again, found, listed and given back', async () => {
    const within = ['10.98.0.0/16'];
    const { body: free } = await server.send('get', `${POOL}/free?prefixLength=28`).expect(200);
    const [next] = (free as { result: { prefixes: string[] } }).result.prefixes;
    expect(await got({ identifier: 'seen', prefixLength: 28, dryRun: true }, 200)).toMatchObject({ prefix: next, sequence: null });
    const made = await got({ identifier: 'eni', prefixLength: 28, within });
    expect(made).toMatchObject({ address: '10.98.0.0', prefix: '10.98.0.0/28', explanation: { message: '`lowest` takes it next' } });
    expect((await got({ identifier: 'eni', prefixLength: 28, within }, 200)).sequence).toBe(made.sequence);
    await server.send('get', `${POOL}/allocations/eni`).expect(200, { ...shown(made) });
    const { body: list } = await server.send('get', `${POOL}/allocations?limit=1000`).expect(200);
    expect((list as { items: Allocated[] }).items.map(({ prefix }) => prefix)).toContain('10.98.0.0/28');
    const { body: owner } = await server.send('get', `${CLUSTER}/ips/10.98.0.7`).expect(200);
    expect(owner).toMatchObject({ verdict: 'OWNED', result: { allocations: [{ prefix: '10.98.0.0/28', identifier: 'eni' }] } });
    await release('eni', `?sequence=${made.sequence + 1}`).expect(409);
    await release('eni').expect(200);
    const { body: past } = await server.send('get', `${CLUSTER}/ips/10.98.0.7/history`).expect(200);
    expect((past as { allocations: object[] }).allocations[0]).toMatchObject({ prefix: '10.98.0.0/28', releasedBy: expect.any(String) });
  });

  it('count as used, and nobody gets an address of them', async () => {
    const used = async () => {
      const { body } = await server.send('get', POOL).expect(200);
      return Number((body as { result: { pools: { used: string }[] } }).result.pools[0]!.used);
    };
    const before = await used();
    await got({ identifier: 'block', prefix: '10.99.0.0/20' });
    expect((await used()) - before).toBe(4096);
    const { body } = await allocate({ identifier: 'one', address: '10.99.3.3' }).expect(409);
    expect(body).toMatchObject({ code: 'ip-taken', holder: '`block` of pool `services.10.96.0.0_12` (10.99.0.0/20)' });
    const items = [
      { identifier: 'a', prefixLength: 21, within: ['10.99.0.0/19'] },
      { identifier: 'b', prefixLength: 20, within: ['10.99.0.0/19'] },
    ];
    // All or nothing: the second does not fit, so the first is not handed out either.
    await allocate({ items }).expect(409);
    expect((await used()) - before).toBe(4096);
    await release('block').expect(200);
    expect(await used()).toBe(before);
  });

  it('a wrong request says what is wrong, and changes nothing', async () => {
    for (const [wrong, pointer, code] of [
      [{ prefix: '10.98.1.1/28' }, '/prefix', 'host-bits-set'],
      [{ prefix: '10.98.1.0' }, '/prefix', 'invalid-prefix'],
      [{ prefix: '10.98.1.0/33' }, '/prefix', 'invalid-prefix'],
      [{ prefix: 'fd00::/129' }, '/prefix', 'invalid-prefix'],
      [{ prefix: 'fd00::/64' }, '/prefix', 'other-family'],
      [{ prefix: '10.0.0.0/8' }, '/prefix', 'not-in-pool'],
      [{ prefix: '10.98.0.0/28', exclude: ['10.98.0.8/32'] }, '/prefix', 'not-admitted'],
      [{ prefixLength: 33 }, '/prefixLength', 'too-long'],
      [{ prefixLength: 28, strategy: 'fifo' }, '/strategy', 'unsuited'],
      [{ prefixLength: 28, preferred: '10.98.0.0' }, '/preferred', 'invalid-prefix'],
      [{ prefixLength: 28, preferred: '10.98.0.0/27' }, '/preferred', 'other-length'],
    ] as const) {
      const { body } = await allocate({ identifier: 'wrong', ...wrong }).expect(400);
      expect([wrong, (body as { errors: object[] }).errors[0]]).toMatchObject([wrong, { pointer, code }]);
    }
    for (const wrong of [
      { prefixLength: 129 },
      { prefix: '10.98.0.0/28', prefixLength: 28 },
      { prefix: '10.98.0.0/28', address: '10.98.0.0' },
    ])
      await allocate({ identifier: 'wrong', ...wrong }).expect(400);
    await server.send('get', `${POOL}/allocations/wrong`).expect(404);
  });

  it('are listed in both doors, page by page, and by their identifier', async () => {
    await got({ identifier: 'several', prefixLength: 30, count: 3, within: ['10.101.0.0/16'] });
    const rest = async (query: string) =>
      bodyOf<{ items: Allocated[]; continue: string | null }>(await server.send('get', `${POOL}/allocations?${query}`).expect(200));
    const page = await rest('identifier=several&limit=2');
    expect(page.items.map(({ prefix }) => prefix)).toEqual(['10.101.0.0/30', '10.101.0.4/30']);
    const last = await rest(`identifier=several&limit=2&continue=${page.continue}`);
    expect([last.items.map(({ prefix }) => prefix), last.continue]).toEqual([['10.101.0.8/30'], null]);
    const field = (args: string) =>
      `ipAllocations(pool: "services.10.96.0.0_12", identifier: "several", limit: 2${args}) { items { prefix sequence } continue }`;
    const query = `{ cluster(name: "harbor") { first: ${field('')} last: ${field(`, continue: "${page.continue}"`)} } }`;
    const { body } = await server.send('post', '/graphql').send({ query }).expect(200);
    const short = ({ items, continue: token }: typeof page) => ({
      items: items.map(({ prefix, sequence }) => ({ prefix, sequence })),
      continue: token,
    });
    expect((body as { data: { cluster: object } }).data.cluster).toEqual({ first: short(page), last: short(last) });
  });

  it('GraphQL does the same', async () => {
    const where = 'cluster: "harbor", pool: "services.10.96.0.0_12"';
    const query = `mutation {
      made: allocateIp(${where}, input: { identifier: "graph", prefixLength: 28, count: 2, within: ["10.100.0.0/16"] }) {
        ... on IpAllocated { changed allocations { address prefix } }
      }
      full: allocateIp(${where}, input: { identifier: "full", prefixLength: 28, within: ["10.100.0.0/27"] }) {
        __typename ... on Problem { code } ... on PoolExhaustedProblem { requested available largestFree }
      }
      taken: allocateIp(${where}, input: { identifier: "named", prefix: "10.100.0.0/24" }) { __typename ... on Problem { code } }
      gone: releaseIp(${where}, identifier: "graph") { ... on IpReleased { allocations { prefix } } }
    }`;
    const { body } = await server.send('post', '/graphql').send({ query }).expect(200);
    const prefixes = ['10.100.0.0/28', '10.100.0.16/28'];
    expect((body as { data: unknown }).data).toEqual({
      made: { changed: true, allocations: prefixes.map((prefix) => ({ address: prefix.slice(0, -3), prefix })) },
      full: { __typename: 'PoolExhaustedProblem', code: 'pool-exhausted', requested: '1', available: '0', largestFree: null },
      taken: { __typename: 'IpTakenProblem', code: 'ip-taken' },
      gone: { allocations: prefixes.map((prefix) => ({ prefix })) },
    });
  });
});

/** Without what belongs to the request. */
function shown(made: Allocated): Allocated {
  const { dryRun: _dryRun, explanation: _explanation, ...rest } = made as Allocated & { dryRun: boolean; explanation: object };
  return rest;
}
