import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SparseBitmap } from './sparse-bitmap.js';

/** Numbers around the edges of words, chunks and 2^64, where mistakes are made. */
const EDGES = [0n, 31n, 32n, 63n, 1023n, 1024n, 32_767n, 32_768n, 65_535n, 65_536n, (1n << 64n) - 1n, 1n << 64n, (1n << 128n) - 300n];
const place = fc.tuple(fc.constantFrom(...EDGES), fc.integer({ min: 0, max: 80 })).map(([edge, more]) => edge + BigInt(more));
const change = fc.record({ at: place, length: fc.integer({ min: 0, max: 90 }), on: fc.boolean() });

function applied(changes: readonly { at: bigint; length: number; on: boolean }[]): readonly [SparseBitmap, Set<bigint>] {
  const bitmap = new SparseBitmap();
  const model = new Set<bigint>();
  for (const { at, length, on } of changes) {
    const last = at + BigInt(length);
    let changed = 0;
    for (let value = at; value <= last; value++) {
      if (model.has(value) !== on) changed++;
      if (on) model.add(value);
      else model.delete(value);
    }
    expect(on ? bitmap.add(at, last) : bitmap.delete(at, last)).toBe(changed);
  }
  return [bitmap, model];
}

/** By looking at each number. */
function gapsOf(from: bigint, last: bigint, members: ReadonlySet<bigint>) {
  let [count, runs, longest, open] = [0n, 0, 0n, 0n];
  for (let value = from; value <= last; value++) {
    if (members.has(value)) open = 0n;
    else {
      count++;
      open++;
      if (open === 1n) runs++;
      if (open > longest) longest = open;
    }
  }
  return { count, runs, longest };
}

describe('SparseBitmap', () => {
  it('seen more coarsely has each number without its last bits', () => {
    fc.assert(
      fc.property(fc.array(change, { maxLength: 12 }), fc.integer({ min: 0, max: 20 }), change, (changes, bits, later) => {
        const [bitmap, model] = applied(changes);
        const coarse = bitmap.coarser(bits);
        const expected = new Set([...model].map((value) => value >> BigInt(bits)));
        const members = [...coarse.ranges(0n, 1n << 128n)].flatMap(([first, last]) =>
          Array.from({ length: Number(last - first) + 1 }, (_, index) => first + BigInt(index)),
        );
        expect(members).toEqual([...expected].sort((a, b) => (a < b ? -1 : 1)));
        expect(coarse.size).toBe(expected.size);
        // It is a set of its own, and whole.
        const added = Array.from({ length: later.length + 1 }, (_, index) => later.at + BigInt(index)).filter(
          (value) => !expected.has(value),
        );
        expect(coarse.add(later.at, later.at + BigInt(later.length))).toBe(added.length);
      }),
    );
  });

  it('seen more coarsely passes over full stretches at once, too', () => {
    const bitmap = new SparseBitmap();
    for (let n = 0n; n < 4n * 32_768n; n++) bitmap.add(n * 4n + 3n);
    expect(bitmap.coarser(2).nextAbsent(0n)).toBe(4n * 32_768n);
  });

  it('is the set it stands for: members, neighbours, counts, ranges', () => {
    fc.assert(
      fc.property(fc.array(change, { maxLength: 12 }), place, fc.integer({ min: 0, max: 400 }), (changes, from, length) => {
        const [bitmap, model] = applied(changes);
        const sorted = [...model].sort((a, b) => (a < b ? -1 : 1));
        expect(bitmap.size).toBe(model.size);
        expect(bitmap.has(from)).toBe(model.has(from));
        let absent = from;
        while (model.has(absent)) absent++;
        expect(bitmap.nextAbsent(from)).toBe(absent);
        expect(bitmap.nextPresent(from)).toBe(sorted.find((value) => value >= from));
        const last = from + BigInt(length);
        const within = sorted.filter((value) => value >= from && value <= last);
        expect(bitmap.countIn(from, last)).toBe(within.length);
        const listed = [...bitmap.ranges(from, last)].flatMap(([a, b]) =>
          Array.from({ length: Number(b - a) + 1 }, (_, i) => a + BigInt(i)),
        );
        expect(listed).toEqual(within);
        expect(bitmap.gapsIn(from, last)).toEqual(gapsOf(from, last, model));
      }),
    );
  });

  it('joins the gaps of whole chunks, full ones and empty ones, and sees what has changed since', () => {
    const bitmap = new SparseBitmap();
    const chunk = 32_768n;
    bitmap.add(5n * chunk, 6n * chunk - 1n);
    bitmap.add(1000n);
    // 0 … 999, 1001 … 163839, 196608 … 10 chunks.
    expect(bitmap.gapsIn(0n, 10n * chunk - 1n)).toEqual({ count: 9n * chunk - 1n, runs: 3, longest: 5n * chunk - 1001n });
    bitmap.add(7n * chunk);
    bitmap.delete(1000n);
    expect(bitmap.gapsIn(0n, 10n * chunk - 1n)).toEqual({ count: 9n * chunk - 1n, runs: 3, longest: 5n * chunk });
  });

  it('passes over a million taken numbers without looking at each', () => {
    const bitmap = new SparseBitmap();
    bitmap.add(0n, 999_999n);
    expect(bitmap.nextAbsent(0n)).toBe(1_000_000n);
    bitmap.delete(777_777n);
    expect(bitmap.nextAbsent(5n)).toBe(777_777n);
  });

  it('passes over what is full, up to the one place that is free, wherever it is', () => {
    const bitmap = new SparseBitmap();
    const [first, last] = [10n << 24n, (11n << 24n) - 1n];
    bitmap.add(first, last);
    expect(bitmap.nextAbsent(first)).toBe(last + 1n);
    for (const free of [last, first + 32_768n, first + 32_767n, first + 5n]) {
      bitmap.delete(free);
      expect(bitmap.nextAbsent(first)).toBe(free);
    }
    // Full again, from the lowest on: each time the next one above is found.
    for (const [taken, next] of [
      [first + 5n, first + 32_767n],
      [first + 32_767n, first + 32_768n],
      [first + 32_768n, last],
      [last, last + 1n],
    ] as const) {
      bitmap.add(taken);
      expect(bitmap.nextAbsent(first)).toBe(next);
    }
  });
});
