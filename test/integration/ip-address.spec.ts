import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startServer, type TestServer } from '../e2e/support/server.js';

const CLUSTER = '/api/v1/clusters/tree';
const PODS = `${CLUSTER}/ip-pools/pods.10.244.0.0_16/allocations`;
const MANIFESTS = `
{apiVersion: v1, kind: Node, metadata: {name: a}, spec: {podCIDR: 10.244.1.0/24}}
---
{apiVersion: v1, kind: Node, metadata: {name: b}, spec: {podCIDR: 10.244.2.0/24}}
---
{apiVersion: v1, kind: Pod, metadata: {name: web, namespace: shop}, spec: {nodeName: a, containers: [{name: c, image: i}]}, status: {phase: Running, podIP: 10.244.1.5}}
`;

/** What is handed out before anything is asked, in this order. */
const HELD: Readonly<Record<string, object>> = {
  two: { address: '10.244.1.22' },
  one: { address: '10.244.1.21' },
  gone: { address: '10.244.1.23' },
  whole: { prefix: '10.244.1.32/28' },
  wide: { prefix: '10.244.2.0/23' },
  outside: { address: '10.244.9.1' },
};

let server: TestServer;
beforeAll(async () => {
  server = await startServer({ PORTOLAN_DEMO: '0' });
  await server
    .send('post', '/api/v1/clusters')
    .send({ name: 'tree', profile: { podCIDRs: ['10.244.0.0/16'] } })
    .expect(201);
  const imported = (manifests: string) =>
    server.send('post', `${CLUSTER}/snapshots`).set('content-type', 'application/yaml').send(manifests).expect(201);
  // Prefixes are handed out before nodes have the ranges that they meet.
  await imported('{apiVersion: v1, kind: Namespace, metadata: {name: shop}}');
  for (const [identifier, demand] of Object.entries(HELD))
    await server
      .send('post', PODS)
      .send({ identifier, ...demand })
      .expect(201);
  await server.send('delete', `${PODS}/gone`).expect(200);
  await imported(MANIFESTS);
});
afterAll(() => server.stop());

interface Page {
  readonly nodes: readonly { readonly identifier: string; readonly state: string }[];
  readonly edges: readonly { readonly cursor: string; readonly node: { readonly identifier: string } }[];
  readonly pageInfo: { readonly hasNextPage: boolean; readonly hasPreviousPage: boolean; readonly endCursor: string };
}

async function ask<T>(fields: string): Promise<T> {
  const { body } = await server.send('post', '/graphql').send({ query: `{ cluster(name: "tree") { ${fields} } }` });
  expect((body as { errors?: unknown }).errors).toBeUndefined();
  return (body as { data: { cluster: T } }).data.cluster;
}

const PAGE = 'nodes { identifier state } edges { cursor node { identifier } } pageInfo { hasNextPage hasPreviousPage endCursor }';

/** The page of the block of a node. */
async function blockOf(node: string, page: string, asked = ''): Promise<Page> {
  const { ipPools } = await ask<{ ipPools: { result: { pools: readonly { blocks: readonly { node: string; allocations: Page }[] }[] } } }>(
    `ipPools(plane: pod, blocks: true${asked}) { result { pools { blocks { node allocations${page} { ${PAGE} } } } } }`,
  );
  return ipPools.result.pools[0]!.blocks.find((block) => block.node === node)!.allocations;
}
const identifiersOf = ({ nodes }: Page) => nodes.map(({ identifier }) => identifier);

