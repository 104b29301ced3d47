import { describe, expect, it } from 'vitest';
import { finished } from '../kernel/steps.js';
import type { LbOperation, LbPoolSpec } from './load-balancer-simulation.js';
import { simulateLoadBalancers } from './simulate-load-balancers.js';

const pool = (name: string, addresses: readonly string[], more: Partial<LbPoolSpec> = {}): LbPoolSpec => ({
  name,
  addresses,
  avoidBuggyIPs: false,
  autoAssign: true,
  ...more,
});
const asker = (service: string, more: object = {}) => ({
  service,
  namespace: 'default',
  labels: {},
  ports: [],
  sharingKey: '',
  backendKey: '',
  repeat: 1,
  ...more,
});
const allocate = (service: string, more: object = {}) => ({ op: 'allocate', ...asker(service), families: [4], ...more }) as LbOperation;
const assign = (service: string, ip: string, more: object = {}) => ({ op: 'assign', ...asker(service, more), ips: [ip] }) as LbOperation;

function run(pools: readonly LbPoolSpec[], ...operations: readonly LbOperation[]) {
  const steps = finished(simulateLoadBalancers(pools, operations));
  if (!steps.ok) throw new Error(steps.error.message);
  return steps.value.map(({ results, error }) => error?.code ?? results);
}

/** metallb/metallb `internal/allocator/allocator.go` and its tests. */
describe('load-balancer pools of MetalLB', () => {
  it('two services share an address when their key is one and no port repeats', () => {
    const shared = (ports: readonly string[], more: object = {}) => ({ ports, sharingKey: 'edge', ...more });
    expect(
      run(
        [pool('p', ['192.0.2.0/30'])],
        allocate('a', shared(['TCP/443'])),
        allocate('b', shared(['UDP/53'])),
        allocate('c', shared(['TCP/443'])),
        assign('d', '192.0.2.0', shared(['TCP/80'], { sharingKey: 'other' })),
        assign('d', '192.0.2.0', shared(['TCP/80'], { backendKey: 'local' })),
        assign('d', '192.0.2.0', shared(['TCP/443'])),
        assign('d', '192.0.2.0'),
      ),
    ).toEqual([['192.0.2.0'], ['192.0.2.0'], ['192.0.2.1'], 'SHARING_CONFLICT', 'SHARING_CONFLICT', 'PORT_CONFLICT', 'ALREADY_ALLOCATED']);
  });

  it('a pool kept for a service goes before those for anybody, by its priority, and is closed to others', () => {
    const kept = (priority: number) => ({ serviceAllocation: { priority, namespaces: ['shop'], serviceSelectors: ['tier in (gold)'] } });
    const pools = [pool('any', ['192.0.2.0/24']), pool('late', ['198.51.100.0/24'], kept(0)), pool('first', ['203.0.113.0/24'], kept(10))];
    const gold = { namespace: 'shop', labels: { tier: 'gold' } };
    expect(run(pools, allocate('a', gold), allocate('b', { namespace: 'shop' }), assign('b', '203.0.113.9'))).toEqual([
      ['203.0.113.0'],
      ['192.0.2.0'],
      'POOL_INCOMPATIBLE',
    ]);
  });

  it('one address of each family or none; an address range is taken as it is written', () => {
    const pools = [pool('v4', ['192.0.2.0/24']), pool('dual', ['192.0.3.254-192.0.4.1', 'fd00::/127'], { avoidBuggyIPs: true })];
    expect(run(pools, ...['a', 'b', 'c'].map((name) => allocate(name, { families: [4, 6] })))).toEqual([
      ['192.0.3.254', 'fd00::'],
      ['192.0.4.1', 'fd00::1'],
      'POOL_EXHAUSTED',
    ]);
  });

  it('a reload names the services that lose their addresses', () => {
    const reload = { op: 'setPools', pools: [pool('p', ['192.0.2.0/32'])], repeat: 1 } as LbOperation;
    expect(run([pool('p', ['192.0.2.0/31'])], allocate('a'), allocate('b'), reload).at(-1)).toEqual([{ service: 'b' }]);
  });

  it.each<[LbPoolSpec, string]>([
    [pool('p', ['192.0.2.0/33']), '/world/pools/0/addresses/0'],
    [pool('p', ['192.0.2.9-192.0.2.1']), '/world/pools/0/addresses/0/end'],
    [pool('p', ['0.0.0.0/0'], { avoidBuggyIPs: true }), '/world/pools/0/addresses/0'],
    [pool('p', ['10.0.0.0/13', '10.8.0.0/13', '10.16.0.0/13'], { avoidBuggyIPs: true }), '/world/pools/0/addresses/2'],
    [
      pool('p', ['192.0.2.0/24'], { serviceAllocation: { priority: 0, namespaces: [], serviceSelectors: ['a in'] } }),
      '/world/pools/0/serviceAllocation/serviceSelectors/0',
    ],
  ])('%j is refused', (spec, pointer) => {
    expect(finished(simulateLoadBalancers([spec], [allocate('a')]))).toMatchObject({ ok: false, error: { errors: [{ pointer }] } });
  });
});
