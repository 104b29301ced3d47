import { describe, expect, it } from 'vitest';
import { availableIn, isDuplicate, isInPopulated, type PrefixSpace, usableOf, utilizationIn } from './prefix-space.js';
import { rangeText } from './pool-view.js';
import { type PrefixWorld, readPrefixWorld } from './simulate-prefix.js';
import { countAddresses } from './usable-addresses.js';
import { parseIp } from '../net/ip.js';

/** Rows of netbox-community/netbox `netbox/ipam/tests/test_models.py` (4.6), by the names of its tests; an address is of the global VRF unless it is told as `address@VRF`. */
type Row = readonly [name: string, world: Partial<PrefixWorld>, expected: string];

interface Marks {
  readonly populated?: boolean;
  readonly utilized?: boolean;
  readonly vrf?: string;
}
const between = (start: string, end: string, { populated = false, utilized = false, vrf }: Marks = {}) => ({
  start,
  end,
  vrf: vrf ?? null,
  populated,
  utilized,
});
const populated = (start: string, end: string, vrf?: string) => between(start, end, { populated: true, vrf });
const utilized = (start: string, end: string, vrf?: string) => between(start, end, { utilized: true, vrf });
const ips = (...texts: readonly string[]) =>
  texts.map((text) => {
    const [address = '', vrf] = text.split('@');
    return { address, vrf: vrf ?? null };
  });
const CONTAINER = { status: 'container' } as const;

function spaceOf(world: Partial<PrefixWorld>): PrefixSpace {
  const defaults = { isPool: false, vrf: null, status: 'active', markUtilized: false, addresses: [], ranges: [], children: [] } as const;
  const space = readPrefixWorld({ ...defaults, ...world });
  if (!space.ok) throw new Error(space.error.message);
  return space.value;
}

/** How many are available, and which, as far as the row tells. */
function available(world: Partial<PrefixWorld>): readonly string[] {
  const ranges = availableIn(spaceOf(world));
  return [String(countAddresses(ranges)), ...ranges.map(rangeText)];
}

describe('PrefixTestCase: available addresses', () => {
  it.each<Row>([
    [
      'test_get_available_ips',
      {
        prefix: '10.0.0.0/28',
        addresses: ips('10.0.0.1/26', '10.0.0.3/26', '10.0.0.5/26', '10.0.0.7/26'),
        ranges: [between('10.0.0.9', '10.0.0.10'), populated('10.0.0.12', '10.0.0.13')],
      },
      '8 10.0.0.2 10.0.0.4 10.0.0.6 10.0.0.8-10.0.0.11 10.0.0.14',
    ],
    [
      'test_available_ip_count_ipv6_populated_range',
      { prefix: '2001:db8::/126', ranges: [populated('2001:db8::1', '2001:db8::2')] },
      '1 2001:db8::3',
    ],
    ['test_available_ip_count_ipv6_127', { prefix: '2001:db8::/127' }, '2 2001:db8::-2001:db8::1'],
    [
      'test_available_ip_count_overlapping_ranges',
      { prefix: '192.0.2.0/29', ranges: [populated('192.0.2.1', '192.0.2.3'), populated('192.0.2.2', '192.0.2.4')] },
      '2 192.0.2.5-192.0.2.6',
    ],
    [
      'test_available_ip_count_vrf_ranges',
      { prefix: '192.0.2.0/29', vrf: '1', ranges: [populated('192.0.2.1', '192.0.2.6', '2')] },
      '6 192.0.2.1-192.0.2.6',
    ],
    ['test_available_ip_count_fully_populated', { prefix: '192.0.2.0/30', ranges: [populated('192.0.2.1', '192.0.2.2')] }, '0'],
    [
      'test_available_ip_count_container_vrf_duplicate_hosts',
      { prefix: '192.0.2.0/24', ...CONTAINER, addresses: ips('192.0.2.1/24@1', '192.0.2.1/24@2', '192.0.2.2/24@2') },
      '252 192.0.2.3-192.0.2.254',
    ],
    [
      'get_child_ranges: a container has the ranges of its own VRF alone',
      { prefix: '192.0.2.0/29', ...CONTAINER, ranges: [populated('192.0.2.1', '192.0.2.5', '1')] },
      '6 192.0.2.1-192.0.2.6',
    ],
    [
      'test_get_child_ranges: those that overlap in part are none of the prefix',
      {
        prefix: '192.168.0.16/28',
        ranges: [
          populated('192.168.0.1', '192.168.0.10'),
          populated('192.168.0.11', '192.168.0.17'),
          populated('192.168.0.18', '192.168.0.23'),
          populated('192.168.0.24', '192.168.0.29'),
          populated('192.168.0.31', '192.168.0.40'),
        ],
      },
      '2 192.168.0.17 192.168.0.30',
    ],
    [
      'test_get_child_ranges_other_family',
      { prefix: '192.168.0.16/28', ranges: [populated('192.168.0.18', '192.168.0.20'), populated('::1', '::2')] },
      '11 192.168.0.17 192.168.0.21-192.168.0.30',
    ],
    ['test_get_first_available_ip_full', { prefix: '192.0.2.0/30', addresses: ips('192.0.2.1/30', '192.0.2.2/30') }, '0'],
    [
      'test_available_ip_count_duplicate_ips_vrf',
      { prefix: '192.0.2.0/29', vrf: '1', addresses: ips('192.0.2.1/29@1', '192.0.2.1/29@1') },
      '5 192.0.2.2-192.0.2.6',
    ],
  ])('%s', (_, world, expected) => {
    expect(available(world).join(' ')).toBe(expected);
  });
});

