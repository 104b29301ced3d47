import { describe, expect, it } from 'vitest';
import { finished } from '../kernel/steps.js';
import { simulateAllocator } from './simulate-allocator.js';
import { MOST_SIMULATED_RUNS } from './simulation-problems.js';
import type { AllocatorOperation, AllocatorWorld } from './simulation.js';

const services = (cidr: string, more: Partial<Extract<AllocatorWorld, { type: 'services' }>> = {}): AllocatorWorld => ({
  type: 'services',
  cidr,
  allocator: 'objects',
  taken: [],
  collisions: 0,
  ...more,
});
const step = (op: AllocatorOperation['op'], ...values: AllocatorOperation['values']): AllocatorOperation => ({
  op,
  values,
  dryRun: false,
  repeat: 1,
});

function run(world: AllocatorWorld, ...operations: readonly AllocatorOperation[]) {
  const steps = finished(simulateAllocator(world, operations));
  if (!steps.ok) throw new Error(steps.error.message);
  return steps.value;
}

describe('ClusterIPs', () => {
  it('a place that another API server took a moment before is passed over (kubernetes/kubernetes#135333)', () => {
    const [taken] = run(services('10.0.0.0/24', { collisions: 2 }), step('allocate'));
    expect(taken).toMatchObject({ error: null, attempts: 3, state: { used: '3', allocated: '1', errors: '2' } });
  });

  it('a snapshot brings back what was there, and only into the range it is of', () => {
    const world = services('10.0.0.0/24');
    const [, shot] = run(world, step('allocate', '10.0.0.5', '10.0.0.9'), step('snapshot'));
    const snapshot = shot?.results[0] as AllocatorOperation['snapshot'];
    if (typeof snapshot !== 'object') throw new Error('no snapshot');
    const [restored, list] = run(world, { ...step('restore'), snapshot }, step('list'));
    expect([restored?.error, list?.results]).toEqual([null, ['10.0.0.5', '10.0.0.9']]);
    const [other] = run(services('10.0.1.0/24'), { ...step('restore'), snapshot });
    expect(other?.error?.code).toBe('RANGE_MISMATCH');
  });

  it('a dry run takes nothing', () => {
    const [dry, status] = run(services('10.0.0.0/24'), { ...step('allocate', '10.0.0.5'), dryRun: true }, step('has', '10.0.0.5'));
    expect([dry?.results, status?.results]).toEqual([['10.0.0.5'], [false]]);
  });
});

/** kubernetes `pkg/scheduler/framework/types_test.go`, `TestHostPortInfo_Check`. */
describe('host ports', () => {
  const tcp = (ip: string, port: number) => ({ protocol: 'TCP', ip, port });
  it.each<[held: ReturnType<typeof tcp>, asked: ReturnType<typeof tcp>, conflicts: boolean]>([
    [tcp('127.0.0.1', 80), tcp('127.0.0.1', 80), true],
    [tcp('127.0.0.1', 80), tcp('127.0.0.1', 81), false],
    [tcp('127.0.0.1', 80), tcp('0.0.0.0', 80), true],
    [tcp('0.0.0.0', 80), tcp('127.0.0.1', 80), true],
    [tcp('0.0.0.0', 80), { protocol: 'UDP', ip: '127.0.0.1', port: 80 }, false],
    [tcp('127.0.0.1', 80), tcp('127.0.0.2', 80), false],
    [tcp('127.0.0.1', 80), { protocol: '', ip: '', port: 0 }, false],
  ])('%j, then %j: %s', (held, asked, conflicts) => {
    expect(run({ type: 'hostPorts' }, step('allocate', held), step('check', asked))[1]?.results).toEqual([conflicts]);
  });

  it.each([
    ['0.0.0.0', '127.0.0.1', false],
    ['127.0.0.1', '127.0.0.1', false],
    ['127.0.0.1', '0.0.0.0', false],
  ])('other ports and protocols of %s leave %s alone', (held, asked, conflicts) => {
    const others = [tcp(held, 79), { protocol: 'UDP', ip: held, port: 80 }, tcp(held, 81), tcp(held, 82)];
    expect(run({ type: 'hostPorts' }, step('allocate', ...others), step('check', tcp(asked, 80)))[1]?.results).toEqual([conflicts]);
  });

  it('no address is every address, no protocol is TCP, and what is no port is not held (TestHostPortInfo_AddRemove)', () => {
    const named = ['127.0.0.1', '0.0.0.0'].flatMap((ip) => [tcp(ip, 79), { protocol: 'UDP', ip, port: 80 }, tcp(ip, 81), tcp(ip, 82)]);
    const short = named.map(({ protocol, ip, port }) => ({
      protocol: protocol === 'TCP' ? '' : protocol,
      ip: ip === '0.0.0.0' ? '' : ip,
      port,
    }));
    const none = [tcp('0.0.0.0', 0), tcp('0.0.0.0', -1)];
    for (const [added, removed] of [
      [named, named],
      [short, named],
      [named, short],
    ] as const) {
      const steps = run({ type: 'hostPorts' }, step('allocate', ...added, ...none), step('release', ...removed));
      expect(steps.map(({ state }) => state)).toEqual([{ size: '8' }, { size: '0' }]);
    }
  });
});

