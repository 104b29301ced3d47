import { describe, expect, it } from 'vitest';
import { addressCluster } from '../../../test/support/address-cluster.js';
import { modelOf } from '../../../test/support/model.js';
import { finished } from '../kernel/steps.js';
import { parseCidr } from '../net/cidr.js';
import { parseIp } from '../net/ip.js';
import { AllocationBook } from './allocation-book.js';
import { lookAtPrefix, type PrefixQuestion } from './look-at-prefix.js';

const MODEL = addressCluster(
  `
  node a 192.168.0.1 10.244.1.0/24
  node b 192.168.0.2 10.244.2.0/24
  pod web a 10.244.1.2
  pod api a 10.244.1.3
  pod db b 10.244.2.9
  service kubernetes 10.96.0.1`,
  { cni: { plugin: 'flannel' } },
);

const given = (ip: string, identifier: string, sequence: number, prefixLength?: number) => ({
  pool: 'pods.10.244.0.0_16',
  plane: 'pod' as const,
  ip: parseIp(ip)!,
  prefixLength,
  identifier,
  owner: null,
  byName: true,
  sequence,
  allocatedAt: '2026-01-01T00:00:00Z',
  allocatedBy: 't',
});
const BOOK = AllocationBook.after(2, [given('10.244.1.100', 'vip', 1), given('10.244.8.0', 'team-a', 2, 22)]);

const ask = (text: string, more: Partial<PrefixQuestion> = {}) =>
  finished(lookAtPrefix(MODEL, BOOK, { prefix: parseCidr(text)!, depth: 1, limit: 100, ...more }));

