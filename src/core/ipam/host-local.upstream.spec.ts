import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../kernel/json.js';
import { finished } from '../kernel/steps.js';
import { formatIp, parseIp } from '../net/ip.js';
import { readHostLocalConfig } from './host-local-config.js';
import { canonicalRange, type HostLocalRange, type HostLocalRangeSpec, rangeHolds, rangesMeet } from './host-local-range.js';
import { simulateHostLocal } from './simulate-host-local.js';

/** Rows of containernetworking/plugins `plugins/ipam/host-local/backend/allocator/{range,config,allocator}_test.go`. */

const text = ({ rangeStart, rangeEnd, gateway }: HostLocalRange) => [rangeStart, rangeEnd, gateway].map(formatIp).join(' ');

describe('range_test.go', () => {
  it.each<[HostLocalRangeSpec, string]>([
    [{ subnet: '192.0.2.0/24' }, '192.0.2.1 192.0.2.254 192.0.2.1'],
    [{ subnet: '192.0.2.0/25' }, '192.0.2.1 192.0.2.126 192.0.2.1'],
    [{ subnet: '2001:DB8:1::/64' }, '2001:db8:1::1 2001:db8:1:0:ffff:ffff:ffff:ffff 2001:db8:1::1'],
    [{ subnet: '10.0.0.0/24', gateway: '10.0.0.254' }, '10.0.0.1 10.0.0.254 10.0.0.254'],
    [{ subnet: '10.0.0.0/24', gateway: '192.168.1.1' }, 'gateway 192.168.1.1 not in network 10.0.0.0/24'],
    [{ subnet: '10.0.0.0/24', gateway: '2001:db8::1' }, 'gateway 2001:db8::1 not in network 10.0.0.0/24'],
    [
      { subnet: '2001:DB8:1::24:19ff:fee1:c44a/64' },
      'Network has host bits set. For a subnet mask of length 64 the network address is 2001:db8:1::',
    ],
    [
      { subnet: '2001:DB8:24:19ff::/63' },
      'Network has host bits set. For a subnet mask of length 63 the network address is 2001:db8:24:19fe::',
    ],
    [{ subnet: '192.168.127.0/23' }, 'Network has host bits set. For a subnet mask of length 23 the network address is 192.168.126.0'],
    [{ subnet: '192.0.2.0/31' }, 'Network 192.0.2.0/31 too small to allocate from'],
    [{ subnet: '192.0.2.0/24', rangeStart: '192.0.3.0' }, 'RangeStart 192.0.3.0 not in network 192.0.2.0/24'],
    [{ subnet: '192.0.2.0/24', rangeEnd: '192.0.4.0' }, 'RangeEnd 192.0.4.0 not in network 192.0.2.0/24'],
  ])('%j', (spec, expected) => {
    const range = canonicalRange(spec);
    expect(range.ok ? text(range.value) : range.error.message).toBe(expected);
  });

  const ranged = (spec: HostLocalRangeSpec): HostLocalRange => {
    const range = canonicalRange(spec);
    if (!range.ok) throw new Error(range.error.message);
    return range.value;
  };

  it.each([
    ['192.0.2.0/24', '192.0.2.40', '192.0.2.50', ['192.0.3.0', '192.0.2.39', '192.0.2.51']],
    ['2001:db8:1::/64', '2001:db8:1::40', '2001:db8:1::50', ['2001:db8:2::', '2001:db8:1::39', '2001:db8:1::51']],
  ])('%s from %s to %s has its ends, and not %j', (subnet, rangeStart, rangeEnd, outside) => {
    const range = ranged({ subnet, rangeStart, rangeEnd });
    const holds = (ip: string) => rangeHolds(range, parseIp(ip)!);
    expect([...outside, rangeStart, rangeEnd].map(holds)).toEqual([false, false, false, true, true]);
  });

  it.each<[HostLocalRangeSpec, HostLocalRangeSpec, boolean]>([
    [{ subnet: '10.0.0.0/24' }, { subnet: '10.0.0.0/24' }, true],
    [{ subnet: '10.0.0.0/20' }, { subnet: '10.0.1.0/24' }, true],
    [{ subnet: '10.0.0.0/24', rangeEnd: '10.0.0.127' }, { subnet: '10.0.0.0/24', rangeStart: '10.0.0.128' }, false],
  ])('%j meets %j: %s', (a, b, expected) => {
    expect([rangesMeet(ranged(a), ranged(b)), rangesMeet(ranged(b), ranged(a))]).toEqual([expected, expected]);
  });
});

