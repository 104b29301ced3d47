import { describe, expect, it } from 'vitest';
import { finished } from '../kernel/steps.js';
import { simulateAllocator } from './simulate-allocator.js';
import type { AllocatorOperation, AllocatorWorld } from './simulation.js';

const step = (op: AllocatorOperation['op'], ...values: AllocatorOperation['values']): AllocatorOperation => ({
  op,
  values,
  dryRun: false,
  repeat: 1,
});
const times = (repeat: number, op: AllocatorOperation['op'] = 'allocate'): AllocatorOperation => ({ ...step(op), repeat });

function run(world: AllocatorWorld, ...operations: readonly AllocatorOperation[]) {
  const steps = finished(simulateAllocator(world, operations));
  if (!steps.ok) throw new Error(steps.error.message);
  return steps.value;
}

const subnets = (network: string, childPrefixLength: number): AllocatorWorld => ({ type: 'subnets', network, childPrefixLength });
const services = (cidr: string, allocator: 'objects' | 'bitmap' = 'objects'): AllocatorWorld => ({
  type: 'services',
  cidr,
  allocator,
  taken: [],
  collisions: 0,
});

/** kubernetes `pkg/controller/nodeipam/ipam/cidrset/cidr_set_test.go`. */
describe('cidr_set_test.go', () => {
  it.each([
    ['127.123.234.0/30', '127.123.234.0/30'],
    ['beef:1234::/30', 'beef:1234::/30'],
  ])('TestCIDRSetFullyAllocated: %s is its one child', (network, child) => {
    const steps = run(subnets(network, 30), times(2), step('release', child), times(2));
    expect(steps.map(({ results, error }) => [...results, error?.code])).toEqual([
      [child, 'POOL_EXHAUSTED'],
      [undefined],
      [child, 'POOL_EXHAUSTED'],
    ]);
  });

  it.each(['127.123.234.0/16', 'beef:1234::/16'])('TestCIDRSet_RandomishAllocation: %s gives the same 256 again', (network) => {
    const world = subnets(network, 24);
    const first = run(world, times(257))[0];
    const [, , again] = run(world, times(257), step('release', network), times(257));
    expect([first?.results.length, first?.error?.code]).toEqual([256, 'POOL_EXHAUSTED']);
    expect([again?.results, again?.error?.code]).toEqual([first?.results, 'POOL_EXHAUSTED']);
  });

  it.each<[string, string]>([
    ['127.123.234.0/16', '127.123.128.0/17'],
    ['beef:1234::/16', 'beef:8000::/17'],
  ])('TestCIDRSet_AllocationOccupied: of %s half is occupied, one part of it twice', (network, half) => {
    const first = run(subnets(network, 24), times(256))[0]?.results ?? [];
    const [, , , again, rest] = run(
      subnets(network, 24),
      times(256),
      step('release', network),
      step('occupy', half, network.startsWith('127') ? '127.123.128.0/24' : 'beef:8000::/24'),
      {
        ...times(128),
      },
      times(1),
    );
    expect(again?.results).toEqual(first.slice(0, 128));
    expect(rest?.error?.code).toBe('POOL_EXHAUSTED');
  });

  it.each<[network: string, length: number, occupied: string, used: string]>([
    ['127.0.0.0/8', 16, '127.0.0.0/8', '0-255'],
    ['2001:beef:1200::/40', 48, '2001:beef:1200::/40', '0-255'],
    ['127.0.0.0/8', 16, '127.0.0.0/2', '0-255'],
    ['2001:beef:1200::/40', 48, '2001:beef:1234::/34', '0-255'],
    ['127.0.0.0/8', 16, '127.0.0.0/16', '0-0'],
    ['2001:beef:1200::/40', 48, '2001:beef:1200::/48', '0-0'],
    ['127.0.0.0/8', 32, '127.0.0.0/16', '0-65535'],
    ['2001:beef:1200::/48', 64, '2001:beef:1200::/48', '0-65535'],
    ['127.0.0.0/7', 16, '127.0.0.0/15', '256-257'],
    ['2001:beef:7f00::/39', 48, '2001:beef:7f00::/47', '256-257'],
    ['127.0.0.0/7', 15, '127.0.0.0/15', '128-128'],
    ['2001:beef:7f00::/39', 47, '2001:beef:7f00::/47', '128-128'],
    ['127.0.0.0/7', 18, '127.0.0.0/15', '1024-1031'],
    ['2001:beef:7f00::/39', 50, '2001:beef:7f00::/47', '1024-1031'],
  ])('TestOccupy: of %s in /%i, %s is %s', (network, length, occupied, used) => {
    expect(run(subnets(network, length), step('occupy', occupied))[0]?.state['usedIndexes']).toEqual([used]);
  });

  it.each([
    ['127.0.0.0/8', 32, ['127.0.0.0/32', '127.0.0.1/32']],
    ['2001:beef:1234:369b::/60', 64, ['2001:beef:1234:3690::/64', '2001:beef:1234:3691::/64']],
  ])('TestCIDRSetv6: %s in /%i', (network, length, given) => {
    expect(run(subnets(network, length), times(2))[0]?.results).toEqual(given);
  });

  it('TestCidrSetMetrics and TestCidrSetMetricsHistogram', () => {
    const all = '10.0.0.0/16';
    const counters = (state: object) => expect.objectContaining(state) as unknown;
    expect(run(subnets(all, 24), times(256), step('release', all), step('occupy', all)).map(({ state }) => state)).toEqual([
      counters({ used: '256', allocations: '256', releases: '0', tries: '0' }),
      counters({ used: '0', allocations: '256', releases: '256', tries: '0' }),
      counters({ used: '256', allocations: '512', releases: '256', tries: '0' }),
    ]);
    const half = run(subnets(all, 24), step('occupy', '10.0.0.0/17'), times(1));
    expect(half.map(({ state }) => state)).toEqual([
      counters({ used: '128', allocations: '128', tries: '0' }),
      counters({ used: '129', allocations: '129', tries: '128' }),
    ]);
  });
});

