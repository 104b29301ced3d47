import { describe, expect, it } from 'vitest';
import { SharedLook } from './shared-look.js';

/** A look that is answered by hand, with the number of looks before it. */
function byHand() {
  const answers: (() => void)[] = [];
  const fails: ((error: Error) => void)[] = [];
  const shared = new SharedLook(
    async () =>
      new Promise<number>((settle, fail) => {
        const number = answers.push(() => settle(number));
        fails.push(fail);
      }),
  );
  return { shared, answers, fails };
}

describe('a shared look', () => {
  it('serves those who came before it began, and those who come later by the next one', async () => {
    const { shared, answers } = byHand();
    const first = [shared.ask(), shared.ask()];
    await Promise.resolve();
    const late = [shared.ask(), shared.ask()];
    answers[0]!();
    expect(await Promise.all(first)).toEqual([1, 1]);
    await Promise.resolve();
    answers[1]!();
    expect(await Promise.all(late)).toEqual([2, 2]);
    expect([answers.length, shared.idle]).toEqual([2, true]);
  });

  it('that fails harms those alone who shared it', async () => {
    const { shared, answers, fails } = byHand();
    const first = shared.ask();
    await Promise.resolve();
    const late = shared.ask();
    fails[0]!(new Error('lost'));
    await expect(first).rejects.toThrow('lost');
    await Promise.resolve();
    await Promise.resolve();
    answers[1]!();
    expect(await late).toBe(2);
  });
});
