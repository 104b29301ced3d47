import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadDemoFleet } from '../../src/load-demo-fleet.js';
import { Database } from '../../src/persistence/database.js';
import { bodyOf, startServer, type TestServer } from './support/server.js';

interface Range {
  readonly cluster: string;
  readonly plane: string;
  readonly prefix: string;
  readonly takenAt: string | null;
}
interface Given {
  readonly ranges: readonly Range[];
  readonly changed: boolean;
  readonly warnings: readonly { readonly code: string; readonly message: string }[];
}
interface Space {
  readonly ranges: readonly Range[];
  readonly hiddenRanges: number;
  readonly use: readonly { readonly family: number; readonly taken: string; readonly largestFree: string | null }[];
}

const THREE = [
  { plane: 'pod', prefixLength: 16 },
  { plane: 'service', prefixLength: 20 },
  { plane: 'node', prefixLength: 24 },
];

describe('the fleet', () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startServer();
    await loadDemoFleet(server.app, 'demo');
  });
  afterAll(() => server.stop());

  const make = async (name: string, ...prefixes: readonly string[]) =>
    server.send('post', '/api/v1/fleet/spaces').send({ name, prefixes }).expect(201);
  const take = async (space: string, cluster: string, body: object, token?: string) =>
    server.send('put', `/api/v1/fleet/spaces/${space}/clusters/${cluster}`, token).send(body);
  const taken = async (space: string, cluster: string, body: object) => bodyOf<Given>(await take(space, cluster, body).then(okay));
  const show = async (space: string, token?: string) =>
    bodyOf<Space>(await server.send('get', `/api/v1/fleet/spaces/${space}`, token).expect(200));
  const okay = <T extends { readonly status: number; readonly body: unknown }>(answer: T): T => {
    expect([answer.status, answer.body]).toEqual([200, answer.body]);
    return answer;
  };
  const prefixes = ({ ranges }: { readonly ranges: readonly Range[] }) => ranges.map(({ plane, prefix }) => `${plane} ${prefix}`);

  // demo/README.md: atoll and harbor both use 10.244.0.0/16 for pods.
  it('tells which clusters have addresses in common, through both doors alike', async () => {
    const answer = await server.send('get', '/api/v1/fleet/cidr-overlaps').expect(200);
    const { result, verdict } = bodyOf<{
      verdict: string;
      result: { overlaps: { code: string; addresses: string[]; members: { cluster: string }[] }[] };
    }>(answer);
    expect(verdict).toBe('OVERLAPPING');
    const found = result.overlaps.map(({ code, addresses, members }) => [code, addresses[0], members.map(({ cluster }) => cluster).sort()]);
    expect(found).toContainEqual(['PODS_OVERLAP', '10.244.0.0-10.244.255.255', ['atoll', 'harbor']]);
    // Nothing in the demo tells of service ranges: what most clusters have proves nothing.
    expect(bodyOf<{ assumptions: { code: string }[] }>(answer).assumptions.map(({ code }) => code)).toContain('POOL_ASSUMED');
    const query = '{ fleet { cidrOverlaps { verdict summary result { overlaps { code addresses members { cluster } } } } } }';
    const asked = bodyOf<{ data: { fleet: { cidrOverlaps: object } } }>(await server.send('post', '/graphql').send({ query }).expect(200));
    expect(asked.data.fleet.cidrOverlaps).toMatchObject({ verdict, summary: bodyOf<{ summary: string }>(answer).summary });
  });

  it('shows a token only what its clusters have', async () => {
    const token = await server.issue('viewer', ['harbor']);
    const answer = await server.send('get', '/api/v1/fleet/cidr-overlaps', token).expect(200);
    expect(bodyOf(answer)).toMatchObject({ verdict: 'NO_CLUSTERS', result: { clusters: [{ name: 'harbor' }], overlaps: [] } });
    await server.send('get', '/api/v1/fleet/cidr-overlaps?at=yesterday').expect(400);
    const before = await server.send('get', '/api/v1/fleet/cidr-overlaps?at=2001-01-01T00:00:00Z').expect(200);
    expect(bodyOf(before)).toMatchObject({ verdict: 'NO_CLUSTERS', result: { clusters: [] } });
  });

  it('gives a new cluster ranges that meet nothing, the same for the same request, until they are released', async () => {
    await make('corp', '10.0.0.0/8', 'fd12::/32');
    const preview = await taken('corp', 'lagoon', { ranges: THREE, dryRun: true });
    expect(await show('corp')).toMatchObject({ ranges: [] });
    const given = await taken('corp', 'lagoon', { ranges: THREE });
    // fjord has 10.8.0.0/16 for pods and heritage 10.32.0.0/12; the lowest /16, /20 and /24 lie below.
    expect(prefixes(given)).toEqual(['pod 10.0.0.0/16', 'service 10.1.0.0/20', 'node 10.1.16.0/24']);
    expect([prefixes(preview), preview.changed, given.changed, preview.ranges[0]?.takenAt]).toEqual([prefixes(given), true, true, null]);
    expect(await taken('corp', 'lagoon', { ranges: THREE })).toEqual({ ...given, changed: false });
    const second = await taken('corp', 'reef', { ranges: [...THREE, { plane: 'pod', family: 6, prefixLength: 48 }] });
    expect(prefixes(second)).toEqual(['pod 10.2.0.0/16', 'service 10.1.32.0/20', 'node 10.1.17.0/24', 'pod fd12::/48']);
    const released = bodyOf<Given>(await server.send('delete', '/api/v1/fleet/spaces/corp/clusters/lagoon?plane=pod').expect(200));
    expect(prefixes(released)).toEqual(['pod 10.0.0.0/16']);
    await server.send('delete', '/api/v1/fleet/spaces/corp').expect(409);
    expect(prefixes(await taken('corp', 'cove', { ranges: [{ plane: 'pod', prefixLength: 16 }] }))).toEqual(['pod 10.0.0.0/16']);
  });

  it('keeps away from what the clusters of the fleet use', async () => {
    await make('used', '10.244.0.0/15');
    expect(prefixes(await taken('used', 'isle', { ranges: [{ plane: 'pod', prefixLength: 16 }] }))).toEqual(['pod 10.245.0.0/16']);
    // Its own range a cluster gets by name.
    const own = await taken('used', 'harbor', { ranges: [{ plane: 'pod', prefix: '10.244.0.0/16' }] });
    expect(prefixes(own)).toEqual(['pod 10.244.0.0/16']);
    expect(own.warnings).toEqual([
      { code: 'RANGE_IN_USE', message: '10.244.0.0/16 meets what is used already: `pods.10.244.0.0_16` of `atoll`' },
    ]);
    const other = await take('used', 'atoll', { ranges: [{ plane: 'pod', prefix: '10.244.0.0/16' }] });
    expect([other.status, other.body]).toMatchObject([409, { code: 'ip-taken', holder: 'the pod range 10.244.0.0/16 of `harbor`' }]);
  });

  it('gives all or nothing, and says what is left', async () => {
    await make('small', '192.168.0.0/22');
    const refused = await take('small', 'islet', {
      ranges: [
        { plane: 'pod', prefixLength: 23 },
        { plane: 'node', prefixLength: 22 },
      ],
    });
    expect([refused.status, refused.body]).toMatchObject([
      409,
      { code: 'pool-exhausted', requested: '1024', available: '512', largestFree: '192.168.2.0/23' },
    ]);
    expect(await show('small')).toMatchObject({ ranges: [], use: [{ taken: '0', largestFree: '192.168.0.0/22' }] });
  });

  it.each<[string, object, string]>([
    ['host bits', { ranges: [{ plane: 'pod', prefix: '10.1.2.3/16' }] }, '/ranges/0/prefix'],
    ['no prefix', { ranges: [{ plane: 'pod', prefix: 'ten' }] }, '/ranges/0/prefix'],
    ['/129', { ranges: [{ plane: 'pod', family: 6, prefixLength: 129 }] }, '/ranges/0/prefixLength'],
    ['/33 of IPv4', { ranges: [{ plane: 'pod', prefixLength: 33 }] }, '/ranges/0/prefixLength'],
    ['a prefix of the other family', { ranges: [{ plane: 'pod', family: 6, prefix: '10.1.0.0/16' }] }, '/ranges/0/family'],
    ['outside the space', { ranges: [{ plane: 'pod', prefix: '11.0.0.0/16' }] }, '/ranges/0/prefix'],
    ['neither length nor prefix', { ranges: [{ plane: 'pod' }] }, '/ranges/0'],
    ['another plane', { ranges: [{ plane: 'lb', prefixLength: 24 }] }, '/ranges/0/plane'],
  ])('refuses %s, and nothing changes', async (_, body, pointer) => {
    const before = await show('corp');
    const refused = await take('corp', 'shoal', body);
    expect([refused.status, refused.body]).toMatchObject([400, { errors: [{ pointer }] }]);
    expect(await show('corp')).toEqual(before);
  });

  it.each(['Foo%20Bar', 'x%2Fy', '%E2%80%AE', '-a'])('refuses a range for `%s`, which no cluster can be called', async (cluster) => {
    const before = await show('corp');
    const refused = await take('corp', cluster, { ranges: [{ plane: 'pod', prefixLength: 24 }] });
    expect([refused.status, refused.body]).toMatchObject([400, { errors: [{ pointer: '/cluster' }] }]);
    expect(await show('corp')).toEqual(before);
  });

  it('lets a token take part for its own clusters only, and hides those of others', async () => {
    const editor = await server.issue('editor', ['cay']);
    expect((await take('corp', 'reef', { ranges: THREE }, editor)).status).toBe(403);
    expect((await take('corp', 'cay', { ranges: [{ plane: 'node', prefixLength: 24 }] }, editor)).status).toBe(200);
    const taken = await take('corp', 'cay', { ranges: [{ plane: 'pod', prefix: '10.2.0.0/16' }] }, editor);
    expect([taken.status, taken.body]).toMatchObject([409, { holder: 'the pod range 10.2.0.0/16 of `another cluster`' }]);
    const seen = await show('corp', editor);
    expect([seen.ranges.map(({ cluster }) => cluster), seen.hiddenRanges > 0]).toEqual([['cay'], true]);
    const viewer = await server.issue('viewer');
    expect((await take('corp', 'cay', { ranges: THREE }, viewer)).status).toBe(403);
    await server
      .send('post', '/api/v1/fleet/spaces', editor)
      .send({ name: 'mine', prefixes: ['10.0.0.0/8'] })
      .expect(403);
  });

  it('refuses a space of the same name, one whose prefixes meet, and names the nearest', async () => {
    await server
      .send('post', '/api/v1/fleet/spaces')
      .send({ name: 'corp', prefixes: ['10.0.0.0/8'] })
      .expect(409);
    const meeting = await server
      .send('post', '/api/v1/fleet/spaces')
      .send({ name: 'x', prefixes: ['10.0.0.0/8', '10.1.0.0/16'] })
      .expect(400);
    expect(meeting.body).toMatchObject({ errors: [{ pointer: '/prefixes/1' }] });
    const unknown = await server.send('get', '/api/v1/fleet/spaces/crop').expect(404);
    expect(unknown.body).toMatchObject({ code: 'unknown-space', hint: 'did you mean `corp`?' });
  });

  it('gives no address twice, however many ask at once', async () => {
    await make('busy', '172.16.0.0/16');
    const clusters = Array.from({ length: 24 }, (_, index) => `c${index}`);
    const answers = await Promise.all(clusters.map(async (name) => taken('busy', name, { ranges: [{ plane: 'pod', prefixLength: 22 }] })));
    expect(new Set(answers.flatMap(prefixes)).size).toBe(24);
    // The database itself holds it (migration 0006).
    const database = server.app.get(Database, { strict: false });
    const insert = `INSERT INTO fleet_range (space, cluster, plane, prefix, taken_by) VALUES ('busy', 'thief', 'node', '172.16.0.0/24', 't')`;
    await expect(database.pool.query(insert)).rejects.toMatchObject({ code: '23P01' });
  });

  it('does the same through GraphQL', async () => {
    const ask = async (query: string) => bodyOf<{ data: unknown }>(await server.send('post', '/graphql').send({ query }).expect(200)).data;
    expect(
      await ask(
        'mutation { createFleetSpace(input: { name: "gq", prefixes: ["10.0.0.0/12"] }) { ... on FleetSpaceCreated { space { name prefixes use { capacity } } } } }',
      ),
    ).toEqual({
      createFleetSpace: { space: { name: 'gq', prefixes: ['10.0.0.0/12'], use: [{ capacity: '1048576' }] } },
    });
    const takes =
      'mutation { takeFleetRanges(space: "gq", cluster: "bay", input: { ranges: [{ plane: pod, prefixLength: 14 }] }) { ... on FleetRangesTaken { changed ranges { plane prefix } } ... on PoolExhaustedProblem { detail } } }';
    expect(await ask(takes)).toEqual({ takeFleetRanges: { changed: true, ranges: [{ plane: 'pod', prefix: '10.0.0.0/14' }] } });
    expect(await ask('mutation { deleteFleetSpace(space: "gq") { __typename } }')).toEqual({
      deleteFleetSpace: { __typename: 'SpaceInUseProblem' },
    });
    expect(
      await ask('mutation { releaseFleetRanges(space: "gq", cluster: "bay") { ... on FleetRangesReleased { ranges { prefix } } } }'),
    ).toEqual({
      releaseFleetRanges: { ranges: [{ prefix: '10.0.0.0/14' }] },
    });
    expect(await ask('mutation { deleteFleetSpace(space: "gq") { __typename } }')).toEqual({
      deleteFleetSpace: { __typename: 'FleetSpaceDeleted' },
    });
    expect(await ask('{ fleet { spaces { name } space(name: "corp") { ranges { cluster } } } }')).toMatchObject({
      fleet: { space: { ranges: expect.any(Array) } },
    });
  });
});
