import type { Steps } from '../core/kernel/steps.js';

/** How long one stretch of work may hold the event loop, in milliseconds. */
const STRETCH_MS = 8;

/** Lets other requests through: long work rests after each stretch. */
export class Pace {
  private since = performance.now();

  /** Whether it is time to {@link rest}. */
  get isDue(): boolean {
    return performance.now() - this.since >= STRETCH_MS;
  }

  /** Resolves after the event loop went round once. */
  async rest(): Promise<void> {
    await new Promise<void>((resolve) => setImmediate(resolve));
    this.since = performance.now();
  }
}

/** Takes the steps of long work, and lets others through after each stretch. */
export async function inStretches<T>(steps: Steps<T>, pace = new Pace()): Promise<T> {
  for (;;) {
    const step = steps.next();
    if (step.done) return step.value;
    if (pace.isDue) await pace.rest();
  }
}
