import { describe, expect, it } from 'vitest';
import { finished } from '../kernel/steps.js';
import { simulateWeave, type WeaveOperation, type WeaveWorld } from './simulate-weave.js';

function run(world: WeaveWorld, ...operations: readonly (Partial<WeaveOperation> & { readonly op: WeaveOperation['op'] })[]) {
  const steps = finished(
    simulateWeave(
      world,
      operations.map((operation) => ({ peer: 'a', repeat: 1, ...operation }) as WeaveOperation),
    ),
  );
  if (!steps.ok) throw new Error(steps.error.message);
  return steps.value;
}

const owned = (...peers: readonly (readonly [string, string, readonly string[]])[]) =>
  peers.map(([peer, free, ranges]) => ({ peer, free, owned: ranges }));

/** weaveworks/weave `ipam/ring/ring.go` and `ipam/space/space.go`. */
describe('a simulated Weave Net', () => {
  it('shares the range out to the seeds, halving it', () => {
    const [ring] = run({ range: '10.32.0.0/24', peers: ['a', 'b', 'c'] }, { op: 'ring' });
    expect(ring?.results).toEqual(
      owned(['a', '128', ['10.32.0.0-10.32.0.127']], ['b', '64', ['10.32.0.128-10.32.0.191']], ['c', '64', ['10.32.0.192-10.32.0.255']]),
    );
  });

  // ipam/paxos/paxos.go, Consensus; prog/weaver/main.go, determineQuorum: half of the expected peers and one more.
  it('is begun by a majority of the peers that were expected, without a seed list; who comes later has nothing', () => {
    const world = { range: '10.32.0.0/24', peers: [] };
    const [early, none, agreed, again, late] = run(
      world,
      { op: 'elect', peer: 'c', with: ['c'], expected: 3 },
      { op: 'allocate', peer: 'c' },
      { op: 'elect', peer: 'c', with: ['a', 'a'], expected: 3 },
      { op: 'elect', peer: 'b', with: ['c', 'a'], expected: 3 },
      { op: 'allocate', peer: 'b' },
    );
    expect([early?.error?.code, none?.error?.code]).toEqual(['NO_QUORUM', 'POOL_EXHAUSTED']);
    const halves = owned(['c', '128', ['10.32.0.128-10.32.0.255']], ['a', '128', ['10.32.0.0-10.32.0.127']]);
    expect(agreed?.results).toEqual(halves);
    expect(again?.results).toEqual(halves);
    expect(late?.results).toHaveLength(1);
  });

  it('gives the lowest free address of the peer’s own', () => {
    const [three, freed, next] = run(
      { range: '10.32.0.0/24', peers: ['a'] },
      { op: 'allocate', repeat: 3 },
      { op: 'free', ip: '10.32.0.1' },
      { op: 'allocate' },
    );
    expect(three?.results).toEqual(['10.32.0.1', '10.32.0.2', '10.32.0.3']);
    expect(freed?.error).toBeNull();
    expect(next?.results).toEqual(['10.32.0.1']);
  });

  it('lets a peer without space ask another one, which gives half of what it has', () => {
    const [late, ring] = run({ range: '10.32.0.0/28', peers: ['a'] }, { op: 'allocate', peer: 'late' }, { op: 'ring' });
    expect(late?.results).toEqual(['10.32.0.8']);
    expect(ring?.results).toEqual(owned(['a', '8', ['10.32.0.0-10.32.0.7']], ['late', '7', ['10.32.0.8-10.32.0.15']]));
  });

  // net/address/address.go, HostRange ("Respect RFC1122 exclusions of first and last addresses"); ipam/allocate.go, Try.
  it('is exhausted when no peer has anything left that a container may get', () => {
    const [all, one] = run({ range: '10.32.0.0/30', peers: ['a', 'b'] }, { op: 'allocate', repeat: 2 }, { op: 'allocate', peer: 'b' });
    expect(all?.results).toEqual(['10.32.0.1', '10.32.0.2']);
    expect(one?.error?.code).toBe('POOL_EXHAUSTED');
  });

  // ipam/allocator_test.go, TestAllocFree: addresses of two subnets of one range, and again once they are free.
  it('gives neither the first nor the last address of a subnet', () => {
    const subnets = ['10.0.3.0/28', '10.0.3.32/28'].map((within) => ({ op: 'allocate', within }) as const);
    const freed = ['10.0.3.1', '10.0.3.33'].map((ip) => ({ op: 'free', ip }) as const);
    const last = { op: 'allocate', within: '10.0.3.32/28', repeat: 13 } as const;
    const ran = run({ range: '10.0.3.0/26', peers: ['a'] }, ...subnets, ...freed, ...subnets, last, {
      op: 'allocate',
      within: last.within,
    });
    const given = ran.flatMap(({ results }) => results);
    expect(given.slice(0, 4)).toEqual(['10.0.3.1', '10.0.3.33', '10.0.3.1', '10.0.3.33']);
    expect([given.at(-1), ran.at(-1)?.error?.code]).toEqual(['10.0.3.46', 'POOL_EXHAUSTED']);
  });

  // ipam/claim.go, Try: who claims an address of another peer asks that one for it, and is told who has it where it was given out.
  it('gives an address that is named to the peer that asks, whoever owns it', () => {
    const [claimed, ring, taken, denied] = run(
      { range: '10.32.0.0/29', peers: ['a', 'b'] },
      { op: 'claim', ip: '10.32.0.6' },
      { op: 'ring' },
      { op: 'allocate', peer: 'b' },
      { op: 'claim', ip: '10.32.0.4' },
    );
    expect([claimed?.error, taken?.results]).toEqual([null, ['10.32.0.4']]);
    expect(ring?.results).toEqual(
      owned(['a', '4', ['10.32.0.0-10.32.0.3', '10.32.0.6']], ['b', '3', ['10.32.0.4-10.32.0.5', '10.32.0.7']]),
    );
    expect(denied?.error).toMatchObject({ code: 'ALREADY_ALLOCATED', message: expect.stringContaining('owned by the peer b') });
  });

  // ipam/allocator_test.go, TestAllocatorClaim, "Check an address outside of our universe"; ipam/claim.go, Try: no other peer is asked.
  it('lets a peer claim an address outside of the range, once', () => {
    const claim = (peer: string) => ({ op: 'claim', peer, ip: '10.0.4.2' }) as const;
    const free = (peer: string) => ({ op: 'free', peer, ip: '10.0.4.2' }) as const;
    const steps = [claim('a'), claim('a'), claim('b'), free('a'), free('a'), claim('a')];
    const ran = run({ range: '10.0.3.0/24', peers: ['a', 'b'] }, ...steps, { op: 'freeIn' });
    expect(ran.map(({ error, results }) => error?.code ?? results)).toEqual([
      [],
      'ALREADY_ALLOCATED',
      [],
      [],
      'NOT_ALLOCATED',
      [],
      ['128'],
    ]);
  });

  it('gives what a dead peer had to who removes it, its containers’ addresses too', () => {
    const [, , ring] = run(
      { range: '10.32.0.0/29', peers: ['a', 'b'] },
      { op: 'allocate', peer: 'b' },
      { op: 'removePeer', peer: 'b', by: 'a' },
      { op: 'ring' },
    );
    expect(ring?.results).toEqual(owned(['a', '8', ['10.32.0.0-10.32.0.7']]));
  });

  it('refuses what is not free, and to free what nobody has', () => {
    const [first, again, foreign] = run(
      { range: '10.32.0.0/29', peers: ['a'] },
      { op: 'claim', ip: '10.32.0.3' },
      { op: 'claim', ip: '10.32.0.3' },
      { op: 'free', ip: '10.32.0.4' },
    );
    expect([first, again, foreign].map((step) => step?.error?.code ?? null)).toEqual([null, 'ALREADY_ALLOCATED', 'NOT_ALLOCATED']);
  });

  it.each([
    ['/world/range', { range: 'ten', peers: [] }, { op: 'ring' }],
    // ipam/allocator.go, MinSubnetSize; net/address/address.go, ParseCIDR: "Non-IPv4 address not supported".
    ['/world/range', { range: '10.32.0.0/31', peers: [] }, { op: 'ring' }],
    ['/world/range', { range: 'fd00::/64', peers: [] }, { op: 'ring' }],
    ['/operations/0/within', { range: '10.32.0.0/29', peers: [] }, { op: 'allocate', within: '10.32.0.2/31' }],
    ['/operations/0/ip', { range: '10.32.0.0/29', peers: [] }, { op: 'claim', ip: 'x' }],
    ['/operations/0/within', { range: '10.32.0.0/29', peers: [] }, { op: 'allocate', within: '10.0.0.9-10.0.0.1' }],
  ] as const)('names the member that cannot be read: %s', (pointer, world, operation) => {
    const steps = finished(simulateWeave(world, [{ peer: 'a', repeat: 1, ...operation }]));
    expect(steps).toMatchObject({ ok: false, error: { errors: [{ pointer }] } });
  });
});

