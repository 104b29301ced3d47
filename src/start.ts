import { fileURLToPath } from 'node:url';
import type { Logger } from 'pino';
import type { Configuration } from './application/config/configuration.js';

/** Why a server could not start, in words for who started it. */
export class StartFailure extends Error {}

/** How a server is told to end. */
export interface Ending {
  /** Fires when it is to stop as soon as who is being served is served. */
  readonly asked: AbortSignal;
  /** Fires when it is not to wait for them. */
  readonly insisted: AbortSignal;
}

/** What a start needs, and what it leaves to be stopped. */
export interface Start {
  readonly configuration: Configuration;
  readonly logger: Logger;
  readonly say: (line: string) => void;
  readonly ending: Ending;
  readonly stops: (() => Promise<void>)[];
}

const ROOT = new URL('..', import.meta.url);

/** Where the files lie that a server needs beside its code. */
export const FILES = {
  migrations: fileURLToPath(new URL('prisma/migrations', ROOT)),
  demo: fileURLToPath(new URL('demo', ROOT)),
  package: fileURLToPath(new URL('package.json', ROOT)),
};

export async function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
}

export function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
