import { describe, expect, it } from 'vitest';
import { parseIp } from '../net/ip.js';
import type { Allocation } from './allocation.js';
import { AllocationBook, type AllocationEvent } from './allocation-book.js';

const NOON = Date.parse('2026-01-01T12:00:00.000Z');
const at = (seconds: number) => new Date(NOON + seconds * 1_000).toISOString();

function leased(sequence: number, seconds: number | null, cooldownSeconds = 0): Allocation {
  return {
    pool: 'p',
    plane: 'pod',
    ip: parseIp(`10.0.0.${sequence}`)!,
    identifier: `i${sequence}`,
    owner: null,
    byName: false,
    sequence,
    allocatedAt: at(0),
    allocatedBy: 'test',
    terms: { ordinal: 0, request: '', leaseUntil: seconds === null ? null : at(seconds), cooldownSeconds },
  };
}

const made = (allocation: Allocation): AllocationEvent => ({ type: 'allocated', sequence: allocation.sequence, allocation });
const dueAt = (book: AllocationBook, seconds: number) => {
  const { ended, rested } = book.due(NOON + seconds * 1_000, 10);
  return [ended.map(({ identifier }) => identifier), rested.map(({ allocation }) => allocation.identifier)];
};

describe('what time brings about', () => {
  it('is told once, the earliest first, though it was entered, taken back and entered again', () => {
    const book = new AllocationBook();
    for (const event of [made(leased(1, 60)), made(leased(2, 30)), made(leased(3, null))]) {
      book.enter(event);
      book.undo(event);
      book.enter(event);
    }
    expect(dueAt(book, 29)).toEqual([[], []]);
    expect(dueAt(book, 60)).toEqual([['i2', 'i1'], []]);
  });

  // Somebody else's allocation was written first, or it was a preview: the next one has its address and its sequence.
  it('is nothing of what was taken back, whoever has its address and its sequence then', () => {
    const book = new AllocationBook();
    const event = made(leased(1, 30));
    for (let time = 0; time < 100; time++) {
      book.enter(event);
      book.undo(event);
    }
    expect(book.waiting).toBe(0);
    book.enter(made({ ...leased(1, null), identifier: 'other' }));
    expect([dueAt(book, 60), book.find('p', 'other')?.sequence]).toEqual([[[], []], 1]);
  });

  it('is nothing of a lease that was given back, read from elsewhere', () => {
    const book = new AllocationBook();
    book.enter(made(leased(1, 30, 60)));
    book.enter({ type: 'released', sequence: 2, allocation: leased(1, 30, 60), restsUntil: at(70) });
    expect([book.waiting, dueAt(book, 69)]).toEqual([1, [[], []]]);
    expect(dueAt(book, 70)).toEqual([[], ['i1']]);
    book.enter({ type: 'freed', sequence: 3, allocation: leased(1, 30, 60), restsUntil: at(70) });
    expect(book.waiting).toBe(0);
  });

  it('INV-IPAM-2: an address rests after its release and is free after its rest; each step is taken back by itself', () => {
    const book = new AllocationBook();
    const allocation = leased(1, null, 10);
    const taken = () => [book.takenOf('pod', 4).addresses.has(allocation.ip.value), book.restOf('pod', allocation.ip)];
    const released: AllocationEvent = { type: 'released', sequence: 2, allocation, restsUntil: at(10) };
    const freed: AllocationEvent = { type: 'freed', sequence: 3, allocation, restsUntil: at(10) };
    book.enter(made(allocation));
    expect(taken()).toEqual([true, undefined]);
    book.enter(released);
    expect([taken(), book.find('p', 'i1')]).toEqual([[true, at(10)], undefined]);
    expect(dueAt(book, 9)).toEqual([[], []]);
    expect(dueAt(book, 10)).toEqual([[], ['i1']]);
    book.enter(freed);
    expect(taken()).toEqual([false, undefined]);
    book.undo(freed);
    expect(taken()).toEqual([true, at(10)]);
    book.undo(released);
    expect([taken(), book.find('p', 'i1')?.sequence]).toEqual([[true, undefined], 1]);
  });
});
