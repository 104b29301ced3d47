import { describe, expect, it } from 'vitest';
import { finished } from '../kernel/steps.js';
import type { CalicoOperation, CalicoPoolSpec, CalicoWorld } from './calico-simulation.js';
import { simulateCalico } from './simulate-calico.js';
import type { SimulatedStep } from './simulation-run.js';

/** Rows of projectcalico/calico `libcalico-go/lib/ipam/ipam_test.go`; `describe` names the table or the context. */

const pool = (cidr: string, blockSize: number, nodeSelector = '', more: Partial<CalicoPoolSpec> = {}): CalicoPoolSpec => ({
  cidr,
  blockSize,
  enabled: true,
  nodeSelector,
  namespaceSelector: '',
  assignmentMode: 'Automatic',
  allowedUses: [],
  ...more,
});
const lax = { strictAffinity: false, autoAllocateBlocks: true, maxBlocksPerHost: 0, cooldownSeconds: 0 };
const world = (pools: readonly CalicoPoolSpec[], more: Partial<CalicoWorld> = {}): CalicoWorld => ({
  pools,
  nodes: ['a', 'b'].map((name) => ({ name, labels: { foo: 'bar' } })),
  reservations: [],
  config: lax,
  ...more,
});
const step = <Op extends CalicoOperation['op']>(op: Op, more: object = {}) => ({ op, repeat: 1, ...more }) as unknown as CalicoOperation;
const auto = (node: string, num4: number, more: object = {}) =>
  step('autoAssign', { node, num4, num6: 0, use: 'Workload', pools4: [], pools6: [], maxBlocks: 0, maxPerHandle: 0, ...more });
const assign = (node: string, ip: string, more: object = {}) => step('assign', { node, ip, maxPerHandle: 0, ...more });
const release = (...items: readonly object[]) => step('release', { items });
const blocksOf = (node: string) => step('blocks', { node });

function run(begin: CalicoWorld, ...operations: readonly CalicoOperation[]): readonly SimulatedStep[] {
  const steps = finished(simulateCalico(begin, operations));
  if (!steps.ok) throw new Error(steps.error.message);
  return steps.value;
}

interface Given {
  readonly addresses: readonly string[];
  readonly sequences: readonly string[];
  readonly messages: readonly string[];
}

function given(ran: SimulatedStep | undefined, family: 'ipv4' | 'ipv6' = 'ipv4'): Given {
  const { [family]: found } = (ran?.results.at(-1) ?? {}) as unknown as Readonly<Record<string, Given | undefined>>;
  return found ?? { addresses: [], sequences: [], messages: [] };
}

/** How many addresses each step gave, or its code. */
const counts = (steps: readonly SimulatedStep[]) => steps.map((ran) => ran.error?.code ?? given(ran).addresses.length);

