import { describe, expect, it } from 'vitest';
import { ask, line, server, subroutes, to } from '../../../test/support/virtual-servers.js';
import type { JsonObject } from '../kernel/json.js';
import { normaliseObject } from '../resources/normalise-object.js';
import { placesOf } from './internal/nginx-f5/virtual-places.js';

/** nginx/kubernetes-ingress `validateRoutePath`, `generateProxyPassRewrite`; nginx `location`: "If the longest matching prefix location has the “^~” modifier then regular expressions are not checked." */
describe('a path with `^~`', () => {
  const routes = [to('^~ /images', 'a'), to('/', 'b'), to('~ \\.png$', 'empty')];

  it.each<[path: string, expected: string]>([
    ['/images/x.png', 'ROUTED a=1'],
    ['/x.png', 'NO_ENDPOINTS empty=1 502'],
    ['/images', 'ROUTED a=1'],
    ['/other', 'ROUTED b=1'],
  ])('%s: %s', (path, expected) => {
    expect(line([server('s', routes)], `http://foo.com${path}`)).toBe(expected);
  });

  it('is what an expression loses to', () => {
    const { candidates } = ask([server('s', routes)], 'http://foo.com/images/x.png').result;
    const told = candidates.map(({ path, reason, own, other }) => [path, reason, own, other]);
    expect(told).toContainEqual(['~ \\.png$', 'PREFIX_FIRST', '~ \\.png$', '^~ /images']);
  });

  it('is rewritten as a prefix is', () => {
    const action: JsonObject = { proxy: { upstream: 'a', rewritePath: '/static' } };
    expect(line([server('s', [{ path: '^~ /images', action }])], 'http://foo.com/images/x.png')).toBe('ROUTED a=1 > /static/x.png');
  });
});

/** `classifyAndCollectVSRs`, `validateSubroutesRegex`, `validateSubroutesStandalone`: the subroutes are all the expressions that are handed to it, and no others. */
describe('several expressions of a VirtualServer', () => {
  const handed = (...paths: readonly string[]) =>
    server(
      's',
      paths.map((path) => ({ path, route: 'r' })),
    );
  const own = (...paths: readonly string[]) =>
    subroutes(
      'r',
      paths.map((path) => to(path, 'a')),
    );

  it.each<[what: string, objects: Parameters<typeof line>[0], expected: string]>([
    ['are handed to one', [handed('~ ^/x', '~* ^/y'), own('~ ^/x', '~* ^/y')], 'ROUTED a=1'],
    ['and each has to be there', [handed('~ ^/x', '~* ^/y'), own('~* ^/y')], 'NOT_FOUND 404'],
    ['and no other', [handed('~* ^/y'), own('~ ^/x', '~* ^/y')], 'NOT_FOUND 404'],
    ['in any order', [handed('~* ^/y', '~ ^/x'), own('~ ^/x', '~* ^/y')], 'ROUTED a=1'],
    ['of which none is a prefix', [handed('~* ^/y'), own('~* ^/y', '/z')], 'NOT_FOUND 404'],
  ])('%s', (_what, objects, expected) => {
    expect(line(objects, 'http://foo.com/y')).toBe(expected);
  });

  it('keep the policies that the VirtualServer says of each', () => {
    const routes = [
      { path: '~ ^/x', route: 'r', policies: [{ name: 'gone' }] },
      { path: '~ ^/y', route: 'r' },
    ];
    const asked = (path: string) => line([server('s', routes), own('~ ^/x', '~ ^/y')], `http://foo.com${path}`);
    expect([asked('/x'), asked('/y')]).toEqual(['REFUSED 500', 'ROUTED a=1']);
  });

  it('are compared with those of the other once, and not for each of them', () => {
    const paths = Array.from({ length: 1000 }, (_, index) => `~ ^/x${index}`);
    const [{ resource: virtual }, { resource: other }] = [normaliseObject(handed(...paths)), normaliseObject(own(...paths))];
    if (virtual?.kind !== 'VirtualServer' || other?.kind !== 'VirtualServerRoute') throw new Error('no such objects');
    let reads = 0;
    const counted = new Proxy(other, {
      get(target, field) {
        reads += Number(field === 'routes');
        return Reflect.get(target, field) as unknown;
      },
    });
    expect([...placesOf(virtual, [counted])]).toHaveLength(1000);
    expect(reads).toBeLessThan(10);
  });
});
