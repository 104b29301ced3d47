import { describe, expect, it } from 'vitest';
import { assign, type Given, runCalico } from '../../../test/support/calico-simulation.js';
import { parseIp } from '../net/ip.js';
import { finished } from '../kernel/steps.js';
import type { CalicoOperation, CalicoPoolSpec, CalicoWorld } from './calico-simulation.js';
import { simulateCalico } from './simulate-calico.js';
import type { SimulatedStep } from './simulation-run.js';

const pool = (cidr: string, blockSize: number, more: Partial<CalicoPoolSpec> = {}): CalicoPoolSpec => ({
  cidr,
  blockSize,
  enabled: true,
  nodeSelector: 'all()',
  namespaceSelector: '',
  assignmentMode: 'Automatic',
  allowedUses: [],
  ...more,
});
const world = (more: Partial<CalicoWorld> = {}): CalicoWorld => ({
  pools: [pool('10.0.0.0/28', 30)],
  nodes: ['a', 'b'].map((name) => ({ name, labels: {} })),
  reservations: [],
  ...more,
  config: { strictAffinity: false, autoAllocateBlocks: true, maxBlocksPerHost: 0, cooldownSeconds: 0, ...more.config },
});
const auto = (node: string, num4: number, more: object = {}): CalicoOperation => ({
  op: 'autoAssign',
  node,
  num4,
  num6: 0,
  use: 'Workload',
  pools4: [],
  pools6: [],
  maxBlocks: 0,
  maxPerHandle: 0,
  repeat: 1,
  ...more,
});
const step = <Op extends CalicoOperation['op']>(op: Op, more: object) => ({ op, repeat: 1, ...more }) as unknown as CalicoOperation;

function last(ran: SimulatedStep | undefined) {
  return ran?.results.at(-1) as unknown as { readonly ipv4: Given; readonly ipv6: Given; readonly sequence: string };
}

function ipv4(ran: SimulatedStep | undefined): Given {
  return last(ran).ipv4;
}

