import { describe, expect, it } from 'vitest';
import { finished } from '../kernel/steps.js';
import { type HostLocalOperation, type HostLocalWorld, simulateHostLocal } from './simulate-host-local.js';

const world = (more: Partial<HostLocalWorld>): HostLocalWorld => ({ args: '', reserved: [], lastReserved: [], ...more });
const allocate = (id: string, ip?: string): HostLocalOperation => ({ op: 'allocate', id, ip, repeat: 1 });

function run(begin: HostLocalWorld, ...operations: readonly HostLocalOperation[]) {
  const steps = finished(simulateHostLocal(begin, operations));
  if (!steps.ok) throw new Error(steps.error.message);
  return steps.value.map(
    ({ results, error }) => error?.code ?? results.map((one) => (typeof one === 'string' ? one : JSON.stringify(one))).join(' '),
  );
}

/** containernetworking/plugins `plugins/ipam/host-local/backend/allocator/allocator.go`. */
describe('host-local', () => {
  it('goes round through the ranges of a set, never giving a gateway, and an address released comes when its turn comes', () => {
    const begin = world({ rangeSets: [[{ subnet: '10.0.0.0/30' }, { subnet: '10.0.1.0/29', rangeEnd: '10.0.1.3' }]] });
    const operations = [
      allocate('a'),
      allocate('b'),
      { op: 'release', id: 'a', repeat: 1 },
      allocate('c'),
      allocate('d'),
      allocate('e'),
    ] as const;
    expect(run(begin, ...operations)).toEqual(['10.0.0.2', '10.0.1.2', '{"released":1}', '10.0.1.3', '10.0.0.2', 'POOL_EXHAUSTED']);
  });

  it('gives one address of each set, and none where one of them is full', () => {
    const begin = world({ rangeSets: [[{ subnet: '10.0.0.0/24' }], [{ subnet: 'fd00::/126', rangeEnd: 'fd00::2' }]] });
    expect(run(begin, allocate('a'), allocate('b'), allocate('c', 'fd00::2'), allocate('d', '192.0.2.1'))).toEqual([
      '10.0.0.2 fd00::2',
      'POOL_EXHAUSTED',
      'ALREADY_ALLOCATED',
      'NOT_IN_RANGE',
    ]);
  });

  it('reads a configuration of CNI, and the address that CNI_ARGS asks for', () => {
    const config = { cniVersion: '1.0.0', name: 'n', ipam: { type: 'host-local', subnet: '10.244.1.0/24' } };
    expect(run(world({ config, args: 'K8S_POD_NAME=p;IP=10.244.1.77' }), allocate('a'))).toEqual(['10.244.1.77']);
  });

  it.each<[Partial<HostLocalWorld>, string, string]>([
    [{}, '/world', 'either'],
    [{ config: { name: 'n' } }, '/world/config', "missing 'ipam'"],
    [{ config: { ipam: { type: 'host-local' } } }, '/world/config', 'no IP ranges specified'],
    [{ rangeSets: [[{ subnet: '10.0.0.1/24' }]] }, '/world/rangeSets/0', 'host bits set'],
    [{ rangeSets: [[{ subnet: '10.0.0.0/24', gateway: 'x' }]] }, '/world/rangeSets/0', 'not v4 nor v6'],
    // `config_test.go`, "Should error on overlapping ranges": sets may not meet either.
    [
      { rangeSets: [[{ subnet: '10.0.0.0/24' }, { subnet: '10.2.0.0/24' }], [{ subnet: '10.2.0.0/16' }]] },
      '/world/rangeSets/1',
      'range set 0 overlaps with 1',
    ],
    [{ rangeSets: [[{ subnet: '10.0.0.0/24' }]], reserved: ['x'] }, '/world/reserved/0', 'no address'],
  ])('%j is refused at %s', (more, pointer, text) => {
    const steps = finished(simulateHostLocal(world(more), [allocate('a')]));
    expect(steps).toMatchObject({ ok: false, error: { errors: [{ pointer }] } });
    expect(steps.ok || steps.error.message).toContain(text);
  });

  it('a /64 is searched without walking it', () => {
    const begin = world({ rangeSets: [[{ subnet: 'fd00::/64' }]], lastReserved: ['fd00::ffff:ffff:ffff:ffff'] });
    expect(run(begin, allocate('a'))).toEqual(['fd00::2']);
  });
});