describe('AutoAssign: requested IPs vs returned IPs', () => {
  const v4 = pool('192.168.1.0/24', 26);
  const v6 = pool('fd80:24e2:f998:72d6::/120', 122);
  const uses = [pool('192.168.2.0/24', 32, '', { allowedUses: ['Workload'] }), pool('192.168.3.0/24', 32, '', { allowedUses: ['Tunnel'] })];

  it.each<[object, string | null, number]>([
    [{ pools4: ['192.168.3.0/24'] }, 'NO_QUALIFIED_POOL', 0],
    [{ pools4: ['192.168.2.0/24'] }, null, 1],
    [{}, null, 1],
    [{ pools4: ['192.168.3.0/24'], use: 'Tunnel' }, null, 1],
  ])('uses of pools: %j', (more, code, count) => {
    const [ran] = run(world(uses), auto('a', 1, more));
    expect([ran?.error?.code ?? null, given(ran).addresses.length]).toEqual([code, count]);
  });

  it.each<[string, readonly CalicoPoolSpec[], object, number, number]>([
    ['one of each, blocks of one address', [pool('192.168.1.0/24', 32), pool('fd80::/120', 128)], { num4: 1, num6: 1 }, 1, 1],
    ['one of each, default blocks', [v4, v6], { num4: 1, num6: 1 }, 1, 1],
    [
      '256 of each in blocks of four: the limit of 256 blocks is not met',
      [pool('192.168.1.0/24', 30), pool('fd80::/120', 126)],
      { num4: 256, num6: 256, maxBlocks: 256 },
      256,
      256,
    ],
    ['one of each, big blocks', [pool('192.168.0.0/16', 20), pool('fd80:24e2:f998:72d6::/110', 116)], { num4: 1, num6: 1 }, 1, 1],
    ['256 of each, default blocks', [v4, v6], { num4: 256, num6: 256 }, 256, 256],
  ])('%s', (_, pools, more, ipv4, ipv6) => {
    const [ran] = run(world(pools), auto('a', 0, more));
    expect(ran?.error).toBeNull();
    expect([given(ran).addresses.length, given(ran, 'ipv6').addresses.length]).toEqual([ipv4, ipv6]);
    expect([given(ran).messages, given(ran, 'ipv6').messages]).toEqual([[], []]);
  });

  const atLimit = (limit: number) => `Need to allocate an IPAM block but could not - limit of ${limit} blocks reached for this node`;

  it.each<[string, object, string | null, number, string]>([
    ['256 v4 0 v6 block limit', { num4: 256, maxBlocks: 1 }, 'BLOCK_LIMIT', 64, atLimit(1)],
    ['256 v4 0 v6 block limit 2', { num4: 256, maxBlocks: 2 }, 'BLOCK_LIMIT', 128, atLimit(2)],
    ['0 v4 256 v6 block limit', { num6: 256, maxBlocks: 1 }, 'BLOCK_LIMIT', 64, atLimit(1)],
    ['257 v4 0 v6', { num4: 257 }, null, 256, 'No IPs available in pools: [192.168.1.0/24]'],
    ['0 v4 257 v6', { num6: 257 }, null, 256, 'No IPs available in pools: [fd80:24e2:f998:72d6::/120]'],
  ])('%s', (_, more, code, count, message) => {
    const [ran] = run(world([v4, v6]), auto('a', 0, more));
    const { addresses, messages } = given(ran, 'num4' in more ? 'ipv4' : 'ipv6');
    expect([ran?.error?.code ?? null, addresses.length, messages]).toEqual([code, count, [message]]);
  });

  it('64 v4 0 v6 host-a: 63 of its own block, and one of that of host-b', () => {
    const begin = world([pool('10.0.0.0/25', 26), pool('fd80:24e2:f998:72d6::/121', 122)]);
    const [first, other, rest] = run(begin, auto('a', 1), auto('b', 1), auto('a', 64)).map((ran) => given(ran).addresses);
    const blockOf = (ip = '') => (Number(ip.split('.')[3]) < 64 ? 0 : 64);
    const ofA = blockOf(first?.[0]);
    expect(blockOf(other?.[0])).not.toBe(ofA);
    expect([rest?.length, rest?.filter((ip) => blockOf(ip) === ofA).length]).toEqual([64, 63]);
  });

  it('256 v4 0 v6 strict affinity: the pool that is named, and no other', () => {
    const pools = [pool('192.168.1.0/26', 26), pool('192.168.1.64/26', 26), v6];
    const begin = world(pools, { config: { ...lax, strictAffinity: true } });
    const [ran] = run(begin, auto('a', 256, { pools4: ['192.168.1.0/26'] }));
    expect([ran?.error, given(ran).addresses.length]).toEqual([null, 64]);
    expect(given(ran).messages).toEqual(['No more free affine blocks and strict affinity enabled']);
  });
});