/** kubernetes `pkg/controller/nodeipam/ipam/range_allocator_test.go`; what occupies ranges before the first node is an `occupy` here. */
describe('range_allocator_test.go', () => {
  it.each<[name: string, network: string, length: number, occupied: readonly string[], expected: string]>([
    ['no service CIDR', '127.123.234.0/24', 30, [], '127.123.234.0/30'],
    ['the service CIDR is filtered out', '127.123.234.0/24', 30, ['127.123.234.0/26'], '127.123.234.64/30'],
    [
      'what nodes have is passed over',
      '127.123.234.0/24',
      30,
      ['127.123.234.0/26', '127.123.234.64/30', '127.123.234.68/30', '127.123.234.72/30', '127.123.234.80/30'],
      '127.123.234.76/30',
    ],
    ['no double counting', '10.10.0.0/22', 24, ['10.10.0.0/24', '10.10.2.0/24'], '10.10.1.0/24'],
    ['a node’s range with host bits', '10.10.0.0/16', 24, ['10.10.0.1/24'], '10.10.1.0/24'],
    ['a node’s range that is smaller', 'ace:cab:deca::/8', 24, ['a00::/86'], 'a00:100::/24'],
  ])('%s', (_, network, length, occupied, expected) => {
    const taken = occupied.map((cidr) => step('occupy', cidr));
    const steps = run(subnets(network, length), ...taken, times(1));
    expect(steps.map(({ error }) => error)).toEqual([...occupied, expected].map(() => null));
    expect(steps.at(-1)?.results).toEqual([expected]);
  });

  it.each([
    ['10.10.0.0/16', 24, '172.10.0.1/24'],
    ['10.10.0.0/16', 24, 'a00::/86'],
    ['ace:cab:deca::/8', 24, 'cdd::/86'],
  ])('TestOccupyPreExistingCIDR: %s in /%i has no place for %s', (network, length, cidr) => {
    expect(run(subnets(network, length), step('occupy', cidr))[0]?.error?.code).toBe('NOT_IN_RANGE');
  });

  it.each<[occupied: readonly string[], first: string | undefined, released: string]>([
    [['127.123.234.0/30', '127.123.234.4/30', '127.123.234.8/30', '127.123.234.12/30'], undefined, '127.123.234.4/30'],
    [['127.123.234.4/30', '127.123.234.8/30', '127.123.234.12/30'], '127.123.234.0/30', '127.123.234.0/30'],
  ])('TestReleaseCIDRSuccess, TestAllocateOrOccupyCIDRFailure: beside %j, %s', (occupied, first, released) => {
    const steps = run(subnets('127.123.234.0/28', 30), step('occupy', ...occupied), times(1), step('release', released), times(1));
    expect([steps[1]?.results[0], steps[1]?.error?.code]).toEqual([first, first === undefined ? 'POOL_EXHAUSTED' : undefined]);
    expect(steps[3]?.results).toEqual([released]);
  });
});

