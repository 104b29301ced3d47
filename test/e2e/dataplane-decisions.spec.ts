import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bodyOf, startServer, type TestServer } from './support/server.js';

const CROSS_SUBNET = { decision: 'encapsulation', mode: 'CrossSubnet', localSubnet: '10.0.0.0/16', remoteAddress: '10.0.1.1' };

/** A rule by itself, asked through both doors. */
describe('a decision of the data plane', () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startServer();
  });
  afterAll(() => server.stop());

  const inGraphql = async (asked: object) => {
    const query = 'query ($asked: JSON!) { dataplaneDecision(asked: $asked) }';
    return bodyOf<{ data: { dataplaneDecision: unknown } | null; errors?: { extensions: object }[] }>(
      await server.send('post', '/graphql').send({ query, variables: { asked } }),
    );
  };

  // felix/calc/l3_route_resolver.go, nodeInOurSubnet; felix/rules/nat.go.
  it.each([
    [CROSS_SUBNET, { encapsulate: false, sameSubnet: true }],
    [
      {
        decision: 'masquerade',
        by: { engine: 'calico', pools: [{ cidr: '10.0.0.0/16', natOutgoing: true }] },
        source: '10.0.0.5',
        destination: '198.51.100.7',
      },
      { masquerade: true },
    ],
  ])('is the same in REST and GraphQL: %j', async (asked, expected) => {
    const rest = await server.send('post', '/api/v1/dataplane/decide').send(asked);
    expect(rest.body).toMatchObject(expected);
    expect((await inGraphql(asked)).data?.dataplaneDecision).toEqual(rest.body);
  });

  it('is refused alike, with the place of what is wrong', async () => {
    const asked = { ...CROSS_SUBNET, localSubnet: '10.0.0.0/33' };
    const rest = await server.send('post', '/api/v1/dataplane/decide').send(asked);
    expect([rest.status, bodyOf<{ errors: { pointer: string }[] }>(rest).errors[0]?.pointer]).toEqual([400, '/localSubnet']);
    const { requestId: _, ...problem } = bodyOf<{ requestId: string }>(rest);
    expect((await inGraphql(asked)).errors?.[0]?.extensions).toMatchObject(problem);
  });
});
