import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadDemoFleet } from '../../src/load-demo-fleet.js';
import { Database } from '../../src/persistence/database.js';
import { bodyOf, startServer, type TestServer } from '../e2e/support/server.js';

const CLUSTER = '/api/v1/clusters/harbor';
const POOL = `${CLUSTER}/ip-pools/services.10.96.0.0_12`;
const CLIENTS = 64;

interface Allocated {
  readonly address: string;
  readonly sequence: number;
  readonly identifier: string;
}

let server: TestServer;
beforeAll(async () => {
  server = await startServer();
  await loadDemoFleet(server.app, 'demo');
});
afterAll(() => server.stop());

const allocate = (body: object, token?: string) => server.send('post', `${POOL}/allocations`, token).send(body);
const release = (identifier: string, query = '') => server.send('delete', `${POOL}/allocations/${encodeURIComponent(identifier)}${query}`);

async function addressOf(body: object): Promise<Allocated> {
  return bodyOf<Allocated>(await allocate(body).expect(201));
}

/** The `count` addresses that the room says are the lowest free ones. */
async function lowestFree(count: number): Promise<readonly string[]> {
  const { body } = await server.send('get', `${POOL}/free?count=${count}`).expect(200);
  return (body as { result: { addresses: string[] } }).result.addresses;
}

const distinct = <T>(values: readonly T[]) => new Set(values).size;

interface Sequenced {
  readonly allocation: { readonly sequence: number };
}

