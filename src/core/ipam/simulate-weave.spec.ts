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

  it('gives the lowest free address of the peer’s own', () => {
    const [three, freed, next] = run(
      { range: '10.32.0.0/24', peers: ['a'] },
      { op: 'allocate', repeat: 3 },
      { op: 'free', ip: '10.32.0.1' },
      { op: 'allocate' },
    );
    expect(three?.results).toEqual(['10.32.0.0', '10.32.0.1', '10.32.0.2']);
    expect(freed?.error).toBeNull();
    expect(next?.results).toEqual(['10.32.0.1']);
  });

  it('lets a peer without space ask another one, which gives half of what it has', () => {
    const [late, ring] = run({ range: '10.32.0.0/28', peers: ['a'] }, { op: 'allocate', peer: 'late' }, { op: 'ring' });
    expect(late?.results).toEqual(['10.32.0.8']);
    expect(ring?.results).toEqual(owned(['a', '8', ['10.32.0.0-10.32.0.7']], ['late', '7', ['10.32.0.8-10.32.0.15']]));
  });

  it('is exhausted when no peer has anything left', () => {
    const [all, one] = run({ range: '10.32.0.0/30', peers: ['a', 'b'] }, { op: 'allocate', repeat: 4 }, { op: 'allocate', peer: 'b' });
    expect(all?.results).toHaveLength(4);
    expect(one?.error?.code).toBe('POOL_EXHAUSTED');
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
    ['/operations/0/ip', { range: '10.32.0.0/29', peers: [] }, { op: 'claim', ip: 'x' }],
    ['/operations/0/within', { range: '10.32.0.0/29', peers: [] }, { op: 'allocate', within: '10.0.0.9-10.0.0.1' }],
  ] as const)('names the member that cannot be read: %s', (pointer, world, operation) => {
    const steps = finished(simulateWeave(world, [{ peer: 'a', repeat: 1, ...operation }]));
    expect(steps).toMatchObject({ ok: false, error: { errors: [{ pointer }] } });
  });
});
