import { beforeAll, describe, expect, it } from 'vitest';
import { addressCluster } from '../../../test/support/address-cluster.js';
import { finished } from '../kernel/steps.js';
import { parseCidr } from '../net/cidr.js';
import { parseIp } from '../net/ip.js';
import { rangeOfCidr } from '../net/ip-set.js';
import { allocateAddress } from './allocate-address.js';
import { allPools, type PoolFilter, poolsAdmitted, preparePools } from './all-pools.js';
import { AllocationBook } from './allocation-book.js';
import { listPools } from './list-pools.js';
import { ownIp } from './own-ip.js';
import { partsOfPools } from './prefix-pools.js';
import { placeOfPrefix } from './prefix-tree.js';

const POOLS = 5_000;
const LAST = 'pods.10.4.225.0_28';

/** As many pools as there are /28 from 10.0.0.0 on, every fourth of them. */
const manyPools = (count: number) =>
  addressCluster('service kubernetes 172.20.0.1', {
    serviceCIDRs: ['172.20.0.0/16'],
    podCIDRs: Array.from({ length: count }, (_, n) => `10.${n >> 10}.${(n >> 2) & 255}.${(n & 3) * 64}/28`),
    cni: { plugin: 'calico' },
  });
const model = manyPools(POOLS);
const book = new AllocationBook();
let namesRead = 0;
let spansRead = 0;

/** How often the name of some pool is looked at meanwhile. */
function readsOf(work: () => unknown): number {
  namesRead = 0;
  work();
  return namesRead;
}

/** How often it is looked at meanwhile which addresses some pool has. */
function looksOf(work: () => unknown): number {
  spansRead = 0;
  work();
  return spansRead;
}

const cidr = (text: string) => parseCidr(text)!;
const namesOf = (filter: PoolFilter) => {
  const admitted = poolsAdmitted(model, filter);
  return admitted.ok ? admitted.value.map(({ name }) => name) : [];
};

// Bounded work (`shared/reference/ipam-dataplane.md` §13.3: whoever decides holds those up who wait): what is asked of one pool looks at no other.
describe(`one of ${POOLS} pools`, () => {
  beforeAll(() => {
    for (const pool of allPools(model)) {
      const { name, span } = pool;
      Object.defineProperty(pool, 'name', { get: () => (namesRead++, name) });
      Object.defineProperty(pool, 'span', { get: () => (spansRead++, span) });
    }
  });

  it('is looked up by its name where something is handed out of it', () => {
    const request = { identifier: 'a', owner: null, address: undefined };
    expect(allocateAddress(model, book, { ...request, pool: LAST })).toMatchObject({ ok: true });
    expect(readsOf(() => allocateAddress(model, book, { ...request, pool: LAST }))).toBeLessThan(10);
  });

  it('that is misspelt is compared with some names, not with pools', () => {
    const request = { identifier: 'a', owner: null, address: undefined, pool: 'pods.10.0.0.64_82' };
    const decided = allocateAddress(model, book, request);
    expect(decided).toMatchObject({ error: { kind: 'unknown-pool', hint: 'did you mean `pods.10.0.0.64_28`?' } });
    expect(readsOf(() => allocateAddress(model, book, request))).toBeLessThanOrEqual(20);
  });

  it('is looked up by its name where it is asked how full it is', () => {
    expect(readsOf(() => finished(listPools(model, book, { pool: LAST }, false)))).toBeLessThan(20);
  });

  // §14: "filters contains, within, overlaps".
  it.each([
    [{ contains: cidr('10.1.0.65/32') }, ['pods.10.1.0.64_28']],
    [{ contains: cidr('10.1.0.64/28') }, ['pods.10.1.0.64_28']],
    [{ contains: cidr('10.1.0.64/27') }, []],
    [{ within: cidr('10.1.0.64/26') }, ['pods.10.1.0.64_28']],
    [{ within: cidr('10.1.0.64/29') }, []],
    [{ overlaps: cidr('10.1.0.64/29') }, ['pods.10.1.0.64_28']],
    [{ overlaps: cidr('10.1.0.128/25') }, ['pods.10.1.0.128_28', 'pods.10.1.0.192_28']],
    [{ within: cidr('10.1.0.0/24'), contains: cidr('10.1.0.192/30') }, ['pods.10.1.0.192_28']],
    [{ within: cidr('10.1.0.0/24'), overlaps: cidr('10.1.0.192/30'), plane: 'service' as const }, []],
    [{ within: cidr('fd00::/8') }, []],
  ])('is found by where it lies: %o', (filter, names) => {
    expect(namesOf(filter)).toEqual(names);
    expect(looksOf(() => poolsAdmitted(model, filter))).toBeLessThanOrEqual(8);
  });

  it('is looked up where an address is asked for by name that it has, and another pool is asked', () => {
    const request = { identifier: 'a', owner: null, address: parseIp('10.4.225.3'), pool: 'pods.10.0.0.64_28' };
    expect(allocateAddress(model, book, request)).toMatchObject({ error: { kind: 'invalid-request', hint: `it is in \`${LAST}\`` } });
    expect(looksOf(() => allocateAddress(model, book, request))).toBeLessThan(10);
  });

  it('is found with what is around a prefix', () => {
    const found = finished(placeOfPrefix(model, [], cidr('10.1.0.66/31')));
    expect(found.around.map(({ name }) => name)).toEqual(['pods.10.1.0.64_28']);
    expect(finished(partsOfPools(model, rangeOfCidr(cidr('10.1.0.66/31')))).map(({ pool }) => pool.name)).toEqual(['pods.10.1.0.64_28']);
    expect(readsOf(() => finished(placeOfPrefix(model, [], cidr('10.1.0.66/31'))))).toBe(1);
    expect(looksOf(() => finished(partsOfPools(model, rangeOfCidr(cidr('10.1.0.66/31')))))).toBeLessThan(10);
  });

  // §13.3: nothing that is built of them holds those up who wait.
  it('is built with the others in steps', () => {
    const pausesOf = (count: number) => {
      const steps = preparePools(manyPools(count));
      let pauses = 0;
      while (!steps.next().done) pauses++;
      return pauses;
    };
    // At most 500 pools are made between two pauses.
    expect(pausesOf(POOLS)).toBeGreaterThanOrEqual(pausesOf(1_000) + (POOLS - 1_000) / 500);
  });

  it('is told to have an address, and of the others no more than somebody reads that they have not', () => {
    const { result, evidence } = ownIp(model, book, parseIp('10.1.0.65')!);
    expect(readsOf(() => ownIp(model, book, parseIp('10.1.0.65')!))).toBeLessThan(120);
    expect(looksOf(() => ownIp(model, book, parseIp('10.1.0.65')!))).toBeLessThan(10);
    expect(result.pools.map(({ pool }) => pool)).toEqual(['pods.10.1.0.64_28']);
    const outside = evidence.filter(({ reason }) => reason === 'NOT_IN_POOL');
    expect(outside).toHaveLength(101);
    // Nothing is left out of the count: all pools but the one, and that of the services.
    expect(outside.at(-1)?.message).toBe(`10.1.0.65 is outside ${allPools(model).length - 1 - 100} more pools`);
  });
});