describe('what makes no sense', () => {
  it.each<[name: string, world: AllocatorWorld, operation: AllocatorOperation, kind: string]>([
    ['a prefix that is none', services('10.0.0.0'), step('status'), 'invalid-request'],
    ['an IPv6 range shorter than /64', services('fd00::/48'), step('status'), 'invalid-request'],
    ['more than 2^16 IPv6 children', { type: 'subnets', network: 'fd00::/32', childPrefixLength: 49 }, step('status'), 'invalid-request'],
    ['an address of the other family', services('10.0.0.0/24'), step('allocate', 'fd00::1'), 'invalid-request'],
    ['an operation the allocator has not', services('10.0.0.0/24'), step('occupy', '10.0.0.0/25'), 'invalid-request'],
    ['a backward range', services('10.0.0.0/24'), step('allocate', '10.0.0.9-10.0.0.1'), 'invalid-request'],
    ['a range of addresses and numbers', services('10.0.0.0/24'), step('allocate', '10.0.0.1-9'), 'invalid-request'],
    ['a range that is too long', services('10.0.0.0/8'), step('allocate', '10.0.0.1-10.255.0.0'), 'limit-too-large'],
    ['too many runs', services('10.0.0.0/24'), { ...step('allocate'), repeat: MOST_SIMULATED_RUNS + 1 }, 'limit-too-large'],
  ])('%s', (_, world, operation, kind) => {
    expect(finished(simulateAllocator(world, [operation]))).toMatchObject({ ok: false, error: { kind } });
  });
});

/** kubernetes-sigs/cluster-api-ipam-provider-in-cluster `internal/poolutil/pool_test.go`. */
describe('plain addresses', () => {
  const addresses = (more: object): AllocatorWorld => ({
    type: 'addresses',
    addresses: [],
    excluded: [],
    allocateReserved: false,
    ...more,
  });

  it('are given from the lowest, without the gateway, the ends of its network and what is excluded', () => {
    const world = addresses({
      addresses: ['192.168.0.0/30', '192.168.0.8-192.168.0.9'],
      excluded: ['192.168.0.8'],
      gateway: '192.168.0.1',
      prefixLength: 24,
    });
    const [given, status, back, again] = run(
      world,
      { ...step('allocate'), repeat: 4 },
      step('status'),
      step('release', '192.168.0.3'),
      step('allocate'),
    );
    expect([given?.results, given?.error?.code, status?.state]).toEqual([
      ['192.168.0.2', '192.168.0.3', '192.168.0.9'],
      'POOL_EXHAUSTED',
      { free: '0', used: '3' },
    ]);
    expect([back?.error, again?.results]).toEqual([null, ['192.168.0.3']]);
  });

  it.each<[object, string]>([
    [{ addresses: ['10.0.0.2-10.0.0.1'] }, '/world/addresses/0'],
    [{ addresses: ['10.0.0.1/24-10.0.0.9'] }, '/world/addresses/0'],
    [{ addresses: ['10.0.0.0/31'], rule: 'whereabouts' }, '/world/addresses/0'],
    [{ addresses: ['10.0.0.0/24'], excluded: ['10.0.0.0/24', 'ten'] }, '/world/excluded/1'],
    [{ addresses: ['10.0.0.0/24'], gateway: '10.0.0.1', prefixLength: 64 }, '/world/prefixLength'],
  ])('%j is refused at %s', (more, pointer) => {
    expect(finished(simulateAllocator(addresses(more), [step('allocate')]))).toMatchObject({ ok: false, error: { errors: [{ pointer }] } });
  });
});

/** flannel-io/flannel `pkg/subnet/config_test.go`, `config.go`. */
describe('subnets of flannel', () => {
  it('begin with the second of the network, and end', () => {
    const [given, status] = run({ type: 'flannel', network: '10.4.0.0/28' }, { ...step('allocate'), repeat: 4 }, step('status'));
    expect([given?.results, given?.error?.code]).toEqual([['10.4.0.4/30', '10.4.0.8/30', '10.4.0.12/30'], 'POOL_EXHAUSTED']);
    expect(status?.state).toEqual({ leased: '3' });
  });

  it.each<[object, string, string]>([
    [{ subnetLen: 31 }, 'subnetLen', 'SubnetLen must be less than /31'],
    [{ subnetLen: 17 }, 'subnetLen', 'network must be able to accommodate at least four subnets'],
    [{ subnetMin: '10.5.0.0' }, 'subnetMin', 'SubnetMin is not in the range of the Network'],
    [{ subnetMax: '10.4.9.9' }, 'subnetMax', 'SubnetMax is not on a SubnetLen boundary: 10.4.9.9'],
    [{ subnetMin: '10.4.0.5', subnetMax: '10.5.0.0' }, 'subnetMax', 'SubnetMax is not in the range of the Network'],
    [{ network: '10.4.0.0/29' }, 'network', 'network is too small. Minimum useful network prefix is /28'],
  ])('%j is refused at %s: %s', (more, member, message) => {
    expect(finished(simulateAllocator({ type: 'flannel', network: '10.4.0.0/16', ...more }, []))).toMatchObject({
      ok: false,
      error: { message, errors: [{ pointer: `/world/${member}` }] },
    });
  });
});

it('a network is not cut into more than 2^24 subnets', () => {
  const worlds: readonly AllocatorWorld[] = [
    { type: 'subnets', network: '0.0.0.0/0', childPrefixLength: 32 },
    { type: 'flannel', network: 'fd00::/16', subnetLen: 64, subnetMax: 'fd00:0:0:2::' },
  ];
  const pointers = worlds.map((world) => {
    const steps = finished(simulateAllocator(world, [step('status')]));
    return steps.ok ? undefined : steps.error.errors?.[0]?.pointer;
  });
  expect(pointers).toEqual(['/world/childPrefixLength', '/world/subnetLen']);
});
