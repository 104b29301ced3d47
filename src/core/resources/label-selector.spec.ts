import { describe, expect, it } from 'vitest';
import { EVERYTHING, firstUnmet, formatSelector, type LabelSelector, selectorMatches, selectorOfLabels } from './label-selector.js';

const one = (key: string, operator: 'In' | 'NotIn' | 'Exists' | 'DoesNotExist', ...values: string[]): LabelSelector => ({
  requirements: [{ key, operator, values }],
  invalid: false,
});

/** apimachinery `pkg/labels/selector.go`, `Requirement.Matches`: NotIn and DoesNotExist hold when the key is absent. */
const ROWS: readonly [name: string, selector: LabelSelector, labels: Record<string, string>, matches: boolean][] = [
  ['empty matches everything', EVERYTHING, { app: 'web' }, true],
  ['invalid matches nothing', { requirements: [], invalid: true }, {}, false],
  ['In with the value', one('app', 'In', 'web', 'api'), { app: 'api' }, true],
  ['In with another value', one('app', 'In', 'web'), { app: 'api' }, false],
  ['In without the key', one('app', 'In', 'web'), {}, false],
  ['NotIn with another value', one('app', 'NotIn', 'web'), { app: 'api' }, true],
  ['NotIn with the value', one('app', 'NotIn', 'web'), { app: 'web' }, false],
  ['NotIn without the key', one('app', 'NotIn', 'web'), {}, true],
  ['Exists with an empty value', one('app', 'Exists'), { app: '' }, true],
  ['Exists without the key', one('app', 'Exists'), {}, false],
  ['DoesNotExist with the key', one('app', 'DoesNotExist'), { app: 'x' }, false],
  ['a key of every object is no label', one('constructor', 'Exists'), {}, false],
];

describe('selectorMatches', () => {
  it.each(ROWS)('%s', (_, selector, labels, matches) => expect(selectorMatches(selector, labels)).toBe(matches));
});

describe('selectorOfLabels', () => {
  it('is the same whatever the order of the labels', () => {
    expect(selectorOfLabels({ b: '2', a: '1' })).toEqual(selectorOfLabels({ a: '1', b: '2' }));
    expect(firstUnmet(selectorOfLabels({ b: '2', a: '1' }), { a: '1' })?.key).toBe('b');
  });
});

describe('formatSelector', () => {
  it('writes what kubectl reads', () => {
    const requirements = [
      ...one('app', 'In', 'web').requirements,
      ...one('tier', 'NotIn', 'a', 'b').requirements,
      ...one('x', 'Exists').requirements,
      ...one('y', 'DoesNotExist').requirements,
    ];
    expect(formatSelector({ requirements, invalid: false })).toBe('app=web,tier notin (a,b),x,!y');
    expect(formatSelector(EVERYTHING)).toBe('<all>');
  });
});
