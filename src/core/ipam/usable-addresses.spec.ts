import { describe, expect, it } from 'vitest';
import { parseCidr } from '../net/cidr.js';
import { rangeText } from './pool-view.js';
import { usableAddresses, usableCount, type UsableRule } from './usable-addresses.js';

/** `shared/reference/ipam-dataplane.md` §2; the sources of each column stand at `USABLE_RULES`. */
describe('usable addresses of a prefix', () => {
  const RULES: readonly UsableRule[] = [
    'k8s-service',
    'host-local',
    'calico',
    'netbox',
    'netbox-pool',
    'cilium-range',
    'cilium-range-first-last',
    'metallb',
    'whereabouts',
  ];
  it.each<[cidr: string, ...counts: (number | bigint | string)[]]>([
    ['10.0.0.0/24', 254, 253, 256, 254, 256, 254, 256, 256, 254],
    ['10.0.0.0/30', 2, 1, 4, 2, 4, 2, 4, 4, 2],
    ['10.0.0.0/31', 0, 'TOO_SMALL', 2, 2, 2, 2, 2, 2, 'TOO_SMALL'],
    ['10.0.0.0/32', 0, 'TOO_SMALL', 1, 1, 1, 1, 1, 1, 'TOO_SMALL'],
    ['fd00::/126', 3, 2, 4, 3, 4, 2, 4, 4, 2],
    ['fd00::/127', 1, 'TOO_SMALL', 2, 2, 2, 2, 2, 2, 'TOO_SMALL'],
    ['fd00::/64', 2n ** 64n - 1n, 2n ** 64n - 2n, 2n ** 64n, 2n ** 64n - 1n, 2n ** 64n, 65_534, 65_536, 2n ** 63n - 1n, 2n ** 64n - 2n],
  ])('%s', (cidr, ...counts) => {
    expect(RULES.map((rule) => [rule, String(usableCount(rule, parseCidr(cidr)!))])).toEqual(
      RULES.map((rule, index) => [rule, String(counts[index])]),
    );
  });

  it.each<[rule: UsableRule, cidr: string, ranges: string]>([
    ['host-local', '10.0.0.0/24', '10.0.0.2-10.0.0.254'],
    ['k8s-service', '10.0.0.0/24', '10.0.0.1-10.0.0.254'],
    ['netbox', 'fd00::/126', 'fd00::1-fd00::3'],
    ['whereabouts', 'fd00::/126', 'fd00::1-fd00::2'],
    ['metallb-avoid-buggy', '10.0.0.0/23', '10.0.0.1-10.0.0.254, 10.0.1.1-10.0.1.254'],
    ['metallb-avoid-buggy', '10.0.0.254/31', '10.0.0.254'],
    ['metallb-avoid-buggy', '10.0.0.255/32', ''],
    ['cilium-range', 'fd00::/64', 'fd00::1-fd00::fffe'],
    // cilium/cilium pkg/ipam/pool_test.go, TestCIDRPoolAllowFirstAndLastIPs
    ['cilium-range', '10.0.0.0/28', '10.0.0.1-10.0.0.14'],
    ['cilium-range-first', '10.0.0.0/28', '10.0.0.0-10.0.0.14'],
    ['cilium-range-last', '10.0.0.0/28', '10.0.0.1-10.0.0.15'],
    ['cilium-range-first-last', '10.0.0.0/28', '10.0.0.0-10.0.0.15'],
    ['cilium-range-first', '10.0.0.0/31', '10.0.0.0-10.0.0.1'],
    ['cilium-range-last', 'fd00::5/128', 'fd00::5'],
  ])('%s of %s: %s', (rule, cidr, ranges) => {
    const usable = usableAddresses(rule, parseCidr(cidr)!);
    expect('ranges' in usable && usable.ranges.map(rangeText).join(', ')).toBe(ranges);
  });

  it('MetalLB counts prefixes of up to 61 host bits (`poolCount`)', () => {
    expect(['fd00::/67', 'fd00::/66', 'fd00::/48'].map((cidr) => usableCount('metallb', parseCidr(cidr)!))).toEqual([
      2n ** 61n,
      2n ** 63n - 1n,
      2n ** 63n - 1n,
    ]);
  });

  it('the API server refuses IPv6 service ranges shorter than /64 (KEP-1880)', () => {
    expect(usableCount('k8s-service', parseCidr('fd00::/63')!)).toBe('TOO_LARGE');
  });
});
