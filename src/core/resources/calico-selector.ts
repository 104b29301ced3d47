import { assertNever } from '../kernel/assert-never.js';
import type { Labels } from './resource.js';

/** A condition on one label. */
export type LabelCondition =
  | { readonly op: 'has'; readonly label: string }
  | { readonly op: 'in' | 'not in'; readonly label: string; readonly values: ReadonlySet<string> }
  | { readonly op: 'contains' | 'starts with' | 'ends with'; readonly label: string; readonly value: string };

/** One step of a selector in postfix order: a condition, or an operator on the results of the steps before it. */
export type SelectorStep =
  | LabelCondition
  | { readonly op: 'all' }
  | { readonly op: 'global' }
  | { readonly op: 'not' }
  /** `operands`: how many results it joins. */
  | { readonly op: 'and'; readonly operands: number }
  | { readonly op: 'or'; readonly operands: number };

/** A selector of Calico's language (projectcalico/calico `libcalico-go/lib/selector/parser`), ready to be asked without recursion. */
export interface CalicoSelector {
  /** As it was written, without blanks around it; `all()` for the empty one. */
  readonly text: string;
  readonly steps: readonly SelectorStep[];
}

/** Whether the labels satisfy the selector. `all()` and `global()` hold for everything: what they mean of namespaces is up to the reader of the policy. */
export function calicoSelectorMatches({ steps }: CalicoSelector, labels: Labels): boolean {
  const results: boolean[] = [];
  for (const step of steps) {
    if (step.op === 'all' || step.op === 'global') results.push(true);
    else if (step.op === 'not') results.push(results.pop() === false);
    else if (step.op === 'and') results.push(results.splice(-step.operands).every(Boolean));
    else if (step.op === 'or') results.push(results.splice(-step.operands).some(Boolean));
    else results.push(conditionHolds(step, labels));
  }
  return results[0] === true;
}

/** "`!=` also matches if label is not present", and so does `not in`; the others need the label. */
export function conditionHolds(condition: LabelCondition, labels: Labels): boolean {
  const value = Object.hasOwn(labels, condition.label) ? labels[condition.label] : undefined;
  switch (condition.op) {
    case 'has':
      return value !== undefined;
    case 'in':
      return value !== undefined && condition.values.has(value);
    case 'not in':
      return value === undefined || !condition.values.has(value);
    case 'contains':
      return value?.includes(condition.value) === true;
    case 'starts with':
      return value?.startsWith(condition.value) === true;
    case 'ends with':
      return value?.endsWith(condition.value) === true;
    default:
      return assertNever(condition);
  }
}

/** The same selector with every step replaced, by one or by several that leave one result. */
export function mapSteps(
  { text, steps }: CalicoSelector,
  replace: (step: SelectorStep) => SelectorStep | readonly SelectorStep[],
): CalicoSelector {
  return { text, steps: steps.flatMap(replace) };
}

/** Every one of the selectors that are given must match; undefined where none is. */
export function allOf(...given: readonly (CalicoSelector | undefined)[]): CalicoSelector | undefined {
  const selectors = given.flatMap((selector) => selector ?? []);
  if (selectors.length < 2) return selectors[0];
  const steps = selectors.flatMap((selector) => selector.steps);
  return {
    text: selectors.map(({ text }) => `(${text})`).join(' && '),
    steps: [...steps, { op: 'and', operands: selectors.length }],
  };
}
