import { array, assert, constantFrom, dictionary, oneof, property, record } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type LabelRequirement, type LabelSelector, selectorMatches } from '../../resources/label-selector.js';
import { LabelIndex } from './label-index.js';

const keys = constantFrom('app', 'tier', 'constructor');
const values = constantFrom('x', 'y', 'z');
const requirement = record({
  key: keys,
  operator: constantFrom<LabelRequirement['operator']>('In', 'NotIn', 'Exists', 'DoesNotExist'),
  values: array(values, { maxLength: 3 }),
});
const selector = record({ requirements: array(requirement, { maxLength: 3 }), invalid: constantFrom(false, false, false, true) });

describe('an index of selectors', () => {
  it('finds every selector that matches, and each once', () => {
    const some = array(oneof(selector, constantFrom<undefined>(undefined)), { maxLength: 12 });
    assert(
      property(some, dictionary(keys, values), (selectors, labels) => {
        const index = new LabelIndex<number>();
        for (const [position, one] of selectors.entries()) index.add(one, position);
        const found = index.candidates(labels);
        const matches = (one: LabelSelector | undefined) => one === undefined || selectorMatches(one, labels);
        expect(new Set(found).size).toBe(found.length);
        expect(found).toEqual(expect.arrayContaining(selectors.flatMap((one, position) => (matches(one) ? [position] : []))));
      }),
    );
  });

  it('leaves out those that want another value of a label', () => {
    const index = new LabelIndex<string>();
    const wants = (value: string): LabelSelector => ({
      requirements: [{ key: 'app', operator: 'In', values: [value] }],
      invalid: false,
    });
    for (const value of ['web', 'api', 'db']) index.add(wants(value), value);
    expect(index.candidates({ app: 'api' })).toEqual(['api']);
  });
});
