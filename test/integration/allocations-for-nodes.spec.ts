import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AllocationStore } from '../../src/application/ipam/allocation-store.js';
import { Coordinates } from '../../src/application/clusters/coordinates.js';
import { GIVEN_BACK } from '../../src/persistence/ipam/allocation-statements.js';
import { bodyOf, startServer, type TestServer } from '../e2e/support/server.js';
import { recordStatements } from '../support/recorded-statements.js';

/** Addresses for nodes of a cluster with Calico (`shared/reference/ipam-dataplane.md` §3.1, §13, §14). Four blocks of four addresses; a node may have two. */

const CLUSTER = '/api/v1/clusters/blocks';
const POOL = `${CLUSTER}/ip-pools/pods.10.9.0.0_28`;

interface Given {
  readonly address: string;
  readonly part: { readonly cidr: string; readonly owner: string; readonly borrowed: boolean };
}
interface Answer {
  readonly items: readonly Given[];
  readonly explanation: { readonly message: string; readonly parts: readonly { readonly use: string }[] };
}

let server: TestServer;
beforeAll(async () => {
  server = await startServer();
  const calico = (kind: string, name: string, spec: object) => ({ apiVersion: 'crd.projectcalico.org/v1', kind, metadata: { name }, spec });
  const objects = [
    ...['a', 'b', 'c'].map((name) => ({ apiVersion: 'v1', kind: 'Node', metadata: { name } })),
    calico('IPPool', 'pool', { cidr: '10.9.0.0/28', blockSize: 30 }),
    calico('IPAMConfig', 'default', { strictAffinity: true, autoAllocateBlocks: true, maxBlocksPerHost: 2 }),
  ];
  const list = JSON.stringify({ apiVersion: 'v1', kind: 'List', items: objects });
  await server
    .send('post', '/api/v1/clusters')
    .send({ name: 'blocks', profile: { cni: { plugin: 'calico' }, serviceCIDRs: ['10.96.0.0/12'] } })
    .expect(201);
  await server.send('put', `${CLUSTER}/manifests`).set('content-type', 'application/json').send(list).expect(201);
});
afterAll(() => server.stop());

const allocate = (body: object) => server.send('post', `${POOL}/allocations`).send(body);
const got = async (body: object, status = 201) => bodyOf<Answer>(await allocate(body).expect(status));
const addresses = ({ items }: Answer) => items.map(({ address }) => address);

