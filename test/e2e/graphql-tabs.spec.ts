import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { EXAMPLE_TABS } from '../../src/api/pages/example-tabs.js';
import { loadDemoFleet } from '../../src/load-demo-fleet.js';
import { bodyOf, startServer, type TestServer } from './support/server.js';

interface Answer {
  readonly data: object | null;
  readonly errors?: unknown;
  readonly extensions: { readonly cost: { readonly requested: number; readonly maximum: number } };
}

/** Where an answer has nothing: an example shows something. */
function emptyParts(value: unknown, path = ''): readonly string[] {
  if (value === null || (Array.isArray(value) && value.length === 0)) return [path];
  if (typeof value !== 'object') return [];
  return Object.entries(value).flatMap(([name, member]) => emptyParts(member, `${path}/${name}`));
}

describe('the tabs that the playground opens with', () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startServer();
    await loadDemoFleet(server.app, 'demo');
  });
  afterAll(() => server.stop());

  it.each(EXAMPLE_TABS)('run on the demo fleet within the limits: $title', async ({ query }) => {
    const { data, errors, extensions } = bodyOf<Answer>(await server.send('post', '/graphql').send({ query }));
    expect(errors).toBeUndefined();
    for (const [root, value] of Object.entries(data ?? {})) {
      expect(value, root).not.toBeNull();
      expect(emptyParts(Object.values(value as object)).filter((path) => /^\/\d+$/.test(path))).toEqual([]);
    }
    expect(extensions.cost.requested).toBeLessThan(extensions.cost.maximum / 2);
  });
});
