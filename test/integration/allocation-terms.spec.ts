import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadDemoFleet } from '../../src/load-demo-fleet.js';
import { Database } from '../../src/persistence/database.js';
import { bodyOf, startServer, type TestServer } from '../e2e/support/server.js';

const CLUSTER = '/api/v1/clusters/harbor';
const POOL = `${CLUSTER}/ip-pools/services.10.96.0.0_12`;
const NO_BOUNDS = { within: ['10.97.0.0/16'] };

interface Lease {
  readonly address: string;
  readonly sequence: number;
  readonly allocatedAt: string;
  readonly leaseUntil: string;
  readonly releasedAt: string | null;
}

interface Answer {
  readonly items: readonly { readonly address: string; readonly sequence: number }[];
  readonly address: string;
  readonly sequence: number;
  readonly explanation: { readonly message: string };
}

let server: TestServer;
beforeAll(async () => {
  server = await startServer();
  await loadDemoFleet(server.app, 'demo');
});
afterAll(() => server.stop());

const allocate = (body: object, token?: string) => server.send('post', `${POOL}/allocations`, token).send(body);
const release = (identifier: string, query = '', token?: string) =>
  server.send('delete', `${POOL}/allocations/${encodeURIComponent(identifier)}${query}`, token);
const got = async (body: object, status = 201) => bodyOf<Answer>(await allocate(body).expect(status));
const addresses = ({ items }: Answer) => items.map(({ address }) => address);
/** How many changes there have been. */
const sequenceNow = async () =>
  bodyOf<{ allocationSequence: number }>(await server.send('get', `${POOL}/allocations?limit=1`).expect(200)).allocationSequence;

describe('several addresses under one identifier', () => {
  it('are of one pool, the same again, and go back together or one by one', async () => {
    const body = { identifier: 'three', count: 3, within: ['10.97.1.0/24'] };
    const made = await got(body);
    expect(addresses(made)).toEqual(['10.97.1.0', '10.97.1.1', '10.97.1.2']);
    expect(addresses(await got(body, 200))).toEqual(addresses(made));
    expect((await allocate({ ...body, count: 4 }).expect(422)).body).toMatchObject({ code: 'identifier-reused' });
    await release('three', `?sequence=${made.items[1]!.sequence}`).expect(200);
    expect(addresses(await got(body, 200))).toEqual(['10.97.1.0', '10.97.1.2']);
    const ended = await release('three').expect(200);
    expect(addresses(bodyOf<Answer>(ended))).toEqual(['10.97.1.0', '10.97.1.2']);
    await release('three').expect(204);
    await server.send('get', `${POOL}/allocations/three`).expect(404);
  });

  it('all or nothing: 409 says what is left; `partial` takes what there is', async () => {
    const small = { count: 5, within: ['10.97.2.0/30'], exclude: ['10.97.2.1/32'] };
    const { body } = await allocate({ identifier: 'too many', ...small }).expect(409);
    expect(body).toMatchObject({ code: 'pool-exhausted', requested: 5, available: '3', largestFree: '2' });
    expect(body).toMatchObject({ rejectedPools: [{ pool: 'services.10.96.0.0_12', reason: 'POOL_TOO_SMALL', available: '3' }] });
    await server.send('get', `${POOL}/allocations/too%20many`).expect(404);
    const some = await got({ identifier: 'some', ...small, partial: true });
    expect(addresses(some)).toEqual(['10.97.2.0', '10.97.2.2', '10.97.2.3']);
    expect(some.explanation.message).toBe('assigned 3 out of 5 requested addresses: no more are free in `services.10.96.0.0_12`');
    expect((await allocate({ identifier: 'none', ...small, partial: true }).expect(409)).body).toMatchObject({ available: '0' });
  });

  it('INV-IPAM-5: a preview hands out nothing, and is what is handed out then', async () => {
    for (const strategy of ['lowest', 'fifo', 'roundRobin', 'banded', 'random', 'bestFit', 'sparse']) {
      const body = { identifier: `by ${strategy}`, count: 4, strategy, within: ['10.97.3.0/24'] };
      const before = await sequenceNow();
      const shown = await got({ ...body, dryRun: true }, 200);
      expect(await sequenceNow(), strategy).toBe(before);
      // Nothing was handed out: there is no sequence that a release could name.
      expect(shown.items.map(({ sequence }) => sequence)).toEqual([null, null, null, null]);
      expect(addresses(await got(body)), strategy).toEqual(addresses(shown));
    }
  });

  it('the preferred address where it is free, otherwise another', async () => {
    const body = { ...NO_BOUNDS, preferred: '10.97.4.4' };
    expect((await got({ identifier: 'first choice', ...body })).address).toBe('10.97.4.4');
    expect((await got({ identifier: 'second choice', ...body })).address).not.toBe('10.97.4.4');
  });
});