/** projectcalico/calico `libcalico-go/lib/ipam/ipam.go`, `autoAssign`. */
describe('automatic assignment', () => {
  it('a node that finds no free block borrows from blocks of others, and says so when nothing is left', () => {
    const [, , full, more] = runCalico(world(), auto('a', 12), auto('b', 1), auto('b', 3), auto('b', 1));
    expect([full?.state, ipv4(full).messages]).toEqual([{ inUse: '16', borrowed: '0' }, []]);
    expect(ipv4(more)).toMatchObject({
      addresses: [],
      messages: ['No IPs available in pools: [10.0.0.0/28]'],
      partial: 'Assigned 0 out of 1 requested IPv4 addresses; No IPs available in pools: [10.0.0.0/28]',
    });
    const [, borrowing] = runCalico(world(), auto('a', 14), auto('b', 2));
    expect(borrowing?.state).toEqual({ inUse: '16', borrowed: '2' });
  });

  it('with strict affinity nobody borrows; the block limit fails without borrowing', () => {
    const strict = { strictAffinity: true, autoAllocateBlocks: true, maxBlocksPerHost: 0, cooldownSeconds: 0 };
    const [, starving] = runCalico(world({ config: strict }), auto('a', 14), auto('b', 2));
    expect(ipv4(starving)).toMatchObject({ addresses: [], messages: ['No more free affine blocks and strict affinity enabled'] });
    const [limited] = runCalico(world(), auto('a', 9, { maxBlocks: 2 }));
    expect([limited?.error?.code, ipv4(limited).addresses.length]).toEqual(['BLOCK_LIMIT', 8]);
  });

  it('an empty block of another node is taken over when its claim is a minute old', () => {
    const idle = [step('claimAffinity', { cidr: '10.0.0.0/28', node: 'a' }), auto('b', 1), step('blocks', { node: 'b' })];
    const [, young, none] = runCalico(world(), ...idle);
    expect([young?.state.borrowed, none?.results.length]).toEqual(['1', 0]);
    const [claim, ...rest] = idle as [CalicoOperation, ...CalicoOperation[]];
    const [, , old, own] = runCalico(world(), claim, step('elapse', { seconds: 60 }), ...rest);
    expect([old?.state.borrowed, own?.results.length]).toEqual(['0', 1]);
  });

  // findUsableBlock, "emptyBlocks": they are tried in the order in which the node looks at blocks.
  it('of several empty blocks the first behind the node’s own place is taken over', () => {
    const claims = ['10.0.0.12/30', '10.0.0.8/30', '10.0.0.4/30', '10.0.0.0/30'].map((cidr) => step('claimAffinity', { cidr, node: 'a' }));
    const [first] = runCalico(world(), auto('b', 1));
    const steps = runCalico(world(), ...claims, step('elapse', { seconds: 60 }), auto('b', 1));
    expect(ipv4(steps.at(-1)).addresses).toEqual(ipv4(first).addresses);
  });

  it('a block of another node that is in use is not taken over, however old its claim is', () => {
    const begin = world({ pools: [pool('10.0.0.0/30', 30)] });
    const steps = runCalico(begin, auto('a', 1), step('elapse', { seconds: 3600 }), auto('b', 1), step('blocks', { node: 'a' }));
    expect([steps[2]?.state.borrowed, steps[3]?.results.length]).toEqual(['1', 1]);
  });

  it('pools in their order, own blocks the lowest first, and the smaller of two limits', () => {
    const pools = [pool('10.1.0.0/30', 30), pool('10.0.0.0/30', 30)];
    expect(ipv4(runCalico(world({ pools }), auto('a', 1))[0]).addresses).toEqual(['10.1.0.0']);
    const claim = (cidr: string) => step('claimAffinity', { cidr, node: 'a' });
    expect(ipv4(runCalico(world(), claim('10.0.0.4/30'), claim('10.0.0.0/30'), auto('a', 1))[2]).addresses).toEqual(['10.0.0.0']);
    const config = { strictAffinity: true, autoAllocateBlocks: true, maxBlocksPerHost: 3, cooldownSeconds: 0 };
    expect(ipv4(runCalico(world({ config }), auto('a', 9, { maxBlocks: 1 }))[0]).addresses.length).toBe(4);
  });

  // `libcalico-go/lib/backend/k8s/resources/ipam_affinity_v1.go`: affinities are listed by name, `a-10-0-0-128-26` before `a-10-0-0-64-26`.
  it('own blocks in the order of their names', () => {
    const claim = (cidr: string) => step('claimAffinity', { cidr, node: 'a' });
    const begin = world({ pools: [pool('10.0.0.0/24', 26)] });
    expect(ipv4(runCalico(begin, claim('10.0.0.64/26'), claim('10.0.0.128/26'), auto('a', 65))[2]).addresses.slice(63)).toEqual([
      '10.0.0.191',
      '10.0.0.64',
    ]);
  });

  // `ipam_block_reader_writer.go`, determineSeed: by the name of the host, for blocks of one address by the time.
  it('which of the blocks of one address a node takes is chance, and told; those that it has are not', () => {
    const pools = [pool('10.0.0.0/28', 32), pool('10.0.1.0/28', 30)];
    const from = (block: string) => auto('a', 1, { pools4: [block], handle: 'h' });
    const steps = runCalico(
      world({ pools }),
      from('10.0.0.0/28'),
      from('10.0.1.0/28'),
      step('releaseByHandle', { handle: 'h' }),
      from('10.0.0.0/28'),
    );
    expect([0, 1, 3].map((index) => (ipv4(steps[index]) as Given & { blockByChance?: boolean }).blockByChance)).toEqual([
      true,
      false,
      false,
    ]);
  });

  it('a released address waits out the cooldown, then comes last', () => {
    const begin = world({
      pools: [pool('10.0.0.0/30', 30)],
      config: { strictAffinity: false, autoAllocateBlocks: true, maxBlocksPerHost: 0, cooldownSeconds: 30 },
    });
    const release = step('release', { items: [{ ip: '10.0.0.0' }] });
    const [, , early, , late] = runCalico(begin, auto('a', 4), release, auto('a', 1), step('elapse', { seconds: 30 }), auto('a', 1));
    expect([ipv4(early).addresses, ipv4(late).addresses]).toEqual([[], ['10.0.0.0']]);
  });

  it('reserved addresses are left out wherever they are, also by the half of a pool of 2^74 blocks', () => {
    const begin = world({ pools: [pool('fd00::/48', 122)], reservations: ['fd00::/49'] });
    const [given] = runCalico(begin, auto('a', 0, { num6: 1 }));
    expect(parseIp(last(given).ipv6.addresses[0]!)!.value >> 79n).toBe((0xfd00n << 33n) + 1n);
  });

  // `MaxAllocPerIPVersion`: "the maximum number of IPs per IP version (IPv4/IPv6) that can be allocated for this handle" (`ipam_types.go`)
  it('a handle that has as many as it may gets those that it has, of either family by itself', () => {
    const pools = [pool('10.0.0.0/28', 30), pool('fd00::/122', 126)];
    const again = { handle: 'h', maxPerHandle: 1 };
    const [had, more, other] = runCalico(
      world({ pools }),
      auto('a', 1, { handle: 'h' }),
      auto('a', 1, again),
      auto('a', 0, { num6: 1, ...again }),
    );
    expect([ipv4(more).addresses, more?.state.inUse]).toEqual([ipv4(had).addresses, '1']);
    expect([last(other).ipv6.addresses.length, other?.state.inUse]).toEqual([1, '2']);
  });

  it('asked for by itself, a reserved address is given; a second time it is not', () => {
    const steps = runCalico(world({ reservations: ['10.0.0.0/28'] }), auto('a', 1), assign('a', '10.0.0.3'), assign('b', '10.0.0.3'));
    expect(steps.map(({ error }) => error?.code ?? null)).toEqual([null, null, 'ALREADY_ALLOCATED']);
    expect(ipv4(steps[0]).addresses).toEqual([]);
  });
});

