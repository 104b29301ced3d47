import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Database } from '../../src/persistence/database.js';
import { bodyOf, startServer, type TestServer } from './support/server.js';

interface Answer {
  readonly revision: number;
  readonly verdict: string;
  readonly result: {
    readonly allocationSequence: number;
    readonly pools: readonly {
      readonly pool: string;
      readonly perDay: number | null;
      readonly reaches90At: string | null;
      readonly samples: readonly { readonly revision: number; readonly used: string }[];
    }[];
  };
}

const POOL = 'services.10.96.0.0_24';
const DAY = 86_400_000;
const START = Date.parse('2026-01-01T00:00:00Z');

const manifests = (count: number) =>
  JSON.stringify({
    apiVersion: 'v1',
    kind: 'List',
    items: Array.from({ length: count }, (_, index) => ({
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: `s${index}`, namespace: 't' },
      spec: { clusterIP: `10.96.0.${index + 1}`, clusterIPs: [`10.96.0.${index + 1}`], ports: [{ port: 80 }] },
    })),
  });

describe('a forecast from the history of a cluster', () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startServer();
    await server
      .send('post', '/api/v1/clusters')
      .send({ name: 'growing', profile: { serviceCIDRs: ['10.96.0.0/24'] } })
      .expect(201);
    // Ten services more with each revision.
    for (let revision = 1; revision <= 20; revision++) {
      const snapshot = server.send('post', '/api/v1/clusters/growing/snapshots').set('content-type', 'application/json');
      await snapshot.send(manifests(revision * 10)).expect(201);
    }
    // As if there had been one each day.
    const { pool } = server.app.get(Database, { strict: false });
    await pool.query('ALTER TABLE revision DISABLE TRIGGER USER');
    await pool.query(`UPDATE revision SET created_at = timestamptz '2026-01-01T00:00:00Z' + (number - 1) * interval '1 day'`);
    await pool.query('ALTER TABLE revision ENABLE TRIGGER USER');
  });
  afterAll(() => server.stop());

  const ask = async (query = '') =>
    bodyOf<Answer>(await server.send('get', `/api/v1/clusters/growing/ip-pools/${POOL}/forecast?${query}`).expect(200));

  it('measures sixteen states at most, the first and the last among them, and goes on from there', async () => {
    const { verdict, result } = await ask();
    const [pool] = result.pools;
    expect(pool?.samples.length).toBeLessThanOrEqual(16);
    expect([pool?.samples[0], pool?.samples.at(-1)]).toEqual([
      { revision: 1, at: '2026-01-01T00:00:00.000Z', used: '10' },
      { revision: 20, at: '2026-01-20T00:00:00.000Z', used: '200' },
    ]);
    expect([verdict, pool?.perDay]).toEqual(['WILL_FILL', 10]);
    // 254 addresses, 90 % of them are 228.6: 2.86 days after day 19.
    expect(Date.parse(pool!.reaches90At!)).toBeCloseTo(START + (19 + (228.6 - 200) / 10) * DAY, -4);
  });

  it('of an earlier state knows nothing of what came later', async () => {
    const { revision, result, verdict } = await ask('revision=5');
    expect([revision, verdict, result.pools[0]?.samples.map((one) => one.revision)]).toEqual([5, 'WILL_FILL', [1, 2, 3, 4, 5]]);
    expect((await ask('at=2026-01-03T12:00:00Z')).verdict).toBe('TOO_SHORT');
  });

  it('is the same again for the same sequence of allocations, whatever was given out since', async () => {
    const before = await ask();
    await server.send('post', `/api/v1/clusters/growing/ip-pools/${POOL}/allocations`).send({ identifier: 'one' }).expect(201);
    const after = await ask(`allocationSequence=${before.result.allocationSequence}`);
    expect(after.result).toEqual(before.result);
    expect((await ask()).result.allocationSequence).toBe(1);
  });
});
