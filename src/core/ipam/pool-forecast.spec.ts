import { describe, expect, it } from 'vitest';
import { addressCluster } from '../../../test/support/address-cluster.js';
import { AllocationBook } from './allocation-book.js';
import { type PastUse, poolForecast, poolUse } from './pool-forecast.js';

const POOL = 'services.10.96.0.0_24';
/** KEP-3070: a /24 of services has 254 addresses; 90 % are 228.6. Of them 2 are used. */
const MODEL = addressCluster('node a 192.168.0.1 10.244.1.0/24\nservice kubernetes 10.96.0.1\nservice dns 10.96.0.10');
const START = Date.parse('2026-01-01T00:00:00Z');
const DAY = 86_400_000;

const past = (...used: readonly (readonly [day: number, used: number])[]): readonly PastUse[] =>
  used.map(([day, count], index) => ({
    revision: index + 1,
    at: new Date(START + day * DAY).toISOString(),
    used: { [POOL]: BigInt(count) },
  }));

function forecast(history: readonly PastUse[], model = MODEL, asIs?: PastUse['used']) {
  const answer = poolForecast(model, new AllocationBook(), { past: history, asIs }, { pool: POOL });
  if (!answer.ok) throw new Error(answer.error.message);
  return { ...answer.value, pool: answer.value.result.pools[0]! };
}

describe('the forecast of a pool', () => {
  it('tells when 90 % are reached, by arithmetic: 20 a day from 100 on day 4', () => {
    const { verdict, pool } = forecast(past([0, 20], [1, 40], [2, 60], [3, 80], [4, 100]));
    expect([verdict, pool.outlook, pool.perDay]).toEqual(['WILL_FILL', 'WILL_FILL', 20]);
    expect(Date.parse(pool.reaches90At!)).toBeCloseTo(START + (4 + (228.6 - 100) / 20) * DAY, -3);
    expect(Date.parse(pool.reachesFullAt!)).toBeCloseTo(START + (4 + (254 - 100) / 20) * DAY, -3);
    expect(pool.trends.map(({ method }) => method).sort()).toEqual(['holt', 'linear']);
  });

  it('follows the same growth from what is supposed to be used: 20 a day from 100 and 30 more', () => {
    const services = Array.from({ length: 130 }, (_, index) => `service s${index} 10.96.0.${index + 1}`).join('\n');
    const { pool } = forecast(past([0, 20], [1, 40], [2, 60], [3, 80], [4, 100]), addressCluster(services), { [POOL]: 100n });
    expect([pool.used, pool.perDay]).toEqual(['130', 20]);
    expect(Date.parse(pool.reaches90At!)).toBeCloseTo(START + (4 + (228.6 - 130) / 20) * DAY, -3);
  });

  it('is honest where the history is too short: few states, or all of one day', () => {
    for (const history of [[], past([0, 20], [1, 40], [2, 60]), past([0, 1], [0.1, 50], [0.2, 100], [0.3, 150])]) {
      const { verdict, pool, confidence } = forecast(history);
      expect([verdict, pool.reaches90At, pool.perDay, pool.trends, confidence]).toEqual(['TOO_SHORT', null, null, [], 'INSUFFICIENT_INFO']);
    }
  });

  it.each([
    [30, '30 minutes'],
    [150, '2.5 hours'],
  ])('says over how long a time the states are: %i minutes', (minutes, text) => {
    const day = minutes / (24 * 60);
    expect(forecast(past([0, 20], [day / 2, 40], [day, 60])).summary).toContain(`there are 3 states over ${text}`);
  });

  it('does not look farther than ten times as far as back', () => {
    const { verdict, pool } = forecast(past([0, 10], [1, 11], [2, 12], [3, 13]));
    expect([verdict, pool.reaches90At, pool.perDay]).toEqual(['FAR', null, 1]);
  });

  it('sees that nothing grows', () => {
    expect(forecast(past([0, 30], [1, 30], [2, 30], [3, 30])).verdict).toBe('STEADY');
  });

  it('leaves out states that did not have the pool', () => {
    const history = past([0, 20], [1, 40], [2, 60], [3, 80]).map((state, index) => (index === 0 ? { ...state, used: {} } : state));
    expect(forecast(history).pool.samples).toHaveLength(3);
  });

  it('says when 90 % are reached already', () => {
    const services = Array.from({ length: 230 }, (_, index) => `service s${index} 10.96.0.${index + 1}`).join('\n');
    const { verdict, pool } = forecast([], addressCluster(services));
    expect([verdict, pool.used]).toEqual(['REACHED', '230']);
  });

  it('measures what ip-pools calls used', () => {
    expect(poolUse(MODEL, new AllocationBook())).toEqual({ [POOL]: 2n, 'pods.10.244.0.0_16': 0n });
  });

  it('names the nearest pool', () => {
    expect(poolForecast(MODEL, new AllocationBook(), { past: [] }, { pool: 'services.10.96.0.0_25' })).toMatchObject({
      ok: false,
      error: { kind: 'unknown-pool' },
    });
  });
});
