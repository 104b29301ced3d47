import { describe, expect, it } from 'vitest';
import { finished } from '../kernel/steps.js';
import type { LbOperation, LbPoolSpec } from './load-balancer-simulation.js';
import { simulateLoadBalancers } from './simulate-load-balancers.js';

/** metallb/metallb `internal/allocator/allocator_test.go`; each `describe` is one of its tests. */

type Families = readonly (4 | 6)[];
const DUAL: Families = [4, 6];

const pool = (name: string, addresses: readonly string[], more: Partial<LbPoolSpec> = {}): LbPoolSpec => ({
  name,
  addresses,
  avoidBuggyIPs: false,
  autoAssign: true,
  ...more,
});
const asker = { namespace: 'default', labels: {}, ports: [], sharingKey: '', backendKey: '', repeat: 1 };
const allocate = (service: string, families: Families, more: object = {}): LbOperation => ({
  ...asker,
  op: 'allocate',
  service,
  families,
  ...more,
});
const assign = (service: string, ips: readonly string[], more: object = {}): LbOperation => ({
  ...asker,
  op: 'assign',
  service,
  ips,
  ...more,
});
const free = (service: string): LbOperation => ({ op: 'unassign', service, repeat: 1 });
const countersOf = (name: string): LbOperation => ({ op: 'countersOf', pool: name, repeat: 1 });
const shared = (port: string) => ({ ports: [port], sharingKey: 'share' });

function run(pools: readonly LbPoolSpec[], ...operations: readonly LbOperation[]) {
  const steps = finished(simulateLoadBalancers(pools, operations));
  if (!steps.ok) throw new Error(steps.error.message);
  return steps.value.map(({ results, error }) => error?.code ?? results);
}

describe('TestAssignment', () => {
  const pools = [pool('test', ['1.2.3.4/31', '1000::4/127']), pool('test2', ['1.2.4.0/24', '1000::4:0/120'], { avoidBuggyIPs: true })];

  it('ip dual-stack assign s1, and not from different pools: it keeps what it has', () => {
    const kept: LbOperation = { op: 'addressesOf', service: 's1', repeat: 1 };
    expect(run(pools, assign('s1', ['1.2.3.4', '1000::4']), assign('s1', ['1.2.4.5', '1000::4']), kept)).toEqual([
      ['1.2.3.4', '1000::4'],
      'NOT_IN_RANGE',
      ['1.2.3.4', '1000::4'],
    ]);
  });
});

describe('TestPoolAllocation', () => {
  const FOUR = ['1.2.3.4/31', '1.2.3.10/31'];
  const SIX = ['1000::/127', '2000::/127'];
  const pools = [
    pool('not_this_one', ['192.168.0.0/16', 'fc00::1:0/112']),
    pool('test', [...FOUR, ...SIX]),
    pool('test-v4', FOUR),
    pool('test-v6', SIX),
    pool('test-dualstack', [...FOUR, ...SIX]),
  ];
  const prefers = (name: string) => ({ pool: name, ipFamilyPolicy: 'PreferDualStack' });

  it('a service that prefers both families is content with the one that it has', () => {
    const steps = [
      allocate('s1', DUAL, prefers('test')),
      allocate('s2', [4], prefers('test-v4')),
      allocate('s3', [6], prefers('test-v6')),
      free('s2'),
      allocate('s3', DUAL, prefers('test-dualstack')),
    ];
    expect(run(pools, ...steps)).toEqual([['1.2.3.4', '1000::'], ['1.2.3.5'], ['1000::1'], [], ['1000::1']]);
    expect(run(pools, allocate('s3', [6], { pool: 'test' }), allocate('s3', DUAL, { pool: 'test' }))[1]).toBe('INVALID_REQUEST');
  });

  it('`selectIPsForFamilyAndPolicy`: of a pool of one family it gets that one, or nothing where it requires both', () => {
    const require = { pool: 'test-v6', ipFamilyPolicy: 'RequireDualStack' };
    expect(run(pools, allocate('s1', DUAL, prefers('test-v6')), allocate('s2', DUAL, require))).toEqual([['1000::'], 'POOL_EXHAUSTED']);
  });
});

