import type { Steps } from '../../../kernel/steps.js';
import { conditionHolds, type LabelCondition } from '../../../resources/calico-selector.js';
import { LabelFates, type LabelValue, valuesToTell } from '../unknown/label-values.js';
import { ANY_POD, anyOf, butNot, everyOf, NO_POD, type PodFormula } from '../unknown/pod-formula.js';

/** Values of labels; undefined: the label is absent. */
export type LabelKind = ReadonlyMap<string, LabelValue>;

/** What formulas tell apart. */
export interface LabelKinds {
  /** One for every combination of formulas that hold together and no others. */
  readonly kinds: readonly LabelKind[];
  /** Whether nothing but this value of the label fares with the formulas as it does. */
  isOnly(label: string, value: LabelValue): boolean;
}

/** So many times values of one label are asked for parts. */
const MOST_VALUES = 1_000_000;
/** So many conditions are gone through at least, over all formulas: each time one of their labels is given a value. */
const MOST_CONDITIONS = 4_000_000;
/** So many unlike sets of labels are kept while the rest is tried. */
const MOST_STATES = 5_000;

interface State {
  readonly values: LabelKind;
  /** What is left to be found out of each formula, by number. */
  readonly open: readonly number[];
}

/**
 * Every way in which labels can fare with all of the formulas at once, with labels that fare so: one label after the other is given each value that its conditions
 * tell apart, and what leaves the same of every formula is one way. Undefined where that asks more than `most` times, or of parts of values that are too many. Yields
 * often.
 */
export function* labelKinds(formulas: readonly PodFormula[], always: ReadonlySet<string>, most: number): Steps<LabelKinds | undefined> {
  const left = new Formulas();
  const conditions = yield* conditionsOf(formulas);
  const numbers = new Set<number>();
  for (const formula of formulas) {
    yield;
    numbers.add(left.numberOf(formula));
  }
  if (left.leastWork() > MOST_CONDITIONS) return undefined;
  let states: readonly State[] = [{ values: new Map(), open: [...numbers] }];
  let asked = 0;
  for (const [label, some] of conditions) {
    const told = yield* valuesToTell(some, MOST_VALUES);
    if (!told || told.length * some.length > most) return undefined;
    const values = always.has(label) ? told.filter((value) => value !== undefined) : told;
    const next = new Map<string, State>();
    const moves = values.map(() => new Map<number, number>());
    for (const state of states) {
      asked += values.length * (1 + state.open.filter((one) => left.asks(one, label)).length);
      if (asked > most) return undefined;
      for (const [position, value] of values.entries()) {
        yield;
        const open = state.open.map((one) => left.given(one, { label, value }, moves[position]));
        const key = open.join();
        if (next.size > MOST_STATES) return undefined;
        if (!next.has(key)) next.set(key, { values: new Map([...state.values, [label, value]]), open });
      }
    }
    states = [...next.values()];
  }
  const fates = new Map<string, LabelFates>();
  return {
    kinds: states.map(({ values }) => values),
    isOnly: (label, value) => {
      const ofLabel = fates.get(label) ?? new LabelFates(conditions.get(label) ?? []);
      fates.set(label, ofLabel);
      return value !== undefined && ofLabel.isOnly(value);
    },
  };
}

/** By label, the different conditions on it, in the order in which the formulas first speak of them. Yields after each formula. */
function* conditionsOf(formulas: readonly PodFormula[]): Steps<ReadonlyMap<string, readonly LabelCondition[]>> {
  const found = new Map<string, Map<string, LabelCondition>>();
  for (const formula of formulas) {
    yield;
    for (const step of formula) {
      if (!('label' in step)) continue;
      const known = found.get(step.label) ?? new Map<string, LabelCondition>();
      found.set(step.label, known);
      known.set(keyOf([step]), step);
    }
  }
  return new Map([...found].map(([label, known]) => [label, [...known.values()]]));
}

/** Formulas by number: equal ones have the same. */
class Formulas {
  private readonly numbers = new Map<string, number>();
  private readonly formulas: PodFormula[] = [];
  private readonly labels: ReadonlySet<string>[] = [];

  numberOf(formula: PodFormula): number {
    const key = formula === ANY_POD ? 'any' : formula === NO_POD ? 'none' : keyOf(formula);
    const number = this.numbers.get(key) ?? this.formulas.length;
    if (number === this.formulas.length) {
      this.numbers.set(key, number);
      this.formulas.push(formula);
      this.labels.push(new Set(formula.flatMap((step) => ('label' in step ? [step.label] : []))));
    }
    return number;
  }

  /** How many conditions are gone through where each label has two values only. */
  leastWork(): number {
    return this.formulas.reduce((sum, { length }, number) => sum + 2 * length * (this.labels[number]?.size ?? 0), 0);
  }

  asks(number: number, label: string): boolean {
    return this.labels[number]?.has(label) === true;
  }

  /** What is left of a formula once a label has a value; `known`: what was found of that value before. */
  given(
    number: number,
    { label, value }: { readonly label: string; readonly value: LabelValue },
    known = new Map<number, number>(),
  ): number {
    if (!this.asks(number, label)) return number;
    const found = known.get(number) ?? this.numberOf(reduced(this.formulas[number] ?? NO_POD, label, value));
    known.set(number, found);
    return found;
  }
}

function reduced(formula: PodFormula, label: string, value: LabelValue): PodFormula {
  const results: PodFormula[] = [];
  const labels = value === undefined ? {} : { [label]: value };
  for (const step of formula) {
    if (step.op === 'all' || step.op === 'global') results.push(ANY_POD);
    else if (step.op === 'not') results.push(butNot(results.pop() ?? NO_POD));
    else if (step.op === 'and') results.push(everyOf(results.splice(-step.operands)));
    else if (step.op === 'or') results.push(anyOf(results.splice(-step.operands)));
    else if (step.label === label) results.push(conditionHolds(step, labels) ? ANY_POD : NO_POD);
    else results.push([step]);
  }
  return results[0] ?? NO_POD;
}

function keyOf(formula: PodFormula): string {
  return JSON.stringify(formula.map((step) => ('values' in step ? { ...step, values: [...step.values].sort() } : step)));
}