/** The reference, §14: the tree pool {blocks {allocations}} with cursors. */
describe('the blocks of a pool', () => {
  it('lead to what was handed out of them and lives, by address', async () => {
    const page = await blockOf('a', '');
    expect(page.nodes).toEqual(['one', 'two', 'whole'].map((identifier) => ({ identifier, state: 'active' })));
    expect(page.edges.map(({ node }) => node.identifier)).toEqual(identifiersOf(page));
    expect(page.pageInfo).toMatchObject({ hasNextPage: false, hasPreviousPage: false });
  });

  it('lead to a prefix around them, too', async () => {
    expect(identifiersOf(await blockOf('b', ''))).toEqual(['wide']);
  });

  it('lead on page by page', async () => {
    const first = await blockOf('a', '(first: 1)');
    expect([identifiersOf(first), first.pageInfo.hasNextPage]).toEqual([['one'], true]);
    const second = await blockOf('a', `(first: 2, after: "${first.pageInfo.endCursor}")`);
    expect([identifiersOf(second), second.pageInfo.hasNextPage, second.pageInfo.hasPreviousPage]).toEqual([['two', 'whole'], false, true]);
  });

  it('lead to what lived of them after an earlier change', async () => {
    // Sequences count changes from 1: before `whole` there were three allocations.
    expect(identifiersOf(await blockOf('a', '', ', allocationSequence: 3'))).toEqual(['one', 'two', 'gone']);
    expect(identifiersOf(await blockOf('a', '(first: 2)', ', allocationSequence: 3'))).toEqual(['one', 'two']);
    expect(identifiersOf(await blockOf('a', '', ', allocationSequence: 1'))).toEqual(['two']);
  });

  it.each([
    ['first: 1001', '/first', 'too-large'],
    ['first: 0', '/first', 'invalid-value'],
    ['after: "nonsense"', '/after', 'invalid-cursor'],
    [`after: "${Buffer.from('fd00::1').toString('base64url')}"`, '/after', 'invalid-cursor'],
  ])('refuse %s', async (page, pointer, code) => {
    const query = `{ cluster(name: "tree") { ipPools(plane: pod, blocks: true) { result { pools { blocks { allocations(${page}) { nodes { identifier } } } } } } } }`;
    const { body } = await server.send('post', '/graphql').send({ query });
    const [error] = (body as { errors: readonly { extensions: { errors: readonly object[] } }[] }).errors;
    expect(error!.extensions.errors).toMatchObject([{ pointer, code }]);
  });
});

/** The reference, §14: ipAddress(ip) {contains chain, owner, history, pool}. */
describe('an address', () => {
  it('has its prefixes, its owner, its pools and its history, as each has a place of its own in REST', async () => {
    const { ipAddress } = await ask<{ ipAddress: Readonly<Record<string, { readonly result: { readonly pools: readonly object[] } }>> }>(`
      ipAddress(ip: "10.244.1.35") {
        ip family chain { prefix kind name plane }
        owner { verdict summary result { owners { type name } pools { pool block { cidr node } } chain { prefix } } }
        pools(blocks: true) { verdict result { pools { name blocks { cidr allocations { nodes { identifier } } } } } }
        history { revision ip spans { fromRevision toRevision pools } allocations { identifier prefix state } before } }`);
    const chain = [
      { prefix: '10.244.1.32/28', kind: 'allocation', name: 'whole', plane: 'pod' },
      { prefix: '10.244.1.0/24', kind: 'nodeRange', name: 'a', plane: 'pod' },
      { prefix: '10.244.0.0/16', kind: 'pool', name: 'pods.10.244.0.0_16', plane: 'pod' },
    ];
    expect(ipAddress).toMatchObject({ ip: '10.244.1.35', family: 4, chain });
    const { body: owner } = await server.send('get', `${CLUSTER}/ips/10.244.1.35`).expect(200);
    expect(owner).toMatchObject(ipAddress['owner']!);
    expect(owner).toMatchObject({ verdict: 'OWNED', result: { chain } });
    const { body: history } = await server.send('get', `${CLUSTER}/ips/10.244.1.35/history`).expect(200);
    expect(history).toMatchObject(ipAddress['history']!);
    expect(history).toMatchObject({ allocations: [{ identifier: 'whole', prefix: '10.244.1.32/28', state: 'active' }] });
    const [pool] = ipAddress['pools']!.result.pools;
    expect(pool).toMatchObject({ name: 'pods.10.244.0.0_16', blocks: [{ cidr: '10.244.1.0/24' }, { cidr: '10.244.2.0/24' }] });
    const { body: pools } = await server.send('get', `${CLUSTER}/ip-pools?contains=10.244.1.35`).expect(200);
    expect((pools as { result: { pools: readonly object[] } }).result.pools).toMatchObject([{ name: 'pods.10.244.0.0_16' }]);
  });

  it('of no pool has neither prefixes nor pools', async () => {
    expect(await ask('ipAddress(ip: "198.51.100.7") { chain { prefix } owner { verdict } pools { verdict } }')).toEqual({
      ipAddress: { chain: [], owner: { verdict: 'OUTSIDE' }, pools: { verdict: 'NO_POOLS' } },
    });
  });

  it('is refused where it is none', async () => {
    const query = '{ cluster(name: "tree") { ipAddress(ip: "10.244.1") { chain { prefix } } } }';
    const { body } = await server.send('post', '/graphql').send({ query });
    const [error] = (body as { errors: readonly { extensions: object }[] }).errors;
    expect(error!.extensions).toMatchObject({ code: 'invalid-request', errors: [{ pointer: '/ip', code: 'invalid-address' }] });
  });
});
