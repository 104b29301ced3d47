import { describe, expect, it } from 'vitest';
import { finished } from '../kernel/steps.js';
import { type CiliumPoolOperation, simulateCiliumPools } from './simulate-cilium-pools.js';

const WORLD = { pendingTtlSeconds: 300 };
const upsert = (name: string, cidrs: readonly string[], more: object = {}) =>
  ({
    op: 'upsertPool',
    name,
    cidrs,
    maskSize4: 28,
    reserved: [],
    allowFirst: false,
    allowLast: false,
    repeat: 1,
    ...more,
  }) as CiliumPoolOperation;
const ready: CiliumPoolOperation = { op: 'restoreFinished', repeat: 1 };
const give = (node: string, pool: string, ipv4: number, has: readonly string[] = []): CiliumPoolOperation => ({
  op: 'allocateToNode',
  node,
  requested: [{ pool, ipv4, ipv6: 0 }],
  allocated: has.length > 0 ? [{ pool, cidrs: has }] : [],
  repeat: 1,
});

function run(...operations: readonly CiliumPoolOperation[]) {
  const steps = finished(simulateCiliumPools(WORLD, operations));
  if (!steps.ok) throw new Error(steps.error.message);
  return steps.value;
}

const given = (pool: string, ...cidrs: readonly string[]) => [{ allocated: { [pool]: cidrs } }];