describe('TestAllocation', () => {
  const pools = [pool('test1', ['1.2.3.4/31', '1000::4/127']), pool('test2', ['1.2.3.10/31', '1000::10/127'])];
  const given: Readonly<Record<string, readonly (readonly string[])[]>> = {
    4: [['1.2.3.4'], ['1.2.3.5'], ['1.2.3.10'], ['1.2.3.11']],
    6: [['1000::4'], ['1000::5'], ['1000::10'], ['1000::11']],
    '4,6': [
      ['1.2.3.4', '1000::4'],
      ['1.2.3.5', '1000::5'],
      ['1.2.3.10', '1000::10'],
      ['1.2.3.11', '1000::11'],
    ],
  };

  it.each<[Families]>([[[4]], [[6]], [DUAL]])('%j: four services are served of two pools, then those that share', (families) => {
    const all = given[families.join(',')] ?? [];
    const steps = [
      ...['s1', 's2', 's3', 's4', 's5', 's6'].map((service) => allocate(service, families)),
      free('s1'),
      allocate('s5', families, shared('tcp/80')),
      allocate('s6', families),
      allocate('s6', families, shared('tcp/443')),
    ];
    expect(run(pools, ...steps)).toEqual([...all, 'POOL_EXHAUSTED', 'POOL_EXHAUSTED', [], all[0], 'POOL_EXHAUSTED', all[0]]);
  });
});

describe('TestConfigReload', () => {
  const before = [pool('test', ['1.2.3.0/30', '1000::/126']), pool('testunused', ['1.2.4.0/30', '1001::/126'])];

  it.each<[name: string, after: readonly LbPoolSpec[], s1: string | null, s2: string | null]>([
    ['shrink pool', [pool('test', ['1.2.3.0/30', '1000::/126'])], 'test', 'test'],
    ['can’t shrink further ipv6, removing the service allocation', [pool('test', ['1.2.3.0/30', '1000::2/127'])], 'test', null],
    ['split pool', [pool('test', ['1.2.3.0/31', '1000::2/127']), pool('test2', ['1.2.3.2/31', '1000::/127'])], 'test', 'test2'],
    ['enable buggy IPs not allowed', [pool('test2', ['1.2.3.0/31', '1000::/127'], { avoidBuggyIPs: true })], null, 'test2'],
  ])('%s', (_, after, s1, s2) => {
    const reload: LbOperation = { op: 'setPools', pools: after, repeat: 1 };
    const asked = ['s1', 's2'].map((service): LbOperation => ({ op: 'poolOf', service, repeat: 1 }));
    expect(run(before, assign('s1', ['1.2.3.0']), assign('s2', ['1000::']), reload, ...asked).slice(3)).toEqual([[s1], [s2]]);
  });
});

describe('TestAutoAssign', () => {
  const pools = [pool('test1', ['1.2.3.4/31', '1000::4/127'], { autoAssign: false }), pool('test2', ['1.2.3.10/31', '1000::10/127'])];

  it('services keep the one family that they have, and new ones find no pool of both', () => {
    const of = (families: Families) => ['s1', 's2', 's3'].map((service) => allocate(service, families));
    const kept = [['1000::10'], ['1000::11'], 'POOL_EXHAUSTED'];
    expect(run(pools, ...of([6]), ...of(DUAL))).toEqual([...kept, ...kept]);
  });
});

describe('TestPoolMetrics', () => {
  const pools = [pool('test', ['1.2.3.4/30', '1000::4/126'])];
  const counters = (assigned: number) => [
    { assignedIPv4: String(assigned), assignedIPv6: '0', availableIPv4: String(4 - assigned), availableIPv6: '4' },
  ];
  const byKey = (port: string) => ({ ports: [port], sharingKey: 'key' });

  it('addresses in use are counted, one that is shared once', () => {
    const rows: readonly [LbOperation, number][] = [
      [assign('s1', ['1.2.3.4']), 1],
      [assign('s2', ['1.2.3.5']), 2],
      [free('s1'), 1],
      [free('s2'), 0],
      [assign('s1', ['1.2.3.4'], byKey('tcp/80')), 1],
      [assign('s2', ['1.2.3.4'], byKey('tcp/443')), 1],
      [assign('s3', ['1.2.3.4'], byKey('tcp/23')), 1],
      [free('s1'), 1],
      [free('s2'), 1],
      [free('s3'), 0],
    ];
    const steps = run(pools, ...rows.flatMap(([operation]) => [operation, countersOf('test')]));
    expect(steps.filter((_, index) => index % 2 === 1)).toEqual(rows.map(([, inUse]) => counters(inUse)));
  });

  it('a pool that is gone has none', () => {
    const reload: LbOperation = { op: 'setPools', pools: [], repeat: 1 };
    expect(run(pools, assign('s1', ['1.2.3.4']), reload, countersOf('test'))).toEqual([['1.2.3.4'], [{ service: 's1' }], 'POOL_NOT_FOUND']);
  });
});
