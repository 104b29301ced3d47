import { describe, expect, it } from 'vitest';
import { MOST_SUPPOSED, SupposedStates } from './supposed-states.js';

const applied = (apply: string) => ({ apply, delete: [] }) as const;
const gone = (...names: string[]) => ({ apply: undefined, delete: names }) as const;

describe('the states that one batch supposes', () => {
  it('are few, however often each is asked', () => {
    const states = new SupposedStates();
    for (let number = 0; number < MOST_SUPPOSED; number++)
      for (let time = 0; time < 20; time++) expect(states.refusal(applied(String(number)), 'c 1')).toBeUndefined();
    expect(states.refusal(applied('more'), 'c 1')).toMatchObject({
      kind: 'limit-too-large',
      extra: { maximum: MOST_SUPPOSED },
      errors: [{ pointer: '/apply', code: 'too-many' }],
    });
    expect(states.refusal(gone('Ingress a/b'), 'c 1')).toMatchObject({ errors: [{ pointer: '/delete' }] });
    expect(states.refusal(applied(String(MOST_SUPPOSED - 1)), 'c 1')).toBeUndefined();
  });

  // Two models are kept: of three states in turn each would be compiled again and again.
  it('count anew where others came in between, and at another coordinate', () => {
    const states = new SupposedStates();
    const told = Array.from({ length: MOST_SUPPOSED }, (_, turn) => states.refusal(applied(String(turn % 3)), 'c 1'));
    expect(told).toEqual(Array(MOST_SUPPOSED).fill(undefined));
    expect(states.refusal(applied(String(MOST_SUPPOSED % 3)), 'c 1')?.kind).toBe('limit-too-large');
    const two = new SupposedStates();
    for (let turn = 0; turn < 200; turn++) expect(two.refusal(applied(String(turn % 2)), 'c 1')).toBeUndefined();
    // The one that was asked again is kept, and the other one gives way (`lru-cache`).
    const again = new SupposedStates();
    for (let number = 1; number < MOST_SUPPOSED; number++)
      for (const state of ['often', String(number)]) expect(again.refusal(applied(state), 'c 1')).toBeUndefined();
    expect(again.refusal(applied('more'), 'c 1')?.kind).toBe('limit-too-large');
    const places = new SupposedStates();
    for (let turn = 0; turn < MOST_SUPPOSED; turn++) places.refusal(applied('a'), `c ${turn}`);
    expect(places.refusal(applied('a'), 'c 0')?.kind).toBe('limit-too-large');
  });
});