/** cilium/cilium `operator/pkg/ipam/allocator/multipool/pool_allocator.go`. */
describe('the pools of Cilium’s operator', () => {
  /** `cidralloc.go`, NewCIDRSets, and `cidralloc_test.go`, TestNewCIDRSets: each is compared with those before it; `cidr_set.go`, String. */
  it.each<[cidrs: readonly string[], mask: number, requested: string | undefined, other: string]>([
    [['10.0.0.0/16'], 24, undefined, ''],
    [['10.0.0.0/16', '10.0.0.0/8'], 24, '10.0.0.0/8', '10.0.0.0/16'],
    [['10.0.0.0/8'], 24, undefined, ''],
    [['fd00::/100', 'fd00::/96'], 112, 'fd00::/96', 'fd00::/100'],
    [['fd00::/100', 'fd00::1:0:0/96'], 112, undefined, ''],
    [['fd00::/104'], 120, undefined, ''],
    [['10.0.0.0/24', '10.0.0.0/24'], 28, '10.0.0.0/24', '10.0.0.0/24'],
    [['10.1.0.0/25', '10.0.0.0/25', '10.0.0.0/16', '10.1.0.0/16'], 28, '10.0.0.0/16', '10.0.0.0/25'],
    [['10.0.0.0/8', '10.0.1.0/24', '10.0.0.0/16', '10.9.0.0/16'], 28, '10.0.1.0/24', '10.0.0.0/8'],
  ])('refuse prefixes that share an address: %j', (cidrs, mask, requested, other) => {
    const [made] = run(upsert('p', cidrs, { maskSize4: mask, maskSize6: mask }));
    const message = `requested CIDR ${requested} collides with clusterCIDR: ${other}, nodeMask: ${mask}`;
    expect(made?.error).toEqual(requested === undefined ? null : { code: 'RANGE_OVERLAP', message });
  });

  it('are not asked about prefixes that the pool has already (`updateCIDRSets`)', () => {
    const [, made] = run(upsert('p', ['10.0.0.0/16']), upsert('p', ['10.0.0.0/16', '10.0.0.0/24']));
    expect(made?.error).toBeNull();
  });

  it('give prefixes until their usable addresses cover the demand; what a node no longer has goes back', () => {
    const [, , forty, shrunk, other] = run(
      upsert('p', ['10.0.0.0/24']),
      ready,
      give('a', 'p', 40),
      give('a', 'p', 10, ['10.0.0.16/28']),
      give('b', 'p', 10),
    );
    expect(forty?.results).toEqual(given('p', '10.0.0.0/28', '10.0.0.16/28', '10.0.0.32/28'));
    expect(shrunk?.results).toEqual(given('p', '10.0.0.16/28'));
    expect(other?.results).toEqual(given('p', '10.0.0.48/28'));
  });

  it('give what went back again, once the search comes round to it', () => {
    const [, , , , again, none] = run(
      upsert('p', ['10.0.0.0/27']),
      ready,
      give('a', 'p', 20),
      give('a', 'p', 0, ['10.0.0.16/28']),
      give('b', 'p', 10),
      give('c', 'p', 10),
    );
    expect([again?.results, none?.error?.code]).toEqual([given('p', '10.0.0.0/28'), 'POOL_EMPTY']);
  });

  it('leave out reserved parts, and count the ends of a prefix where pods may have them', () => {
    const more = { reserved: ['10.0.0.4/30'], allowFirst: true, allowLast: true };
    const [, , sixteen] = run(upsert('p', ['10.0.0.0/24'], more), ready, give('a', 'p', 16));
    expect(sixteen?.results).toEqual(given('p', '10.0.0.16/28'));
  });

  /** `operator/pkg/ipam/allocator/multipool/pool_allocator_test.go`, `TestPoolAllocator_Reserved…` and `TestPoolAllocator_ReleasedCIDRRemainsReserved`. */
  it('a prefix of which an address is reserved goes to no node', () => {
    const more = { maskSize4: 24, reserved: ['10.0.0.10-10.0.0.20'] };
    expect(run(upsert('p', ['10.0.0.0/16'], more), ready, give('node', 'p', 1)).at(-1)?.results).toEqual(given('p', '10.0.1.0/24'));
  });

  it('what is no longer reserved is given', () => {
    const [, , first, , second] = run(
      upsert('p', ['10.0.0.0/30'], { maskSize4: 31, reserved: ['10.0.0.0-10.0.0.1'] }),
      ready,
      give('node1', 'p', 1),
      upsert('p', ['10.0.0.0/30'], { maskSize4: 31 }),
      give('node2', 'p', 1),
    );
    expect([first?.results, second?.results]).toEqual([given('p', '10.0.0.2/31'), given('p', '10.0.0.0/31')]);
  });

  it('what is reserved while a node has it stays reserved when the node goes', () => {
    const [, , first, , , second, third] = run(
      upsert('p', ['10.0.0.0/30'], { maskSize4: 31 }),
      ready,
      give('node1', 'p', 1),
      upsert('p', ['10.0.0.0/30'], { maskSize4: 31, reserved: ['10.0.0.0-10.0.0.1'] }),
      { op: 'releaseNode', node: 'node1', repeat: 1 },
      give('node2', 'p', 1),
      give('node3', 'p', 1),
    );
    expect([first?.results, second?.results]).toEqual([given('p', '10.0.0.0/31'), given('p', '10.0.0.2/31')]);
    expect(third?.error?.code).toBe('POOL_EMPTY');
  });

  it('what a node has is not given again when it is no longer reserved', () => {
    const steps = run(
      upsert('p', ['10.0.0.0/30'], { maskSize4: 31 }),
      ready,
      give('node1', 'p', 1),
      upsert('p', ['10.0.0.0/30'], { maskSize4: 31, reserved: ['10.0.0.0/31'] }),
      upsert('p', ['10.0.0.0/30'], { maskSize4: 31 }),
      give('node2', 'p', 10),
    );
    expect(steps.at(-1)?.results).toEqual(given('p', '10.0.0.2/31'));
  });

  /** `pool_test.go`, `TestOccupyReservedCIDR`. */
  it('a node keeps a prefix that it says it has, though it is reserved', () => {
    const more = { maskSize4: 31, reserved: ['10.0.0.0-10.0.0.3'] };
    const [, kept] = run(upsert('p', ['10.0.0.0/30'], more), give('node1', 'p', 1, ['10.0.0.0/31']));
    expect(kept?.results).toEqual(given('p', '10.0.0.0/31'));
  });

  /** `pool_allocator_test.go`, `TestPoolAllocator_PoolErrors`. */
  it('what fails of one pool or family keeps nobody from the rest; pools may have the same prefix', () => {
    const both = { ipv4: 10, ipv6: 10 };
    const pools = ['ipv4-only', 'ipv4-only-same-cidr', 'ipv6-only'];
    const all: CiliumPoolOperation = {
      op: 'allocateToNode',
      node: 'node1',
      requested: pools.map((pool) => ({ pool, ...both })),
      allocated: [],
      repeat: 1,
    };
    const v4 = { maskSize4: 24 };
    const [, none, , other, , , some] = run(
      ready,
      give('node1', 'no-exist', 10),
      upsert('ipv4-only', ['10.0.0.0/16'], v4),
      { ...all, requested: [{ pool: 'ipv4-only', ipv4: 0, ipv6: 10 }] },
      upsert('ipv4-only-same-cidr', ['10.0.0.0/16'], v4),
      upsert('ipv6-only', ['fd00:100::/80'], { maskSize4: undefined, maskSize6: 96 }),
      all,
    );
    expect(none?.error?.message).toContain('cannot allocate from non-existing pool: no-exist');
    expect(other?.error?.message).toContain('pool empty');
    for (const text of ['ipv6 address for node "node1" from pool "ipv4-only"', 'ipv4 address for node "node1" from pool "ipv6-only"'])
      expect(some?.error?.message).toContain(`failed to allocate ${text}`);
    expect(some?.results).toEqual([
      { allocated: { 'ipv4-only': ['10.0.0.0/24'], 'ipv4-only-same-cidr': ['10.0.0.0/24'], 'ipv6-only': ['fd00:100::/96'] } },
    ]);
  });

  it('give nothing before all nodes have said what they have; what two nodes claim goes to the first', () => {
    const claim = (node: string) => give(node, 'p', 10, ['10.0.0.0/28']);
    const [, first, , , second] = run(upsert('p', ['10.0.0.0/24']), claim('a'), claim('b'), ready, claim('b'));
    expect([first?.error?.code, first?.results]).toEqual(['NOT_READY', given('p', '10.0.0.0/28')]);
    expect(second?.error).toMatchObject({ code: 'ALREADY_ALLOCATED' });
    expect(second?.error?.message).toContain('cidr 10.0.0.0/28 has already been allocated');
  });

  /** `pool.go`, occupyCIDR, and `pkg/ipam/cidrset/cidr_set.go`, IsAllocated: whether all is taken that the prefix touches, whatever its own length. */
  it('a node may not have a part of what another one has, but more than that', () => {
    const claim = (node: string, cidr: string) => give(node, 'p', 0, [cidr]);
    const [, , , inner, outer] = run(
      upsert('p', ['10.0.0.0/24']),
      ready,
      claim('a', '10.0.0.0/28'),
      claim('b', '10.0.0.0/30'),
      claim('c', '10.0.0.0/27'),
    );
    expect([inner?.error?.code, outer?.error, outer?.results]).toEqual(['ALREADY_ALLOCATED', null, given('p', '10.0.0.0/27')]);
  });

  it('a pool that goes leaves its prefixes with the nodes, and takes them back when it returns', () => {
    const [, , , gone, kept, , , other] = run(
      upsert('p', ['10.0.0.0/24']),
      ready,
      give('a', 'p', 10),
      { op: 'deletePool', name: 'p', repeat: 1 },
      { op: 'allocated', node: 'a', repeat: 1 },
      upsert('p', ['10.0.0.0/24']),
      { op: 'allocated', node: 'a', repeat: 1 },
      give('b', 'p', 10),
    );
    expect([gone?.state.orphans, kept?.results]).toEqual(['1', given('p', '10.0.0.0/28')]);
    expect([other?.state.orphans, other?.results]).toEqual(['0', given('p', '10.0.0.16/28')]);
  });

  /** `pool_allocator_test.go`, `TestPoolAllocator`. */
  it('a node keeps what it had before a restart, others get the next; what it lets go of may go to whoever claims it', () => {
    const both = { maskSize4: 24, maskSize6: 96 };
    const cidrs = ['10.100.0.0/16', '10.200.0.0/16', 'fd00:100::/80', 'fc00:100::/80'];
    const node = (name: string, ipv4: number, ipv6: number, has: readonly string[]) =>
      ({
        op: 'allocateToNode',
        node: name,
        requested: ipv4 + ipv6 > 0 ? [{ pool: 'default', ipv4, ipv6 }] : [],
        allocated: [{ pool: 'default', cidrs: has }],
        repeat: 1,
      }) as CiliumPoolOperation;
    const old = ['fd00:100:0:0:0:10::/96', '10.100.20.0/24', '10.100.10.0/24'];
    const kept = ['10.100.20.0/24', 'fd00:100::10:0:0/96'];
    const stolen = ['10.100.10.0/24'];
    const begin = [node('1', 10, 10, old), node('2', 10, 10, []), node('3', 0, 0, stolen)];
    const later = [
      node('1', 10, 10, kept),
      node('3', 0, 0, stolen),
      { op: 'releaseNode', node: '2', repeat: 1 } as CiliumPoolOperation,
      node('3', 0, 0, ['10.100.0.0/24', ...stolen]),
      node('1', 300, 10, kept),
    ];
    const [, ...steps] = run(upsert('default', cidrs, both), ...begin, ready, ...begin, ...later);
    const codes = steps.map(({ error }) => error?.code ?? null);
    expect(codes.slice(0, 3)).toEqual(['NOT_READY', 'NOT_READY', 'NOT_READY']);
    expect(codes.slice(3)).toEqual([null, null, null, 'ALREADY_ALLOCATED', null, null, null, null, null]);
    const restored = ['10.100.10.0/24', '10.100.20.0/24', 'fd00:100::10:0:0/96'];
    expect([0, 1, 4, 5, 7, 8, 10, 11].map((index) => steps[index]?.results[0])).toEqual([
      ...given('default', ...restored),
      { allocated: {} },
      ...given('default', ...restored),
      ...given('default', '10.100.0.0/24', 'fd00:100::/96'),
      ...given('default', ...kept),
      ...given('default', ...stolen),
      ...given('default', '10.100.0.0/24', ...stolen),
      ...given('default', '10.100.1.0/24', ...kept),
    ]);
  });

  /** `pool_allocator_test.go`, `TestOrphanCIDRs`. */
  it('a family whose prefixes go is orphaned alone, and the other is given on; it goes on where it was when they return', () => {
    const both = { maskSize4: 24, maskSize6: 96 };
    const whole = upsert('p', ['10.100.0.0/16', 'fd00:100::/80'], both);
    const ask = (node: string) =>
      ({ op: 'allocateToNode', node, requested: [{ pool: 'p', ipv4: 10, ipv6: 10 }], allocated: [], repeat: 1 }) as CiliumPoolOperation;
    const has = (node: string): CiliumPoolOperation => ({ op: 'allocated', node, repeat: 1 });
    const steps = run(
      ready,
      whole,
      ask('1'),
      ask('2'),
      upsert('p', ['fd00:100::/80'], both),
      has('1'),
      ask('3'),
      whole,
      has('1'),
      ask('3'),
    );
    expect(steps[4]?.state.orphans).toBe('2');
    expect(steps[5]?.results).toEqual(given('p', '10.100.0.0/24', 'fd00:100::/96'));
    expect([steps[6]?.error?.code, steps[6]?.results]).toEqual(['POOL_EMPTY', given('p', 'fd00:100::2:0:0/96')]);
    expect([steps[7]?.state.orphans, steps[8]?.results]).toEqual(['0', given('p', '10.100.0.0/24', 'fd00:100::/96')]);
    expect([steps[9]?.error, steps[9]?.results]).toEqual([null, given('p', '10.100.2.0/24', 'fd00:100::3:0:0/96')]);
  });

  /** `node_handler_test.go`, TestOrphanCIDRsAfterRestart. */
  it('what a node has of a pool that went before a restart is nobody else’s until the pool returns', () => {
    const has = ['10.0.0.0/24', '10.0.1.0/24', '10.0.2.0/24'];
    const [before, after, , kept] = run(
      give('node', 'test-pool', 16, has),
      ready,
      upsert('test-pool', ['10.0.0.0/16'], { maskSize4: 24 }),
      { op: 'allocated', node: 'node', repeat: 1 },
    );
    expect([before?.error?.code, before?.state.orphans, after?.state.orphans]).toEqual(['NOT_READY', '3', '3']);
    expect([kept?.state.orphans, kept?.results]).toEqual(['0', given('test-pool', ...has)]);
  });

  /** `node_handler_test.go`, TestOrphanCIDRsReleased, and `pool_allocator_test.go`, TestUpdatePoolKeepOldCIDRs. */
  it('a node that lets go of what a smaller pool has no more gets nothing for it, while the rest suffices', () => {
    const all = ['10.0.0.0/28', '10.0.0.16/28', '10.0.0.32/28', '10.0.0.48/28'];
    const [, , four, shrunk, let2] = run(
      upsert('test-pool', all),
      ready,
      give('node', 'test-pool', 48),
      upsert('test-pool', all.slice(0, 2)),
      give('node', 'test-pool', 24, all.slice(0, 2)),
    );
    expect([four?.results, shrunk?.state.orphans]).toEqual([given('test-pool', ...all), '2']);
    expect([let2?.error, let2?.state.orphans, let2?.results]).toEqual([null, '0', given('test-pool', ...all.slice(0, 2))]);
  });

  /** `updateCIDRSets`: what is new is appended. */
  it('the prefixes a pool keeps are used before those it gets', () => {
    const change = upsert('p', ['10.1.0.0/28', '10.10.0.0/28']);
    const [, , , some] = run(upsert('p', ['10.10.0.0/28', '10.20.0.0/28']), ready, change, give('a', 'p', 10));
    expect(some?.results).toEqual(given('p', '10.10.0.0/28'));
  });

  /** `pkg/ipam/multipool_test.go`, `Test_neededIPCeil`. */
  it.each([
    [0, 1, '1'],
    [3, 1, '4'],
    [0, 16, '16'],
    [1, 16, '32'],
    [16, 16, '32'],
    [17, 16, '48'],
    [5, 0, '5'],
  ])('%i in use, %i ahead: %s', (inUse, preAlloc, needed) => {
    expect(run({ op: 'demand', inUse, preAlloc, repeat: 1 })[0]?.results).toEqual([needed]);
  });

  it.each<[object, string]>([
    [{ maskSize4: undefined }, '/operations/0/maskSize4'],
    [{ maskSize4: 23 }, '/operations/0/maskSize4'],
    [{ cidrs: ['10.0.0/24'] }, '/operations/0/cidrs/0'],
    [{ reserved: ['x'] }, '/operations/0/reserved/0'],
    // `pool_handler_test.go`, TestParseReservedRanges: "range outside pool CIDR", "range partially outside pool CIDR", "start greater than end".
    [{ reserved: ['10.0.0.5', '10.1.0.10-10.1.0.20'] }, '/operations/0/reserved/1'],
    [{ reserved: ['10.0.0.250-10.0.1.10'] }, '/operations/0/reserved/0'],
    [{ reserved: ['9.255.255.0-10.0.0.5'] }, '/operations/0/reserved/0'],
    [{ reserved: ['10.0.0.40-10.0.0.10'] }, '/operations/0/reserved/0'],
  ])('%j is refused at %s', (more, pointer) => {
    expect(finished(simulateCiliumPools(WORLD, [upsert('p', ['10.0.0.0/24'], more)]))).toMatchObject({
      ok: false,
      error: { errors: [{ pointer }] },
    });
  });

  /** `pkg/ipam/cidrset/cidr_set_test.go`, TestCIDRSetv6, "Max cluster subnet size with IPv6". */
  it('an IPv6 prefix of more than 2^16 parts is refused, and leaves the pool as it was', () => {
    const six = (...cidrs: readonly string[]) => upsert('p', cidrs, { maskSize4: undefined, maskSize6: 49 });
    const has = (cidr: string): CiliumPoolOperation => ({ op: 'poolHas', name: 'p', cidr, repeat: 1 });
    const [made, big, old, more] = run(six('dead::/33'), six('beef:1234::/32'), has('dead::/33'), has('beef:1234::/32'));
    expect([made?.error, big?.error?.code, old?.results, more?.results]).toEqual([null, 'SUBNET_TOO_BIG', [true], [false]]);
  });

  it('a demand of more prefixes than a simulation may touch is refused', () => {
    const steps = finished(simulateCiliumPools(WORLD, [upsert('p', ['10.0.0.0/8'], { maskSize4: 32 }), ready, give('a', 'p', 1_000_000)]));
    expect(steps).toMatchObject({ ok: false, error: { kind: 'limit-too-large' } });
  });
});