describe('IPAM findOrClaimBlock test', () => {
  const claims = ['10.0.0.0/30', '10.0.0.4/30'].map((cidr) => step('claimAffinity', { cidr, node: 'a' }));
  const pools = [pool('10.0.0.0/24', 30)];

  it('Should skip blocks that are reserved', () => {
    expect(given(run(world(pools, { reservations: ['10.0.0.0/30'] }), ...claims, auto('a', 1))[2]).addresses).toEqual(['10.0.0.4']);
  });

  it('Should find or claim blocks: its own in their order, then a new one; none beyond the limit', () => {
    const both = [...claims, auto('a', 4), auto('a', 4)];
    const steps = run(world(pools), ...both, auto('a', 1, { maxBlocks: 2 }), auto('a', 1));
    expect(steps.slice(2, 4).map((ran) => given(ran).addresses)).toEqual(
      [0, 4].map((from) => [0, 1, 2, 3].map((index) => `10.0.0.${from + index}`)),
    );
    expect(counts(steps.slice(4))).toEqual(['BLOCK_LIMIT', 1]);
  });
});

describe('ReleaseIPs test', () => {
  it('every change of a block counts on its sequence, a release as well as an assignment', () => {
    const handle = 'testnode-ipip-tunnel-address';
    const begin = world([pool('10.0.0.0/24', 30, 'all()')]);
    const first = auto('a', 1, { use: 'Tunnel', handle });
    const [assigned] = run(begin, first);
    const { addresses, sequences } = given(assigned);
    const ip = addresses[0] ?? '';
    const sequence = BigInt(sequences[0] ?? '0');
    const again = [first, step('releaseByHandle', { handle }), assign('a', ip, { handle })];
    const steps = run(
      begin,
      ...again,
      release({ ip, handle, sequence: String(sequence) }),
      release({ ip, handle, sequence: String(sequence + 2n) }),
      first,
    );
    expect(steps[2]?.results).toEqual([{ address: ip, sequence: String(sequence + 2n) }]);
    expect(steps.map(({ error }) => error?.code ?? null)).toEqual([null, null, null, 'STALE_SEQUENCE', null, null]);
    // The fourth change of the same block.
    expect(given(steps[5]).sequences).toEqual([String(sequence + 4n)]);
  });

  it('a block that was deleted and made again has other sequences', () => {
    const handle = 'h';
    const begin = world([pool('10.0.0.0/24', 30, 'all()')]);
    const first = auto('a', 1, { use: 'Tunnel', handle });
    const gone = [first, step('releaseHostAffinities', { node: 'a', mustBeEmpty: false }), step('releaseByHandle', { handle })];
    const { addresses, sequences } = given(run(begin, first)[0]);
    const ip = addresses[0] ?? '';
    const steps = run(begin, ...gone, step('blocks'), assign('a', ip, { handle }), release({ ip, handle, sequence: sequences[0] }));
    expect(steps[3]?.results).toEqual([]);
    expect([steps[4]?.error, steps[5]?.error?.code]).toEqual([null, 'STALE_SEQUENCE']);
  });

  it('a hundred addresses in blocks of four nodes come back in one call', () => {
    const pools = [pool('10.0.0.0/24', 30, 'all()'), pool('fe80:ba:ad:beef::/120', 122, 'all()')];
    const nodes = ['node1', 'node2', 'node3', 'node4'];
    const begin = world(pools, { nodes: nodes.map((name) => ({ name, labels: { foo: 'bar' } })) });
    const wanted = nodes.flatMap((node) => [...Array.from({ length: 6 }, () => auto(node, 1, { num6: 1 })), auto(node, 13)]);
    const ips = run(begin, ...wanted).flatMap((ran) => [...given(ran).addresses, ...given(ran, 'ipv6').addresses]);
    expect(new Set(ips).size).toBe(100);
    expect(run(begin, ...wanted, release(...ips.map((ip) => ({ ip })))).at(-1)).toMatchObject({
      error: null,
      results: [{ unallocated: [], released: 100 }],
      state: { inUse: '0' },
    });
  });
});

describe('Reservation tests', () => {
  it('58 of 64: six addresses of the block are reserved', () => {
    const reservations = ['10.0.0.1/32', '10.0.0.32/30', '11.0.0.0/30', '10.0.0.17/32'];
    expect(counts(run(world([pool('10.0.0.0/26', 26, 'all()')], { reservations }), auto('a', 64)))).toEqual([58]);
  });
});

