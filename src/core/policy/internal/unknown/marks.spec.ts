import { describe, expect, it } from 'vitest';
import { selectorOfLabels } from '../../../resources/label-selector.js';
import { marksAskedBy } from './marks.js';
import {
  ANY_POD,
  anyOf,
  butNot,
  conditionFormula,
  everyOf,
  namespacesSelected,
  NO_POD,
  podsSelected,
  type PodFormula,
} from './pod-formula.js';

const labelled = (labels: Record<string, string>) => podsSelected(selectorOfLabels(labels));
const IN_SHOP = namespacesSelected(selectorOfLabels({ 'kubernetes.io/metadata.name': 'shop' }));

describe('the marks that a formula asks for', () => {
  const cases: readonly (readonly [string, PodFormula, readonly (readonly string[])[]])[] = [
    ['any pod: none', ANY_POD, []],
    ['no pod: one of none', NO_POD, [[]]],
    ['a label', labelled({ app: 'web' }), [['app=web']]],
    ['all of several: each', everyOf([IN_SHOP, labelled({ app: 'web' })]), [['namespace name=shop'], ['app=web']]],
    ['one of several: any of them', anyOf([labelled({ app: 'web' }), labelled({ app: 'db' })]), [['app=web', 'app=db']]],
    ['one of them asks for nothing by value', anyOf([labelled({ app: 'web' }), conditionFormula({ op: 'has', label: 'app' })]), []],
    ['what must not be is no mark', butNot(labelled({ app: 'web' })), []],
    ['beside it there may be one', everyOf([butNot(labelled({ app: 'web' })), labelled({ tier: 'a' })]), [['tier=a']]],
  ];
  it.each(cases)('%s', (_, formula, marks) => expect(marksAskedBy(formula)).toEqual(marks));
});
