/** After so long the database is asked again. What is written says the time, and the database refuses one that is a second off. */
const TRUSTED_MS = 60_000;

/** The time of the database, told on from when it was last asked. */
export class LedgerClock {
  private readonly asked = performance.now();

  constructor(private readonly time: Date) {}

  /** Undefined: it was asked too long ago. */
  now(): Date | undefined {
    const passed = performance.now() - this.asked;
    return passed < TRUSTED_MS ? new Date(this.time.getTime() + Math.floor(passed)) : undefined;
  }
}