describe('Affinity FV tests', () => {
  const begin = world([pool('10.0.0.0/24', 30, 'all()')]);
  const twelve = Array.from({ length: 12 }, () => auto('a', 1, { handle: 'h' }));

  it('gives up the empty blocks of a host and fails for the one that is not', () => {
    const steps = run(
      begin,
      ...twelve,
      step('releaseByHandle', { handle: 'h' }),
      step('blocks'),
      auto('a', 1, { handle: 'h' }),
      step('releaseHostAffinities', { node: 'a', mustBeEmpty: true }),
      step('blocks'),
    );
    expect([steps[13]?.results.length, steps[15]?.error?.code, steps[16]?.results.length]).toEqual([3, 'BLOCK_NOT_EMPTY', 1]);
  });

  it('gives up the blocks of a host whose pool was deleted; they go with their addresses', () => {
    const steps = run(
      begin,
      ...twelve,
      step('deletePool', { cidr: '10.0.0.0/24' }),
      step('releaseHostAffinities', { node: 'a', mustBeEmpty: false }),
      blocksOf('a'),
      step('blocks'),
      step('releaseByHandle', { handle: 'h' }),
      step('blocks'),
    );
    expect([steps[14], steps[15], steps[17]].map((ran) => ran?.results.length)).toEqual([0, 3, 0]);
  });
});

describe('IPAM handle tests', () => {
  it('a handle without addresses is unknown', () => {
    const asked = step('ipsByHandle', { handle: 'h' });
    const freed = step('releaseByHandle', { handle: 'h' });
    const steps = run(world([pool('10.0.0.0/24', 26)]), asked, freed, auto('a', 1, { handle: 'h' }), asked, freed, asked);
    expect(steps.map(({ error, results }) => error?.code ?? results.length)).toEqual([
      'NOT_ALLOCATED',
      'NOT_ALLOCATED',
      1,
      1,
      1,
      'NOT_ALLOCATED',
    ]);
  });
});

describe('IPAM IP borrowing', () => {
  it('follows strict affinity as it is changed', () => {
    const change = (strictAffinity: boolean) => step('setConfig', { config: { ...lax, strictAffinity } });
    const both = [auto('a', 1), auto('b', 1)];
    const steps = run(world([pool('10.0.0.0/28', 28, 'foo == "bar"')]), ...both, change(true), ...both, change(false), ...both);
    expect([0, 1, 3, 4, 6, 7].map((index) => given(steps[index]).addresses.length)).toEqual([1, 1, 1, 0, 1, 1]);
  });

  it('addresses that were borrowed are released like others', () => {
    const handles = ['a', 'b'].map((node) => auto(node, 1, { handle: node }));
    const freed = ['b', 'a'].map((handle) => step('releaseByHandle', { handle }));
    const steps = run(world([pool('10.0.0.0/28', 28, 'foo == "bar"')]), ...handles, ...freed);
    expect(steps.map(({ error, state }) => [error, state.inUse, state.borrowed])).toEqual([
      [null, '1', '0'],
      [null, '2', '1'],
      [null, '1', '0'],
      [null, '0', '0'],
    ]);
  });
});

describe('IPAM AutoAssign from different pools', () => {
  it('a pool asked for is filled, and no other helps out', () => {
    const pools = [pool('10.0.0.0/24', 26), pool('20.0.0.0/24', 26)];
    const first = { pools4: ['10.0.0.0/24'] };
    const second = { pools4: ['20.0.0.0/24'] };
    const order = [
      auto('a', 1, first),
      auto('a', 1, second),
      auto('a', 1, first),
      auto('a', 1, second),
      auto('a', 254, second),
      auto('a', 1, second),
    ];
    const steps = run(world(pools), ...order);
    expect(counts(steps)).toEqual([1, 1, 1, 1, 254, 0]);
    expect(given(steps[4]).addresses.every((ip) => ip.startsWith('20.0.0.'))).toBe(true);
    expect(given(steps[2]).addresses[0]?.startsWith('10.0.0.')).toBe(true);
  });
});

