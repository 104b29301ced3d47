import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bodyOf, startServer, type TestServer } from './support/server.js';

interface Answer {
  readonly data: Readonly<Record<string, Readonly<Record<string, unknown>> | null>> | null;
  readonly errors?: readonly { readonly extensions: { readonly code: string } }[];
}

describe('mutations', () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startServer();
  });
  afterAll(() => server.stop());

  const mutate = async (query: string, variables: object = {}, token?: string) =>
    bodyOf<Answer>(await server.send('post', '/graphql', token).send({ query: `mutation M ${query}`, variables }));

  it('issue, change and revoke a token', async () => {
    const issued = await mutate(
      '{ createToken(input: {name: "ci", clusters: ["harbor"]}) { __typename ... on TokenIssued { secret token { id role clusters createdBy } } } }',
    );
    expect(issued.data?.['createToken']).toMatchObject({
      __typename: 'TokenIssued',
      secret: expect.stringMatching(/^ptl_/),
      token: { role: 'viewer', clusters: ['harbor'], createdBy: 'bootstrap' },
    });
    const { id } = issued.data!['createToken']!['token'] as { id: string };
    const changed = await mutate(
      `{ updateToken(id: "${id}", input: {role: admin, clusters: null}) { ... on TokenUpdated { token { role clusters } } } }`,
    );
    expect(changed.data?.['updateToken']).toEqual({ token: { role: 'admin', clusters: null } });
    const revoked = await mutate(
      `{ revokeToken(id: "${id}") { __typename } again: revokeToken(id: "${id}") { ... on Problem { code status detail } } }`,
    );
    expect(revoked.data).toEqual({
      revokeToken: { __typename: 'TokenRevoked' },
      again: { code: 'unknown-token', status: 404, detail: `there is no token \`${id}\`` },
    });
  });

  it('answer with the same problem as REST', async () => {
    const { data } = await mutate(
      '{ createToken(input: {name: "(x)"}) { ... on InvalidRequestProblem { code status errors { pointer code message } } } }',
    );
    const rest = await server.send('post', '/api/v1/tokens').send({ name: '(x)' });
    const { errors } = bodyOf<{ errors: readonly { message: string }[] }>(rest);
    expect(data?.['createToken']).toEqual({
      code: 'invalid-request',
      status: 400,
      errors: errors.map((error) => ({ ...error, pointer: '/input/name' })),
    });
  });

  it('are refused to who may not, whichever union they answer with', async () => {
    const viewer = await server.issue('viewer');
    const answer = await mutate('{ revokeToken(id: "x") { __typename } }', {}, viewer);
    expect([answer.data, answer.errors?.map(({ extensions }) => extensions.code)]).toEqual([{ revokeToken: null }, ['insufficient-role']]);
  });
});
