import { once } from 'node:events';
import { get, type IncomingMessage } from 'node:http';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { Database } from '../../src/persistence/database.js';
import { ADMIN, startServer, type TestServer } from './support/server.js';

/** More exports than the server has connections for them (DatabaseSettings, `streams`). */
const EXPORTS = 40;
const OBJECTS = 2_000;
const FILLER = 'x'.repeat(10_000);

let server: TestServer;
let origin: string;

beforeAll(async () => {
  server = await startServer();
  await server.app.listen(0, '127.0.0.1');
  origin = (await server.app.getUrl()).replace('[::1]', '127.0.0.1');
  await server.send('post', '/api/v1/clusters').send({ name: 'large' }).expect(201);
  const objects = Array.from({ length: OBJECTS }, (_, index) =>
    JSON.stringify({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: `m${index}`, namespace: 'a' }, data: { filler: FILLER } }),
  );
  await server
    .send('post', '/api/v1/clusters/large/snapshots')
    .set('content-type', 'application/x-ndjson')
    .send(objects.join('\n'))
    .expect(201);
});
afterAll(() => server.stop());

async function startExport(encoding: string): Promise<IncomingMessage> {
  const headers = { authorization: `Bearer ${ADMIN}`, 'accept-encoding': encoding };
  const request = get(`${origin}/api/v1/clusters/large/export?format=ndjson`, { headers });
  const [answer]: IncomingMessage[] = await once(request, 'response');
  return answer!;
}

async function bytesOf(answer: IncomingMessage): Promise<number> {
  let bytes = 0;
  for await (const chunk of answer) bytes += (chunk as Buffer).length;
  return bytes;
}

it('an export that its client gives up gives its connection back', async () => {
  for (let count = 0; count < EXPORTS; count++) {
    const answer = await startExport(count % 2 === 0 ? 'identity' : 'gzip');
    await once(answer, 'readable');
    answer.destroy();
  }
  expect(await bytesOf(await startExport('identity'))).toBeGreaterThan(OBJECTS * FILLER.length);
});

it('an export that breaks off is not taken for a whole one', async () => {
  const answer = await startExport('identity');
  await once(answer, 'readable');
  const database = server.app.get(Database, { strict: false });
  await database.rows(
    `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'portolan streams'`,
    [],
  );
  await expect(bytesOf(answer)).rejects.toThrow();
  expect(await bytesOf(await startExport('identity'))).toBeGreaterThan(OBJECTS * FILLER.length);
});
