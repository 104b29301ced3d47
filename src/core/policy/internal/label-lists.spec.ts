import { type Arbitrary, array, assert, constant, constantFrom, dictionary, oneof, property, record, uniqueArray } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { finished } from '../../kernel/steps.js';
import { calicoSelectorMatches, type SelectorStep } from '../../resources/calico-selector.js';
import { eachClass } from './class-set.js';
import { LabelLists } from './label-lists.js';

type Formula = readonly SelectorStep[];

const label = constantFrom('app', 'tier', 'role');
const value = constantFrom('a', 'b', 'ab', 'ba');
const condition: Arbitrary<SelectorStep> = oneof(
  constant({ op: 'all' as const }),
  record({ op: constant('has' as const), label }),
  record({
    op: constantFrom('in' as const, 'not in' as const),
    label,
    values: uniqueArray(value, { maxLength: 3 }).map((some) => new Set(some)),
  }),
  record({ op: constantFrom('contains' as const, 'starts with' as const, 'ends with' as const), label, value }),
);

/** In postfix order, so deep at most. */
function formulas(depth: number): Arbitrary<Formula> {
  const plain = condition.map((step): Formula => [step]);
  if (depth === 0) return plain;
  const part = formulas(depth - 1);
  const several = record({ op: constantFrom('and' as const, 'or' as const), parts: array(part, { minLength: 2, maxLength: 3 }) });
  return oneof(
    plain,
    part.map((one): Formula => [...one, { op: 'not' }]),
    several.map(({ op, parts }): Formula => [...parts.flat(), { op, operands: parts.length }]),
  );
}

describe('those whose labels satisfy a formula', () => {
  const positions = (lists: LabelLists, formula: Formula) => {
    const found: number[] = [];
    eachClass(finished(lists.satisfying(formula)), (position) => found.push(position));
    return found;
  };

  // projectcalico/calico `libcalico-go/lib/selector/parser/ast.go`: each node is evaluated for the labels of one endpoint.
  it('are those that the selector matches one by one, and nobody who has no labels to look at', () => {
    assert(
      property(array(dictionary(label, value, { maxKeys: 3 }), { maxLength: 80 }), formulas(3), (everybody, formula) => {
        const lists = new LabelLists(everybody.length);
        const known = [...everybody.entries()].filter(([position]) => position % 5 !== 4);
        for (const [position, labels] of known) lists.file(labels, position);
        const expected = known.flatMap(([position, labels]) =>
          calicoSelectorMatches({ text: '', steps: formula }, labels) ? [position] : [],
        );
        expect(positions(lists, formula)).toEqual(expected);
        // What was found before is not changed by what is asked later.
        expect(positions(lists, [...formula, { op: 'not' }, { op: 'not' }])).toEqual(expected);
      }),
      { numRuns: 500 },
    );
  });
});