describe('addresses for nodes', () => {
  it('a preview is what is handed out then, block and all', async () => {
    const body = { identifier: 'first', node: 'a', count: 5 };
    const shown = await got({ ...body, dryRun: true }, 200);
    const made = await got(body);
    const told = ({ items }: Answer) => items.map(({ address, part }) => ({ address, part }));
    expect(told(made)).toEqual(told(shown));
    expect(made.explanation).toEqual(shown.explanation);
    expect(made.explanation.parts.map(({ use }) => use)).toEqual(['claimed', 'claimed']);
    expect(new Set(made.items.map(({ part }) => part.owner))).toEqual(new Set(['a']));
    expect(addresses(await got(body, 200))).toEqual(addresses(made));
  });

  it('at the limit of blocks nothing happens, and the problem says what is left', async () => {
    const { body } = await allocate({ identifier: 'more', node: 'a', count: 4 }).expect(409);
    expect(body).toMatchObject({
      code: 'block-limit',
      requested: 4,
      available: '3',
      blocks: { owned: 2, limit: 2 },
      rejectedPools: [{ pool: 'pods.10.9.0.0_28', reason: 'BLOCK_LIMIT', available: '3' }],
    });
    const query = `mutation { result: allocateIp(cluster: "blocks", pool: "pods.10.9.0.0_28", input: { identifier: "more", node: "a", count: 4 }) {
      __typename ... on BlockLimitProblem { code status requested available } } }`;
    const graphql = await server.send('post', '/graphql').send({ query }).expect(200);
    expect(graphql.body).toMatchObject({
      data: { result: { __typename: 'BlockLimitProblem', code: 'block-limit', status: 409, requested: '4', available: '3' } },
    });
  });

  it('with strict affinity nothing is borrowed; `partial` takes what there is, in Calico’s words', async () => {
    await got({ identifier: 'second', node: 'b', count: 8 });
    expect((await allocate({ identifier: 'third', node: 'c' }).expect(409)).body).toMatchObject({
      code: 'strict-affinity',
      available: '0',
    });
    const part = await got({ identifier: 'rest', node: 'a', count: 4, partial: true });
    expect(part.items).toHaveLength(3);
    expect(part.explanation.message).toContain('Assigned 3 out of 4 requested IPv4 addresses');
  });

  it('what is kept tells whose blocks are, to another process too', async () => {
    const place = await server.app.get(Coordinates).resolve('blocks');
    if (!place.ok) throw new Error(place.error.message);
    const newest = await server.app.get(AllocationStore).book(place.value.cluster);
    const before = await server.app.get(AllocationStore).book(place.value.cluster, newest.sequence);
    expect(before.parts.of('a')).toEqual(newest.parts.of('a'));
    expect(before.parts.of('a')).toHaveLength(2);
    expect(before.parts.of('c')).toEqual([]);
  });

  it('what `next-free` and `ip-simulate` tell is what is handed out next: the last to be given back comes last, now and as it was', async () => {
    const ask = async (question: string, more: object = {}) => {
      const { body } = await server
        .send('get', `${CLUSTER}/queries/${question}`)
        .query({ ...more })
        .expect(200);
      return body as {
        readonly result: { readonly addresses: readonly string[]; readonly grants: readonly { readonly addresses: readonly string[] }[] };
      };
    };
    const nextFree = async (more: object = {}) =>
      (await ask('next-free', { pool: 'pods.10.9.0.0_28', node: 'b', count: 2, ...more })).result.addresses;
    const joining = async (more: object = {}) =>
      (await ask('ip-simulate', { add: 'pod', node: 'b', count: 2, ...more })).result.grants[0]?.addresses;
    const place = await server.app.get(Coordinates).resolve('blocks');
    if (!place.ok) throw new Error(place.error.message);
    const release = async (identifier: string) => server.send('delete', `${POOL}/allocations/${identifier}`).expect(200);
    await release('second');
    const told = await nextFree();
    expect(await joining()).toEqual(told);
    const { sequence } = await server.app.get(AllocationStore).book(place.value.cluster);
    expect(addresses(await got({ identifier: 'again', node: 'b', count: 2 }))).toEqual(told);
    await release('again');
    const now = await nextFree();
    expect(now).not.toEqual(told);
    expect([await joining(), await nextFree({ allocationSequence: sequence }), await joining({ allocationSequence: sequence })]).toEqual([
      now,
      told,
      told,
    ]);
    expect(addresses(await got({ identifier: 'more', node: 'b', count: 2 }))).toEqual(now);
    // Another process knows what this one does: what is kept tells.
    const store = server.app.get(AllocationStore);
    const [newest, read] = [await store.past(place.value.cluster), await store.past(place.value.cluster, sequence + 5)];
    expect(read.memory.parts.of('b')).toEqual(newest.memory.parts.of('b'));
    expect(read.memory.parts.of('b')).toHaveLength(2);
  });

  it('many questions about one change read once what was remembered then, and those that do not look back read none of it', async () => {
    const ask = async (input: object) => {
      const items = Array.from({ length: 5 }, () => input);
      const statements = await recordStatements(async () =>
        server.send('post', `${CLUSTER}/queries/next-free`).send({ items }).expect(200),
      );
      return statements.filter((statement) => statement === GIVEN_BACK).length;
    };
    const change = { allocationSequence: 1 };
    expect(await ask({ plane: 'pod', node: 'b', ...change })).toBe(1);
    expect(await ask({ plane: 'service', strategy: 'roundRobin', ...change })).toBe(1);
    expect(await ask({ plane: 'service', ...change })).toBe(0);
    expect(await ask({ plane: 'pod', strategy: 'lowest', ...change })).toBe(0);
  });

  it('an owner that is an object, and labels, are told again, and are part of the request', async () => {
    const pool = `${CLUSTER}/ip-pools/services.10.96.0.0_12`;
    const body = {
      identifier: 'owned',
      ownerObject: { kind: 'Pod', namespace: 'shop', name: 'web-0', uid: 'u1' },
      labels: { team: 'shop', 'example.org/tier': 'web' },
    };
    const send = (more: object = {}) => server.send('post', `${pool}/allocations`).send({ ...body, ...more });
    const made = await send().expect(201);
    expect(made.body).toMatchObject({
      owner: 'Pod shop/web-0',
      ownerObject: body.ownerObject,
      labels: body.labels,
      node: null,
      part: null,
    });
    await send({ labels: { 'example.org/tier': 'web', team: 'shop' } }).expect(200);
    await send({ labels: { team: 'other' } }).expect(422);
    await send({ identifier: 'x', labels: { 'no label!': '' } }).expect(400);
    const members = 'owner ownerObject { kind namespace name uid } labels node part { cidr owner borrowed }';
    const ask = `mutation ($input: AllocateIpInput!) { result: allocateIp(cluster: "blocks", pool: "services.10.96.0.0_12", input: $input) { ... on IpAllocated { changed allocation { ${members} } } } }`;
    const graphql = await server
      .send('post', '/graphql')
      .send({ query: ask, variables: { input: body } })
      .expect(200);
    expect(graphql.body).toMatchObject({
      data: {
        result: { changed: false, allocation: { owner: 'Pod shop/web-0', ownerObject: body.ownerObject, labels: body.labels, part: null } },
      },
    });
  });
});
