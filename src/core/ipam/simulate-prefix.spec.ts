import { describe, expect, it } from 'vitest';
import { finished } from '../kernel/steps.js';
import { type PrefixOperation, type PrefixWorld, simulatePrefix } from './simulate-prefix.js';

const world = (more: Partial<PrefixWorld>): PrefixWorld => ({
  isPool: false,
  vrf: null,
  status: 'active',
  markUtilized: false,
  addresses: [],
  ranges: [],
  children: [],
  ...more,
});
const prefixes = (...lengths: readonly number[]): PrefixOperation => ({
  op: 'allocatePrefix',
  items: lengths.map((prefixLength) => ({ prefixLength })),
  repeat: 1,
});
const ips = (count: number, prefixLength?: number): PrefixOperation => ({ op: 'allocateIp', count, prefixLength, repeat: 1 });
const free: PrefixOperation = { op: 'free', kind: 'prefix', repeat: 1 };

function run(begin: PrefixWorld, ...operations: readonly PrefixOperation[]) {
  const steps = finished(simulatePrefix(begin, operations));
  if (!steps.ok) throw new Error(steps.error.message);
  return steps.value.map(({ results, error }) => error?.code ?? results);
}

/** netbox-community/netbox `netbox/ipam/api/views.py`, `available-prefixes` and `available-ips`. */
describe('a prefix', () => {
  it('gives prefixes in the order in which they are asked for, each at the lowest gap that fits; all or none', () => {
    const begin = world({ prefix: '192.0.2.0/24', children: ['192.0.2.0/27'] });
    expect(run(begin, prefixes(25, 26, 25), prefixes(28, 26, 28), free)).toEqual([
      'POOL_EXHAUSTED',
      ['192.0.2.32/28', '192.0.2.64/26', '192.0.2.48/28'],
      ['192.0.2.128/25'],
    ]);
  });

  it('gives the lowest free addresses, all or none, of a prefix length of its own or longer', () => {
    const begin = world({ prefix: '192.0.2.0/29', addresses: [{ address: '192.0.2.2/29', vrf: null }] });
    expect(run(begin, ips(6), ips(2, 32), ips(1, 24), { op: 'releaseIp', address: '192.0.2.2', repeat: 1 }, ips(1))).toEqual([
      'POOL_EXHAUSTED',
      ['192.0.2.1/32', '192.0.2.3/32'],
      'INVALID_REQUEST',
      [],
      ['192.0.2.2'],
    ]);
  });

  it('of another VRF holds nothing here, but a global container sees every VRF', () => {
    const addresses = [{ address: '192.0.2.1', vrf: 'blue' }];
    expect(run(world({ prefix: '192.0.2.0/29', addresses }), ips(1))).toEqual([['192.0.2.1']]);
    expect(run(world({ prefix: '192.0.2.0/29', addresses, status: 'container' }), ips(1))).toEqual([['192.0.2.2']]);
  });

  it.each<[Partial<PrefixWorld>, string]>([
    [{}, '/world'],
    [{ prefix: '192.0.2.0/33' }, '/world/prefix'],
    [{ start: '192.0.2.9', end: '192.0.2.1' }, '/world/end'],
    [{ start: '192.0.2.9', end: '2001:db8::1' }, '/world/end'],
    [{ prefix: '192.0.2.0/24', children: ['192.0.2'] }, '/world/children/0'],
  ])('%j is refused at %s', (more, pointer) => {
    expect(finished(simulatePrefix(world(more), [ips(1)]))).toMatchObject({ ok: false, error: { errors: [{ pointer }] } });
  });
});
