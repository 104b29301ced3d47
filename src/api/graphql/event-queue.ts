/** The most events that wait for a slow consumer; the oldest are dropped beyond it. */
const MAX_WAITING = 1_000;

/**
 * Events of a listener as an iterator that somebody awaits. Unlike that of an async generator its end takes effect at once, though a next event is being waited for: a client that
 * goes away leaves no listener behind.
 */
export class EventQueue<T> implements AsyncIterableIterator<T> {
  private readonly waiting: T[] = [];
  private wake: (() => void) | undefined;
  private isOver = false;
  private readonly stop: () => void;

  /** `listen` begins to listen and returns how to stop. */
  constructor(listen: () => () => void) {
    this.stop = listen();
  }

  async next(): Promise<IteratorResult<T>> {
    while (!this.isOver && this.waiting.length === 0) {
      await new Promise<void>((resolve) => {
        this.wake = resolve;
      });
    }
    const [event] = this.waiting.splice(0, 1);
    return event === undefined || this.isOver ? { done: true, value: undefined } : { done: false, value: event };
  }

  async return(): Promise<IteratorResult<T>> {
    this.isOver = true;
    this.stop();
    this.wake?.();
    return Promise.resolve({ done: true, value: undefined });
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  /** Adds an event; after the end it is lost. */
  push(event: T): void {
    this.waiting.push(event);
    if (this.waiting.length > MAX_WAITING) this.waiting.shift();
    this.wake?.();
  }
}
