import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { repeated } from './repeated.js';

const givenUp = (code: string) => Object.assign(new Error('given up'), { code });

/** Fails as told, one error a try, then succeeds. */
function failing(...errors: readonly Error[]) {
  const left = [...errors];
  let tries = 0;
  const work = async (): Promise<string> => {
    tries++;
    const error = left.shift();
    if (error) throw error;
    return Promise.resolve('done');
  };
  return { work, tries: () => tries };
}

describe('work that the database may give up', () => {
  beforeEach(() => void vi.spyOn(Math, 'random').mockReturnValue(0));
  afterEach(() => void vi.restoreAllMocks());

  // `shared/reference/ipam-dataplane.md` §13.3, 4: "40001, 40P01, 55P03 → retry the batch up to 5 times with jitter".
  it.each(['40001', '40P01', '55P03'])('is done again where it was given up for the sake of others (%s)', async (code) => {
    const { work, tries } = failing(givenUp(code), givenUp(code));
    expect([await repeated(work), tries()]).toEqual(['done', 3]);
  });

  it('is tried five times, and then its error is told', async () => {
    const errors = Array.from({ length: 5 }, () => givenUp('40001'));
    const { work, tries } = failing(...errors);
    await expect(repeated(work)).rejects.toBe(errors[4]);
    expect(tries()).toBe(5);
  });

  // 13.3, 6: what may have been committed is not done again by whoever does not know.
  it.each(['23505', '08006', 'ECONNRESET'])('is not done again after another error (%s)', async (code) => {
    const { work, tries } = failing(givenUp(code));
    await expect(repeated(work)).rejects.toMatchObject({ code });
    expect(tries()).toBe(1);
  });

  it('waits for a part of a time that is twice as long before each further try', async () => {
    vi.spyOn(Math, 'random').mockReturnValue(0.5);
    const pauses: number[] = [];
    const { work } = failing(...Array.from({ length: 4 }, () => givenUp('40P01')));
    await repeated(work, async (ms) => Promise.resolve(void pauses.push(ms)));
    expect(pauses).toEqual([4, 8, 16, 32]);
  });
});