/** projectcalico/calico `libcalico-go/lib/ipam/ipam.go`, ClaimAffinity, ReleaseAffinity, and what `ipam_block_reader_writer_test.go` says of them. */
describe('affinities', () => {
  const claim = (cidr: string, node = 'a') => step('claimAffinity', { cidr, node });
  const giveUp = (block: string, mustBeEmpty = false, node = 'a') => step('releaseAffinity', { block, node, mustBeEmpty });
  const blocks = (ran: SimulatedStep | undefined) => ran?.results.map((block) => (block as { readonly cidr: string }).cidr);

  // "racing to release the affinities": of a /22 with sixteen blocks.
  it('all of the blocks of a prefix are given up, and others’ are not', () => {
    const steps = runCalico(
      world(),
      claim('10.0.0.0/29'),
      claim('10.0.0.8/30', 'b'),
      claim('10.0.0.12/30'),
      giveUp('10.0.0.0/28'),
      giveUp('10.0.0.8/30'),
      step('blocks', { node: 'b' }),
    );
    expect([steps[3]?.error, blocks(steps[5])]).toEqual([null, ['10.0.0.8/30']]);
  });

  it('the first of them that must be empty and is not ends it', () => {
    const steps = runCalico(world(), claim('10.0.0.0/28'), assign('a', '10.0.0.5'), giveUp('10.0.0.0/28', true), step('blocks', {}));
    expect(steps[2]?.error).toEqual({ code: 'BLOCK_NOT_EMPTY', message: "block '10.0.0.4/30' is not empty" });
    expect(blocks(steps[3])).toEqual(['10.0.0.4/30', '10.0.0.8/30', '10.0.0.12/30']);
  });

  it.each([
    ['10.9.0.0/30', 'NOT_IN_RANGE', 'The requested CIDR (10.9.0.0/30) is not within any configured pools.'],
    ['10.0.0.0/31', 'TOO_SMALL', 'The requested CIDR (10.0.0.0/31) is smaller than the minimum.'],
  ])('%s: of no pool, or of no whole block', (cidr, code, message) => {
    const disabled = world({ pools: [pool('10.0.0.0/28', 30), pool('10.9.0.0/28', 30, { enabled: false })] });
    const steps = runCalico(disabled, claim(cidr), giveUp(cidr));
    expect(steps.map(({ error }) => error)).toEqual([
      { code, message },
      { code, message },
    ]);
  });

  it('a node that may claim no blocks gets none, neither for addresses nor for itself', () => {
    const config = { strictAffinity: true, autoAllocateBlocks: false, maxBlocksPerHost: 0, cooldownSeconds: 0 };
    const ensure = step('ensureBlock', { node: 'a', family: 4, pools: [], reserveStart: 0, reserveEnd: 0 });
    const steps = runCalico(world({ config }), ensure, auto('a', 1), claim('10.0.0.4/30'), ensure);
    const refusal = { code: 'POOL_EXHAUSTED', message: 'failed to find or claim a block' };
    expect([steps[0]?.error, steps[1]?.error, steps[3]?.results]).toEqual([refusal, refusal, ['10.0.0.4/30']]);
  });

  // `findOrClaimBlock`: "Ignoring block, it is entirely reserved."
  it('a block of the node that is reserved as a whole is not the one that it is ensured of', () => {
    const ensure = step('ensureBlock', { node: 'a', family: 4, pools: [], reserveStart: 0, reserveEnd: 0 });
    const steps = runCalico(world({ reservations: ['10.0.0.0/30'] }), claim('10.0.0.0/29'), ensure);
    expect(steps[1]?.results).toEqual(['10.0.0.4/30']);
  });

  // `ipam_block.go`, assign.
  it('with strict affinity nobody gets an address of a block that is nobody’s', () => {
    const config = { strictAffinity: true, autoAllocateBlocks: true, maxBlocksPerHost: 0, cooldownSeconds: 0 };
    const steps = runCalico(world({ config }), assign('a', '10.0.0.1'), giveUp('10.0.0.0/30'), assign('a', '10.0.0.2'));
    expect(steps[2]?.error).toEqual({ code: 'STRICT_AFFINITY', message: 'Attempt to assign from block 10.0.0.0/30 with no affinity' });
  });

  // `updateBlock`: "Every time we update a block, increment its sequence number."
  it('the write that takes an affinity from a block counts for its sequence', () => {
    const of = (...more: readonly CalicoOperation[]) =>
      BigInt(last(runCalico(world(), assign('a', '10.0.0.1'), ...more, assign('a', '10.0.0.2')).at(-1)).sequence);
    expect(of(giveUp('10.0.0.0/30')) - of()).toBe(1n);
  });
});