describe('allocations through the API', () => {
  it(`INV-IPAM-1: ${CLIENTS} clients at a time get ${CLIENTS * 5} addresses, none twice and none left out`, async () => {
    const expected = await lowestFree(CLIENTS * 5);
    const clients = Array.from({ length: CLIENTS }, async (_, client) => {
      const got: string[] = [];
      for (let turn = 0; turn < 5; turn++) got.push((await addressOf({ identifier: `client-${client}/${turn}` })).address);
      return got;
    });
    const addresses = (await Promise.all(clients)).flat();
    expect(distinct(addresses)).toBe(CLIENTS * 5);
    expect(new Set(addresses)).toEqual(new Set(expected));
  });

  it('one identifier that 64 clients send at a time is one allocation', async () => {
    const answers = await Promise.all(Array.from({ length: CLIENTS }, () => allocate({ identifier: 'shared', owner: 'team shop' })));
    expect(answers.map(({ status }) => status).filter((status) => status === 201)).toHaveLength(1);
    expect(answers.every(({ status }) => status === 200 || status === 201)).toBe(true);
    expect(distinct(answers.map(({ body }) => (body as Allocated).sequence))).toBe(1);
  });

  it('an identifier asks for one thing: another owner or address under it is refused', async () => {
    const { address } = await addressOf({ identifier: 'mine', owner: 'team shop' });
    for (const other of [{ owner: 'team data' }, {}, { owner: 'team shop', address }, { owner: 'team shop', address: '10.96.3.3' }]) {
      const { body } = await allocate({ identifier: 'mine', ...other }).expect(422);
      expect(body).toMatchObject({ code: 'identifier-reused', address, owner: 'team shop' });
    }
  });

  it('an address that is asked for is given once, and what the cluster holds never', async () => {
    await allocate({ identifier: 'fixed', address: '10.96.4.4' }).expect(201);
    const taken = bodyOf<{ detail: string }>(await allocate({ identifier: 'late', address: '10.96.4.4' }).expect(409));
    expect(taken).toMatchObject({ code: 'ip-taken', holder: '`fixed` of pool `services.10.96.0.0_12`' });
    const held = await allocate({ identifier: 'late', address: '10.96.0.10' }).expect(409);
    expect(held.body).toMatchObject({ code: 'ip-taken', holder: 'Service kube-system/kube-dns' });
    for (const [address, code] of [
      ['10.112.0.1', 'not-in-pool'],
      ['10.96.0.0', 'unusable'],
      ['10.96.0', 'invalid-address'],
    ]) {
      const { body } = await allocate({ identifier: 'late', address }).expect(400);
      expect(body).toMatchObject({ code: 'invalid-request', errors: [{ pointer: '/address', code }] });
    }
    const { body } = await allocate({ identifier: 'late', address: '2001:db8::1' }).expect(400);
    const hint = 'no pool of the cluster hands IPv6 addresses out';
    expect(body).toMatchObject({ code: 'invalid-request', errors: [{ pointer: '/address', code: 'other-family', hint }] });
  });

  it('a newer revision’s addresses are left alone', async () => {
    const [next = ''] = await lowestFree(1);
    const service = {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 'late', namespace: 'shop' },
      spec: { clusterIP: next, ports: [{ port: 80 }] },
    };
    await server.send('put', `${CLUSTER}/manifests`).set('content-type', 'application/json').send(JSON.stringify(service)).expect(201);
    expect((await addressOf({ identifier: 'after the service' })).address).not.toBe(next);
    await allocate({ identifier: 'its address', address: next }).expect(409);
  });

  it('a released address is the lowest again, and the identifier free for another request', async () => {
    const first = await addressOf({ identifier: 'short' });
    const released = await release('short').expect(200);
    expect(released.body).toMatchObject({ address: first.address, sequence: first.sequence, releasedBy: 'bootstrap' });
    // `shared/reference/ipam-dataplane.md` §14: repeated release 204.
    expect((await release('short').expect(204)).text).toBe('');
    expect((await release('short', `?seq=${first.sequence}`).expect(204)).text).toBe('');
    const second = await addressOf({ identifier: 'short', owner: 'somebody else' });
    expect(second.address).toBe(first.address);
    expect(second.sequence).toBeGreaterThan(first.sequence);
  });

  it('INV-IPAM-4: a release that names an earlier allocation frees nothing', async () => {
    const { sequence } = await addressOf({ identifier: 'fenced' });
    await release('fenced').expect(200);
    const now = await addressOf({ identifier: 'fenced' });
    await release('fenced', `?seq=${sequence}`).expect(409);
    const refused = await release('fenced', `?sequence=${sequence}`).expect(409);
    expect(refused.body).toMatchObject({ code: 'stale-sequence', current: now.sequence });
    await server.send('get', `${POOL}/allocations/fenced`).expect(200);
    await release('fenced', `?sequence=${now.sequence}`).expect(200);
    const gone = await server.send('get', `${POOL}/allocations/fenced`).expect(404);
    expect(gone.body).toMatchObject({ code: 'unknown-allocation' });
  });

  it('many at once: all or none, or each with its own answer', async () => {
    const refused = await allocate({ items: [{ identifier: 'b1' }, { identifier: 'b2', address: '10.96.0.10' }] }).expect(409);
    expect(refused.body).toMatchObject({ code: 'ip-taken', errors: [{ pointer: '/items/1' }] });
    await server.send('get', `${POOL}/allocations/b1`).expect(404);
    const two = await allocate({ items: [{ identifier: 'a1' }, { identifier: 'a2' }] }).expect(201);
    expect(two.body).toMatchObject({ items: [{ identifier: 'a1' }, { identifier: 'a2' }] });
    // ipam-dataplane §13.3: named addresses are served before "any address" requests of the same batch.
    const next = (await allocate({ identifier: 'next', dryRun: true }).expect(200)).body as { address: string };
    const mixed = await allocate({ items: [{ identifier: 'any' }, { identifier: 'named', address: next.address }] }).expect(201);
    expect(mixed.body).toMatchObject({ items: [{ identifier: 'any' }, { identifier: 'named', address: next.address }] });
    const { body } = await allocate({
      partial: true,
      items: [{ identifier: 'b1' }, { identifier: 'b2', address: '10.96.0.10' }, { identifier: 'b3' }],
    }).expect(200);
    const { items } = body as { items: { address?: string; code?: string }[] };
    expect(items.map(({ code }) => code)).toEqual([undefined, 'ip-taken', undefined]);
    const both = await allocate({ identifier: 'x', items: [{ identifier: 'y' }] }).expect(400);
    expect(both.body).toMatchObject({ errors: [{ pointer: '/items' }] });
  });

  /** ipam-dataplane §14: `identifier?`, `ip?`, `ttl?`, `explain?`, `…/free?limit=`. */
  it('a request in the words of the reference', async () => {
    const identifierOf = ({ body }: { readonly body: unknown }) => (body as { identifier: string }).identifier;
    const unnamed = { owner: 'x', within: ['10.97.0.0/24'] };
    const [first, second] = [await allocate(unnamed).expect(201), await allocate(unnamed).expect(201)];
    expect(identifierOf(first)).not.toBe(identifierOf(second));
    for (const made of [first, second]) await server.send('delete', `${POOL}/allocations/${identifierOf(made)}`).expect(200);
    const asked = { identifier: 'words', ip: '10.97.1.2', ttl: 3_600 };
    const made = await allocate({ ...asked, explain: false }).expect(201);
    expect(made.body).toMatchObject({ address: '10.97.1.2', byName: true, state: 'leased' });
    expect(made.body).not.toHaveProperty('explanation');
    const again = await allocate({ identifier: 'words', address: '10.97.1.2', ttlSeconds: 3_600 }).expect(200);
    expect(again.body).toMatchObject({ sequence: (made.body as { sequence: number }).sequence, explanation: { requested: 1 } });
    await server.send('patch', `${POOL}/allocations/words`).send({ ttl: 60 }).expect(200);
    await server.send('patch', `${POOL}/allocations/words`).send({ ttl: 60, ttlSeconds: 60 }).expect(400);
    await server.send('delete', `${POOL}/allocations/words`).expect(200);
    const free = await server.send('get', `${POOL}/free?limit=3`).expect(200);
    expect((free.body as { result: { addresses: readonly string[] } }).result.addresses).toHaveLength(3);
  });

  it.each([
    [{ ip: '10.96.0.300' }, '/ip', 'such as'],
    [{ ip: '10.244.1.5' }, '/ip', 'pods.10.244.0.0_16'],
    [{ ip: '10.96.0.200', address: '10.96.0.200' }, '/ip', undefined],
    [{ ttl: 60, ttlSeconds: 60 }, '/ttl', undefined],
    [{ items: [{ ip: '10.96.0.201' }, { ip: '10.96.0' }] }, '/items/1/ip', 'such as'],
  ])('%j is refused at its place', async (body, pointer, hint) => {
    const refused = bodyOf<{ errors: [{ pointer: string }]; hint?: string }>(await allocate(body).expect(400));
    expect(refused.errors.map((one) => one.pointer)).toEqual([pointer]);
    if (hint !== undefined) expect(refused.hint).toContain(hint);
  });

  it('what has ended is told with its end', async () => {
    const made = await allocate({ identifier: 'ended', ip: '10.97.1.1' }).expect(201);
    await server.send('delete', `${POOL}/allocations/ended`).expect(200);
    const gone = await server.send('get', `${POOL}/allocations/ended`).expect(404);
    expect(gone.body).toMatchObject({
      code: 'unknown-allocation',
      hint: expect.stringContaining(`${(made.body as { address: string }).address} ended at`),
    });
  });

  it('needs an editor of the cluster; a viewer reads', async () => {
    const viewer = await server.issue('viewer', ['harbor']);
    await allocate({ identifier: 'by a viewer' }, viewer).expect(403);
    await server.send('get', `${POOL}/allocations`, viewer).expect(200);
    const elsewhere = await server.issue('editor', ['fjord']);
    await allocate({ identifier: 'from elsewhere' }, elsewhere).expect(403);
    await server.send('get', `${POOL}/allocations`, elsewhere).expect(403);
  });

  it('IPv6 is handed out alike', async () => {
    const fjord = '/api/v1/clusters/fjord';
    const { body } = await server.send('get', `${fjord}/ip-pools?family=6&plane=service`).expect(200);
    const [pool] = (body as { result: { pools: { name: string }[] } }).result.pools;
    const made = await server.send('post', `${fjord}/ip-pools/${pool!.name}/allocations`).send({ identifier: 'six' }).expect(201);
    const { address } = bodyOf<Allocated>(made);
    expect(address).toMatch(/^fd/);
    const owner = await server.send('get', `${fjord}/ips/${address}`).expect(200);
    expect(owner.body).toMatchObject({ verdict: 'OWNED', result: { family: 6, owners: [{ name: 'six' }] } });
    await server.send('delete', `${fjord}/ip-pools/${pool!.name}/allocations/six`).expect(200);
  });

  it('an unknown pool has a nearest one, a listed pool hands out nothing', async () => {
    const unknown = await server
      .send('post', `${CLUSTER}/ip-pools/services.10.96.0.0_13/allocations`)
      .send({ identifier: 'x' })
      .expect(404);
    expect(unknown.body).toMatchObject({ code: 'unknown-pool', hint: 'did you mean `services.10.96.0.0_12`?' });
    const listed = await server.send('post', `${CLUSTER}/ip-pools/nodes.v4/allocations`).send({ identifier: 'x' }).expect(400);
    expect(listed.body).toMatchObject({ code: 'invalid-request', errors: [{ code: 'not-a-source' }] });
  });
});