/** kubernetes `pkg/registry/core/service/ipallocator/{ipallocator,bitmap}_test.go`. */
describe('ipallocator_test.go and bitmap_test.go', () => {
  it.each<['objects' | 'bitmap', cidr: string, free: number, released: string, outside: readonly string[], taken: string]>([
    ['objects', '192.168.1.0/24', 254, '192.168.1.5', ['192.168.0.1', '192.168.1.0', '192.168.1.255', '192.168.2.2'], '192.168.1.1'],
    ['objects', '2001:db8:1::/116', 4095, '2001:db8:1::5', ['2001:db8::1', '2001:db8:1::', '2001:db8:2::2'], '2001:db8:1::1'],
    ['bitmap', '192.168.1.0/24', 254, '192.168.1.5', ['192.168.0.1', '192.168.1.0', '192.168.1.255', '192.168.2.2'], '192.168.1.1'],
    ['bitmap', '10.0.0.0/15', 131_070, '10.0.0.5', ['10.0.0.0', '10.15.255.255', '10.255.255.2'], '10.0.0.1'],
    [
      'bitmap',
      '2001:db8:1::/48',
      65_535,
      '2001:db8:1::5',
      ['2001:db8::1', '2001:db8:1::', '2001:db8:1::1:0', '2001:db8:2::2'],
      '2001:db8:1::1',
    ],
  ])('TestAllocate: %s of %s give %i addresses, each once', (allocator, cidr, free, released, outside, taken) => {
    const steps = run(
      services(cidr, allocator),
      step('status'),
      times(free + 1),
      step('release', released),
      times(1),
      step('release', released),
      ...outside.map((ip) => step('allocate', ip)),
      step('allocate', taken),
      step('allocate', released),
    );
    const [start, filled, , again, , ...named] = steps;
    expect(start?.state).toMatchObject({ free: String(free), used: '0' });
    expect([new Set(filled?.results).size, filled?.error?.code, filled?.failures]).toEqual([free, 'POOL_EXHAUSTED', 1]);
    expect(steps[2]?.state).toMatchObject({ free: '1', used: String(free - 1) });
    expect(again?.results).toEqual([released]);
    expect(named.map(({ error }) => error?.code)).toEqual([...outside.map(() => 'NOT_IN_RANGE'), 'ALREADY_ALLOCATED', undefined]);
    expect(named.at(-1)?.state).toMatchObject({ free: '0', used: String(free) });
  });

  it.each(['objects', 'bitmap'] as const)('TestAllocateTiny, TestAllocateSmall: %s', (allocator) => {
    const [tiny] = run(services('192.168.1.0/32', allocator), times(1));
    expect([tiny?.state['free'], tiny?.error?.code]).toEqual(['0', 'POOL_EXHAUSTED']);
    const [small, taken, full] = run(
      services('192.168.1.240/30', allocator),
      times(2),
      step('allocate', '192.168.1.241', '192.168.1.242'),
      times(100),
    );
    expect(new Set(small?.results)).toEqual(new Set(['192.168.1.241', '192.168.1.242']));
    expect([taken?.failures, taken?.error?.code]).toEqual([2, 'ALREADY_ALLOCATED']);
    expect([full?.failures, full?.error?.code]).toEqual([100, 'POOL_EXHAUSTED']);
  });

  it.each(['objects', 'bitmap'] as const)('TestAllocateReserved: %s give the dynamic band first, and then the static one', (allocator) => {
    const world = services('192.168.1.0/25', allocator);
    const [dynamic, held, low, released] = run(
      world,
      times(110),
      step('has', '192.168.1.17-192.168.1.126'),
      step('allocate', '192.168.1.1-192.168.1.16'),
      step('release', '192.168.1.10'),
    );
    expect([dynamic?.error, dynamic?.state['free']]).toEqual([null, '16']);
    expect(new Set(held?.results)).toEqual(new Set([true]));
    expect([low?.failures, low?.state['free']]).toEqual([0, '0']);
    expect(released?.state['free']).toBe('1');
  });

  it.each([[[]], [['192.168.1.1']], [['192.168.1.1', '192.168.1.254']], [['192.168.1.1', '192.168.1.128', '192.168.1.254']]])(
    'TestForEach: %j are listed',
    (held) => {
      const operations = held.length === 0 ? [step('list')] : [step('allocate', ...held), step('list')];
      expect(run(services('192.168.1.0/24'), ...operations).at(-1)?.results).toEqual(held);
    },
  );

  it('TestSnapshot, TestNewFromSnapshot: 128 of a /24 are brought back', () => {
    const world = services('192.168.0.0/24', 'bitmap');
    const [, shot] = run(world, times(128), step('snapshot'));
    const snapshot = shot?.results[0] as AllocatorOperation['snapshot'];
    expect(run(world, { ...step('restore'), snapshot })[0]?.state).toMatchObject({ free: '126', used: '128' });
  });

  it.each(['objects', 'bitmap'] as const)('TestClusterIPMetrics, TestClusterIPAllocatedMetrics: %s', (allocator) => {
    const world = services('10.0.0.0/24', allocator);
    const two = (run(world, times(2))[0]?.results ?? []).map(String);
    const steps = run(world, times(2), step('allocate', ...two), step('release', ...two), times(264));
    expect(steps.map(({ state }) => state)).toMatchObject([
      { free: '252', used: '2', allocated: '2', errors: '0', allocatedDynamic: '2' },
      { free: '252', used: '2', allocated: '2', errors: '2', errorsStatic: '2' },
      { free: '254', used: '0', allocated: '2', errors: '2' },
      { free: '0', used: '254', allocated: '256', errors: '12' },
    ]);
    expect(run(services('2001:db8::/112', allocator), times(264))[0]?.state).toMatchObject({ free: '65271', used: '264', errors: '0' });
  });
});

