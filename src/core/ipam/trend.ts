/** A value at a time, in milliseconds. */
export interface Sample {
  readonly at: number;
  readonly value: number;
}

/** How a trend is found. */
export const TREND_METHODS = {
  linear: 'the straight line that is nearest to all values',
  holt: 'level and trend that follow the newest values more than the old ones (double exponential smoothing)',
} as const satisfies Record<string, string>;

/** One of them. */
export type TrendMethod = keyof typeof TREND_METHODS;

/** A trend: where it is at the last sample, how it goes on, and how far off it was, told each value from those before it. */
export interface Trend {
  readonly method: TrendMethod;
  readonly level: number;
  /** For each millisecond. */
  readonly slope: number;
  /** Root of the mean square of the errors, in units of the value. */
  readonly error: number;
}

/** Samples that a trend needs: two make a line, and two more say whether it holds. */
export const FEWEST_SAMPLES = 4;

/** Both trends of samples in order of time, the one that was less far off first. None where there are fewer than {@link FEWEST_SAMPLES}. */
export function trendsOf(samples: readonly Sample[]): readonly Trend[] {
  if (samples.length < FEWEST_SAMPLES) return [];
  return [linear(samples), holt(samples)].sort((a, b) => a.error - b.error);
}

/** When the trend gets to a value; undefined where it never does. */
export function reachedAt({ level, slope }: Trend, last: number, value: number): number | undefined {
  if (level >= value) return last;
  return slope > 0 ? last + (value - level) / slope : undefined;
}

interface Line {
  readonly slope: number;
  at(time: number): number;
}

/** Least squares. */
function lineThrough(samples: readonly Sample[]): Line {
  const count = samples.length;
  const meanAt = samples.reduce((sum, { at }) => sum + at, 0) / count;
  const mean = samples.reduce((sum, { value }) => sum + value, 0) / count;
  const spread = samples.reduce((sum, { at }) => sum + (at - meanAt) ** 2, 0);
  const slope = spread === 0 ? 0 : samples.reduce((sum, { at, value }) => sum + (at - meanAt) * (value - mean), 0) / spread;
  return { slope, at: (time) => mean + slope * (time - meanAt) };
}

function linear(samples: readonly Sample[]): Trend {
  const errors = samples.slice(2).map(({ at, value }, index) => value - lineThrough(samples.slice(0, index + 2)).at(at));
  const line = lineThrough(samples);
  return { method: 'linear', level: line.at(samples.at(-1)?.at ?? 0), slope: line.slope, error: rootOfMean(errors) };
}

/** Weights of the newest value, against what was expected of it. */
const WEIGHTS = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1];

/** The weights with which it would have been least far off; the steps between samples may differ in length. */
function holt(samples: readonly Sample[]): Trend {
  let best: Trend | undefined;
  for (const ofLevel of WEIGHTS) {
    for (const ofTrend of WEIGHTS) {
      const trend = smoothed(samples, ofLevel, ofTrend);
      if (!best || trend.error < best.error) best = trend;
    }
  }
  return best ?? linear(samples);
}

function smoothed([first, second, ...rest]: readonly Sample[], ofLevel: number, ofTrend: number): Trend {
  let level = second?.value ?? 0;
  let at = second?.at ?? 0;
  let slope = first && second ? (second.value - first.value) / (second.at - first.at) : 0;
  const errors: number[] = [];
  for (const sample of rest) {
    const step = sample.at - at;
    const expected = level + slope * step;
    errors.push(sample.value - expected);
    const next = ofLevel * sample.value + (1 - ofLevel) * expected;
    slope = ofTrend * ((next - level) / step) + (1 - ofTrend) * slope;
    level = next;
    ({ at } = sample);
  }
  return { method: 'holt', level, slope, error: rootOfMean(errors) };
}

function rootOfMean(errors: readonly number[]): number {
  return Math.sqrt(errors.reduce((sum, error) => sum + error ** 2, 0) / Math.max(1, errors.length));
}
