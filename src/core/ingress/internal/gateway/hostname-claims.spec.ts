import { describe, expect, it } from 'vitest';
import { HostnameClaims } from './hostname-claims.js';

/** `apis/v1/grpcroute_types.go`, `Hostnames`: hostnames meet where one covers what the other does; the older route is told. */
describe('claims of hostnames', () => {
  const claims = new HostnameClaims<string>();
  claims.add(['*.a.com', 'x.b.com'], 'first');
  claims.add(['y.b.com'], 'second');

  it.each<[hostnames: readonly (string | undefined)[], met: string | undefined]>([
    [['a.a.com'], 'first'],
    [['*.x.a.com'], 'first'],
    [['*.b.com'], 'first'],
    [['y.b.com', 'x.b.com'], 'first'],
    [['y.b.com'], 'second'],
    [[undefined], 'first'],
    [['z.b.com', 'a.com', '*.y.b.com'], undefined],
    [[], undefined],
  ])('%j', (hostnames, met) => {
    expect(claims.meeting(hostnames)).toBe(met);
  });

  it('are found for as many hostnames as an object can hold', () => {
    expect(claims.meeting(Array.from({ length: 200_000 }, () => 'y.b.com'))).toBe('second');
  });
});
