import { describe, expect, it } from 'vitest';
import { addressCluster } from '../../../test/support/address-cluster.js';
import { parseIp } from '../net/ip.js';
import { AllocationBook } from './allocation-book.js';
import { IPAM_REASONS } from './ipam-reasons.js';
import { ownIp } from './own-ip.js';
import { modelOf } from '../../../test/support/model.js';
import { workloadCluster } from '../../../test/support/workload-cluster.js';

const MODEL = addressCluster(
  `
  node a 192.168.0.1 10.244.1.0/24
  node b 192.168.0.2 10.244.2.0/24
  pod web a 10.244.1.5
  pod agent a 192.168.0.1 host
  pod job a 10.244.1.9 done
  pod twin a 10.244.2.7
  pod clone b 10.244.2.7
  service dns 10.96.0.10
  service edge 10.96.0.200 lb=203.0.113.5 external=192.0.2.9`,
  { cni: { plugin: 'flannel' } },
);

function bookWith(...entries: readonly (readonly [ip: string, owner: string])[]): AllocationBook {
  return AllocationBook.after(
    entries.length,
    entries.map(([ip, owner], index) => ({
      pool: 'services.10.96.0.0_24',
      plane: 'service',
      ip: parseIp(ip)!,
      identifier: `i${index}`,
      owner,
      byName: false,
      sequence: index + 1,
      allocatedAt: '2026-01-01T00:00:00.000Z',
      allocatedBy: 'test',
    })),
  );
}

describe('who has an address', () => {
  it.each<[ip: string, verdict: string, owners: string, pools: string]>([
    ['10.244.1.5', 'OWNED', 'Pod t/web', 'pods.10.244.0.0_16 10.244.1.0/24@a'],
    ['192.168.0.1', 'OWNED', 'Pod t/agent, Node a', 'nodes.v4'],
    ['10.244.1.9', 'FREE', '', 'pods.10.244.0.0_16 10.244.1.0/24@a'],
    ['10.244.2.7', 'CONFLICT', 'Pod t/clone, Pod t/twin', 'pods.10.244.0.0_16 10.244.2.0/24@b'],
    ['10.244.1.1', 'RESERVED', '', 'pods.10.244.0.0_16 10.244.1.0/24@a unusable'],
    ['10.244.9.1', 'FREE', '', 'pods.10.244.0.0_16'],
    ['10.96.0.10', 'OWNED', 'Service t/dns', 'services.10.96.0.0_24 static'],
    ['10.96.0.200', 'OWNED', 'Service t/edge', 'services.10.96.0.0_24 dynamic'],
    ['10.96.0.0', 'RESERVED', '', 'services.10.96.0.0_24 unusable'],
    ['10.96.0.77', 'OWNED', 'team x', 'services.10.96.0.0_24 dynamic'],
    ['203.0.113.5', 'OWNED', 'Service t/edge', 'load-balancers.v4'],
    ['192.0.2.9', 'OWNED', 'Service t/edge', 'external.v4'],
    ['8.8.8.8', 'OUTSIDE', '', ''],
    ['fd00::1', 'OUTSIDE', '', ''],
  ])('%s: %s, %s, %s', (ip, verdict, owners, pools) => {
    const answer = ownIp(MODEL, bookWith(['10.96.0.77', 'team x']), parseIp(ip)!);
    const places = answer.result.pools.map(({ pool, band, block, usable }) =>
      [pool, band ?? '', block ? `${block.cidr}@${block.node}` : '', usable ? '' : 'unusable'].filter((part) => part !== '').join(' '),
    );
    const names = answer.result.owners.map(({ name }) => name).sort();
    expect([answer.verdict, names.join(', '), places.join(', ')]).toEqual([verdict, owners.split(', ').sort().join(', '), pools]);
  });

  it('every step has a reason of the list, and a loser says why', () => {
    for (const ip of ['10.244.1.5', '10.244.1.9', '10.96.0.77', '8.8.8.8']) {
      const { evidence } = ownIp(MODEL, bookWith(['10.96.0.77', 'team x']), parseIp(ip)!);
      expect(evidence.filter(({ reason }) => !(reason in IPAM_REASONS))).toEqual([]);
    }
    const { evidence } = ownIp(MODEL, new AllocationBook(), parseIp('10.244.1.9')!);
    expect(evidence.find(({ reason }) => reason === 'GIVEN_BACK')).toMatchObject({
      outcome: 'excluded',
      object: { kind: 'Pod', name: 'job' },
    });
  });

  it('what was handed out and is used by a service is no conflict', () => {
    const answer = ownIp(MODEL, bookWith(['10.96.0.200', 'team edge']), parseIp('10.96.0.200')!);
    expect([answer.verdict, answer.result.allocationSequence]).toEqual(['OWNED', 1]);
    expect(answer.result.owners.map(({ type }) => type)).toEqual(['clusterIP', 'allocation']);
  });
});

/** `kernel/answer.ts`, confidence: `CERTAIN` is what the input itself shows. */
describe('how sure an owner is', () => {
  it.each<[cluster: string, ip: string, verdict: string, confidence: string, codes: string[]]>([
    ['Pod a @n1 10.244.7.2 Running', '10.244.7.2', 'OWNED', 'CERTAIN', []],
    ['Pod a', '10.244.7.2', 'OWNED', 'ASSUMED', ['POD_ADDRESSES']],
    ['Pod a', '10.244.7.9', 'FREE', 'ASSUMED', ['POD_ADDRESSES']],
    ['Pod a', '10.96.0.9', 'FREE', 'CERTAIN', []],
  ])('%s: %s is %s, %s', (cluster, ip, verdict, confidence, codes) => {
    const settings = { podCIDRs: ['10.244.0.0/16'], serviceCIDRs: ['10.96.0.0/24'] };
    const model = modelOf(workloadCluster(`${cluster} ; Node n1 10.244.7.0/24 192.168.0.1`), settings);
    const answer = ownIp(model, new AllocationBook(), parseIp(ip)!);
    expect([answer.verdict, answer.confidence, answer.assumptions.map(({ code }) => code)]).toEqual([verdict, confidence, codes]);
  });
});
