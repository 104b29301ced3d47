import { format } from 'prettier';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startServer, type TestServer } from './support/server.js';

describe('the GraphQL schema', () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startServer();
  });
  afterAll(() => server.stop());

  it('is the one that was reviewed (`npm run schema` writes it anew)', async () => {
    const { text } = await server.send('get', '/schema.graphql', null).expect(200);
    await expect(await format(text, { parser: 'graphql', printWidth: 140 })).toMatchFileSnapshot('../../schema.graphql');
  });
});
