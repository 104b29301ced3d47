import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** The process that a data folder belongs to, when it runs; undefined when the folder is free. */
export function holderOf(directory: string): number | undefined {
  const file = fileIn(directory);
  if (!existsSync(file)) return undefined;
  const [pid = '', started] = readFileSync(file, 'utf8').split(' ');
  const number = Number(pid);
  if (number === process.pid || !isRunning(number)) return undefined;
  return started === startOf(number) ? number : undefined;
}

/** Marks a data folder as this process's own, and returns how to give it back. One that a killed process left behind is taken over. */
export function holdDirectory(directory: string): () => void {
  writeFileSync(fileIn(directory), `${process.pid} ${startOf(process.pid)}`);
  return () => rmSync(fileIn(directory), { force: true });
}

function fileIn(directory: string): string {
  return join(directory, 'server.pid');
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

/** When a process began, so that a number that was given to another one meanwhile is not mistaken for it; empty where the system does not tell. */
function startOf(pid: number): string {
  const file = `/proc/${pid}/stat`;
  if (!existsSync(file)) return '';
  const stat = readFileSync(file, 'utf8');
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? ''; // field 22, proc(5)
}
