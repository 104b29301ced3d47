import { format } from './measure.js';

/** One line of a printed table. A ratio of `—` stands where there is no reference. */
export interface Figure {
  readonly name: string;
  readonly value: string;
  readonly reference: string;
  readonly ratio: string;
  readonly goal: string;
}

/** What one benchmark came to. */
export interface Section {
  readonly title: string;
  /** What was done, and what the reference is. */
  readonly about: string;
  readonly figures: readonly Figure[];
}

/** The section as Markdown, as `docs/PERFORMANCE.md` has it. */
export function sectionText({ title, about, figures }: Section): string {
  const rows = figures.map(({ name, value, reference, ratio, goal }) => `| ${name} | ${value} | ${reference} | ${ratio} | ${goal} |`);
  return [
    `### ${title}`,
    '',
    about,
    '',
    '| figure | measured | reference in the same run | ratio | goal |',
    '| --- | --- | --- | --- | --- |',
    ...rows,
  ].join('\n');
}

/** A figure with nothing to hold it against. */
export function plainFigure(name: string, value: string, goal = '—'): Figure {
  return { name, value, reference: '—', ratio: '—', goal };
}

/** A figure and its reference in one unit; the ratio says how many times the reference the measured value is. */
export function comparedFigure(name: string, unit: string, value: number, reference: number, goal = '—'): Figure {
  return { name, value: format(value, unit), reference: format(reference, unit), ratio: format(value / reference), goal };
}