/** projectcalico/calico `design/ipam/ipam-core-library.md`, "IP release and cooldown"; `ipam_block.go`, empty, release, garbageCollect. */
describe('an address that cools down', () => {
  const config = { strictAffinity: false, autoAllocateBlocks: true, maxBlocksPerHost: 0, cooldownSeconds: 100 };
  const begin = world({ pools: [pool('10.0.0.0/30', 30)], config });
  const free = (more: object = {}) => step('release', { items: [{ ip: '10.0.0.1', ...more }] });
  const later = step('elapse', { seconds: 100 });

  it('may be released once more, under the sequence that it had', () => {
    const { sequence } = last(runCalico(begin, assign('a', '10.0.0.1', 'h'))[0]);
    const steps = runCalico(
      begin,
      assign('a', '10.0.0.1', 'h'),
      free({ sequence, handle: 'h' }),
      free({ sequence, handle: 'h' }),
      later,
      free({ sequence }),
    );
    expect(steps.slice(1).map(({ error, results }) => error?.code ?? results)).toEqual([
      [{ unallocated: [], released: 1 }],
      [{ unallocated: ['10.0.0.1'], released: 0 }],
      [],
      'STALE_SEQUENCE',
    ]);
  });

  it('keeps its block from being empty: it is neither given up nor taken over', () => {
    const giveUp = step('releaseAffinity', { block: '10.0.0.0/30', node: 'a', mustBeEmpty: true });
    const steps = runCalico(begin, assign('a', '10.0.0.1'), step('elapse', { seconds: 60 }), free(), giveUp, auto('b', 1), later, giveUp);
    expect([steps[3]?.error?.code, steps[4]?.state.borrowed, steps[6]?.error?.code]).toEqual(['BLOCK_NOT_EMPTY', '1', 'BLOCK_NOT_EMPTY']);
    const done = runCalico(begin, assign('a', '10.0.0.1'), step('elapse', { seconds: 60 }), free(), later, giveUp, step('blocks', {}));
    expect([done[4]?.error, done[5]?.results]).toEqual([null, []]);
  });
});

