import { describe, expect, it } from 'vitest';
import type { Steps } from '../../core/kernel/steps.js';
import { type AllocationRow, bookBefore, bookOf } from './allocation-mapper.js';

/** The allocation by the change `sequence`; the parameters say by which change it ended, and by which its address was free again. */
function row(sequence: number, released: number | null = null, freed = released, cooldown = 0): AllocationRow {
  return {
    sequence: String(sequence),
    pool: 'services.10.0.0.0_8',
    plane: 'service',
    address: Buffer.from([10, 0, sequence >> 8, sequence & 255]),
    prefix: null,
    identifier: `c${sequence}`,
    owner: null,
    by_name: false,
    allocated_at: new Date(0),
    allocated_by: 'test',
    released_sequence: released === null ? null : String(released),
    released_at: released === null ? null : new Date(0),
    released_by: released === null ? null : 'test',
    ordinal: 0,
    request: '',
    lease_until: null,
    cooldown_seconds: cooldown,
    freed_sequence: freed === null ? null : String(freed),
    part: null,
    part_owner: null,
  };
}

function counted<T>(steps: Steps<T>): { readonly value: T; readonly pauses: number } {
  for (let pauses = 0; ; pauses++) {
    const step = steps.next();
    if (step.done) return { value: step.value, pauses };
  }
}

const identifiers = (book: { live(): Iterable<{ readonly identifier: string }> }) => [...book.live()].map(({ identifier }) => identifier);

// Bounded work (`shared/reference/ipam-dataplane.md` §13): a million allocations hold nobody up in one go.
describe('the book of what the database has', () => {
  const count = 10_000;
  const rows = Array.from({ length: count }, (_, at) => row(at + 1));

  it('is made with pauses, which grow with the rows', () => {
    const { value, pauses } = counted(bookOf(count, rows));
    expect([value.sequence, identifiers(value).length, value.find('services.10.0.0.0_8', 'c77')?.sequence]).toEqual([count, count, 77]);
    // At most 1,000 rows are read, and at most 1,000 entries made, between two of them.
    expect(pauses).toBeGreaterThanOrEqual(2 * (count / 1_000));
  });

  it('is made so of an earlier change, too', () => {
    const { live, resting } = { live: [...counted(bookOf(count, rows)).value.live()], resting: [] };
    const ended = Array.from({ length: 5_000 }, (_, at) => row(20_000 + at, 30_000 + at));
    const { value, pauses } = counted(bookBefore(29_000, { live, resting }, ended));
    expect([value.sequence, identifiers(value).length]).toEqual([29_000, count + 5_000]);
    expect(pauses).toBeGreaterThanOrEqual(5 + 15);
  });

  it('has of an earlier change what lived and rested then', () => {
    // 1 lives on; 2 was given back after change 5; 3 rested then and is free now; 4 was given back after change 5 and rests now; 7 was made later.
    const now = counted(bookOf(12, [row(1), row(7), row(4, 10, null, 60)])).value;
    const ended = [row(2, 8), row(3, 5, 11, 60), row(4, 10, null, 60)];
    const then = counted(bookBefore(5, { live: [...now.live()], resting: [...now.resting()] }, ended)).value;
    expect(identifiers(then).sort()).toEqual(['c1', 'c2', 'c4']);
    expect([...then.resting()].map(({ allocation }) => allocation.identifier)).toEqual(['c3']);
  });
});