describe('an identifier that has nothing', () => {
  it('is told the nearest one, whatever was to become of its address', async () => {
    await addressOf({ identifier: 'checkout-7' });
    const unknown = { code: 'unknown-allocation', hint: 'did you mean `checkout-7`?' };
    const path = `${POOL}/allocations/chekout-7`;
    expect((await server.send('get', path).expect(404)).body).toMatchObject(unknown);
    expect((await server.send('delete', path).expect(404)).body).toMatchObject(unknown);
    expect((await server.send('patch', path).send({ ttlSeconds: 60 }).expect(404)).body).toMatchObject(unknown);
    await release('checkout-7').expect(200);
    await release('checkout-7').expect(204);
  });
});

describe('what depends on allocations', () => {
  it('names both coordinates, and gives the same answer for them for ever', async () => {
    const { address, sequence } = await addressOf({ identifier: 'seen', owner: 'team seen' });
    const owned = await server.send('get', `${CLUSTER}/ips/${address}`).expect(200);
    expect(owned.body).toMatchObject({
      verdict: 'OWNED',
      result: { allocationSequence: sequence, owners: [{ type: 'allocation', name: 'team seen' }] },
    });
    await release('seen').expect(200);
    const free = await server.send('get', `${CLUSTER}/ips/${address}`).expect(200);
    expect(free.body).toMatchObject({ verdict: 'FREE', result: { allocationSequence: sequence + 1 } });
    expect(free.headers['etag']).not.toBe(owned.headers['etag']);
    const pinned = await server.send('get', `${CLUSTER}/ips/${address}?allocationSequence=${sequence}`).expect(200);
    expect(pinned.text).toBe(owned.text);
    await server.send('get', `${CLUSTER}/ips/${address}?allocationSequence=${sequence + 2}`).expect(400);
  });

  it('`at` fixes both', async () => {
    const { address, identifier } = await addressOf({ identifier: 'timed' });
    const shown = await server.send('get', `${POOL}/allocations/${identifier}`).expect(200);
    const { allocatedAt } = bodyOf<{ allocatedAt: string }>(shown);
    await release('timed').expect(200);
    const then = await server.send('get', `${CLUSTER}/ips/${address}?at=${allocatedAt}`).expect(200);
    expect(then.body).toMatchObject({ verdict: 'OWNED', result: { owners: [{ name: 'timed' }] } });
    const before = new Date(Date.parse(allocatedAt) - 1).toISOString();
    const earlier = await server.send('get', `${CLUSTER}/ips/${address}?at=${before}`).expect(200);
    expect(earlier.body).not.toMatchObject({ result: { owners: [{ name: 'timed' }] } });
  });

  it('pages of allocations belong to one sequence', async () => {
    const seen: string[] = [];
    let token: string | null = '';
    let sequence: number | undefined;
    for (let page = 0; token !== null && page < 100; page++) {
      const { body } = await server.send('get', `${POOL}/allocations?limit=50${token === '' ? '' : `&continue=${token}`}`).expect(200);
      const {
        items,
        allocationSequence,
        continue: next,
      } = body as { items: Allocated[]; allocationSequence: number; continue: string | null };
      sequence ??= allocationSequence;
      expect(allocationSequence).toBe(sequence);
      seen.push(...items.map(({ identifier }) => identifier));
      if (page === 0) await addressOf({ identifier: 'between two pages' });
      token = next;
    }
    expect(seen.length).toBeGreaterThan(CLIENTS * 5);
    expect(distinct(seen)).toBe(seen.length);
    expect(seen).not.toContain('between two pages');
  });

  it('an address has a history of revisions and one of allocations', async () => {
    const { address } = await addressOf({ identifier: 'remembered', owner: 'team past' });
    await release('remembered').expect(200);
    const allocated = await server.send('get', `${CLUSTER}/ips/${address}/history`).expect(200);
    expect(allocated.body).toMatchObject({
      allocations: [{ identifier: 'remembered', owner: 'team past', releasedBy: 'bootstrap' }],
      before: null,
    });
    const dns = await server.send('get', `${CLUSTER}/ips/10.96.0.10/history`).expect(200);
    expect(dns.body).toMatchObject({ spans: [{ fromRevision: 1, owners: [{ name: 'Service kube-system/kube-dns' }] }], allocations: [] });
  });

  it('a history as of a time knows neither what was given out later nor what was given back later', async () => {
    const { address } = await addressOf({ identifier: 'seen-between' });
    const { body } = await server.send('get', `${CLUSTER}/ips/${address}/history`).expect(200);
    const [{ allocatedAt }] = (body as { allocations: [{ allocatedAt: string }] }).allocations;
    await new Promise((done) => setTimeout(done, 5));
    await release('seen-between').expect(200);
    const asOf = async (time: number) => {
      const at = encodeURIComponent(new Date(time).toISOString());
      const answer = await server.send('get', `${CLUSTER}/ips/${address}/history?at=${at}`).expect(200);
      return (answer.body as { allocations: { identifier: string; releasedAt: string | null }[] }).allocations;
    };
    expect((await asOf(Date.parse(allocatedAt)))[0]).toMatchObject({ identifier: 'seen-between', releasedAt: null });
    expect((await asOf(Date.parse(allocatedAt) - 1)).map(({ identifier }) => identifier)).not.toContain('seen-between');
    const query = `{ cluster(name: "harbor", at: { at: "${allocatedAt}" }) { ipAddress(ip: "${address}") { history { allocations { identifier releasedAt } } } } }`;
    const graphql = await server.send('post', '/graphql').send({ query }).expect(200);
    const asked = (graphql.body as { data: { cluster: { ipAddress: { history: { allocations: object[] } } } } }).data.cluster.ipAddress
      .history.allocations;
    expect(asked[0]).toEqual({ identifier: 'seen-between', releasedAt: null });
  });

  it('rows of a history are revisions in a row with the same owners', async () => {
    const name = '/api/v1/clusters/history';
    await server
      .send('post', '/api/v1/clusters')
      .send({ name: 'history', profile: { serviceCIDRs: ['10.96.0.0/24'] } })
      .expect(201);
    const put = async (service: string, clusterIP: string) => {
      const object = {
        apiVersion: 'v1',
        kind: 'Service',
        metadata: { name: service, namespace: 't' },
        spec: { clusterIP, ports: [{ port: 80 }] },
      };
      await server.send('put', `${name}/manifests`).set('content-type', 'application/json').send(JSON.stringify(object)).expect(201);
    };
    // Revision 3 changes nothing, 5 takes the address from one service, 6 gives it to another.
    for (const [service, ip] of [
      ['a', '10.96.0.5'],
      ['b', '10.96.0.6'],
      ['b', '10.96.0.6'],
      ['c', '10.96.0.7'],
      ['a', '10.96.0.8'],
      ['b', '10.96.0.5'],
    ] as const) {
      await put(service, ip);
    }
    const rows = async (query: string) => {
      const { body } = await server.send('get', `${name}/ips/10.96.0.5/history${query}`).expect(200);
      const { spans, before } = body as {
        spans: { fromRevision: number; toRevision: number; owners: { name: string }[] }[];
        before: number | null;
      };
      return [
        ...spans.map(({ fromRevision, toRevision, owners }) => `${fromRevision}-${toRevision} ${owners.map((owner) => owner.name).join()}`),
        String(before),
      ];
    };
    expect(await rows('')).toEqual(['6-6 Service t/b', '5-5 ', '1-4 Service t/a', 'null']);
    expect(await rows('?revision=4')).toEqual(['1-4 Service t/a', 'null']);
    expect(await rows('?limit=3')).toEqual(['6-6 Service t/b', '5-5 ', '4-4 Service t/a', '4']);
    expect(await rows('?before=4')).toEqual(['1-3 Service t/a', 'null']);

    const members =
      'revision ip spans { fromRevision toRevision since owners { type plane object { apiVersion kind namespace name } name node provenance } pools } before';
    const query = `{ cluster(name: "history", at: { revision: "5" }) { ipAddress(ip: "10.96.0.5") { history(limit: 3) { ${members} } } } }`;
    const graphql = await server.send('post', '/graphql').send({ query }).expect(200);
    const { allocations: _, ...rest } = bodyOf<{ allocations: unknown }>(
      await server.send('get', `${name}/ips/10.96.0.5/history?revision=5&limit=3`),
    );
    expect(graphql.body).toMatchObject({ data: { cluster: { ipAddress: { history: rest } } } });
  });

  it('with an `Idempotency-Key` a request is answered once', async () => {
    const send = () => server.send('post', `${POOL}/allocations`).set('idempotency-key', 'once').send({ identifier: 'keyed' });
    const first = await send().expect(201);
    const second = await send().expect(201);
    expect([second.text, second.headers['idempotency-replayed']]).toEqual([first.text, 'true']);
  });

  // ipam-dataplane §13.4 and §13.3.6: what is committed is found again. The row is gone as it is when its server was killed before it kept the answer.
  it('with an `Idempotency-Key` alone a request whose answer was never kept is the same allocation again', async () => {
    const body = { items: [{ owner: 'a' }, { owner: 'a' }] };
    const send = (key: string) => server.send('post', `${POOL}/allocations`).set('idempotency-key', key).send(body);
    const sequencesOf = (answer: { readonly body: unknown }) =>
      (answer.body as { items: Allocated[] }).items.map(({ sequence }) => sequence);
    const first = await send('unkept').expect(201);
    await server.app.get(Database).pool.query('DELETE FROM idempotency_key');
    const second = await send('unkept').expect(200);
    expect([sequencesOf(second), distinct(sequencesOf(first))]).toEqual([sequencesOf(first), 2]);
    expect(sequencesOf(await send('other').expect(201))).not.toEqual(sequencesOf(first));
  });

  it('so does a GraphQL document, each of its fields by itself', async () => {
    const field = (name: string) =>
      `${name}: allocateIp(cluster: "harbor", pool: "services.10.96.0.0_12", input: {}) { ... on IpAllocated { allocation { sequence } } }`;
    const send = async () => {
      const query = `mutation { ${field('one')} ${field('two')} }`;
      const { body } = await server.send('post', '/graphql').set('idempotency-key', 'unkept document').send({ query }).expect(200);
      return (body as { data: { one: Sequenced; two: Sequenced } }).data;
    };
    const first = await send();
    await server.app.get(Database).pool.query('DELETE FROM idempotency_key');
    expect([await send(), first.one.allocation.sequence === first.two.allocation.sequence]).toEqual([first, false]);
  });

  it('GraphQL hands out, refuses and takes back with typed problems', async () => {
    const mutate = async (field: string, payload: string) => {
      const query = `mutation { result: ${field} { __typename ... on ${payload} { changed allocation { address sequence } } ... on Problem { code status } } }`;
      const { body } = await server.send('post', '/graphql').send({ query }).expect(200);
      return (body as { data: { result: { allocation: { address: string; sequence: number } } } }).data.result;
    };
    const where = 'cluster: "harbor", pool: "services.10.96.0.0_12"';
    const made = await mutate(`allocateIp(${where}, input: { identifier: "graph", owner: "team graph" })`, 'IpAllocated');
    expect(made).toMatchObject({ __typename: 'IpAllocated', changed: true });
    const again = await mutate(`allocateIp(${where}, input: { identifier: "graph", owner: "team graph" })`, 'IpAllocated');
    expect(again).toEqual({ ...made, changed: false });
    const other = await mutate(`allocateIp(${where}, input: { identifier: "graph" })`, 'IpAllocated');
    expect(other).toEqual({ __typename: 'IdentifierReusedProblem', code: 'identifier-reused', status: 422 });
    const stale = await mutate(`releaseIp(${where}, identifier: "graph", sequence: 1)`, 'IpReleased');
    expect(stale).toEqual({ __typename: 'StaleSequenceProblem', code: 'stale-sequence', status: 409 });
    const released = await mutate(`releaseIp(${where}, identifier: "graph", sequence: ${made.allocation.sequence})`, 'IpReleased');
    expect(released).toMatchObject({ __typename: 'IpReleased', changed: true, allocation: { address: made.allocation.address } });
    const nothing = await mutate(`releaseIp(${where}, identifier: "graph", sequence: 0)`, 'IpReleased');
    expect(nothing).toEqual({ __typename: 'InvalidRequestProblem', code: 'invalid-request', status: 400 });
    const unknown = await mutate(`releaseIp(${where}, identifier: "nobody")`, 'IpReleased');
    expect(unknown).toMatchObject({ __typename: 'UnknownAllocationProblem', code: 'unknown-allocation' });
  });
});
