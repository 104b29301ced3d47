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

  /** `internal/allocator/allocator_test.go`, `TestAssignment`, from "s1 frees its IP" on, and the pools that are kept for some. */
  it('what a service gives up or leaves is free again, in both families', () => {
    const pools = [pool('test', ['1.2.3.4/31', '1000::4/127']), pool('test2', ['1.2.4.0/24', '1000::4:0/120'], { avoidBuggyIPs: true })];
    const shared = (ports: readonly string[], sharingKey = 'share', backendKey = 'backend') => ({ ports, sharingKey, backendKey });
    const free = (service: string) => ({ op: 'unassign', service, repeat: 1 }) as LbOperation;
    const table = ([first, second, third, fourth]: readonly [string, string, string, string]) => [
      assign('s1', first),
      assign('s1', first),
      assign('s2', first),
      assign('s2', second),
      assign('s1', second),
      free('s1'),
      assign('s2', first),
      assign('s1', second),
      assign('s3', fourth),
      assign('s4', third, shared(['tcp/80'], 'sharing')),
      assign('s4', third, shared(['tcp/80'])),
      assign('s3', third, shared(['tcp/80'])),
      assign('s3', third, shared(['tcp/443'], 'othershare')),
      assign('s3', third, shared(['tcp/443'], 'share', 'otherbackend')),
      assign('s3', third, shared(['tcp/443'])),
      assign('s3', third, shared(['udp/53'])),
      assign('s3', third, shared(['tcp/443'], 'othershare')),
      assign('s3', third, shared(['tcp/443'], 'share', 'otherbackend')),
      assign('s4', fourth),
    ];
    const expected = ([first, second, third, fourth]: readonly [string, string, string, string]) => [
      [first],
      [first],
      'ALREADY_ALLOCATED',
      [second],
      'ALREADY_ALLOCATED',
      [],
      [first],
      [second],
      [fourth],
      [third],
      [third],
      'PORT_CONFLICT',
      'SHARING_CONFLICT',
      'SHARING_CONFLICT',
      [third],
      [third],
      'SHARING_CONFLICT',
      'SHARING_CONFLICT',
      [fourth],
    ];
    for (const ips of [
      ['1.2.3.4', '1.2.3.5', '1.2.4.3', '1.2.4.254'],
      ['1000::4', '1000::4:5', '1000::4:3', '1000::4:ff'],
    ] as const) {
      expect(run(pools, ...table(ips))).toEqual(expected(ips));
    }
    expect(run(pools, assign('s3', '1.2.4.0'), assign('s3', '1.2.4.255'))).toEqual(['NOT_IN_RANGE', 'NOT_IN_RANGE']);
  });

  /** `TestAssignment`, the rows on pools that are kept for some, and on addresses of two pools. */
  it.each<[string, object, string]>([
    ['1.2.5.10', { namespace: 'test-ns1' }, ''],
    ['1.2.5.10', { namespace: 'other' }, 'POOL_INCOMPATIBLE'],
    ['1.2.6.10', { namespace: 'other', labels: { team: 'metallb' } }, ''],
    ['1.2.6.10', { namespace: 'other', labels: { team: 'red' } }, 'POOL_INCOMPATIBLE'],
    ['1.2.7.10', { namespace: 'test-ns1', labels: { team: 'metallb' } }, ''],
    ['1.2.8.10', { namespace: 'test-ns2', labels: { team: 'metallb' } }, 'POOL_INCOMPATIBLE'],
    ['1.2.8.10', { namespace: 'other', labels: { foo: 'bar' } }, 'POOL_INCOMPATIBLE'],
  ])('%s for %j: %s', (ip, more, code) => {
    const kept = (namespaces: readonly string[], serviceSelectors: readonly string[]) => ({
      serviceAllocation: { priority: 20, namespaces, serviceSelectors },
    });
    const pools = [
      pool('test3', ['1.2.5.0/24'], kept(['test-ns1'], [])),
      pool('test4', ['1.2.6.0/24'], kept([], ['team=metallb'])),
      pool('test5', ['1.2.7.0/24'], kept(['test-ns1'], ['team=metallb'])),
      pool('test6', ['1.2.8.0/24'], kept(['test-ns2'], ['foo=bar'])),
    ];
    expect(run(pools, assign('s1', ip, more))).toEqual([code === '' ? [ip] : code]);
    // `AllocateFromPool` finds an address and is refused it by `Assign`.
    const named = pools.find(({ addresses }) => addresses[0]?.startsWith(ip.slice(0, 6)))?.name;
    expect(run(pools, allocate('s1', { ...more, pool: named }))).toEqual([code === '' ? [ip.replace('.10', '.0')] : code]);
  });

  /** `TestPoolAllocation`, to "the should-not-happen case where an svc already has a IP from the wrong family". */
  it.each<[readonly (4 | 6)[], readonly (readonly string[])[]]>([
    [[4], [['1.2.3.4'], ['1.2.3.5'], ['1.2.3.10'], ['1.2.3.11']]],
    [[6], [['1000::'], ['1000::1'], ['2000::'], ['2000::1']]],
    [
      [4, 6],
      [
        ['1.2.3.4', '1000::'],
        ['1.2.3.5', '1000::1'],
        ['1.2.3.10', '2000::'],
        ['1.2.3.11', '2000::1'],
      ],
    ],
  ])('a pool that is named gives four times %j, then to those who share', (families, [one, two, three, four]) => {
    const pools = [
      pool('not_this_one', ['192.168.0.0/16', 'fc00::1:0/112']),
      pool('test', ['1.2.3.4/31', '1.2.3.10/31', '1000::/127', '2000::/127']),
    ];
    const ask = (service: string, more: object = {}) => allocate(service, { families, pool: 'test', ...more });
    const free = (service: string) => ({ op: 'unassign', service, repeat: 1 }) as LbOperation;
    const shares = (port: string) => ({ ports: [port], sharingKey: 'share' });
    const steps = [
      ...['s1', 's2', 's3', 's4', 's5'].map((service) => ask(service)),
      free('s1'),
      ask('s5'),
      ask('s6'),
      free('s5'),
      ask('s5', shares('tcp/80')),
      ask('s6', shares('tcp/443')),
      free('s2'),
      ask('s1'),
      allocate('s1', { families: families[0] === 4 ? [6] : [4], pool: 'test' }),
      allocate('s7', { families, pool: 'nonexistentpool' }),
    ];
    const given = [
      one,
      two,
      three,
      four,
      'POOL_EXHAUSTED',
      [],
      one,
      'POOL_EXHAUSTED',
      [],
      one,
      one,
      [],
      two,
      'INVALID_REQUEST',
      'POOL_NOT_FOUND',
    ];
    expect(run(pools, ...steps)).toEqual(given);
  });

  /** `TestConfigReload`: the pools of s1 (1.2.3.0) and of s2 (1000::). */
  it.each<[Readonly<Record<string, readonly string[]>>, string | null, string | null]>([
    [{ test: ['1.2.3.0/24', '1000::/120'] }, 'test', 'test'],
    [{ test: ['1.2.3.2/31', '1000::/126'] }, null, 'test'],
    [{ test: ['1.2.3.0/31', '1000::2/127'], test2: ['1.2.3.2/31', '1000::/127'] }, 'test', 'test2'],
  ])('after a reload of %j: %s, %s', (reloaded, first, second) => {
    const before = [pool('test', ['1.2.3.0/30', '1000::/126']), pool('testunused', ['1.2.4.0/30', '1001::/126'])];
    const after = Object.entries(reloaded).map(([name, addresses]) => pool(name, addresses));
    const asked = ['s1', 's2'].map((service) => ({ op: 'poolOf', service, repeat: 1 }) as const);
    const steps = run(before, assign('s1', '1.2.3.0'), assign('s2', '1000::'), { op: 'setPools', pools: after, repeat: 1 }, ...asked);
    expect(steps.slice(3)).toEqual([[first], [second]]);
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
