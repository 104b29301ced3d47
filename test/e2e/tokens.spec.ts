import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import { Tokens } from '../../src/application/access/tokens.js';
import { Database } from '../../src/persistence/database.js';
import { ADMIN, bodyOf, startServer, type TestServer } from './support/server.js';

interface Issued {
  readonly id: string;
  readonly token: string;
}

describe('tokens', () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startServer();
  });
  afterAll(() => server.stop());

  const issue = async (body: object) => bodyOf<Issued>(await server.send('post', '/api/v1/tokens').send(body).expect(201));
  const works = async (token: string) => (await server.send('get', '/metrics', token)).status === 200;

  it('work from the moment they are issued until they are revoked', async () => {
    const { id, token } = await issue({ name: 'ci', role: 'viewer' });
    expect(await works(token)).toBe(true);
    await server.send('delete', `/api/v1/tokens/${id}`).expect(200);
    expect(await works(token)).toBe(false);
    await server.send('get', `/api/v1/tokens/${id}`).expect(404);
  });

  it('change what they may do at once', async () => {
    const { id, token } = await issue({ name: 'growing', role: 'viewer' });
    await server.send('get', '/api/v1/tokens', token).expect(403);
    await server.send('patch', `/api/v1/tokens/${id}`).send({ role: 'admin' }).expect(200);
    await server.send('get', '/api/v1/tokens', token).expect(200);
  });

  it('are refused once they have expired', async () => {
    const anHour = 3_600_000;
    const { token } = await issue({ name: 'short', expiresAt: new Date(Date.now() + anHour).toISOString() });
    expect(await works(token)).toBe(true);
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + anHour });
    onTestFinished(() => void vi.useRealTimers());
    expect(await works(token)).toBe(false);
  });

  it('are stored as hashes only, and shown without their secret', async () => {
    const { id, token } = await issue({ name: 'secretive' });
    const rows = await server.app
      .get(Database, { strict: false })
      .rows<{ row: string; hash: string }>(
        `SELECT row_to_json(t)::text AS row, encode(hash, 'hex') AS hash FROM access_token t WHERE id = $1`,
        [id],
      );
    expect(rows[0]?.hash).toBe(createHash('sha256').update(token).digest('hex'));
    expect(rows[0]?.row).not.toContain(token);
    expect((await server.send('get', `/api/v1/tokens/${id}`)).text).not.toContain(token);
    expect((await server.send('get', '/api/v1/tokens')).text).not.toContain(token);
  });

  it('have 256 random bits', async () => {
    const { token } = await issue({ name: 'random' });
    expect(Buffer.from(token.replace('ptl_', ''), 'base64url')).toHaveLength(32);
  });

  it.each([
    [{ name: '' }, '/name'],
    [{ name: 'x', role: 'root' }, '/role'],
    [{ name: 'x', clusters: 'harbor' }, '/clusters'],
    [{ name: 'x', expiresAt: 'tomorrow' }, '/expiresAt'],
    [{ name: 'x', rol: 'admin' }, '/rol'],
    [{ name: '(server)' }, '/name'],
  ])('refuse %j', async (body, pointer) => {
    const answer = await server.send('post', '/api/v1/tokens').send(body).expect(400);
    expect(bodyOf<{ errors: { pointer: string }[] }>(answer).errors.map((error) => error.pointer)).toEqual([pointer]);
  });

  it('are bootstrapped once where nobody gives a secret, and follow the given one', async () => {
    const tokens = server.app.get(Tokens, { strict: false });
    expect(await tokens.bootstrap(undefined)).toBeUndefined(); // there are tokens already
    await tokens.bootstrap('another-administrator-token');
    expect(await works('another-administrator-token')).toBe(true);
    await tokens.bootstrap(ADMIN);
    expect(await works('another-administrator-token')).toBe(false);
    expect(await works(ADMIN)).toBe(true);
  });
});
