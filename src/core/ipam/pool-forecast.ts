import type { Answer } from '../kernel/answer.js';
import { assertNever } from '../kernel/assert-never.js';
import { Trail } from '../kernel/evidence.js';
import type { Problem } from '../kernel/problem.js';
import { ok, type Result } from '../kernel/result.js';
import type { NetworkModel } from '../model/network-model.js';
import { allPools, type PoolFilter, poolsAdmitted } from './all-pools.js';
import type { AddressPlane } from './address-plane.js';
import type { AllocationBook } from './allocation-book.js';
import type { IpPool } from './ip-pool.js';
import type { IpamReason } from './ipam-reasons.js';
import { confidenceOf, poolAssumptions } from './list-pools.js';
import { poolUsage } from './pool-usage.js';
import { FEWEST_SAMPLES, reachedAt, type Sample, type Trend, type TrendMethod, trendsOf } from './trend.js';

/** When the first of the pools is used to 90 %. */
export const FORECAST_VERDICTS = {
  REACHED: 'a pool is used to 90 % already',
  WILL_FILL: 'a pool will be used to 90 %, if its use grows on as it has grown',
  FAR: 'use grows so slowly that the history is too short to tell when 90 % are reached',
  STEADY: 'no pool’s use grows',
  TOO_SHORT: 'the history is too short to tell',
  NO_POOLS: 'no pool fits the question',
} as const satisfies Record<string, string>;

/** One of them. */
export type ForecastVerdict = keyof typeof FORECAST_VERDICTS;

/** What is said of one pool. */
export type Outlook = Exclude<ForecastVerdict, 'NO_POOLS'>;

/** How many addresses of each pool were used in an earlier state. */
export interface PastUse {
  readonly revision: number;
  /** RFC 3339. */
  readonly at: string;
  readonly used: Readonly<Record<string, bigint>>;
}

/** One way of looking at it. */
export interface TrendView {
  readonly method: TrendMethod;
  readonly perDay: number;
  /** How far off it was, in addresses, told each value from those before it. */
  readonly error: number;
  readonly reaches90At: string | null;
}

/** What is to be expected of one pool. Times are RFC 3339; numbers of addresses decimal text. */
export interface PoolForecast {
  readonly pool: string;
  readonly plane: AddressPlane;
  readonly family: 4 | 6;
  readonly capacity: string;
  readonly used: string;
  readonly outlook: Outlook;
  readonly reaches90At: string | null;
  readonly reachesFullAt: string | null;
  readonly perDay: number | null;
  /** The one that was less far off comes first, and is the one that counts. */
  readonly trends: readonly TrendView[];
  readonly samples: readonly { readonly revision: number; readonly at: string; readonly used: string }[];
}

/** What the question answers with. */
export interface ForecastResult {
  readonly pools: readonly PoolForecast[];
  readonly allocationSequence: number;
}

const DAY_MS = 86_400_000;
/** A shorter history says nothing of days to come. */
const SHORTEST_MS = DAY_MS;
/** So many times the history a trend is followed into the future. */
const FARTHEST = 10;
const THRESHOLD = 0.9;
const BY_GRAVITY: readonly Outlook[] = ['REACHED', 'WILL_FILL', 'FAR', 'STEADY', 'TOO_SHORT'];

/** How many addresses of each pool that addresses are handed out of are used. */
export function poolUse(model: NetworkModel, book: AllocationBook): Readonly<Record<string, bigint>> {
  return Object.fromEntries(servingPools(model).map((pool) => [pool.name, poolUsage(model, book, pool).used]));
}

/** How the use of pools has grown up to the state, oldest first, the state itself last; `asIs`: its use as it is, where the model is one that is supposed. */
export interface UseHistory {
  readonly past: readonly PastUse[];
  readonly asIs?: PastUse['used'] | undefined;
}

/** When pools will be full, if their use grows on as it has grown, from what is used in the model. Fails with `unknown-pool`. */
export function poolForecast(
  model: NetworkModel,
  book: AllocationBook,
  history: UseHistory,
  filter: PoolFilter,
): Result<Answer<ForecastVerdict, ForecastResult>, Problem> {
  const admitted = poolsAdmitted(model, filter);
  if (!admitted.ok) return admitted;
  const pools = admitted.value.filter(({ strategy }) => strategy !== null);
  const forecasts = pools.map((pool) => forecastOf(pool, poolUsage(model, book, pool), history));
  const trail = new Trail();
  for (const forecast of forecasts) explain(trail, forecast);
  const gravest = BY_GRAVITY.find((outlook) => forecasts.some((one) => one.outlook === outlook));
  const assumptions = poolAssumptions(pools);
  return ok({
    verdict: gravest ?? 'NO_POOLS',
    summary: forecasts.length === 0 ? 'no pool that addresses are handed out of fits' : forecasts.map(lineOf).join('; '),
    result: { pools: forecasts, allocationSequence: book.sequence },
    evidence: trail.list(),
    assumptions,
    warnings: [],
    confidence: gravest === 'TOO_SHORT' ? 'INSUFFICIENT_INFO' : confidenceOf(assumptions),
    enforcement: null,
  });
}

