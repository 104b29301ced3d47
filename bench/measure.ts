import { readFileSync } from 'node:fs';

/** The middle of the values; the lower one of two. */
export function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}

/** The value below which `share` (0 … 1) of the values lie. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? Number.NaN;
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

/** Three significant digits. */
export function format(value: number, unit = ''): string {
  const text = value >= 100 ? Math.round(value).toLocaleString('en') : value.toPrecision(3);
  return unit === '' ? text : `${text} ${unit}`;
}

/** Runs `work` in this process and returns the seconds of CPU, all threads, that it took, with its value: on a busy machine the clock says more of the others. */
export async function measured<T>(work: () => Promise<T> | T): Promise<{ readonly cpu: number; readonly value: T }> {
  const start = process.cpuUsage();
  const value = await work();
  const { user, system } = process.cpuUsage(start);
  return { cpu: (user + system) / 1e6, value };
}