describe('IPAM AutoAssign using ip pool node selectors', () => {
  const selecting = pool('10.0.0.0/24', 26, 'foo == "bar"');
  const elsewhere = step('setPool', { pool: pool('10.0.0.0/24', 26, 'foo != "bar"') });

  it.each(['addresses', 'handles'])('a block whose pool looks elsewhere goes with its last address (%s)', (by) => {
    const takes = by === 'addresses' ? [auto('a', 3)] : ['1', '2', '3'].map((handle) => auto('a', 1, { handle }));
    const ips = run(world([selecting]), ...takes).flatMap((ran) => given(ran).addresses);
    const frees = ips.map((ip, index) => (by === 'addresses' ? release({ ip }) : step('releaseByHandle', { handle: String(index + 1) })));
    const [one, two, three] = frees as [CalicoOperation, CalicoOperation, CalicoOperation];
    const steps = run(world([selecting]), ...takes, one, blocksOf('a'), elsewhere, two, blocksOf('a'), three, step('blocks'));
    const [afterOne, , , afterTwo, , afterThree] = steps.slice(takes.length + 1);
    expect([afterOne, afterTwo, afterThree].map((ran) => ran?.results.length)).toEqual([1, 1, 0]);
  });

  it('an empty block of a pool that looks elsewhere is given up with the next assignment', () => {
    const ips = given(run(world([selecting]), auto('a', 3))[0]).addresses;
    const other = step('setPool', { pool: pool('20.0.0.0/24', 26, 'all()') });
    const steps = run(
      world([selecting]),
      auto('a', 3),
      release(...ips.map((ip) => ({ ip }))),
      elsewhere,
      blocksOf('a'),
      other,
      auto('a', 3),
      step('blocks'),
    );
    expect(steps[3]?.results.length).toBe(1);
    expect(given(steps[5]).addresses.every((ip) => ip.startsWith('20.0.0.'))).toBe(true);
    expect(steps[6]?.results).toMatchObject([{ node: 'a', cidr: expect.stringMatching(/^20\.0\.0\./) as string }]);
  });

  it.each<[string, CalicoPoolSpec, object, CalicoPoolSpec]>([
    [
      'a pool for another use',
      pool('10.0.0.0/24', 26, 'foo == "bar"', { allowedUses: ['Workload'] }),
      { use: 'Tunnel' },
      pool('20.0.0.0/24', 26, 'foo == "bar"', { allowedUses: ['Tunnel'] }),
    ],
    ['another pool that is asked for', selecting, { pools4: ['20.0.0.0/24'] }, pool('20.0.0.0/24', 26, 'all()')],
  ])('an empty block is kept when an assignment is served by %s', (_, old, more, other) => {
    const ips = given(run(world([old]), auto('a', 3))[0]).addresses;
    const emptied = release(...ips.map((ip) => ({ ip })));
    const steps = run(world([old]), auto('a', 3), emptied, step('setPool', { pool: other }), auto('a', 1, more), blocksOf('a'));
    expect(given(steps[3]).addresses[0]?.startsWith('20.0.0.')).toBe(true);
    expect(steps[4]?.results.map((block) => (block as { readonly cidr: string }).cidr.slice(0, 3)).sort()).toEqual(['10.', '20.']);
  });
});

describe('AssignIP: requested IP vs returned error', () => {
  it.each([
    ['192.168.1.0', null],
    ['fd80:24e2:f998:72d6::', null],
    ['1.1.1.1', 'NOT_IN_RANGE'],
  ])('%s: %s', (ip, code) => {
    const pools = [pool('192.168.1.0/24', 26), pool('fd80:24e2:f998:72d6::/120', 122)];
    expect(run(world(pools), assign('a', ip))[0]?.error?.code ?? null).toBe(code);
  });

  it('Assign 1 IPv4 from a configured pool twice', () => {
    const [first, second] = run(world([pool('192.168.1.0/24', 26)]), assign('a', '192.168.1.0'), assign('a', '192.168.1.0'));
    expect([first?.error, second?.error?.message]).toEqual([null, expect.stringContaining('already assigned in block')]);
  });
});

