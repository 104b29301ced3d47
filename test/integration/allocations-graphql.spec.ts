import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadDemoFleet } from '../../src/load-demo-fleet.js';
import { bodyOf, startServer, type TestServer } from '../e2e/support/server.js';

const POOL = 'services.10.96.0.0_12';
const ALLOCATE = `mutation ($input: AllocateIpInput!) {
  allocateIp(cluster: "harbor", pool: "${POOL}", input: $input) {
    __typename
    ... on IpAllocated {
      allocation { address } allocations { identifier address sequence } changed dryRun explanation { message }
      items { changed allocations { address } explanation { message } problem { __typename code status } }
    }
    ... on Problem { code errors { pointer } }
  }
}`;

interface Answered {
  readonly allocation: { readonly address: string } | null;
  readonly allocations: readonly { readonly identifier: string; readonly address: string; readonly sequence: number | null }[];
  readonly items: readonly object[];
}

let server: TestServer;
beforeAll(async () => {
  server = await startServer();
  await loadDemoFleet(server.app, 'demo');
});
afterAll(() => server.stop());

async function allocate(input: object): Promise<Answered> {
  const answer = await server.send('post', '/graphql').send({ query: ALLOCATE, variables: { input } }).expect(200);
  return bodyOf<{ data: { allocateIp: Answered } }>(answer).data.allocateIp;
}
const within = (cidr: string) => ({ within: [cidr] });

/** `shared/reference/ipam-dataplane.md` §14: GraphQL has the same verbs as mutations. */
describe('many requests in one mutation', () => {
  it('are served all of them, each with its own outcome, and shown first without being made', async () => {
    const items = [
      { identifier: 'one', ...within('10.97.0.0/24') },
      { identifier: 'two', count: 2, exclude: ['10.97.1.0/31'], ...within('10.97.1.0/24') },
    ];
    const preview = await allocate({ items, dryRun: true });
    expect(preview.allocations.map(({ sequence }) => sequence)).toEqual([null, null, null]);
    const made = await allocate({ items });
    expect(made).toMatchObject({
      __typename: 'IpAllocated',
      allocation: { address: '10.97.0.0' },
      changed: true,
      dryRun: false,
      explanation: null,
      items: [
        { changed: true, allocations: [{ address: '10.97.0.0' }], explanation: { message: expect.any(String) }, problem: null },
        { changed: true, allocations: [{ address: '10.97.1.2' }, { address: '10.97.1.3' }], problem: null },
      ],
    });
    expect(made.allocations.map(({ address }) => address)).toEqual(preview.allocations.map(({ address }) => address));
    expect(await allocate({ items })).toMatchObject({ changed: false, allocations: made.allocations });
  });

  const tooMuch = { identifier: 'much', count: 3, ...within('10.97.2.0/31') };
  const taken = { identifier: 'named', address: '10.96.0.10' };

  it('are none of them served where one cannot be', async () => {
    expect(await allocate({ items: [{ identifier: 'fits' }, taken] })).toMatchObject({ __typename: 'IpTakenProblem', code: 'ip-taken' });
    const left = await server.send('get', `/api/v1/clusters/harbor/ip-pools/${POOL}/allocations?identifier=fits`).expect(200);
    expect(left.body).toMatchObject({ items: [] });
  });

  it('have each their own answer with `partial`: what there is, or a problem', async () => {
    const problem = { __typename: 'IpTakenProblem', code: 'ip-taken', status: 409 };
    expect(await allocate({ partial: true, items: [taken, tooMuch] })).toMatchObject({
      allocation: { address: '10.97.2.0' },
      items: [
        { changed: false, allocations: [], explanation: null, problem },
        { changed: true, allocations: [{ address: '10.97.2.0' }, { address: '10.97.2.1' }], problem: null },
      ],
    });
    expect(await allocate({ partial: true, items: [taken] })).toMatchObject({ allocation: null, allocations: [], changed: false });
  });

  it.each<readonly [string, object, string]>([
    ['beside a demand of its own', { items: [{ identifier: 'a' }], count: 2 }, '/input/items'],
    ['of nobody', { items: [] }, '/input/items'],
    ['with two ways to name an address', { items: [{}, { ip: '10.96.0.9', address: '10.96.0.9' }] }, '/input/items/1/ip'],
    ['for more than 1,000 addresses', { items: [{ count: 600 }, { count: 600 }] }, '/input/items'],
  ])('are refused %s', async (_what, input, pointer) => {
    expect(await allocate(input)).toMatchObject({ __typename: 'InvalidRequestProblem', errors: [{ pointer }] });
  });
});

/** `shared/reference/ipam-dataplane.md` §14 names a lease `ttl`. */
describe('a lease', () => {
  const renew = async (terms: string) => {
    const query = `mutation {
      renewIp(cluster: "harbor", pool: "${POOL}", identifier: "leased" ${terms}) {
        __typename
        ... on IpRenewed { allocation { allocatedAt leaseUntil } }
        ... on Problem { code errors { pointer } }
      }
    }`;
    const answer = await server.send('post', '/graphql').send({ query }).expect(200);
    type Renewed = { readonly allocation?: { readonly allocatedAt: string; readonly leaseUntil: string } };
    return bodyOf<{ data: { renewIp: Renewed } }>(answer).data.renewIp;
  };
  const seconds = ({ allocation }: Awaited<ReturnType<typeof renew>>) =>
    (Date.parse(allocation?.leaseUntil ?? '') - Date.parse(allocation?.allocatedAt ?? '')) / 1_000;

  it('begins anew under the names that it was made by, one of both', async () => {
    await allocate({ identifier: 'leased', ttl: 600, ...within('10.97.8.0/24') });
    expect(seconds(await renew('ttl: 900'))).toBe(900);
    expect(seconds(await renew('ttlSeconds: 1200'))).toBe(1_200);
    for (const terms of ['', 'ttl: 60, ttlSeconds: 60']) {
      expect(await renew(terms)).toEqual({
        __typename: 'InvalidRequestProblem',
        code: 'invalid-request',
        errors: [{ pointer: '/ttlSeconds' }],
      });
    }
  });
});
