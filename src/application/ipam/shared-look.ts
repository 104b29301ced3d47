/**
 * Looks something up for all who ask at a time: who comes while a look is under way shares the next one, so that nobody is told what was true before they asked, and looks do not
 * grow with those who ask.
 */
export class SharedLook<T> {
  private running: Promise<unknown> | undefined;
  private next: Promise<T> | undefined;

  constructor(private readonly look: () => Promise<T>) {}

  /** Whether nobody waits here. */
  get idle(): boolean {
    return this.running === undefined && this.next === undefined;
  }

  async ask(): Promise<T> {
    this.next ??= this.after(this.running);
    return this.next;
  }

  private async after(running: Promise<unknown> | undefined): Promise<T> {
    await running?.catch(() => undefined);
    const mine = this.look();
    this.running = mine;
    this.next = undefined;
    try {
      return await mine;
    } finally {
      if (this.running === mine) this.running = undefined;
    }
  }
}
