import type { Steps } from '../core/kernel/steps.js';

/** How long one stretch of work may hold the event loop, in milliseconds. */
const STRETCH_MS = 8;

/** Lets other requests through: long work rests after each stretch, and of all that rests one goes on in each turn of the event loop, however many there are. */
export class Pace {
  private since = performance.now();

  /** Whether it is time to {@link rest}. */
  get isDue(): boolean {
    return performance.now() - this.since >= STRETCH_MS;
  }

  /** Resolves when the event loop went round, and those that rested before had a turn of their own. */
  async rest(): Promise<void> {
    await new Promise<void>((resolve) => {
      if (resting.push(resolve) === 1) setImmediate(goOn);
    });
    this.since = performance.now();
  }
}

const resting: (() => void)[] = [];

/** The stretch of whoever goes on ends before the next turn. */
function goOn(): void {
  resting.shift()?.();
  if (resting.length > 0) setImmediate(goOn);
}

/** Takes the steps of long work, and lets others through after each stretch. */
export async function inStretches<T>(steps: Steps<T>, pace = new Pace()): Promise<T> {
  for (;;) {
    const step = steps.next();
    if (step.done) return step.value;
    if (pace.isDue) await pace.rest();
  }
}
