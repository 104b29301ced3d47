import { describe, expect, it } from 'vitest';
import { corsHeaders } from './cors.js';

const FILTER = {
  type: 'CORS',
  pointer: '/spec/rules/0/filters/0',
  allowOrigins: ['*'],
  allowCredentials: false,
  allowMethods: [],
  allowHeaders: [],
  exposeHeaders: [],
  maxAge: 5,
} as const;
const told = (
  filter: Partial<Parameters<typeof corsHeaders>[0]>,
  origin: string,
  method = 'GET',
  more: readonly (readonly [string, string])[] = [],
) => {
  const request = { method, headers: new Map([['origin', origin], ...more]) } as unknown as Parameters<typeof corsHeaders>[1];
  return corsHeaders({ ...FILTER, ...filter }, request).map(([name, value]) => `${name.replace('access-control-', '')}: ${value}`);
};

/** kubernetes-sigs/gateway-api `apis/v1/httproute_types.go`, `HTTPCORSFilter`. */
describe('CORS', () => {
  it('exposes no `*` beside credentials ("the gateway cannot use the `*`")', () => {
    const filter = { exposeHeaders: ['*', 'x-a'] };
    expect(told(filter, 'https://a.com')).toContain('expose-headers: *, x-a');
    expect(told({ ...filter, allowCredentials: true }, 'https://a.com')).toContain('expose-headers: x-a');
    expect(told({ exposeHeaders: ['*'], allowCredentials: true }, 'https://a.com').join()).not.toContain('expose');
  });

  it('lets everybody in by `*`, and beside credentials by the origin of the client ("must return a single origin")', () => {
    expect(told({}, 'https://a.com')).toEqual(['allow-origin: *']);
    expect(told({ allowCredentials: true }, 'https://a.com')).toEqual(['allow-origin: https://a.com', 'allow-credentials: true']);
  });

  // fetch standard, "CORS-preflight request": `OPTIONS` with `Access-Control-Request-Method`
  it('tells methods and headers to a preflight only, beside credentials those that it asks for instead of `*`', () => {
    const filter = { allowMethods: ['*'], allowHeaders: ['*'] };
    const asking = [['access-control-request-method', 'PUT'] as const, ['access-control-request-headers', 'x-a'] as const];
    const preflight = told({ ...filter, allowCredentials: true }, 'https://a.com', 'OPTIONS', asking);
    expect(preflight.slice(2)).toEqual(['allow-methods: PUT', 'allow-headers: x-a', 'max-age: 5']);
    expect(told(filter, 'https://a.com', 'OPTIONS', asking).slice(1)).toEqual(['allow-methods: *', 'allow-headers: *', 'max-age: 5']);
    expect(told(filter, 'https://a.com')).toEqual(['allow-origin: *']);
    expect(told(filter, 'https://a.com', 'OPTIONS')).toEqual(['allow-origin: *']);
  });

  it.each([
    ['https://a.com', 'https://a.com:443', true],
    ['https://a.com:443', 'https://a.com', true],
    ['http://*.a.com:80', 'http://b.a.com', true],
    ['http://a.com', 'http://a.com:443', false],
    ['https://a.com:8443', 'https://a.com', false],
    ['https://*', 'https://a.b.c', true],
    ['https://*', 'https://a.b.c:8443', false],
    ['https://*:8443', 'https://a.b.c:8443', true],
    ['http://*.a.com:8080', 'https://b.a.com:8080', false],
    ['http://[::1]:8080', 'http://[::1]:8080', true],
    ['null', 'null', true],
    // "greedy match to the left": some label stands there, and what follows it as written
    ['https://*.a.com', 'https://.a.com', false],
    ['https://*.a.com', 'https://b.a.com.evil', false],
  ])('%s lets %s in: %s ("if not included, port 80 is assumed for http […], 443 for https")', (allowed, origin, expected) => {
    expect(told({ allowOrigins: [allowed] }, origin).length > 0).toBe(expected);
  });
});
