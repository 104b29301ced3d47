import { describe, expect, it } from 'vitest';
import { addressCluster } from '../../../test/support/address-cluster.js';
import { modelOf } from '../../../test/support/model.js';
import type { ProfileSettings } from '../model/profile-settings.js';
import { allPools } from './all-pools.js';
import { finished } from '../kernel/steps.js';
import { fleetOverlaps } from './fleet-overlaps.js';

const cluster = (name: string, text: string, settings: ProfileSettings) => ({
  name,
  revision: 1,
  pools: allPools(addressCluster(text, settings)),
});
const apart = (index: number): ProfileSettings => ({ podCIDRs: [`10.${index}.0.0/16`], serviceCIDRs: [`10.${100 + index}.0.0/20`] });

/** submariner-io/submariner#1599: clusters that are joined need ranges of their own. */
describe('addresses that clusters have in common', () => {
  it('are none where every range is its own', () => {
    const answer = finished(fleetOverlaps([cluster('a', 'node n 192.168.0.1', apart(1)), cluster('b', 'node n 192.168.1.1', apart(2))]));
    expect([answer.verdict, answer.result.overlaps]).toEqual(['DISJOINT', []]);
  });

  it.each<[string, ProfileSettings, string, string]>([
    ['pods', { podCIDRs: ['10.1.128.0/17'] }, 'PODS_OVERLAP', '10.1.128.0-10.1.255.255'],
    ['services', { serviceCIDRs: ['10.101.0.0/20'] }, 'SERVICES_OVERLAP', '10.101.0.0-10.101.15.255'],
    ['services in the pods of the other', { serviceCIDRs: ['10.1.4.0/24'] }, 'PLANES_OVERLAP', '10.1.4.0-10.1.4.255'],
    ['nodes in the pods of the other', { podCIDRs: ['192.168.0.0/24'] }, 'NODES_OVERLAP', '192.168.0.1'],
  ])('%s', (_, settings, code, address) => {
    const first = cluster('a', 'node n 192.168.0.1', apart(1));
    const second = cluster('b', 'node n 192.168.7.1', { ...apart(2), ...settings });
    const { overlaps } = finished(fleetOverlaps([first, second])).result;
    expect(overlaps.map((one) => [one.code, one.addresses, one.members.map(({ cluster: of }) => of).sort()])).toEqual([
      [code, [address], ['a', 'b']],
    ]);
  });

  it('of many nodes are told together, the first five', () => {
    const nodes = Array.from({ length: 9 }, (_, index) => `node n${index} 192.168.0.${index * 2}`).join('\n');
    const answer = finished(fleetOverlaps([cluster('a', nodes, apart(1)), cluster('b', nodes, apart(2))]));
    expect(answer.result.overlaps).toMatchObject([{ code: 'NODES_OVERLAP', severity: 'error', places: 9, addresses: { length: 5 } }]);
  });

  it('of thousands of pools are told together, the first fifty of them, in a sentence that names five', () => {
    const pools = Array.from({ length: 2_000 }, (_, index) => ({
      apiVersion: 'metallb.io/v1beta1',
      kind: 'IPAddressPool',
      metadata: { name: `p${index}`, namespace: 'metallb-system' },
      spec: { addresses: ['192.0.2.0/24'] },
    }));
    const clusters = ['a', 'b'].map((name) => ({ name, revision: 1, pools: allPools(modelOf(pools)) }));
    const { summary, result } = finished(fleetOverlaps(clusters));
    expect(result).toMatchObject({ overlapCount: 1, overlaps: [{ places: 1, members: { length: 50 }, memberCount: 4_000 }] });
    expect(result.overlaps[0]?.message).toContain('the load balancers of a, the load balancers of b meet');
    expect(summary).toBe('2 clusters: BALANCERS_OVERLAP at 192.0.2.0-192.0.2.255 (a, b)');
  });

  // 10.1.0.0/16 holds 10.1.2.0/24 and 10.1.9.0/24 (RFC 4632 §3.1), which have nothing in common.
  it('are told where all the clusters have them: who meet the same third one need not meet each other', () => {
    const pods = (name: string, ...podCIDRs: readonly string[]) => {
      const { pools, ...one } = cluster(name, 'node n 192.168.0.1', { podCIDRs });
      return { ...one, pools: pools.filter(({ plane }) => plane === 'pod') };
    };
    const fleet = [pods('c1', '10.1.0.0/16'), pods('c2', '10.1.2.0/24'), pods('c3', '10.1.9.0/24', '10.1.2.128/25')];
    const { overlaps } = finished(fleetOverlaps(fleet)).result;
    expect(overlaps.map(({ addresses, members }) => [members.map(({ cluster: of }) => of).join(' '), ...addresses])).toEqual([
      ['c1 c2', '10.1.2.0-10.1.2.127'],
      ['c1 c2 c3', '10.1.2.128-10.1.2.255'],
      ['c1 c3', '10.1.9.0-10.1.9.255'],
    ]);
  });

  it('of equal ranges, around which one is larger, are the whole of them', () => {
    const fleet = [
      cluster('a', 'node n 192.168.0.1', { ...apart(1), podCIDRs: ['10.1.0.0/16'] }),
      cluster('b', 'node n 192.168.1.1', { ...apart(2), podCIDRs: ['10.1.0.0/16'] }),
      cluster('c', 'node n 192.168.2.1', { ...apart(3), podCIDRs: ['10.1.4.0/24'] }),
    ];
    const { overlaps } = finished(fleetOverlaps(fleet)).result;
    expect(overlaps.map(({ addresses, members, places }) => [members.length, places, ...addresses])).toEqual([
      [2, 2, '10.1.0.0-10.1.3.255', '10.1.5.0-10.1.255.255'],
      [3, 1, '10.1.4.0-10.1.4.255'],
    ]);
  });

  // Ten thousand ranges, each within the one before: no work for each pair of them.
  it('of very many ranges that lie in one another are found in seconds', () => {
    const nested = (name: string, shift: number) => ({
      name,
      revision: 1,
      pools: allPools(
        modelOf(
          Array.from({ length: 5_000 }, (_, index) => ({
            apiVersion: 'metallb.io/v1beta1',
            kind: 'IPAddressPool',
            metadata: { name: `p${index}`, namespace: 'metallb-system' },
            spec: { addresses: [`10.0.${ipOf(2 * index + shift)}-10.1.${ipOf(65_535 - 2 * index - shift)}`] },
          })),
        ),
      ),
    });
    const ipOf = (number: number) => `${number >> 8}.${number & 255}`;
    const fleet = [nested('a', 0), nested('b', 1)];
    const { result } = finished(fleetOverlaps(fleet));
    // The outermost range is alone; each one within adds itself to those that meet.
    expect(result.overlapCount).toBe(9_999);
    expect(result.overlaps[0]).toMatchObject({ places: 2, memberCount: 2 });
  });

  it('inside of one cluster are no question of the fleet, and one cluster is none', () => {
    const answer = finished(fleetOverlaps([cluster('a', 'node n 10.1.0.1', apart(1))]));
    expect([answer.verdict, answer.summary, answer.result.overlaps]).toEqual([
      'NO_CLUSTERS',
      'one cluster, and none to compare it with',
      [],
    ]);
  });
});
