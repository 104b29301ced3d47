import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../kernel/json.js';
import { Findings } from './internal/findings.js';
import { ObjectReader } from './internal/object-reader.js';
import { normaliseCalicoIPPool } from './normalise-calico-ip-pool.js';

const REF = { apiVersion: 'projectcalico.org/v3', kind: 'IPPool', name: 'p' };

function read(spec: JsonObject) {
  const findings = new Findings(REF);
  const pool = normaliseCalicoIPPool(new ObjectReader({ spec }, findings), REF);
  return { pool, problems: findings.diagnostics.map(({ code, pointer, message }) => `${code} ${pointer}: ${message}`) };
}

/** projectcalico/calico `libcalico-go/lib/clientv3`, isCandidate: a condition that is not there, or not False, leaves the pool in use. */
describe('what keeps a pool from serving', () => {
  it.each<[JsonObject, string | undefined]>([
    [{ type: 'Allocatable', status: 'False', reason: 'CIDROverlap', message: 'CIDR overlaps' }, 'CIDROverlap: CIDR overlaps'],
    [{ type: 'Allocatable', status: 'True', reason: 'OK', message: 'IPPool is available' }, undefined],
    [{ type: 'Other', status: 'False', reason: 'CIDROverlap' }, undefined],
  ])('%j', (condition, expected) => {
    const root = new ObjectReader({ spec: { cidr: '10.0.0.0/16' }, status: { conditions: [condition] } }, new Findings(REF));
    expect(normaliseCalicoIPPool(root, REF).notAllocatable).toBe(expected);
  });
});

/** projectcalico/calico `test/validation/ippool_test.go`, `libcalico-go/lib/clientv3/ippool.go`. */
describe('what Calico refuses of an IPPool', () => {
  it.each<[JsonObject, string]>([
    [
      { cidr: '10.0.0.0/24', ipipMode: 'Always', vxlanMode: 'CrossSubnet' },
      '/spec/vxlanMode: ipipMode and vxlanMode cannot both be enabled',
    ],
    [
      { cidr: '10.0.0.0/24', ipipMode: 'Always', allowedUses: ['LoadBalancer'] },
      '/spec/allowedUses: LoadBalancer IP pool cannot have IPIP or VXLAN enabled',
    ],
    [
      { cidr: '10.0.0.0/24', allowedUses: ['LoadBalancer', 'Tunnel'] },
      '/spec/allowedUses: LoadBalancer cannot be combined with Workload or Tunnel allowed uses',
    ],
    [{ cidr: 'fd00::/64', ipipMode: 'Always' }, '/spec/ipipMode: IPIP is not supported on IPv6 pools'],
    [{ cidr: '10.0.0.1/24' }, '/spec/cidr: IPPool CIDR must be strictly masked'],
    [{ cidr: '169.0.0.0/8' }, '/spec/cidr: IPPool CIDR overlaps with IPv4 link local range 169.254.0.0/16'],
    [{ cidr: 'fe80::/64' }, '/spec/cidr: IPPool CIDR overlaps with IPv6 link local range fe80::/10'],
    [
      { cidr: '10.0.0.0/16', blockSize: 19 },
      '/spec/blockSize: blockSize must be between 20 and 32 for IPv4 pools, and between 116 and 128 for IPv6 pools',
    ],
    [
      { cidr: '10.0.0.0/27' },
      '/spec/cidr: IP pool size is too small for use with Calico IPAM. It must be equal to or greater than the block size.',
    ],
    [{ cidr: '10.0.0.0/24', nodeSelector: 'global()' }, '/spec/nodeSelector: global() selector is not valid for IPPool nodeSelector'],
  ])('%j', (spec, problem) => {
    const { pool, problems } = read(spec);
    expect(problems).toEqual([`invalid-pool ${problem}`]);
    expect(pool.cidr).toBeDefined();
  });

  it.each<JsonObject>([
    { cidr: '10.0.0.0/24' },
    { cidr: '10.0.0.0/28', disabled: true },
    { cidr: '10.0.0.0/24', blockSize: 0 },
    { cidr: '10.0.0.0/24', allowedUses: ['LoadBalancer'] },
    { cidr: 'fd00::/112', ipipMode: 'Never', vxlanMode: 'Always' },
  ])('%j is none of it', (spec) => {
    expect(read(spec).problems).toEqual([]);
  });
});