/** kubernetes `pkg/registry/core/service/portallocator/allocator_test.go`. */
describe('portallocator/allocator_test.go', () => {
  const PORTS: AllocatorWorld = { type: 'ports', first: 10_000, last: 10_200 };

  it('TestAllocate: 201 ports, each once', () => {
    const steps = run(
      PORTS,
      step('status'),
      times(202),
      step('release', 10_005),
      times(1),
      step('release', 10_005),
      ...[1, 10_001, 20_000, 10_201, 10_005].map((port) => step('allocate', port)),
    );
    expect(steps[0]?.state).toMatchObject({ free: '201', used: '0' });
    expect([new Set(steps[1]?.results).size, steps[1]?.error?.code]).toEqual([201, 'POOL_EXHAUSTED']);
    expect(steps[3]?.results).toEqual([10_005]);
    expect(steps.slice(5).map(({ error }) => error?.code)).toEqual([
      'NOT_IN_RANGE',
      'ALREADY_ALLOCATED',
      'NOT_IN_RANGE',
      'NOT_IN_RANGE',
      undefined,
    ]);
    expect(steps.at(-1)?.state).toMatchObject({ free: '0', used: '201' });
  });

  it.each([[[]], [[10_000]], [[10_000, 10_200]], [[10_000, 10_099, 10_200]]])('TestForEach: %j are listed', (held) => {
    const operations = held.length === 0 ? [step('list')] : [step('allocate', ...held), step('list')];
    expect(run(PORTS, ...operations).at(-1)?.results).toEqual(held);
  });

  it('TestSnapshot, TestNewFromSnapshot: 50 of 101 are brought back, and only into the range they are of', () => {
    const world: AllocatorWorld = { type: 'ports', first: 200, last: 300 };
    const [, shot] = run(world, times(50), step('snapshot'));
    const snapshot = shot?.results[0] as AllocatorOperation['snapshot'];
    expect(run(world, { ...step('restore'), snapshot })[0]?.state).toMatchObject({ free: '51', used: '50' });
    expect(run(PORTS, { ...step('restore'), snapshot })[0]?.error?.code).toBe('RANGE_MISMATCH');
  });
});

