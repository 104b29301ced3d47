import { beforeAll, describe, expect, it } from 'vitest';
import { addressCluster } from '../../../test/support/address-cluster.js';
import { finished } from '../kernel/steps.js';
import { parseIp } from '../net/ip.js';
import { allocateAddress } from './allocate-address.js';
import { allPools } from './all-pools.js';
import { AllocationBook } from './allocation-book.js';
import { listPools } from './list-pools.js';
import { ownIp } from './own-ip.js';

const POOLS = 5_000;
const LAST = 'pods.10.4.225.0_28';

/** As many pools as there are /28 from 10.0.0.0 on, every fourth of them. */
const model = addressCluster('service kubernetes 172.20.0.1', {
  serviceCIDRs: ['172.20.0.0/16'],
  podCIDRs: Array.from({ length: POOLS }, (_, n) => `10.${n >> 10}.${(n >> 2) & 255}.${(n & 3) * 64}/28`),
  cni: { plugin: 'calico' },
});
const book = new AllocationBook();
let namesRead = 0;

/** How often the name of some pool is looked at meanwhile. */
function readsOf(work: () => unknown): number {
  namesRead = 0;
  work();
  return namesRead;
}

// Bounded work (`shared/reference/ipam-dataplane.md` §13.3: whoever decides holds those up who wait): what is asked of one pool looks at no other.
describe(`one of ${POOLS} pools`, () => {
  beforeAll(() => {
    for (const pool of allPools(model)) {
      const { name } = pool;
      Object.defineProperty(pool, 'name', { get: () => (namesRead++, name) });
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

  it('is told to have an address, and of the others no more than somebody reads that they have not', () => {
    const { result, evidence } = ownIp(model, book, parseIp('10.1.0.65')!);
    expect(result.pools.map(({ pool }) => pool)).toEqual(['pods.10.1.0.64_28']);
    const outside = evidence.filter(({ reason }) => reason === 'NOT_IN_POOL');
    expect(outside).toHaveLength(101);
    // Nothing is left out of the count: all pools but the one, and that of the services.
    expect(outside.at(-1)?.message).toBe(`10.1.0.65 is outside ${allPools(model).length - 1 - 100} more pools`);
  });
});