/** The tree, the filters and the cursor of shared/reference/ipam-dataplane.md §14; numbers follow from §2: host-local gives .2 to .254 of a /24. */
describe('what a prefix is to a cluster', () => {
  it('a pool has the ranges of nodes and what was handed out in it', () => {
    const { verdict, result } = ask('10.244.0.0/16');
    expect(verdict).toBe('PARTLY_USED');
    expect(result).toMatchObject({ size: '65536', parents: [], childCount: 3 });
    expect(result.same).toMatchObject([{ kind: 'pool', name: 'pods.10.244.0.0_16', plane: 'pod' }]);
    expect(result.children.map(({ prefix, kind, name, parent, depth }) => [prefix, kind, name, parent, depth])).toEqual([
      ['10.244.1.0/24', 'nodeRange', 'a', '10.244.0.0/16', 1],
      ['10.244.2.0/24', 'nodeRange', 'b', '10.244.0.0/16', 1],
      ['10.244.8.0/22', 'allocation', 'team-a', '10.244.0.0/16', 1],
    ]);
  });

  it('around the range of a node is its pool, and it is as full as that part of the pool', () => {
    const { result } = ask('10.244.1.0/24');
    expect(result.same).toMatchObject([{ kind: 'nodeRange', name: 'a', object: { kind: 'Node' } }]);
    expect(result.parents.map(({ prefix }) => prefix)).toEqual(['10.244.0.0/16']);
    expect(result.pools).toMatchObject([
      { relation: 'contains', capacity: '253', used: '3', available: '250', fragments: 2, largestFree: '154' },
    ]);
    expect(result.pools[0]?.freeRanges).toEqual(['10.244.1.4-10.244.1.99', '10.244.1.101-10.244.1.254']);
    expect(result.pools[0]?.freePrefixes.slice(0, 2)).toEqual(['10.244.1.128/26', '10.244.1.32/27']);
  });

  it('tells levels apart as far as it is asked', () => {
    expect(ask('10.0.0.0/8').result.children.map(({ prefix }) => prefix)).toEqual(['10.96.0.0/24', '10.244.0.0/16']);
    expect(
      ask('10.0.0.0/8', { depth: 2, plane: 'pod' }).result.children.map(({ prefix, parent, depth }) => [prefix, parent, depth]),
    ).toEqual([
      ['10.244.0.0/16', '10.0.0.0/8', 1],
      ['10.244.1.0/24', '10.244.0.0/16', 2],
      ['10.244.2.0/24', '10.244.0.0/16', 2],
      ['10.244.8.0/22', '10.244.0.0/16', 2],
    ]);
    expect(ask('10.0.0.0/8', { depth: 0 }).result.childCount).toBe(0);
  });

  it('lists who has addresses, by state, owner and plane, page by page', () => {
    const lines = (more: Partial<PrefixQuestion>) => {
      const { addresses, next } = ask('10.0.0.0/8', more).result;
      return [...addresses.map(({ ip, state, owners: [owner] }) => `${ip} ${state} ${owner?.name ?? ''}`), next];
    };
    expect(lines({})).toEqual([
      '10.96.0.1 used Service t/kubernetes',
      '10.244.1.2 used Pod t/web',
      '10.244.1.3 used Pod t/api',
      '10.244.1.100 allocated vip',
      '10.244.2.9 used Pod t/db',
      null,
    ]);
    expect(lines({ limit: 2 })).toEqual(['10.96.0.1 used Service t/kubernetes', '10.244.1.2 used Pod t/web', '10.244.1.2']);
    expect(lines({ limit: 2, after: parseIp('10.244.1.100') })).toEqual(['10.244.2.9 used Pod t/db', null]);
    expect(lines({ state: 'allocated' })).toEqual(['10.244.1.100 allocated vip', null]);
    expect(lines({ owner: 'db' })).toEqual(['10.244.2.9 used Pod t/db', null]);
    expect(lines({ plane: 'service' })).toEqual(['10.96.0.1 used Service t/kubernetes', null]);
  });

  it('of one plane looks at that alone: prefixes of others are not around its own, and who has an address there is nobody here', () => {
    const model = addressCluster('service kubernetes 10.240.0.1', { serviceCIDRs: ['10.240.0.0/12'] });
    const resting = { allocation: given('10.244.1.7', 'old', 1), until: '2026-01-01T01:00:00Z' };
    const book = AllocationBook.after(3, [given('10.240.0.1', 'vip', 2)], [resting]);
    const look = (plane: 'pod' | 'service' | undefined) => {
      const { children, addresses } = finished(
        lookAtPrefix(model, book, { prefix: parseCidr('10.0.0.0/8')!, depth: 1, limit: 100, plane }),
      ).result;
      return [...children.map(({ prefix, parent }) => `${prefix} of ${parent}`), ...addresses.map(({ ip, state }) => `${ip} ${state}`)];
    };
    expect(look('pod')).toEqual(['10.244.0.0/16 of 10.0.0.0/8', '10.240.0.1 allocated', '10.244.1.7 resting']);
    expect(look('service')).toEqual(['10.240.0.0/12 of 10.0.0.0/8', '10.240.0.1 used']);
    expect(look(undefined)).toEqual(['10.240.0.0/12 of 10.0.0.0/8', '10.240.0.1 used', '10.244.1.7 resting']);
  });

  it.each<[string, string]>([
    ['10.244.200.0/24', 'UNUSED'],
    ['10.244.1.2/31', 'FULL'],
    ['10.244.8.0/24', 'FULL'],
    ['198.51.100.0/24', 'OUTSIDE'],
    ['fd00::/8', 'OUTSIDE'],
  ])('%s is %s', (prefix, verdict) => {
    expect(ask(prefix).verdict).toBe(verdict);
  });

  it('prefixes that were handed out, of any length, and none that rests or was given back', () => {
    const [small, one, wide, rests, gone] = [
      given('10.244.3.0', 'small', 1, 28),
      given('10.244.3.16', 'one', 2, 32),
      given('10.244.16.0', 'wide', 3, 20),
      given('10.244.4.0', 'rests', 4, 28),
      given('10.244.5.0', 'gone', 5, 28),
    ];
    const book = AllocationBook.after(5, [small, one, wide, gone], [{ allocation: rests, until: '2026-01-01T01:00:00Z' }]);
    book.enter({ type: 'released', sequence: 6, allocation: gone });
    const look = (text: string) => finished(lookAtPrefix(MODEL, book, { prefix: parseCidr(text)!, depth: 1, limit: 100 })).result;
    const names = look('10.244.0.0/16').children.filter(({ kind }) => kind === 'allocation');
    expect(names.map(({ prefix, name }) => `${prefix} ${name}`)).toEqual([
      '10.244.3.0/28 small',
      '10.244.3.16/32 one',
      '10.244.16.0/20 wide',
    ]);
    expect(look('10.244.16.128/25').parents.map(({ name }) => name)).toEqual(['wide', 'pods.10.244.0.0_16']);
    expect(look('10.244.3.0/28').same.map(({ name }) => name)).toEqual(['small']);
    book.enter({ type: 'released', sequence: 7, allocation: wide });
    expect(look('10.244.16.0/20').same).toEqual([]);
  });

  // shared/reference/ipam-dataplane.md §6: pools of load balancers may be any number.
  it('pools of which there are many are listed up to the limit, counted all of them, and looked at a little at a time', () => {
    const pools = Array.from({ length: 2_000 }, (_, index) => ({
      apiVersion: 'metallb.io/v1beta1',
      kind: 'IPAddressPool',
      metadata: { name: `p${index}`, namespace: 'metallb-system' },
      spec: { addresses: ['10.9.9.0/24', `10.${index >> 8}.${index & 255}.0/28`] },
    }));
    const steps = lookAtPrefix(modelOf(pools), new AllocationBook(), { prefix: parseCidr('10.9.9.0/24')!, depth: 1, limit: 3 });
    let count = 0;
    for (let step = steps.next(); ; step = steps.next(), count++) {
      if (!step.done) continue;
      const { verdict, result, warnings, summary } = step.value;
      expect(verdict).toBe('UNUSED');
      expect([result.pools.length, result.poolCount, result.same.length]).toEqual([3, 2_000, 3]);
      expect(summary).toContain('and 1997 more');
      expect(warnings).toMatchObject([{ code: 'PREFIXES_CUT' }]);
      break;
    }
    expect(count).toBeGreaterThan(2_000);
  });

  it('of many prefixes the lowest are looked at, and a warning says so', () => {
    const many = (count: number) => {
      const all = Array.from({ length: count }, (_, index) => ({ ...given('10.244.0.0', `i${index}`, index + 1, 30) }));
      const book = AllocationBook.after(
        count,
        all.map((one, index) => ({ ...one, ip: { ...one.ip, value: one.ip.value + BigInt(4 * index) } })),
      );
      const { result, warnings } = finished(
        lookAtPrefix(MODEL, book, { prefix: parseCidr('10.244.0.0/16')!, depth: 2, limit: 1, state: 'resting' }),
      );
      return [result.childCount, ...warnings.map(({ code }) => code)];
    };
    // Two of the children are the ranges of the nodes.
    expect([many(5_000), many(5_001)]).toEqual([[5_002], [5_002, 'PREFIXES_CUT']]);
  });
});