/** kubernetes `pkg/registry/core/service/portallocator/operation_test.go`: an operation is one step, with all its values and repetitions. */
describe('portallocator/operation_test.go', () => {
  const PORTS: AllocatorWorld = { type: 'ports', first: 10_000, last: 10_200 };
  const before = step('allocate', 10_000, 10_010, 10_020);
  const dry = (...values: AllocatorOperation['values']) => ({ ...step('allocate', ...values), dryRun: true });

  it('TestDryRunAllocate: what is taken, and what the operation has named, is refused; nothing is taken', () => {
    const steps = run(PORTS, before, dry(10_000, 10_030, 10_030, 10_040), dry(10_030));
    expect(steps.map(({ results, failures }) => [results, failures])).toEqual([
      [[10_000, 10_010, 10_020], 0],
      [[10_030, 10_040], 2],
      [[10_030], 0],
    ]);
    expect(run(PORTS, before, dry(10_000))[1]?.error?.code).toBe('ALREADY_ALLOCATED');
    expect(steps.map(({ state }) => [state['free'], state['errors']])).toEqual([0, 1, 2].map(() => ['198', '0']));
  });

  it('TestDryRunAllocateNext: the next port is a guess, and a port is named, whatever the range', () => {
    const steps = run(PORTS, before, { ...dry(), repeat: 3 }, dry(12_345), dry());
    expect(steps.slice(1).map(({ results }) => results)).toEqual([[32_769, 32_770, 32_771], [12_345], [32_769]]);
    expect(steps.at(-1)?.state).toMatchObject({ free: '198', used: '3' });
  });

  it('TestNodePortMetrics, TestNodePortAllocatedMetrics, TestAllocateReserved', () => {
    const nodePorts: AllocatorWorld = { type: 'ports', first: 30_000, last: 32_767 };
    const two = (run(nodePorts, times(2))[0]?.results ?? []).map(Number);
    expect(
      run(nodePorts, times(2), step('allocate', ...two), step('release', ...two), times(3000)).map(({ state }) => state),
    ).toMatchObject([
      { free: '2766', used: '2', allocated: '2', errors: '0', allocatedDynamic: '2' },
      { free: '2766', used: '2', allocated: '2', errors: '2', errorsStatic: '2' },
      { free: '2768', used: '0', allocated: '2', errors: '2' },
      { free: '0', used: '2768', allocated: '2770', errors: '234' },
    ]);
    const reserved: AllocatorWorld = { type: 'ports', first: 30_000, last: 30_128 };
    const [dynamic, held, low, released, again] = run(
      reserved,
      times(113),
      step('has', '30016-30128'),
      step('allocate', '30000-30015'),
      step('release', 30_053),
      times(1),
    );
    expect([dynamic?.error, dynamic?.state['free'], new Set(held?.results)]).toEqual([null, '16', new Set([true])]);
    expect([low?.failures, low?.state['free'], released?.state['free'], again?.results]).toEqual([0, '0', '1', [30_053]]);
  });
});

