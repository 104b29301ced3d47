import { assertNever } from '../kernel/assert-never.js';
import { compareText } from '../kernel/compare.js';
import type { Labels } from './resource.js';

/** One condition of a label selector. */
export interface LabelRequirement {
  readonly key: string;
  readonly operator: 'In' | 'NotIn' | 'Exists' | 'DoesNotExist';
  readonly values: readonly string[];
  /** Set where an equality was written as an expression, `app In [web]`: it means the same, and is told as it was written. */
  readonly asExpression?: true;
  /** Set where the values were written in another order. */
  readonly writtenValues?: readonly string[];
}

/**
 * A label selector, its `matchLabels` rewritten to `In` requirements and its requirements in a stable order. No requirement = everything
 * matches. `invalid` (an unknown operator, `In` without values …) matches nothing: an unusable selector never widens access.
 */
export interface LabelSelector {
  readonly requirements: readonly LabelRequirement[];
  readonly invalid: boolean;
}

/** Matches everything. */
export const EVERYTHING: LabelSelector = { requirements: [], invalid: false };

/** Builds a selector of equalities, as `Service.spec.selector` and node selectors are. */
export function selectorOfLabels(labels: Labels): LabelSelector {
  const keys = Object.keys(labels).sort(compareText);
  return { requirements: keys.map((key) => ({ key, operator: 'In' as const, values: [labels[key] ?? ''] })), invalid: false };
}

/** Whether one requirement holds. `NotIn` and `DoesNotExist` hold when the key is absent (apimachinery `LabelSelectorAsSelector`). */
export function requirementHolds(requirement: LabelRequirement, labels: Labels): boolean {
  const value = Object.hasOwn(labels, requirement.key) ? labels[requirement.key] : undefined;
  switch (requirement.operator) {
    case 'In':
      return value !== undefined && requirement.values.includes(value);
    case 'NotIn':
      return value === undefined || !requirement.values.includes(value);
    case 'Exists':
      return value !== undefined;
    case 'DoesNotExist':
      return value === undefined;
    default:
      return assertNever(requirement.operator);
  }
}

/** Whether the labels satisfy every requirement. */
export function selectorMatches(selector: LabelSelector, labels: Labels): boolean {
  return !selector.invalid && selector.requirements.every((requirement) => requirementHolds(requirement, labels));
}

/** The first requirement that does not hold: what a near miss has to name. */
export function firstUnmet(selector: LabelSelector, labels: Labels): LabelRequirement | undefined {
  return selector.requirements.find((requirement) => !requirementHolds(requirement, labels));
}

const texts = new WeakMap<LabelSelector, string>();

/** kubectl's spelling: `app=web,tier in (a,b),!canary`; `<all>` for the empty selector. */
export function formatSelector(selector: LabelSelector): string {
  let text = texts.get(selector);
  if (text === undefined) {
    text =
      selector.requirements.length > 0 ? selector.requirements.map(formatRequirement).join(',') : selector.invalid ? '<invalid>' : '<all>';
    texts.set(selector, text);
  }
  return text;
}

function formatRequirement({ key, operator, values }: LabelRequirement): string {
  if (operator === 'Exists') return key;
  if (operator === 'DoesNotExist') return `!${key}`;
  if (operator === 'In' && values.length === 1) return `${key}=${values[0]}`;
  return `${key} ${operator === 'In' ? 'in' : 'notin'} (${values.join(',')})`;
}
