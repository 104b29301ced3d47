import { describe, expect, it } from 'vitest';
import { reachedAt, type Sample, trendsOf } from './trend.js';

const DAY = 86_400_000;

/** Numbers that look random and are the same on every run. */
function noise(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32 - 0.5;
  };
}

const trace = (count: number, value: (day: number) => number, step = 1): readonly Sample[] =>
  Array.from({ length: count }, (_, index) => ({ at: index * step * DAY, value: value(index * step) }));

/** When the better of the trends gets to a value, in days after the last sample. */
function daysUntil(samples: readonly Sample[], value: number): number {
  const [best] = trendsOf(samples);
  const last = samples.at(-1)!.at;
  return ((reachedAt(best!, last, value) ?? Infinity) - last) / DAY;
}

/** reference §15, goal 6: time to 90 % within ±10 % on synthetic traces. The truth is that of the function that makes the trace. */
describe('the time until a value is reached', () => {
  it.each([3, 17, 99])('of steady growth with noise (seed %i)', (seed) => {
    const random = noise(seed);
    const samples = trace(30, (day) => 1000 + 50 * day + 20 * random());
    // 1000 + 50 × day = 9000 at day 160; the last sample is of day 29.
    expect(daysUntil(samples, 9000)).toBeGreaterThan(131 * 0.9);
    expect(daysUntil(samples, 9000)).toBeLessThan(131 * 1.1);
  });

  it('of growth that has become faster: the newest values count', () => {
    const samples = trace(30, (day) => (day < 15 ? 1000 + 10 * day : 1150 + 100 * (day - 15)));
    // 100 a day from 2550 at day 29.
    expect(trendsOf(samples)[0]?.method).toBe('holt');
    expect(daysUntil(samples, 9000)).toBeCloseTo((9000 - 2550) / 100, 0);
  });

  it('of samples at uneven times', () => {
    const days = [0, 1, 2, 9, 10, 20, 21, 40];
    const samples = days.map((day) => ({ at: day * DAY, value: 100 + 7 * day }));
    expect(daysUntil(samples, 1000)).toBeCloseTo((1000 - 380) / 7, 3);
  });

  it('is never, where nothing grows', () => {
    expect(
      daysUntil(
        trace(10, () => 500),
        900,
      ),
    ).toBe(Infinity);
    expect(
      daysUntil(
        trace(10, (day) => 500 - day),
        900,
      ),
    ).toBe(Infinity);
  });

  it('is not told from three samples', () => {
    expect(trendsOf(trace(3, (day) => day))).toEqual([]);
  });
});
