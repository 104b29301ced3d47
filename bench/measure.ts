import { readFileSync } from 'node:fs';

/** The middle of the values; the lower one of two. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor((sorted.length - 1) / 2)] ?? Number.NaN;
}

/** The value below which `share` (0 … 1) of the values lie. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

const TICKS_PER_SECOND = 100; // USER_HZ of Linux, whatever the kernel's own rate

/** CPU seconds (user and system, all threads) a process has used so far; Linux only. */
export function cpuSeconds(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
}

/** Runs `work` and returns the seconds it took by the wall clock, with its value. */
export async function timed<T>(work: () => Promise<T> | T): Promise<{ readonly seconds: number; readonly value: T }> {
  const start = process.hrtime.bigint();
  const value = await work();
  return { seconds: Number(process.hrtime.bigint() - start) / 1e9, value };
}

/** One line of the printed table. */
export interface Figure {
  readonly name: string;
  readonly value: string;
  readonly reference: string;
  readonly ratio: string;
  readonly goal: string;
}

/** Prints figures as a Markdown table, ready for `docs/PERFORMANCE.md`. */
export function printFigures(title: string, figures: readonly Figure[]): void {
  console.log(`\n### ${title}\n\n| figure | measured | reference in the same run | ratio | goal |\n| --- | --- | --- | --- | --- |`);
  for (const { name, value, reference, ratio, goal } of figures) console.log(`| ${name} | ${value} | ${reference} | ${ratio} | ${goal} |`);
}

/** Three significant digits. */
export function format(value: number, unit = ''): string {
  const text = value >= 100 ? Math.round(value).toLocaleString('en') : value.toPrecision(3);
  return unit === '' ? text : `${text} ${unit}`;
}