describe('config_test.go', () => {
  const TEN = { subnet: '10.1.2.0/24', rangeStart: '10.1.2.9', rangeEnd: '10.1.2.20', gateway: '10.1.2.30' };
  const ELEVEN = { subnet: '11.1.2.0/24', rangeStart: '11.1.2.9', rangeEnd: '11.1.2.20', gateway: '11.1.2.30' };
  const config = (ipam: object, more: object = {}) =>
    ({ cniVersion: '0.3.1', name: 'mynet', ipam: { type: 'host-local', ...ipam }, ...more }) as unknown as JsonObject;
  const ten = '10.1.2.9 10.1.2.20 10.1.2.30';
  const eleven = '11.1.2.9 11.1.2.20 11.1.2.30';

  it.each<[string, JsonObject, readonly (readonly string[])[] | string]>([
    ['new style', config({ ranges: [[TEN, { subnet: '10.1.4.0/24' }], [ELEVEN]] }), [[ten, '10.1.4.1 10.1.4.254 10.1.4.1'], [eleven]]],
    [
      'mixed: what the runtime asks for comes first',
      config({ ...TEN, ranges: [[ELEVEN]] }, { runtimeConfig: { irrelevant: 'a', ipRanges: [[{ subnet: '12.1.3.0/24' }]] } }),
      [['12.1.3.1 12.1.3.254 12.1.3.1'], [ten], [eleven]],
    ],
    [
      'families of a set',
      config({ ranges: [[{ subnet: '10.1.0.0/22' }, { subnet: '2001:db8:5::/64' }]] }),
      'invalid range set 0: mixed address families',
    ],
    [
      'one of each family for 0.2.0',
      config({ ranges: [[{ subnet: '10.1.2.0/24' }], [{ subnet: '2001:db8:1::/48' }]] }, { cniVersion: '0.2.0' }),
      [['10.1.2.1 10.1.2.254 10.1.2.1'], ['2001:db8:1::1 2001:db8:1:ffff:ffff:ffff:ffff:ffff 2001:db8:1::1']],
    ],
    [
      'a file of the node',
      config({ rangeFromFile: '/etc/ranges.conf' }),
      'no IP ranges specified; a `rangeFromFile` is a file of the node and is not read',
    ],
  ])('%s', (_, given, expected) => {
    const read = readHostLocalConfig(given, '');
    expect(read.ok ? read.value.rangeSets.map((set) => set.map(text)) : read.error.message).toEqual(expected);
  });

  it.each<[string, JsonObject, readonly string[]]>([
    ['IP=10.1.2.10', config({ ranges: [[TEN]] }), ['10.1.2.10']],
    ['IP=10.1.2.11/24', config({ ranges: [[TEN]] }), ['10.1.2.11']],
    [
      'IP=10.1.2.10',
      config({ ranges: [[TEN], [ELEVEN]] }, { args: { cni: { ips: ['10.1.2.11', '11.11.11.11', '2001:db8:1::11'] } } }),
      ['10.1.2.10', '10.1.2.11', '11.11.11.11', '2001:db8:1::11'],
    ],
    [
      '',
      config({ subnet: '10.1.2.0/24' }, { runtimeConfig: { ips: ['192.168.0.1', '192.168.0.5/24', '2001:db8::1/64'] } }),
      ['192.168.0.1', '192.168.0.5', '2001:db8::1'],
    ],
  ])('CNI_ARGS %j, %j: asks for %j', (env, given, expected) => {
    const read = readHostLocalConfig(given, env);
    expect(read.ok && read.value.requested).toEqual(expected);
  });
});

describe('allocator_test.go', () => {
  it.each<[subnets: readonly string[], taken: readonly string[], last: readonly string[], expected: string]>([
    [['10.0.0.0/29'], [], [], '10.0.0.2'],
    [['2001:db8:1::/64'], [], [], '2001:db8:1::2'],
    [['10.0.0.0/30'], [], [], '10.0.0.2'],
    [['10.0.0.0/29'], [], ['10.0.0.5'], '10.0.0.6'],
    [['10.0.0.0/29'], ['10.0.0.4', '10.0.0.5'], ['10.0.0.3'], '10.0.0.6'],
    [['10.0.0.0/29'], ['10.0.0.6'], ['10.0.0.5'], '10.0.0.2'],
    [['10.0.0.0/30', '10.0.1.0/30', '10.0.2.0/30'], [], ['10.0.2.2'], '10.0.0.2'],
    [['10.0.0.0/30'], ['10.0.0.2'], [], 'POOL_EXHAUSTED'],
  ])('%j without %j after %j: %s', (subnets, reserved, lastReserved, expected) => {
    const rangeSets = [subnets.map((subnet) => ({ subnet }))];
    const steps = finished(simulateHostLocal({ rangeSets, args: '', reserved, lastReserved }, [{ op: 'allocate', id: 'ID', repeat: 1 }]));
    expect(steps.ok && (steps.value[0]?.error?.code ?? steps.value[0]?.results[0])).toBe(expected);
  });

  it('an address before the start of the range is outside', () => {
    const rangeSets = [[{ subnet: '192.168.1.0/29', rangeStart: '192.168.1.3' }]];
    const asked = { op: 'allocate', id: 'ID', ip: '192.168.1.2', repeat: 1 } as const;
    const steps = finished(simulateHostLocal({ rangeSets, args: '', reserved: [], lastReserved: [] }, [asked]));
    expect(steps.ok && steps.value[0]?.error?.code).toBe('NOT_IN_RANGE');
  });
});