/** cilium/cilium `pkg/ipam/multipool_test.go`, Test_pendingAllocationsPerPool. */
describe('who waits for an address of an empty pool', () => {
  const want = (pool: string, owner: string, family: 4 | 6): CiliumPoolOperation => ({ op: 'want', pool, owner, family, repeat: 1 });
  const got = (pool: string, owner: string, family: 4 | 6): CiliumPoolOperation => ({ op: 'satisfied', pool, owner, family, repeat: 1 });
  const elapse = (seconds: number): CiliumPoolOperation => ({ op: 'elapse', seconds, repeat: 1 });
  const counts: readonly CiliumPoolOperation[] = (['test', 'other'] as const).flatMap((pool) =>
    ([4, 6] as const).map((family) => ({ op: 'pending', pool, family, repeat: 1 }) as const),
  );
  const begin = [
    want('test', 'default/xwing', 4),
    ...(['foo', 'bar'] as const).flatMap((owner) => [want('other', owner, 4), want('other', owner, 6)]),
    want('other', 'baz', 6),
  ];
  const again = [elapse(30), want('test', 'default/tiefighter', 4), want('other', 'foo', 4), want('other', 'foo', 6)];
  const waiting = (...operations: readonly CiliumPoolOperation[]) =>
    run(...operations, ...counts)
      .slice(-4)
      .flatMap(({ results }) => results);

  it.each<[string, readonly CiliumPoolOperation[], readonly number[]]>([
    ['each owner once', [...begin, ...begin], [1, 0, 2, 3]],
    ['those who asked again, and new ones', [...begin, ...again], [2, 0, 2, 3]],
    ['to the end of the last second', [...begin, elapse(300)], [1, 0, 2, 3]],
    ['not longer', [...begin, elapse(301)], [0, 0, 0, 0]],
    ['only those who asked again', [...begin, ...again, elapse(300)], [1, 0, 1, 1]],
    ['until they have it', [...begin, ...again, elapse(300), got('other', 'foo', 4), got('none', 'foo', 6)], [1, 0, 0, 1]],
  ])('%s', (_, operations, expected) => {
    expect(waiting(...operations)).toEqual(expected);
  });
});
