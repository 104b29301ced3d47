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