describe('leases and rests', () => {
  const wait = async (ms: number) => new Promise((wake) => setTimeout(wake, ms));

  it('a lease ends by itself, and its address is free for the next', async () => {
    const one = { within: ['10.97.5.5/32'] };
    const { address } = await got({ identifier: 'leased', ttlSeconds: 1, ...one });
    await allocate({ identifier: 'waits', ...one }).expect(409);
    await wait(1_100);
    expect((await got({ identifier: 'waits', ...one })).address).toBe(address);
    const { body } = await server.send('get', `${CLUSTER}/ips/${address}/history`).expect(200);
    expect((body as { allocations: object[] }).allocations[1]).toMatchObject({ identifier: 'leased', releasedBy: 'system:lease' });
  });

  it('a lease that was only previewed ends nothing of who has the address then', async () => {
    const one = { within: ['10.97.5.6/32'] };
    await got({ identifier: 'previewed', ttlSeconds: 1, dryRun: true, ...one }, 200);
    const { sequence } = await got({ identifier: 'for good', ...one });
    await wait(1_100);
    expect((await server.send('get', `${POOL}/allocations/for%20good`).expect(200)).body).toMatchObject({ sequence, leaseUntil: null });
    await release('for good', `?sequence=${sequence}`).expect(200);
  });

  it('a lease that is over is over for who reads, before anybody writes', async () => {
    const { address } = await got({ identifier: 'read', ttlSeconds: 1, within: ['10.97.5.7/32'] });
    await server.send('get', `${POOL}/allocations/read`).expect(200);
    await wait(1_100);
    await server.send('get', `${POOL}/allocations/read`).expect(404);
    expect((await server.send('get', `${CLUSTER}/ips/${address}`).expect(200)).body).toMatchObject({ verdict: 'FREE' });
  });

  it('a lease is renewed: it stays with its owner, ends later, and who read it before is told', async () => {
    const one = { identifier: 'renewed', ttlSeconds: 2, cooldownSeconds: 60, within: ['10.97.5.8/32'] };
    const renew = (body: object, query = '') => server.send('patch', `${POOL}/allocations/renewed${query}`).send(body);
    const made = await got(one);
    const renewed = bodyOf<Lease>(await renew({ ttlSeconds: 3600 }, `?sequence=${made.sequence}`).expect(200));
    expect([renewed.address, renewed.sequence > made.sequence]).toEqual([made.address, true]);
    expect(Date.parse(renewed.leaseUntil) - Date.parse(renewed.allocatedAt)).toBe(3_600_000);
    const stale = await renew({ ttlSeconds: 3600 }, `?sequence=${made.sequence}`).expect(409);
    expect(stale.body).toMatchObject({ code: 'stale-sequence', current: renewed.sequence });
    // The same request is the same allocation still, and nothing rests between the two.
    expect((await got(one, 200)).sequence).toBe(renewed.sequence);
    await wait(2_100);
    expect((await server.send('get', `${POOL}/allocations/renewed`).expect(200)).body).toMatchObject({ sequence: renewed.sequence });
    const { body } = await server.send('get', `${CLUSTER}/ips/${made.address}/history`).expect(200);
    const [now, before] = bodyOf<{ allocations: Lease[] }>({ body }).allocations;
    expect([now?.sequence, before?.sequence, before?.releasedAt]).toEqual([renewed.sequence, made.sequence, renewed.allocatedAt]);
    const wrong = await renew({ ttlSeconds: 0 }).expect(400);
    expect(wrong.body).toMatchObject({ errors: [{ pointer: '/ttlSeconds' }] });
    await server.send('patch', `${POOL}/allocations/nobody`).send({ ttlSeconds: 60 }).expect(404);
    // A rest begins with the end of the whole.
    await release('renewed').expect(200);
    await allocate({ identifier: 'eager for it', within: one.within }).expect(409);
  });

  it('an address rests: nobody gets it, by name neither, until it has', async () => {
    const one = { within: ['10.97.6.6/32'] };
    await got({ identifier: 'tired', cooldownSeconds: 1, ...one });
    await release('tired').expect(200);
    await allocate({ identifier: 'eager', ...one }).expect(409);
    const { body } = await allocate({ identifier: 'eager', address: '10.97.6.6' }).expect(409);
    expect(body).toMatchObject({ code: 'ip-taken' });
    await wait(1_100);
    expect((await got({ identifier: 'eager', ...one })).address).toBe('10.97.6.6');
  });

  it('INVARIANT INV-IPAM-1: the database refuses an owner of an address that rests', async () => {
    await got({ identifier: 'held', cooldownSeconds: 60, address: '10.97.7.7' });
    await release('held').expect(200);
    const copy = `INSERT INTO allocation (cluster_id, sequence, pool, plane, address, identifier, by_name, allocated_at, allocated_by)
      SELECT cluster_id, 1000000, pool, plane, address, 'thief', true, allocated_at, 'x' FROM allocation WHERE identifier = 'held'`;
    await expect(server.app.get(Database).pool.query(copy)).rejects.toThrow('allocation_live_address');
  });
});