/** kubernetes `pkg/registry/core/service/allocator/bitmap_test.go`: the sizes and static bands of its tables. */
describe('allocator/bitmap_test.go', () => {
  it.each([
    [32, 0],
    [8, 0],
    [128, 16],
    [1024, 64],
    [65_535, 256],
  ])(
    'TestAllocate, TestAllocateMax, TestAllocateNextMax, TestAllocateError, TestRelease: %i places, %i of them static',
    (size, staticBand) => {
      const world: AllocatorWorld = { type: 'offsets', size, staticBand };
      expect(run(world, times(1))[0]?.state).toMatchObject({ used: '1', free: String(size - 1) });
      const [named, next, beyond] = run(world, step('allocate', `0-${size - 1}`), times(1), step('allocate', size));
      expect([named?.failures, named?.state['free'], next?.error?.code, beyond?.error?.code]).toEqual([
        0,
        '0',
        'POOL_EXHAUSTED',
        'NOT_IN_RANGE',
      ]);
      const [all] = run(world, times(size + 1));
      expect([new Set(all?.results).size, all?.error?.code]).toEqual([size, 'POOL_EXHAUSTED']);
      const [twice, had, , gone] = run(world, step('allocate', 3, 3), step('has', 3), step('release', 3), step('has', 3));
      expect([twice?.failures, had?.results, gone?.results]).toEqual([1, [true], [false]]);
    },
  );

  it('TestAllocateMax_BitmapReserved, TestPreAllocateReservedFull_BitmapReserved: the static band comes last', () => {
    const world: AllocatorWorld = { type: 'offsets', size: 128, staticBand: 16 };
    const [dynamic, low, one] = run(world, times(112), step('has', '0-15'), times(1));
    expect([dynamic?.state['free'], new Set(low?.results), one?.state['used']]).toEqual(['16', new Set([false]), '113']);
    expect(Number(one?.results[0])).toBeLessThan(16);
    const [, last, full] = run(world, step('allocate', '16-127', '0-14'), times(1), times(1));
    expect([last?.results, full?.error?.code]).toEqual([[15], 'POOL_EXHAUSTED']);
  });
});

