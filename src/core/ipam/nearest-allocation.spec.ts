import { describe, expect, it, vi } from 'vitest';
import { parseIp } from '../net/ip.js';
import type { Allocation } from './allocation.js';
import { AllocationBook } from './allocation-book.js';
import { nearestAllocation } from './nearest-allocation.js';
import { releaseAddress } from './release-address.js';

const SERVICES = 'services.10.96.0.0_24';
const PODS = 'pods.10.244.0.0_16';

function held(identifier: string, sequence: number, pool = SERVICES): Allocation {
  const ip = parseIp(`10.96.0.${sequence}`)!;
  return {
    pool,
    plane: 'service',
    ip,
    identifier,
    owner: null,
    byName: false,
    sequence,
    allocatedAt: '2026-01-01T00:00:00.000Z',
    allocatedBy: 'test',
  };
}

// `shared/design/product.md`: an error names what, where, what was expected, and the nearest right thing.
describe('an allocation that there is none of', () => {
  const book = AllocationBook.after(3, [held('checkout', 1)]);

  it.each([
    ['another pool, of which the identifier has something', PODS, 'checkout', `it has one of pool \`${SERVICES}\``],
    ['a pool of nearly that name', `${SERVICES}x`, 'chekout', `did you mean pool \`${SERVICES}\`?`],
    ['an identifier of nearly that name', SERVICES, 'chekout', 'did you mean `checkout`?'],
    ['nothing where nothing is near', PODS, 'cart', undefined],
  ])('is told: %s', (_, pool, identifier, hint) => expect(nearestAllocation(book, pool, identifier)).toBe(hint));

  it('is told the nearest of several pools of which the identifier has something', () => {
    const several = AllocationBook.after(3, [held('a', 1, 'services.192.168.0.0_16'), held('a', 2, 'pods.10.244.0.0_17')]);
    expect(nearestAllocation(several, PODS, 'a')).toBe('it has one of pool `pods.10.244.0.0_17`');
  });

  it('is told no pool that has nothing left', () => {
    const empty = AllocationBook.after(1, [held('cart', 1)]);
    empty.enter({ type: 'released', sequence: 2, allocation: held('cart', 1) });
    expect(nearestAllocation(empty, `${SERVICES}x`, 'cart')).toBeUndefined();
  });

  // §13.3: whoever decides holds those up who wait, and who sends a release again is one of the rule.
  it('is compared with nothing by who decides what is given back', () => {
    const read = [vi.spyOn(book, 'identifiers'), vi.spyOn(book, 'pools')];
    expect(releaseAddress(book, { pool: SERVICES, identifier: 'chekout', sequence: undefined })).toMatchObject({
      error: { kind: 'unknown-allocation' },
    });
    for (const spy of read) expect(spy).not.toHaveBeenCalled();
    vi.restoreAllMocks();
  });
});