describe('what is wrong is told precisely, and changes nothing', () => {
  it.each<[name: string, body: object, status: number, error: object]>([
    ['host bits', { within: ['10.97.0.1/16'] }, 400, { pointer: '/within/0', code: 'host-bits-set', hint: 'did you mean `10.97.0.0/16`?' }],
    ['a prefix of /129', { exclude: ['fd00::/129'] }, 400, { pointer: '/exclude/0', code: 'invalid-prefix' }],
    ['a prefix of /33', { within: ['10.0.0.0/33'] }, 400, { pointer: '/within/0', code: 'invalid-prefix' }],
    ['IPv6 within an IPv4 pool', { within: ['fd00::/64'] }, 400, { pointer: '/within/0', code: 'other-family' }],
    ['an IPv6 address of an IPv4 pool', { address: 'fd00::1' }, 400, { pointer: '/address', code: 'other-family' }],
    ['an address outside', { address: '10.112.0.1' }, 400, { pointer: '/address', code: 'not-in-pool' }],
    ['an address with a length', { address: '10.96.0.9/24' }, 400, { pointer: '/address', code: 'invalid-address' }],
    ['an unknown strategy', { strategy: 'highest' }, 400, { pointer: '/strategy' }],
    ['a lease of no time', { ttlSeconds: 0 }, 400, { pointer: '/ttlSeconds' }],
    ['a lease of broken time', { ttlSeconds: 1.5 }, 400, { pointer: '/ttlSeconds' }],
    ['a negative rest', { cooldownSeconds: -1 }, 400, { pointer: '/cooldownSeconds' }],
    ['a negative count', { count: -1 }, 400, { pointer: '/count' }],
    ['no count', { count: 0 }, 400, { pointer: '/count' }],
    ['more than can be asked for', { count: 1_001 }, 400, { pointer: '/count' }],
    ['an address and a count', { address: '10.96.9.9', count: 2 }, 400, { pointer: '/address' }],
    ['an unknown member', { counts: 2 }, 400, { pointer: '/counts' }],
    ['an unknown node', { node: 'harbor-9' }, 404, {}],
    ['another pool that is none', { otherPools: ['services'] }, 404, {}],
  ])('%s', async (_, body, status, error) => {
    const before = await sequenceNow();
    const refused = await allocate({ identifier: 'wrong', ...body }).expect(status);
    if (Object.keys(error).length > 0) expect(refused.body).toMatchObject({ errors: [error] });
    expect(await sequenceNow()).toBe(before);
  });

  it('a release by somebody else names whose it is; its sequence says that it is meant', async () => {
    const { sequence } = await got({ identifier: 'ours', ...NO_BOUNDS });
    const other = await server.issue('editor', ['harbor']);
    const { body } = await release('ours', '', other).expect(409);
    expect(body).toMatchObject({ code: 'held-by-another', holder: 'bootstrap', current: sequence });
    await server.send('get', `${POOL}/allocations/ours`).expect(200);
    await release('ours', `?sequence=${sequence}`, other).expect(200);
  });
});
