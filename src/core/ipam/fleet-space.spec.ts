import { describe, expect, it } from 'vitest';
import { formatCidr, parseCidr } from '../net/cidr.js';
import { rangeOfCidr } from '../net/ip-set.js';
import { type FleetRange, type FleetState, type FleetWish, grantRanges, spaceUse } from './fleet-space.js';

const cidr = (text: string) => parseCidr(text)!;
const state = (prefixes: readonly string[], taken: readonly FleetRange[] = [], avoid: readonly string[] = []): FleetState => ({
  name: 'corp',
  prefixes: prefixes.map(cidr),
  taken,
  avoid: avoid.map((text) => rangeOfCidr(cidr(text))),
});
const has = (cluster: string, plane: FleetRange['plane'], prefix: string): FleetRange => ({ cluster, plane, prefix: cidr(prefix) });
const any = (plane: FleetRange['plane'], prefixLength: number, family: 4 | 6 = 4): FleetWish => ({ plane, family, prefixLength });
const this_ = (plane: FleetRange['plane'], prefix: string): FleetWish => ({
  plane,
  family: cidr(prefix).family,
  prefixLength: cidr(prefix).prefix,
  prefix: cidr(prefix),
});

function grant(space: FleetState, ...wishes: readonly FleetWish[]) {
  const granted = grantRanges(space, 'new', wishes);
  if (!granted.ok) return granted.error;
  const text = (ranges: readonly FleetRange[]) => ranges.map(({ plane, prefix }) => `${plane} ${formatCidr(prefix)}`);
  return { given: text(granted.value.given), kept: text(granted.value.kept) };
}

/** netbox-community/netbox `available-prefixes`: in the order of the request, each at the lowest gap that fits, all or nothing. */
describe('ranges of a fleet', () => {
  it('are the lowest aligned gaps, in the order of the wishes, and meet nobody else’s', () => {
    const space = state(['10.0.0.0/8'], [has('old', 'pod', '10.0.0.0/16'), has('old', 'service', '10.1.0.0/20')]);
    expect(grant(space, any('pod', 16), any('service', 20), any('node', 22))).toEqual({
      given: ['pod 10.2.0.0/16', 'service 10.1.16.0/20', 'node 10.1.32.0/22'],
      kept: [],
    });
  });

  it('stay the same for the same request, and what is asked for beside them is added', () => {
    const space = state(['10.0.0.0/8'], [has('new', 'pod', '10.5.0.0/16')]);
    expect(grant(space, any('pod', 16), any('service', 20))).toEqual({ given: ['service 10.0.0.0/20'], kept: ['pod 10.5.0.0/16'] });
    expect(grant(space, any('pod', 14))).toMatchObject({ kind: 'identifier-reused' });
  });

  it('keep away from what clusters use without having it of the space', () => {
    expect(grant(state(['10.0.0.0/14'], [], ['10.0.0.0/15']), any('pod', 16))).toEqual({ given: ['pod 10.2.0.0/16'], kept: [] });
    // A cluster's own range gets into the space by name.
    expect(grant(state(['10.0.0.0/14'], [], ['10.0.0.0/15']), this_('pod', '10.1.0.0/16'))).toEqual({
      given: ['pod 10.1.0.0/16'],
      kept: [],
    });
  });

  it('are all given or none: what is left is told', () => {
    expect(grant(state(['10.0.0.0/16']), any('pod', 17), any('service', 17), any('node', 24))).toMatchObject({
      kind: 'pool-exhausted',
      extra: { requested: '256', available: '0', largestFree: null },
    });
    expect(grant(state(['10.0.0.0/16'], [has('old', 'pod', '10.0.0.0/17')]), any('pod', 16))).toMatchObject({
      extra: { available: '32768', largestFree: '10.0.128.0/17' },
    });
  });

  it('of both families come from the prefixes of each', () => {
    const space = state(['10.0.0.0/8', 'fd00::/16']);
    expect(grant(space, any('pod', 16), any('pod', 48, 6), any('node', 64, 6))).toEqual({
      given: ['pod 10.0.0.0/16', 'pod fd00::/48', 'node fd00:0:1::/64'],
      kept: [],
    });
  });

  it.each([
    ['outside the space', this_('pod', '11.0.0.0/16'), 'invalid-request'],
    ['of somebody else', this_('pod', '10.0.0.0/17'), 'ip-taken'],
    ['around somebody else’s', this_('pod', '10.0.0.0/15'), 'ip-taken'],
  ])('by name: %s', (_, wish, kind) => {
    expect(grant(state(['10.0.0.0/8'], [has('old', 'pod', '10.0.0.0/16')]), wish)).toMatchObject({ kind });
  });

  it('are asked for once of a plane and family', () => {
    expect(grant(state(['10.0.0.0/8']), any('pod', 16), any('pod', 17))).toMatchObject({ errors: [{ pointer: '/ranges/1/plane' }] });
  });
});

/** Below the ranges .0/26 and .128/26 of a /24 two prefixes of a quarter each are free: half of what is free is outside of the larger. */
it('a space tells how broken up it is, by the largest prefix that is free', () => {
  const [use] = spaceUse([cidr('10.0.0.0/24')], [has('a', 'pod', '10.0.0.0/26'), has('a', 'service', '10.0.0.128/26')]);
  expect(use).toMatchObject({ free: '128', largestFree: '10.0.0.64/26', fragments: 2, fragmentationPercent: 50 });
});

it('a space tells how full it is, family by family', () => {
  expect(spaceUse([cidr('10.0.0.0/8'), cidr('fd00::/48')], [has('a', 'pod', '10.0.0.0/9'), has('a', 'service', '10.192.0.0/10')])).toEqual([
    {
      family: 4,
      capacity: '16777216',
      taken: '12582912',
      free: '4194304',
      usedPercent: 75,
      largestFree: '10.128.0.0/10',
      fragments: 1,
      fragmentationPercent: 0,
    },
    {
      family: 6,
      capacity: '1208925819614629174706176',
      taken: '0',
      free: '1208925819614629174706176',
      usedPercent: 0,
      largestFree: 'fd00::/48',
      fragments: 1,
      fragmentationPercent: 0,
    },
  ]);
});