function servingPools(model: NetworkModel): readonly IpPool[] {
  return allPools(model).filter(({ strategy }) => strategy !== null);
}

function forecastOf(
  { name, plane, family }: IpPool,
  { capacity, used }: { readonly capacity: bigint; readonly used: bigint },
  { past, asIs }: UseHistory,
): PoolForecast {
  const known = past.flatMap(({ revision, at, used: all }) => (all[name] === undefined ? [] : [{ revision, at, used: all[name] }]));
  const samples = known.map(({ at, used: value }): Sample => ({ at: Date.parse(at), value: Number(value) }));
  const [first, last] = [samples[0]?.at ?? 0, samples.at(-1)?.at ?? 0];
  // What is supposed to be used besides comes on top of how far the trend has got, and is no growth.
  const supposed = Number(used - (asIs?.[name] ?? used));
  const trends = (last - first < SHORTEST_MS ? [] : trendsOf(samples)).map((trend) => ({ ...trend, level: trend.level + supposed }));
  const [best] = trends;
  const target = Number(capacity) * THRESHOLD;
  const isReached = Number(used) >= target && capacity > 0n;
  const reaches = best && reachedAt(best, last, target);
  const horizon = last + (last - first) * FARTHEST;
  const outlook = isReached ? 'REACHED' : outlookOf(best, reaches, horizon);
  const timeOf = (trend: Trend, value: number) => timeText(reachedAt(trend, last, value), horizon);
  return {
    pool: name,
    plane,
    family,
    capacity: String(capacity),
    used: String(used),
    outlook,
    reaches90At: isReached ? timeText(last, last) : outlook === 'WILL_FILL' && best ? timeOf(best, target) : null,
    reachesFullAt: best && outlook !== 'STEADY' ? timeOf(best, Number(capacity)) : null,
    perDay: best ? rounded(best.slope * DAY_MS) : null,
    trends: trends.map((trend) => ({
      method: trend.method,
      perDay: rounded(trend.slope * DAY_MS),
      error: rounded(trend.error),
      reaches90At: timeOf(trend, target),
    })),
    samples: known.map(({ revision, at, used: value }) => ({ revision, at, used: String(value) })),
  };
}

function outlookOf(best: Trend | undefined, reaches: number | undefined, horizon: number): Outlook {
  if (!best) return 'TOO_SHORT';
  if (reaches === undefined) return 'STEADY';
  return reaches > horizon ? 'FAR' : 'WILL_FILL';
}

/** Null beyond the horizon: what is that far off is not known. */
function timeText(time: number | undefined, horizon: number): string | null {
  return time === undefined || time > horizon ? null : new Date(Math.round(time)).toISOString();
}

function rounded(value: number): number {
  return Math.round(value * 1000) / 1000;
}

const REASON: Readonly<Record<Outlook, IpamReason>> = {
  REACHED: 'NEARLY_FULL',
  WILL_FILL: 'USE_GROWS',
  FAR: 'USE_GROWS',
  STEADY: 'USE_STEADY',
  TOO_SHORT: 'HISTORY_TOO_SHORT',
};

function explain(trail: Trail, forecast: PoolForecast): void {
  const parent = trail.add({ stage: 'forecast', outcome: 'info', reason: REASON[forecast.outlook], message: lineOf(forecast) });
  for (const { method, perDay, error, reaches90At } of forecast.trends) {
    const message = `${method}: ${perDay} addresses a day, off by ${error} so far${reaches90At === null ? '' : `, 90 % at ${reaches90At}`}`;
    trail.add({ stage: 'trend', outcome: 'info', reason: 'USE_GROWS', message, parent });
  }
}

/** `is 1 state`, `are 5 states over 12 minutes`. */
function knownOf(samples: PoolForecast['samples']): string {
  if (samples.length < 2) return samples.length === 0 ? 'is none' : 'is 1 state';
  const minutes = (Date.parse(samples.at(-1)?.at ?? '') - Date.parse(samples[0]?.at ?? '')) / 60_000;
  const [count, unit] = minutes < 60 ? [minutes, 'minutes'] : [minutes / 60, 'hours'];
  return `are ${samples.length} states over ${Number(count.toPrecision(2))} ${unit}`;
}

function lineOf({ pool, used, capacity, outlook, reaches90At, perDay, samples }: PoolForecast): string {
  const now = `${pool}: ${used} of ${capacity} used`;
  switch (outlook) {
    case 'REACHED':
      return `${now}, 90 % are reached`;
    case 'WILL_FILL':
      return `${now}, ${perDay ?? 0} more a day: 90 % at ${reaches90At ?? ''}`;
    case 'FAR':
      return `${now}, ${perDay ?? 0} more a day: 90 % are farther off than ten times the history`;
    case 'STEADY':
      return `${now}, and no more than there were`;
    case 'TOO_SHORT':
      return `${now}; too little history: a forecast takes ${FEWEST_SAMPLES} states over at least a day, and there ${knownOf(samples)}`;
    default:
      return assertNever(outlook);
  }
}
