import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { EndpointCatalog } from '../../src/api/pages/endpoint-catalog.js';
import type { Endpoint } from '../../src/api/http/endpoint.js';
import { RouteTable } from '../../src/api/http/route-table.js';
import { type Role, ROLES } from '../../src/application/access/principal.js';
import { bodyOf, startServer, type TestServer } from './support/server.js';

/** What everybody may see: nothing of it is anybody's data. */
const OPEN = [
  'GET /',
  'GET /docs',
  'GET /docs/problems',
  'GET /docs/problems/:kind',
  'GET /docs/start.js',
  'GET /livez',
  'GET /openapi.json',
  'GET /playground',
  'GET /playground/start.js',
  'GET /readyz',
  'GET /schema.graphql',
  'GET /version',
];

/** Routes that are no endpoints of controllers: each has its own tests. */
const OTHERS = ['GET /assets/*', 'GET /graphql', 'POST /graphql'];

const nameOf = ({ method, path }: Endpoint) => `${method} ${path}`;
const pathOf = ({ path }: Endpoint) => path.replaceAll(/:\w+/g, 'x');
const methodOf = ({ method }: Endpoint) => method.toLowerCase() as 'get' | 'post' | 'put' | 'patch' | 'delete';

describe('access', () => {
  let server: TestServer;
  let endpoints: readonly Endpoint[];
  const tokens = new Map<string, string>();

  beforeAll(async () => {
    server = await startServer();
    endpoints = server.app.get(EndpointCatalog, { strict: false }).list();
    for (const role of ROLES) tokens.set(role, await server.issue(role));
    for (const role of ROLES) tokens.set(`${role} of other`, await server.issue(role, ['other']));
  });
  afterAll(() => server.stop());

  const guarded = () =>
    endpoints.filter((endpoint): endpoint is Endpoint & { access: { role: Role; reach: string } } => endpoint.access !== 'open');
  const outcome = async (endpoint: Endpoint, token: string | null) => {
    const { status, body } = await server.send(methodOf(endpoint), pathOf(endpoint), token);
    return `${nameOf(endpoint)}: ${status} ${(body as { code?: string }).code ?? ''}`;
  };

  it('has no route besides its endpoints', () => {
    const routes = server.app.get(RouteTable, { strict: false }).list();
    const known = new Set([...endpoints.map(nameOf), ...OTHERS]);
    expect(routes.filter((route) => !known.has(route) && !/^(?:HEAD|OPTIONS) /.test(route))).toEqual([]);
  });

  it('is open where no data are, and nowhere else', () => {
    expect(endpoints.filter(({ access }) => access === 'open').map(nameOf)).toEqual(OPEN);
  });

  it('answers 401 without a token, and with one that nobody issued', async () => {
    for (const endpoint of guarded()) {
      expect(await outcome(endpoint, null)).toBe(`${nameOf(endpoint)}: 401 missing-token`);
      expect(await outcome(endpoint, 'nobody-issued-this-token')).toBe(`${nameOf(endpoint)}: 401 invalid-token`);
    }
    expect(guarded().length).toBeGreaterThan(5);
  });

  it('says how to authenticate', async () => {
    const missing = await server.send('get', '/api/v1/tokens', null);
    expect(missing.headers['www-authenticate']).toBe('Bearer realm="portolan"');
    const unknown = await server.send('get', '/api/v1/tokens', 'nobody-issued-this-token');
    expect(unknown.headers['www-authenticate']).toBe('Bearer realm="portolan", error="invalid_token"');
    const basic = await server.send('get', '/api/v1/tokens', null).auth('admin', 'secret');
    expect([basic.status, bodyOf<{ code: string }>(basic).code]).toEqual([401, 'invalid-token']);
  });

  it('answers 403 to a role that is too weak', async () => {
    for (const endpoint of guarded()) {
      const weaker = ROLES.slice(0, ROLES.indexOf(endpoint.access.role));
      for (const role of weaker) expect(await outcome(endpoint, tokens.get(role) ?? '')).toBe(`${nameOf(endpoint)}: 403 insufficient-role`);
    }
  });

  it('answers 403 to a token that is limited to another cluster, also for clusters that do not exist', async () => {
    for (const endpoint of guarded().filter(({ access }) => access.reach !== 'own')) {
      const token = tokens.get(`${endpoint.access.role} of other`) ?? '';
      expect(await outcome(endpoint, token)).toBe(`${nameOf(endpoint)}: 403 insufficient-role`);
    }
  });

  it('lets in who may', async () => {
    for (const endpoint of guarded()) expect(await outcome(endpoint, tokens.get(endpoint.access.role) ?? '')).not.toMatch(/: 40[13]/);
  });
});
