import type { PodFormula } from './pod-formula.js';
import type { Witness } from './satisfy.js';

/** `label=value`: what pods are found by. */
type Mark = string;

/** Of each of these lists, every pod that is meant has one mark; there may be no list, where nothing is asked for by value. */
export type AskedMarks = readonly (readonly Mark[])[];

/**
 * The marks that a formula asks for. A rule that means some pods, however they are, has to mean those that were found for their formula, so that it is asked only
 * about pods with its marks.
 */
export function marksAskedBy(formula: PodFormula): AskedMarks {
  const asked: AskedMarks[] = [];
  for (const [position, step] of formula.entries()) {
    if (step.op === 'in') asked.push([[...step.values].map((value) => markOf(step.label, value))]);
    else if (step.op === 'not') {
      asked.pop();
      asked.push(formula[position - 1]?.op === 'all' ? [[]] : []);
    } else if (step.op === 'and' || step.op === 'or') {
      const operands = asked.splice(-step.operands);
      asked.push(step.op === 'and' ? operands.flat() : oneOf(operands));
    } else asked.push([]);
  }
  return asked[0] ?? [];
}

/** A list for all of the operands: of each the last of its lists, which asks for the pod's own labels where it asks for any. */
export function oneOf(operands: readonly AskedMarks[]): AskedMarks {
  const lists = operands.map((own) => own.at(-1));
  const told = lists.filter((list) => list !== undefined);
  return told.length < lists.length ? [] : [[...new Set(told.flat())]];
}

/** The marks of pods with these labels. */
export function marksOfWitness(witness: Witness): readonly Mark[] {
  return [...witness].flatMap(([label, value]) => (value === undefined ? [] : [markOf(label, value)]));
}

function markOf(label: string, value: string): Mark {
  return `${label}=${value}`;
}