/** projectcalico/calico `libcalico-go/lib/ipam/ipam_block.go`, `release`. */
describe('release', () => {
  it('an outdated sequence or another handle releases nothing of the block', () => {
    const [given] = runCalico(world(), assign('a', '10.0.0.1', 'h'));
    const { sequence } = last(given);
    const release = (guard: object) => step('release', { items: [{ ip: '10.0.0.2' }, { ip: '10.0.0.1', ...guard }] });
    const codes = [{ sequence: String(BigInt(sequence) + 1n) }, { handle: 'other' }, { sequence, handle: 'h' }].map(
      (guard) => runCalico(world(), assign('a', '10.0.0.1', 'h'), assign('a', '10.0.0.2'), release(guard))[2],
    );
    expect(codes.map((ran) => [ran?.error?.code ?? null, ran?.state.inUse])).toEqual([
      ['STALE_SEQUENCE', '2'],
      ['HANDLE_MISMATCH', '2'],
      [null, '0'],
    ]);
  });

  // `cni-plugin/pkg/ipamplugin/ipam_plugin.go`, cmdAdd; `shared/reference/ipam-dataplane.md` §3.1: half a dual-stack success is released and fails.
  it('a pod gets an address of each family that it asks, or none', () => {
    const add = (handle: string, families: readonly number[]) => step('addPod', { node: 'a', handle, families, pools4: [], pools6: [] });
    const pools = [pool('10.0.0.0/28', 30), pool('fd00::/128', 128)];
    const steps = runCalico(world({ pools }), add('h1', [4, 6]), add('h2', [4, 6]), step('ipsByHandle', { handle: 'h2' }), add('h3', [4]));
    expect(steps[0]).toMatchObject({ error: null, results: [{ addresses: [expect.stringMatching(/^10\.0\.0\./), 'fd00::'] }] });
    expect(steps[1]).toMatchObject({
      error: {
        code: 'POOL_EXHAUSTED',
        message: 'failed to request IPv6 addresses: Assigned 0 out of 1 requested IPv6 addresses; No IPs available in pools: [fd00::/128]',
      },
      results: [{ released: [expect.stringMatching(/^10\.0\.0\./)] }],
      state: { inUse: '2' },
    });
    expect([steps[2]?.error?.code, steps[3]?.error]).toEqual(['NOT_ALLOCATED', null]);
  });

  // `libcalico-go/lib/ipam/ipam.go`, `reservations`: a block is left out where all of it is reserved.
  it('a reservation that ends inside a block leaves the rest of the block', () => {
    const [ran] = runCalico(world({ reservations: ['10.0.0.0/29', '10.0.0.8/30', '10.0.0.12/31'] }), auto('a', 2));
    expect(ran?.results.at(-1)).toMatchObject({ ipv4: { addresses: ['10.0.0.14', '10.0.0.15'] } });
  });

  // `ReleaseIPs` releases block by block and tells the first error; what it frees elsewhere stays free.
  it('of other blocks it releases what it can', () => {
    const items = [{ ip: '10.0.0.1', handle: 'other' }, { ip: '10.0.0.5' }];
    const steps = runCalico(world(), assign('a', '10.0.0.1', 'h'), assign('a', '10.0.0.5'), step('release', { items }));
    expect([steps[2]?.error?.code, steps[2]?.state.inUse]).toEqual(['HANDLE_MISMATCH', '1']);
  });

  // `ReleaseIPs` looks for the block in the enabled pools, and elsewhere by the address.
  it('finds the block of an address whose pool is disabled and has other blocks since', () => {
    const other = step('setPool', { pool: pool('10.0.0.0/28', 29, { enabled: false }) });
    const steps = runCalico(world(), assign('a', '10.0.0.5'), other, step('release', { items: [{ ip: '10.0.0.5' }] }));
    expect(steps[2]?.results).toEqual([{ unallocated: [], released: 1 }]);
  });

  it('a block without owner goes with its last address', () => {
    const steps = runCalico(
      world(),
      assign('a', '10.0.0.1', 'h'),
      step('releaseHostAffinities', { node: 'a', mustBeEmpty: false }),
      step('blocks', {}),
      step('releaseByHandle', { handle: 'h' }),
      step('blocks', {}),
    );
    expect([steps[2]?.results, steps[3]?.results, steps[4]?.results]).toEqual([
      [{ cidr: '10.0.0.0/30', node: null, held: ['10.0.0.1'] }],
      [{ released: 1 }],
      [],
    ]);
  });
});

describe('input', () => {
  it.each<[object, string]>([
    [{ pools: [pool('10.0.0.0/28', 19)] }, '/world/pools/0/blockSize'],
    [{ pools: [pool('10.0.0.0/28', 26)] }, '/world/pools/0/blockSize'],
    [{ pools: [pool('10.0.0.0/33', 26)] }, '/world/pools/0/cidr'],
    [{ pools: [pool('10.0.0.0/28', 30, { nodeSelector: 'has(' })] }, '/world/pools/0/nodeSelector'],
    [{ reservations: ['10.0.0.0', 'ten'] }, '/world/reservations/1'],
    [
      { config: { strictAffinity: false, autoAllocateBlocks: true, maxBlocksPerHost: 2, cooldownSeconds: 0 } },
      '/world/config/maxBlocksPerHost',
    ],
  ])('%j is refused at %s', (more, pointer) => {
    const steps = finished(simulateCalico(world(more), [auto('a', 1)]));
    expect(steps).toMatchObject({ ok: false, error: { kind: 'invalid-request', errors: [{ pointer }] } });
  });

  it('a claim of more blocks than a simulation may touch is refused', () => {
    const steps = finished(
      simulateCalico(world({ pools: [pool('10.0.0.0/8', 32)] }), [step('claimAffinity', { cidr: '10.0.0.0/8', node: 'a' })]),
    );
    expect(steps).toMatchObject({ ok: false, error: { kind: 'limit-too-large' } });
  });
});