/** Rows of weaveworks/weave `ipam/space/space_test.go`; its ranges end before `End`, those here with their last address. */
describe('the space of a peer', () => {
  const world = { range: '10.0.0.0/16', peers: [] };
  type Step = Parameters<typeof run>[1];
  const many = (count: number, step: (index: number) => Step) => Array.from({ length: count }, (_, index) => step(index));
  const free = (...ips: readonly string[]) => ips.map((ip): Step => ({ op: 'free', ip }));
  const last = (...steps: readonly Step[]) => {
    const ran = run(world, ...steps).at(-1);
    return ran?.error?.code ?? ran?.results[0];
  };
  const range = (start: string, end: string, size: number) => ({ start: `10.0.${start}`, end: `10.0.${end}`, size: String(size) });
  const count: Step = { op: 'freeIn' };

  it('counts what is free, and donates the biggest aligned part of it (TestLowlevel)', () => {
    const add: Step = { op: 'add', range: '10.0.0.100-10.0.0.199' };
    const steps: Step[] = [add, count, { op: 'allocate' }, count, { op: 'claim', ip: '10.0.0.150' }, count, ...free('10.0.0.100'), count];
    expect(run(world, ...steps).map(({ results }) => results[0])).toEqual([
      undefined,
      '100',
      '10.0.0.100',
      '99',
      undefined,
      '98',
      undefined,
      '99',
    ]);
    expect(last({ op: 'allocate' })).toBe('POOL_EXHAUSTED');
    expect(last(...steps, ...free('10.0.0.0'))).toBe('NOT_ALLOCATED');
    expect(last(...steps, ...free('10.0.0.100'))).toBe('NOT_ALLOCATED');
    expect(last(...steps, { op: 'donate' })).toEqual(range('0.160', '0.191', 32));
  });

  it('donates what is scarce, once (TestLowlevel)', () => {
    const scarce: Step[] = [
      { op: 'add', range: '10.0.0.0-10.0.0.2' },
      { op: 'claim', ip: '10.0.0.0' },
      { op: 'claim', ip: '10.0.0.2' },
    ];
    expect(last({ op: 'donate' })).toBe('POOL_EXHAUSTED');
    expect(last(...scarce, { op: 'donate' })).toEqual(range('0.1', '0.1', 1));
    expect(last(...scarce, { op: 'donate' }, { op: 'donate' })).toBe('POOL_EXHAUSTED');
  });

  it('counts a part (TestSpaceAllocate)', () => {
    const two: Step[] = [
      { op: 'add', range: '10.0.3.4-10.0.3.23' },
      { op: 'allocate', repeat: 2 },
    ];
    expect(last(...two, { op: 'freeIn', within: '10.0.3.4-10.0.3.18' })).toBe('13');
    expect(last(...two, { op: 'freeIn', within: '10.0.3.4-10.0.9.18' })).toBe('18');
    for (const ip of ['10.0.3.5', '10.0.3.19', '10.0.9.19']) expect(last(...two, ...free('10.0.3.5', ip))).toBe('NOT_ALLOCATED');
  });

  it('knows its biggest aligned free range, of equal ones the last (TestSpaceFree)', () => {
    const fresh: Step = { op: 'add', range: '10.0.3.16-10.0.3.31' };
    expect(last(fresh, { op: 'biggest' })).toEqual(range('3.16', '3.31', 16));
    const full: Step[] = [fresh, { op: 'allocate', repeat: 16 }];
    expect([last(...full, { op: 'allocate' }), last(...full, { op: 'donate' })]).toEqual(['POOL_EXHAUSTED', 'POOL_EXHAUSTED']);
    const freed = ['10.0.3.23', '10.0.3.31', '10.0.3.30', '10.0.3.29', '10.0.3.24', '10.0.3.22', '10.0.3.21'];
    const biggest = (freeing: number) => last(...full, ...free(...freed.slice(0, freeing)), { op: 'biggest' });
    expect(biggest(1)).toEqual(range('3.23', '3.23', 1));
    expect(biggest(2)).toEqual(range('3.31', '3.31', 1));
    expect(biggest(4)).toEqual(range('3.30', '3.31', 2));
    expect(biggest(7)).toEqual(range('3.30', '3.31', 2));
    expect(last(...full, ...free(...freed), count)).toBe('7');
    expect(last(...full, ...free(...freed), { op: 'ring' })).toMatchObject({ owned: ['10.0.3.16-10.0.3.31'] });
  });

  it('donates halves until nothing is left (TestDonateSimple)', () => {
    const fresh: Step = { op: 'add', range: '10.0.1.0-10.0.1.63' };
    expect(last(fresh, { op: 'donate' })).toEqual(range('1.32', '1.63', 32));
    expect(last(fresh, { op: 'donate' }, count)).toBe('32');
    const ran = run(world, fresh, ...many(64, () => ({ op: 'donate' })), count);
    const sizes = ran.slice(1, -1).flatMap(({ results }) => results as unknown as readonly { readonly size: string }[]);
    expect(sizes.reduce((sum, { size }) => sum + Number(size), 0)).toBe(64);
    expect(ran.at(-1)?.results).toEqual(['0']);
  });

  it('donates an aligned part of what is split (TestDonateHard)', () => {
    const split: Step[] = [
      { op: 'add', range: '10.0.1.0-10.0.1.47' },
      { op: 'allocate', repeat: 48 },
      ...many(47, (index) => ({ op: 'free', ip: `10.0.1.${index}` })),
      { op: 'donate' },
    ];
    expect(last(...split)).toEqual(range('1.16', '1.31', 16));
    expect(last(...split, count)).toBe('31');
    expect(last(...split, { op: 'ring' })).toMatchObject({ owned: ['10.0.1.0-10.0.1.15', '10.0.1.32-10.0.1.47'] });
  });
});
