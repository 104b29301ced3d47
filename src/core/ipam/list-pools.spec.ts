import { describe, expect, it } from 'vitest';
import { addressCluster } from '../../../test/support/address-cluster.js';
import { balanced, ciliumPool, metalLbPool } from '../../../test/support/balanced-cluster.js';
import { modelOf } from '../../../test/support/model.js';
import { workloadCluster } from '../../../test/support/workload-cluster.js';
import { parseCidr } from '../net/cidr.js';
import { parseIp } from '../net/ip.js';
import type { PoolFilter } from './all-pools.js';
import { AllocationBook } from './allocation-book.js';
import { finished } from '../kernel/steps.js';
import { listPools } from './list-pools.js';

const CLUSTER = `
  node a 192.168.0.1 10.244.1.0/24
  node b 192.168.0.2 10.244.2.0/24
  pod web a 10.244.1.5
  pod agent a 192.168.0.1 host
  pod gateway a 10.244.1.1
  service kubernetes 10.96.0.1
  service edge 10.96.0.200 lb=203.0.113.5 nodePort=30080`;

const FLANNEL = { cni: { plugin: 'flannel' } };

/** A book in which these addresses of the service plane are handed out. */
function bookOf(...ips: readonly string[]): AllocationBook {
  const rest = { pool: 'services.10.96.0.0_24', plane: 'service', owner: null, byName: false, allocatedAt: '', allocatedBy: '' } as const;
  return AllocationBook.after(
    ips.length,
    ips.map((ip, index) => ({ ...rest, ip: parseIp(ip)!, identifier: ip, sequence: index + 1 })),
  );
}

function list(model = addressCluster(CLUSTER, FLANNEL), book = new AllocationBook(), blocks = false, filter: PoolFilter = {}) {
  const answer = finished(listPools(model, book, filter, blocks));
  if (!answer.ok) throw new Error(answer.error.message);
  return answer.value;
}

/** `pods… 506 usable, 1 used, 505 free`. */
const lines = (answer: ReturnType<typeof list>) =>
  answer.result.pools.map(
    ({ name, capacity, used, available, unusableInUse }) =>
      `${name}: ${used} of ${capacity} used, ${available} free, ${unusableInUse} unusable in use`,
  );

