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
const told = (filter: Partial<Parameters<typeof corsHeaders>[0]>, origin: string) => {
  const request = { method: 'GET', headers: new Map([['origin', origin]]) } as unknown as Parameters<typeof corsHeaders>[1];
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

  it.each([
    ['https://a.com', 'https://a.com:443', true],
    ['https://a.com:443', 'https://a.com', true],
    ['http://*.a.com:80', 'http://b.a.com', true],
    ['http://a.com', 'http://a.com:443', false],
    ['https://a.com:8443', 'https://a.com', false],
    ['https://*', 'https://a.b.c', true],
  ])('%s lets %s in: %s ("if not included, port 80 is assumed for http […], 443 for https")', (allowed, origin, expected) => {
    expect(told({ allowOrigins: [allowed] }, origin).length > 0).toBe(expected);
  });
});
