import { setTimeout as delay } from 'node:timers/promises';
import { givenUpAs } from './database-failure.js';

/** Of one piece of work. */
const MOST_TRIES = 5;
/** At most, before the second try; twice as long before each that follows. */
const FIRST_PAUSE_MS = 8;

/**
 * Runs work that happens as a whole or not at all, and again while the database gives it up for the sake of others: after a pause of random length, so that those who met do not meet
 * again. After the last try the error is the caller's.
 */
export async function repeated<T>(work: () => Promise<T>, pause: (ms: number) => Promise<unknown> = delay): Promise<T> {
  for (let tries = 1; ; tries++) {
    try {
      return await work();
    } catch (error) {
      if (tries === MOST_TRIES || givenUpAs(error) === undefined) throw error;
      await pause(Math.random() * FIRST_PAUSE_MS * 2 ** (tries - 1));
    }
  }
}