describe('the pools of a cluster', () => {
  it('are listed by plane, each with its use', () => {
    // Flannel's host-local leaves the network address, the gateway and the broadcast address of each node's /24 out: 65,536 − 2 × 3.
    expect(lines(list())).toEqual([
      'pods.10.244.0.0_16: 1 of 65530 used, 65529 free, 1 unusable in use',
      'services.10.96.0.0_24: 2 of 254 used, 252 free, 0 unusable in use',
      'nodes.v4: 2 of 2 used, 0 free, 0 unusable in use',
      'load-balancers.v4: 1 of 1 used, 0 free, 0 unusable in use',
    ]);
  });

  // The reference, §14: filters contains, within, overlaps. A pool is a set of addresses, so each is a relation of sets; nodes.v4 is 192.168.0.1 and 192.168.0.2.
  it.each([
    ['contains', '10.244.1.5/32', ['pods.10.244.0.0_16']],
    ['contains', '10.244.0.0/16', ['pods.10.244.0.0_16']],
    ['contains', '10.244.0.0/15', []],
    ['contains', '192.168.0.2/32', ['nodes.v4']],
    ['contains', '192.168.0.0/30', []],
    ['within', '10.0.0.0/8', ['pods.10.244.0.0_16', 'services.10.96.0.0_24']],
    ['within', '10.244.0.0/16', ['pods.10.244.0.0_16']],
    ['within', '10.244.0.0/17', []],
    ['within', '192.168.0.0/30', ['nodes.v4']],
    ['within', '192.168.0.2/31', []],
    ['overlaps', '10.244.128.0/17', ['pods.10.244.0.0_16']],
    ['overlaps', '10.0.0.0/8', ['pods.10.244.0.0_16', 'services.10.96.0.0_24']],
    ['overlaps', '192.168.0.2/31', ['nodes.v4']],
    ['overlaps', '192.168.0.4/30', []],
    ['overlaps', '0.0.0.0/0', ['pods.10.244.0.0_16', 'services.10.96.0.0_24', 'nodes.v4', 'load-balancers.v4']],
    ['overlaps', '::/0', []],
    ['within', '::/0', []],
  ])('of which one %s %s are %j', (relation, prefix, names) => {
    const answer = list(undefined, undefined, false, { [relation]: parseCidr(prefix)! });
    expect(answer.result.pools.map(({ name }) => name)).toEqual(names);
  });

  it('tell addresses that nodes report from those that stand for unknown nodes (RFC 5737: 192.0.2.0/24 is for documentation)', () => {
    expect(list().result.pools.find(({ name }) => name === 'nodes.v4')?.provenance).toBe('observed');
    const unknown = list(modelOf(workloadCluster('Deployment web x2')));
    expect(unknown.result.pools.find(({ name }) => name === 'nodes.v4')).toMatchObject({
      provenance: 'assumed',
      ranges: ['192.0.2.11-192.0.2.13'],
    });
    expect(unknown.assumptions.map(({ message }) => message)).toContainEqual(expect.stringMatching(/^`nodes\.v4`/));
  });

  it('count what was handed out through the API, once', () => {
    const answer = list(undefined, bookOf('10.96.0.2', '10.96.0.200'));
    expect(lines(answer)[1]).toBe('services.10.96.0.0_24: 3 of 254 used, 251 free, 0 unusable in use');
    expect(answer.result.allocationSequence).toBe(2);
  });

  it('show the ranges of nodes where they are asked for', () => {
    const [pods] = list(undefined, undefined, true).result.pools;
    expect(pods?.blocks?.map(({ cidr, node, used, capacity }) => `${cidr} ${node} ${used}/${capacity}`)).toEqual([
      '10.244.1.0/24 a 1/253',
      '10.244.2.0/24 b 0/253',
    ]);
    expect(pods?.layout).toEqual({ blockPrefix: 24, total: '256', assigned: 2, free: '254' });
    expect(list().result.pools[0]?.blocks).toBeNull();
  });

  it.each<[free: number, verdict: string]>([
    [14, 'AVAILABLE'],
    [2, 'AVAILABLE'],
    [1, 'NEARLY_FULL'],
    [0, 'EXHAUSTED'],
  ])('with %d of 14 service addresses free are %s', (free, verdict) => {
    const taken = Array.from({ length: 14 - free }, (_, index) => `10.96.0.${index + 1}`);
    const model = addressCluster('node a 192.168.0.1 10.244.1.0/24', { serviceCIDRs: ['10.96.0.0/28'] });
    expect(list(model, bookOf(...taken)).verdict).toBe(verdict);
  });

  it('INV-IPAM-6: say numbers of addresses in full, as text', () => {
    const model = addressCluster('node a 192.168.0.1', { serviceCIDRs: ['fd00::/64'] });
    const pool = list(model).result.pools.find(({ plane }) => plane === 'service');
    expect(pool?.capacity).toBe('18446744073709551615');
  });

  it('warn of ranges that overlap', () => {
    const model = addressCluster('node a 192.168.0.1', { podCIDRs: ['10.96.0.0/16'], serviceCIDRs: ['10.96.0.0/24'] });
    expect(list(model).warnings.map(({ code }) => code)).toEqual(['POOLS_OVERLAP']);
  });

  it('count node ports by number', () => {
    expect(list().result.nodePorts).toMatchObject({
      first: 30000,
      last: 32767,
      staticBand: [30000, 30085],
      capacity: 2768,
      used: 1,
      available: 2767,
      outside: [],
    });
  });

  it('that are asked for by a wrong name have a nearest one', () => {
    const answer = finished(listPools(addressCluster(CLUSTER), new AllocationBook(), { pool: 'nodes.v5' }, false));
    expect(answer).toMatchObject({ ok: false, error: { kind: 'unknown-pool', hint: 'did you mean `nodes.v4`?' } });
  });
});

