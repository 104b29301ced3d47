import { describe, expect, it } from 'vitest';
import { finished } from '../kernel/steps.js';
import { type CiliumPoolOperation, simulateCiliumPools } from './simulate-cilium-pools.js';

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
  const steps = finished(simulateCiliumPools(operations));
  if (!steps.ok) throw new Error(steps.error.message);
  return steps.value;
}

const given = (pool: string, ...cidrs: readonly string[]) => [{ allocated: { [pool]: cidrs } }];

/** cilium/cilium `operator/pkg/ipam/allocator/multipool/pool_allocator.go`. */
describe('the pools of Cilium’s operator', () => {
  it.each([
    [['10.0.0.0/24', '10.0.0.0/24'], 'requested CIDR 10.0.0.0/24 collides with 10.0.0.0/24'],
    [['10.0.0.0/25', '10.1.0.0/24', '10.0.0.0/24'], 'requested CIDR 10.0.0.0/25 collides with 10.0.0.0/24'],
  ])('refuse prefixes that share an address: %j', (cidrs, message) => {
    const [refused] = run(upsert('p', cidrs));
    expect(refused?.error).toEqual({ code: 'RANGE_OVERLAP', message });
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

  it('leave out reserved parts, and count the ends of a prefix where pods may have them', () => {
    const more = { reserved: ['10.0.0.4/30'], allowFirst: true, allowLast: true };
    const [, , sixteen] = run(upsert('p', ['10.0.0.0/24'], more), ready, give('a', 'p', 16));
    expect(sixteen?.results).toEqual(given('p', '10.0.0.16/28'));
  });

  it('give nothing before all nodes have said what they have; what two nodes claim goes to the first', () => {
    const [, first, second] = run(upsert('p', ['10.0.0.0/24']), give('a', 'p', 10, ['10.0.0.0/28']), give('b', 'p', 10, ['10.0.0.0/28']));
    expect([first?.error?.code, first?.results]).toEqual(['NOT_READY', given('p', '10.0.0.0/28')]);
    expect(second?.error).toMatchObject({ code: 'ALREADY_ALLOCATED' });
    expect(second?.error?.message).toContain('cidr 10.0.0.0/28 has already been allocated');
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
  ])('%j is refused at %s', (more, pointer) => {
    expect(finished(simulateCiliumPools([upsert('p', ['10.0.0.0/24'], more)]))).toMatchObject({
      ok: false,
      error: { errors: [{ pointer }] },
    });
  });

  it('a demand of more prefixes than a simulation may touch is refused', () => {
    const steps = finished(simulateCiliumPools([upsert('p', ['10.0.0.0/8'], { maskSize4: 32 }), ready, give('a', 'p', 1_000_000)]));
    expect(steps).toMatchObject({ ok: false, error: { kind: 'limit-too-large' } });
  });
});
