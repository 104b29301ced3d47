/** How long nothing more is said of a kind of failure, in milliseconds. */
const SILENCE_MS = 60_000;

/** Tells the first failure, and then at most one a minute with how many there were: whoever sends packets must not write the log. */
export class SeldomLog {
  private quietUntil = -Infinity;
  private unsaid = 0;

  constructor(
    private readonly say: (error: unknown, unsaid: number) => void,
    private readonly now: () => number = () => performance.now(),
  ) {}

  failed(error: unknown): void {
    if (this.now() < this.quietUntil) {
      this.unsaid++;
      return;
    }
    this.quietUntil = this.now() + SILENCE_MS;
    this.say(error, this.unsaid);
    this.unsaid = 0;
  }
}