/** cilium/cilium `Documentation/network/concepts/ipam/{cluster-pool,multi-pool}.rst`: the operator gives ranges by CiliumNode, whatever the Node has. */
describe('the parts of nodes under Cilium', () => {
  const object = (apiVersion: string, kind: string, name: string, spec: object) => ({
    apiVersion,
    kind,
    metadata: { name },
    spec: spec as never,
  });
  const ipam = { podCIDRs: ['10.0.3.0/24'], pools: { allocated: [{ pool: 'blue', cidrs: ['10.0.9.0/27'] }] } };
  const objects = [object('v1', 'Node', 'a', { podCIDR: '10.0.7.0/24' }), object('cilium.io/v2', 'CiliumNode', 'a', { ipam })];
  const parts = (plugin: 'cilium' | 'flannel') => {
    const model = modelOf(objects, { podCIDRs: ['10.0.0.0/16'], serviceCIDRs: ['10.96.0.0/24'], cni: { plugin } });
    return list(model, new AllocationBook(), true).result.pools[0]?.blocks?.map(({ cidr, node }) => `${cidr} ${node}`);
  };

  it('are those of its CiliumNode; another plugin looks at the Node', () => {
    expect(parts('cilium')).toEqual(['10.0.3.0/24 a', '10.0.9.0/27 a']);
    expect(parts('flannel')).toEqual(['10.0.7.0/24 a']);
  });

  // pkg/ipam/pool_test.go, TestCIDRPoolAllowFirstAndLastIPs
  it.each([
    [{}, 'cilium-range', '14'],
    [{ allowFirstIP: true }, 'cilium-range-first', '15'],
    [{ allowLastIP: true }, 'cilium-range-last', '15'],
    [{ allowFirstIP: true, allowLastIP: true }, 'cilium-range-first-last', '16'],
  ])('have the first and the last address where the pool says so: %j', (allowed, rule, each) => {
    const parts = [['10.0.0.0/28'], ['10.0.0.0/28', '10.0.0.16/28']].map((cidrs) => {
      const pool = object('cilium.io/v2alpha1', 'CiliumPodIPPool', 'blue', { ipv4: { cidrs: ['10.0.0.0/27'], maskSize: 28 }, ...allowed });
      const node = object('cilium.io/v2', 'CiliumNode', 'a', { ipam: { pools: { allocated: [{ pool: 'blue', cidrs }] } } });
      const settings = { podCIDRs: ['10.0.0.0/27'], serviceCIDRs: ['10.96.0.0/24'], cni: { plugin: 'cilium' } };
      const [pods] = list(modelOf([object('v1', 'Node', 'a', {}), node, pool], settings), new AllocationBook(), true).result.pools;
      return [pods?.usableRule, pods?.blocks?.map(({ capacity }) => capacity).join('+')];
    });
    expect(parts).toEqual([
      [rule, each],
      [rule, `${each}+${each}`],
    ]);
  });
});

/** How many there are: Cilium's conditions `cilium.io/IPsTotal` and `IPsUsed` (`operator/pkg/lbipam/lbipam.go`), MetalLB's `internal/allocator/allocator.go`, `poolCount`. */
describe('pools of load balancers', () => {
  const service = (name: string, ip: string) => balanced(name, { has: [ip] });

  it('are listed a family each; an address of none of them is listed by itself', () => {
    const model = modelOf([
      ciliumPool('blue', ['10.0.10.0/28', 'fd00::/124'], { allowFirstLastIPs: 'No' }),
      metalLbPool('public', ['192.0.2.0/30', '192.0.2.9-192.0.2.10'], { avoidBuggyIPs: true }),
      service('a', '10.0.10.3'),
      service('b', '192.0.2.9'),
      service('c', '203.0.113.9'),
    ]);
    const lb = lines(list(model)).filter((line) => line.startsWith('load-balancers'));
    expect(lb).toEqual([
      'load-balancers.cilium.blue.v4: 1 of 14 used, 13 free, 0 unusable in use',
      'load-balancers.metallb.public.v4: 1 of 5 used, 4 free, 0 unusable in use',
      'load-balancers.v4: 1 of 1 used, 0 free, 0 unusable in use',
      'load-balancers.cilium.blue.v6: 0 of 14 used, 14 free, 0 unusable in use',
    ]);
  });

  it('give nothing while they are disabled, by hand or by Cilium', () => {
    const pools = [
      ciliumPool('off', ['10.0.10.0/28'], { disabled: true }),
      ciliumPool('old', ['10.0.20.0/28'], {}, { creationTimestamp: '2022-10-15T00:00:00Z' }),
      ciliumPool('new', ['10.0.20.8/29'], {}, { creationTimestamp: '2022-10-16T00:00:00Z' }),
    ];
    const views = list(modelOf(pools)).result.pools.filter(({ plane }) => plane === 'lb');
    expect(views.map(({ name, available }) => `${name} ${available}`)).toEqual([
      'load-balancers.cilium.new.v4 0',
      'load-balancers.cilium.off.v4 0',
      'load-balancers.cilium.old.v4 16',
    ]);
  });
});