/** k8snetworkplumbingwg/whereabouts `pkg/allocate/allocate_test.go`. */
describe('whereabouts allocate_test.go', () => {
  const whereabouts = (range: string, excluded: readonly string[] = []): AllocatorWorld => ({
    type: 'addresses',
    addresses: [range],
    excluded,
    rule: 'whereabouts',
    allocateReserved: true,
  });

  it.each<[range: string, excluded: readonly string[], reserved: readonly string[], expected: string]>([
    ['192.168.1.1/24', [], [], '192.168.1.1'],
    ['caa5::0/112', [], [], 'caa5::1'],
    ['::1/126', [], [], '::1'],
    ['fd::1/116', [], [], 'fd::1'],
    ['100::2:1/126', [], [], '100::2:1'],
    ['192.168.0.0/29', ['192.168.0.0/30'], [], '192.168.0.4'],
    ['192.168.0.0/29', ['192.168.0.1'], [], '192.168.0.2'],
    ['100::2:1/125', ['100::2:1/126'], [], '100::2:4'],
    ['100::2:1/125', ['100::2:1'], [], '100::2:2'],
    ['2001:db8::/30', ['2001:db8::0/32'], [], '2001:db9::'],
    ['192.168.0.0/28', ['192.168.0.0/30', '192.168.0.6/31', '192.168.0.8/31', '192.168.0.4/30'], [], '192.168.0.10'],
    ['192.168.0.0/28', ['192.168.0.0/30', '192.168.0.14/31', '192.168.0.4/30', '192.168.0.6/31', '192.168.0.8/31'], [], '192.168.0.10'],
    ['192.168.0.0/29', ['192.168.0.0/30'], ['192.168.0.4', '192.168.0.5', '192.168.0.6'], 'POOL_EXHAUSTED'],
    ['192.168.0.0/29', ['192.168.0.4/30'], ['192.168.0.1', '192.168.0.2', '192.168.0.3'], 'POOL_EXHAUSTED'],
    ['100::2:1/125', ['100::2:4/126'], ['100::2:1', '100::2:2', '100::2:3'], 'POOL_EXHAUSTED'],
    ['192.168.0.1-192.168.0.6', ['192.168.0.4/30'], ['192.168.0.1', '192.168.0.2', '192.168.0.3'], 'POOL_EXHAUSTED'],
    ['192.168.0.1-192.168.0.6', [], [], '192.168.0.1'],
    ['192.168.0.1-192.168.0.6', [], ['192.168.0.1', '192.168.0.2', '192.168.0.3'], '192.168.0.4'],
    ['192.168.0.1-192.168.0.6', [], ['192.168.0.1', '192.168.0.2', '192.168.0.5'], '192.168.0.3'],
  ])('%s without %j and %j: %s', (range, excluded, reserved, expected) => {
    const taken = reserved.length === 0 ? [] : [step('occupy', ...reserved)];
    const last = run(whereabouts(range, excluded), ...taken, times(1)).at(-1);
    expect(last?.error?.code ?? last?.results[0]).toBe(expected);
  });

  it.each(['192.168.0.1/123', '100::2::1'])('%s is nothing to leave out', (text) => {
    expect(finished(simulateAllocator(whereabouts('192.168.0.0/29', [text]), [times(1)]))).toMatchObject({
      ok: false,
      error: { errors: [{ pointer: '/world/excluded/0' }] },
    });
  });
});

/** flannel-io/flannel `pkg/subnet/config_test.go`, `pkg/subnet/etcd/subnet_test.go`: the leases of its registry, of which one is outside the range. */
describe('flannel', () => {
  it.each<[network: string, more: object, first: string, last: string, count: number]>([
    ['10.3.0.0/16', {}, '10.3.1.0/24', '10.3.255.0/24', 255],
    ['10.3.0.0/16', { subnetLen: 28, subnetMin: '10.3.5.0', subnetMax: '10.3.8.0' }, '10.3.5.0/28', '10.3.8.0/28', 49],
    ['fc00::/48', {}, 'fc00:0:0:1::/64', 'fc00:0:0:ffff::/64', 65_535],
  ])('TestConfigDefaults, TestConfigOverrides: %s with %j', (network, more, first, last, count) => {
    const given = run({ type: 'flannel', network, ...more }, times(count + 1))[0];
    expect([given?.results.length, given?.results[0], given?.results.at(-1), given?.error?.code]).toEqual([
      count,
      first,
      last,
      'POOL_EXHAUSTED',
    ]);
  });

  it('TestAcquireLease: a lease is none of those there are, and within the range', () => {
    const leases = ['10.3.1.0/24', '10.3.2.0/24', '10.3.4.0/24', '10.3.5.0/24', '10.3.31.0/24'];
    const world: AllocatorWorld = { type: 'flannel', network: '10.3.0.0/16', subnetMin: '10.3.1.0', subnetMax: '10.3.25.0' };
    const given = run(world, step('occupy', ...leases), times(22))[1];
    expect(given?.error?.code).toBe('POOL_EXHAUSTED');
    const free = Array.from({ length: 25 }, (_, index) => `10.3.${index + 1}.0/24`).filter((one) => !leases.includes(one));
    expect(given?.results).toEqual(free);
  });
});