describe('IPRangeTestCase: available addresses', () => {
  it.each<Row>([
    ['test_single_address_range_ipv6', { start: '2001:db8::10', end: '2001:db8::10' }, '1 2001:db8::10'],
    [
      'test_first_available_ip_consumed_single_address_range',
      { start: '192.0.2.10', end: '192.0.2.10', addresses: ips('192.0.2.10/24') },
      '0',
    ],
    [
      'test_get_child_ips_host_portion',
      { start: '10.0.0.2', end: '10.0.0.254', addresses: ips('10.0.0.2/32', '10.0.0.3/24') },
      '251 10.0.0.4-10.0.0.254',
    ],
    [
      'test_get_available_ips_vrf',
      { start: '192.0.2.10', end: '192.0.2.11', vrf: '1', addresses: ips('192.0.2.10/24@2') },
      '2 192.0.2.10-192.0.2.11',
    ],
    [
      'test_available_ip_count_vrf',
      { start: '192.0.2.10', end: '192.0.2.19', vrf: '1', addresses: ips('192.0.2.12/24@1', '192.0.2.13/24@2') },
      '9 192.0.2.10-192.0.2.11 192.0.2.13-192.0.2.19',
    ],
    ['test_first_available_ip_ipv6', { start: '::', end: '::3' }, '4 ::-::3'],
  ])('%s', (_, world, expected) => {
    expect(available(world).join(' ')).toBe(expected);
  });
});

describe('utilization', () => {
  const thirtyTwo = ips(...Array.from({ length: 32 }, (_, index) => `10.0.0.${index + 1}/24`));

  it.each<Row>([
    ['test_get_utilization_container', { prefix: '10.0.0.0/24', ...CONTAINER, children: ['10.0.0.0/26', '10.0.0.128/26'] }, '128 of 256'],
    ['test_get_utilization_noncontainer', { prefix: '10.0.0.0/24', addresses: thirtyTwo }, '32 of 254'],
    [
      'test_get_utilization_noncontainer, with a range',
      { prefix: '10.0.0.0/24', addresses: thirtyTwo, ranges: [utilized('10.0.0.33', '10.0.0.64')] },
      '64 of 254',
    ],
    [
      'test_get_utilization_distinct_hosts',
      { prefix: '192.0.2.0/24', addresses: ips('192.0.2.10/24', '192.0.2.10/32', '192.0.2.11/24') },
      '2 of 254',
    ],
    ['test_get_utilization_fully_utilized_range', { prefix: '192.0.2.0/24', ranges: [utilized('192.0.2.1', '192.0.2.254')] }, '254 of 254'],
    [
      'get_child_ranges: a range that leaves the prefix does not count',
      { prefix: '192.0.2.0/28', ranges: [utilized('192.0.2.10', '192.0.2.20')] },
      '0 of 14',
    ],
    [
      'test_utilization_distinct_hosts',
      { start: '192.0.2.10', end: '192.0.2.19', addresses: ips('192.0.2.10/24', '192.0.2.10/32', '192.0.2.11/24') },
      '2 of 10',
    ],
    [
      'test_utilization_duplicate_ips_vrf',
      { start: '192.0.2.10', end: '192.0.2.19', vrf: '1', addresses: ips('192.0.2.12/24@1', '192.0.2.12/24@1') },
      '1 of 10',
    ],
  ])('%s', (_, world, expected) => {
    const { used, size } = utilizationIn(spaceOf(world));
    expect(`${used} of ${size}`).toBe(expected);
  });

  it.each<[prefix: string, isPool: boolean, size: bigint]>([
    ['192.0.2.0/24', false, 254n],
    ['192.0.2.0/24', true, 256n],
    ['2001:db8::/126', false, 3n],
  ])('test_usable_size: %s, pool %s: %s', (prefix, isPool, size) => {
    expect(countAddresses(usableOf(spaceOf({ prefix, isPool })))).toBe(size);
  });
});

describe('IPAddressTestCase, PrefixTestCase: what may be made', () => {
  it.each<[name: string, kind: 'ip' | 'prefix', existing: string | null, candidate: string | null, duplicate: boolean]>([
    ['test_duplicate_global_unique', 'prefix', null, null, true],
    ['test_duplicate_global_unique', 'ip', null, null, true],
    ['test_duplicate_nonunique_nonrole_role', 'ip', null, 'vip', true],
    ['test_duplicate_nonunique_role_nonrole', 'ip', 'vip', null, true],
    ['test_duplicate_nonunique_role', 'ip', 'vip', 'vip', false],
  ])('%s of %s: %s, %s', (_, kind, existing, candidate, duplicate) => {
    const value = kind === 'ip' ? '192.0.2.1/24' : '192.0.2.0/24';
    const item = (role: string | null) => ({ value, vrf: null, role });
    expect(isDuplicate(kind, [item(existing)], item(candidate))).toBe(duplicate);
  });

  it.each<[name: string, range: ReturnType<typeof between>, address: string, refused: boolean]>([
    ['test_create_ip_in_unpopulated_range', between('192.0.2.1', '192.0.2.100'), '192.0.2.10', false],
    ['test_create_ip_in_populated_range', populated('192.0.2.1', '192.0.2.100'), '192.0.2.10', true],
    ['test_mark_populated_single_address_range_blocks_ip', populated('192.0.2.10', '192.0.2.10'), '192.0.2.10', true],
    ['test_populated_range_blocks_ip_with_different_mask', populated('10.0.0.2', '10.0.0.254'), '10.0.0.2', true],
  ])('%s', (_, range, address, refused) => {
    const { ranges } = spaceOf({ prefix: '0.0.0.0/0', ranges: [range] });
    expect(isInPopulated(ranges, parseIp(address)!, null)).toBe(refused);
  });
});