describe('ReleaseOptions test', () => {
  it.each<[string, (sequence: string) => object, string | null]>([
    ['Base case', () => ({}), null],
    ['Valid sequence number', (sequence) => ({ sequence }), null],
    ['Invalid sequence number', (sequence) => ({ sequence: String(BigInt(sequence) + 1n) }), 'STALE_SEQUENCE'],
    ['Invalid handle', () => ({ handle: 'fakehandle' }), 'HANDLE_MISMATCH'],
  ])('%s', (_, guard, code) => {
    const begin = world([pool('192.168.0.0/16', 26)]);
    const assigned = assign('a', '192.168.0.1');
    const given = run(begin, assigned)[0]?.results[0];
    const sequence = String(Reflect.get(Object(given), 'sequence'));
    expect(run(begin, assigned, release({ ip: '192.168.0.1', ...guard(sequence) }))[1]?.error?.code ?? null).toBe(code);
  });
});

describe('ReleaseIPs: requested IPs to be released vs actual unallocated IPs', () => {
  it('an address of no pool is nobody’s', () => {
    const [ran] = run(world([pool('192.168.1.0/24', 26)]), release({ ip: '1.1.1.1' }));
    expect(ran).toMatchObject({ error: null, results: [{ unallocated: ['1.1.1.1'], released: 0 }] });
  });

  it('an address that nobody has is told, and one that was assigned comes back', () => {
    const begin = world([pool('192.168.1.0/24', 26)]);
    const items = ['192.168.1.0', '192.168.1.1'].map((ip) => ({ ip }));
    expect(run(begin, release({ ip: '192.168.1.0' }))[0]).toMatchObject({ error: null, results: [{ unallocated: ['192.168.1.0'] }] });
    const [, both] = run(begin, assign('a', '192.168.1.0'), release(...items));
    expect(both?.results).toEqual([{ unallocated: ['192.168.1.1'], released: 1 }]);
  });

  it('66 addresses of two blocks come back', () => {
    const begin = world([pool('192.168.1.0/24', 26)]);
    const items = given(run(begin, auto('a', 66))[0]).addresses.map((ip) => ({ ip }));
    expect(run(begin, auto('a', 66), release(...items))[1]?.results).toEqual([{ unallocated: [], released: 66 }]);
  });
});

describe('ClaimAffinity: claim IPNet vs actual number of blocks claimed', () => {
  const begin = world([pool('192.168.1.0/24', 26)]);
  it('one block; half a block is too small', () => {
    const steps = run(begin, ...['192.168.1.0/26', '192.168.1.0/27'].map((cidr) => step('claimAffinity', { cidr, node: 'a' })));
    expect(steps[0]?.results).toEqual([{ claimed: 1, failed: 0 }]);
    expect(steps[1]?.error).toEqual({ code: 'TOO_SMALL', message: 'The requested CIDR (192.168.1.0/27) is smaller than the minimum.' });
  });
});

describe('ClaimAffinity: blocks of another host', () => {
  const begin = world([pool('10.0.0.0/24', 26)]);
  const claim = (node: string) => step('claimAffinity', { cidr: '10.0.0.0/24', node });

  it.each<[string, CalicoOperation, number, number]>([
    ['Claim affinity for an IPNet that has an IP already assigned to another host', assign('a', '10.0.0.1'), 3, 1],
    ['Claim affinity to the same block again but for host-b this time', claim('a'), 0, 4],
  ])('%s', (_, before, claimed, failed) => {
    expect(run(begin, before, claim('b'))[1]?.results).toEqual([{ claimed, failed }]);
  });
});

/** `pool_qualification_test.go`. */
describe('qualifyPoolForIP', () => {
  it.each<[object, string | null]>([
    [{ use: 'Workload' }, null],
    [{}, null],
    [{ use: 'Tunnel' }, 'IP address 10.0.0.1 is in IP pool "10.0.0.0/24", which is not allowed for use "Tunnel" (allowedUses: [Workload])'],
  ])('%j', (more, message) => {
    const [ran] = run(world([pool('10.0.0.0/24', 26, '', { allowedUses: ['Workload'] })]), assign('a', '10.0.0.1', more));
    expect(ran?.error?.message ?? null).toBe(message);
  });
});
