import { describe, expect, it } from 'vitest';
import { parseIp } from '../net/ip.js';
import type { Service } from '../resources/service.js';
import { familiesOf } from './families-of.js';

/** Rows of kubernetes `pkg/registry/core/service/storage/storage_test.go`, TestCreateInitIPFields, that are accepted: the families of a cluster, and `ClusterIPs, policy, families` of the service. */
describe('TestCreateInitIPFields', () => {
  const read = (text: string) => (text.match(/v[46]/g) ?? []).map((name): 4 | 6 => (name === 'v4' ? 4 : 6));
  const IPS: Readonly<Record<4 | 6, string>> = { 4: '10.0.0.1', 6: '2000::1' };

  it.each<[cluster: string, clusterIPs: string, policy: Service['ipFamilyPolicy'], families: string, expected: string]>([
    ['v4', '-', undefined, '-', 'v4'],
    ['v4', '-', 'SingleStack', 'v4', 'v4'],
    ['v4', '-', 'PreferDualStack', '-', 'v4'],
    ['v4', '-', 'PreferDualStack', 'v4', 'v4'],
    ['v4', 'v4', undefined, '-', 'v4'],
    ['v4', 'v4', 'PreferDualStack', '-', 'v4'],
    ['v6', '-', 'SingleStack', 'v6', 'v6'],
    ['v6', '-', 'PreferDualStack', '-', 'v6'],
    ['v6', 'v6', undefined, '-', 'v6'],
    ['v6', 'v6', 'PreferDualStack', 'v6', 'v6'],
    ['v4v6', '-', undefined, '-', 'v4'],
    ['v4v6', '-', undefined, 'v6', 'v6'],
    // `alloc.go`, initIPFamilyFields: a dual-stack policy appends the family that is missing.
    ['v4v6', '-', 'PreferDualStack', '-', 'v4v6'],
    ['v4v6', '-', 'PreferDualStack', 'v6', 'v6v4'],
    ['v4v6', '-', 'RequireDualStack', 'v6v4', 'v6v4'],
    ['v4v6', 'v6', 'PreferDualStack', '-', 'v6v4'],
    ['v4v6', 'v6v4', 'RequireDualStack', '-', 'v6v4'],
    ['v6v4', '-', undefined, '-', 'v6'],
    ['v6v4', '-', 'RequireDualStack', '-', 'v6v4'],
  ])('cluster %s, ClusterIPs %s, policy %s, families %s: %s', (cluster, clusterIPs, ipFamilyPolicy, families, expected) => {
    const service = {
      clusterIPs: read(clusterIPs).map((family) => parseIp(IPS[family])!),
      ipFamilyPolicy,
      ipFamilies: families === '-' ? undefined : read(families),
    } as Partial<Service> as Service;
    expect(familiesOf(service, { ipFamilies: read(cluster) })).toEqual(read(expected));
  });
});
