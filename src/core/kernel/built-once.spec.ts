import { describe, expect, it } from 'vitest';
import { BuiltOnce } from './built-once.js';
import { finished } from './steps.js';

/** Counts to three, a step each; fails at the second step of the first building when told so. */
function counting(failsFirst = false) {
  const taken = { buildings: 0, steps: 0 };
  const once = new BuiltOnce(function* (of: { readonly name: string }) {
    const building = ++taken.buildings;
    for (let step = 1; step <= 3; step++) {
      taken.steps++;
      if (failsFirst && building === 1 && step === 2) throw new Error('broken');
      yield;
    }
    return `${of.name} ${building}`;
  });
  return { once, taken };
}

describe('what is built once', () => {
  it('is built at the first question, and of each thing by itself', () => {
    const { once, taken } = counting();
    const a = { name: 'a' };
    expect([once.get(a), once.get(a), finished(once.steps(a)), once.get({ name: 'b' })]).toEqual(['a 1', 'a 1', 'a 1', 'b 2']);
    expect(taken).toEqual({ buildings: 2, steps: 6 });
  });

  it('yields between its steps, and several who need it share them', () => {
    const { once, taken } = counting();
    const a = { name: 'a' };
    const [first, second] = [once.steps(a), once.steps(a)];
    first.next();
    expect(taken.steps).toBe(1);
    second.next();
    expect(taken.steps).toBe(2);
    expect([finished(first), finished(second)]).toEqual(['a 1', 'a 1']);
    expect(taken).toEqual({ buildings: 1, steps: 3 });
  });

  it('is finished in one go by who cannot wait', () => {
    const { once, taken } = counting();
    const a = { name: 'a' };
    once.steps(a).next();
    expect(once.get(a)).toBe('a 1');
    expect(taken).toEqual({ buildings: 1, steps: 3 });
  });

  it('is begun anew after a failure', () => {
    const { once } = counting(true);
    const a = { name: 'a' };
    expect(() => once.get(a)).toThrow('broken');
    expect(once.get(a)).toBe('a 2');
  });
});
