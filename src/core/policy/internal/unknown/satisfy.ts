import { finished } from '../../../kernel/steps.js';
import { conditionHolds, type LabelCondition } from '../../../resources/calico-selector.js';
import { valuesToTell, type LabelValue } from './label-values.js';
import { butNot, EVERY_POD_HAS, everyOf, type PodFormula } from './pod-formula.js';

/** How many conditions are asked before the search is given up. */
const MOST_WORK = 200_000;

/** So many times values of a label are asked for parts: a few milliseconds of work. */
const MOST_VALUES = 50_000;

/** Labels by which a formula holds. */
export type Witness = ReadonlyMap<string, LabelValue>;

/**
 * Labels for which the formula holds: every label that it speaks of is tried with each value that its conditions tell apart, one label after the other, and given
 * up as soon as the others cannot matter any more. `none`: there are none; `unknown`: it would take too long to find out.
 */
export function satisfy(formula: PodFormula): Witness | 'none' | 'unknown' {
  const labels: { readonly label: string; readonly values: readonly LabelValue[] }[] = [];
  for (const [label, conditions] of conditionsOf(formula)) {
    const values = finished(valuesToTell(conditions, MOST_VALUES));
    if (!values) return 'unknown';
    labels.push({ label, values: EVERY_POD_HAS.has(label) ? values.filter((value) => value !== undefined) : values });
  }
  const known = new Map<string, LabelValue>();
  let work = 0;
  const search = (position: number): 'found' | 'none' | 'unknown' => {
    work += formula.length;
    const holds = holdsFor(formula, known);
    if (holds !== undefined) return holds ? 'found' : 'none';
    const next = labels[position];
    if (!next) return 'none';
    for (const value of next.values) {
      if (work > MOST_WORK) return 'unknown';
      known.set(next.label, value);
      const found = search(position + 1);
      if (found !== 'none') return found;
    }
    known.delete(next.label);
    return 'none';
  };
  const found = search(0);
  return found === 'found' ? known : found;
}

/** Whether a pod with these labels, and none that they leave open, shows that something else does not follow from what they were found for: quickly seen, most often. */
export function refutes(witness: Witness, formula: PodFormula): boolean {
  return !holdsFor(formula, { has: () => true, get: (label) => witness.get(label) ?? (EVERY_POD_HAS.has(label) ? ANY_VALUE : undefined) });
}

const ANY_VALUE = 'other';

/** Whether every pod for which one formula holds is one for which the other does; undefined: it would take too long to find out. */
export function entails(formula: PodFormula, other: PodFormula): boolean | undefined {
  const against = satisfy(everyOf([formula, butNot(other)]));
  return against === 'unknown' ? undefined : against === 'none';
}

/** By label, the conditions on it, in the order in which the formula first speaks of them. */
function conditionsOf(formula: PodFormula): ReadonlyMap<string, readonly LabelCondition[]> {
  const found = new Map<string, LabelCondition[]>();
  for (const step of formula) {
    if (!('label' in step)) continue;
    const known = found.get(step.label);
    if (known) known.push(step);
    else found.set(step.label, [step]);
  }
  return found;
}

/** Whether the formula holds as far as labels are known; undefined: that depends on the others. */
function holdsFor(formula: PodFormula, known: Pick<Witness, 'has' | 'get'>): boolean | undefined {
  const results: (boolean | undefined)[] = [];
  for (const step of formula) {
    if (step.op === 'all' || step.op === 'global') results.push(true);
    else if (step.op === 'not') {
      const last = results.pop();
      results.push(last === undefined ? undefined : !last);
    } else if (step.op === 'and' || step.op === 'or') {
      const joined = results.splice(-step.operands);
      const decisive = step.op === 'or';
      results.push(joined.includes(decisive) ? decisive : joined.includes(undefined) ? undefined : !decisive);
    } else results.push(known.has(step.label) ? fares(step, known.get(step.label)) : undefined);
  }
  return results[0];
}

function fares(condition: LabelCondition, value: LabelValue): boolean {
  return conditionHolds(condition, value === undefined ? {} : { [condition.label]: value });
}
