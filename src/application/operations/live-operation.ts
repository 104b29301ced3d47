import type { Operation, OperationProgress } from './operation.js';

/** Watchers hear of progress no more often than this, in milliseconds. */
const PROGRESS_EVERY_MS = 100;

/** An operation that this process runs: its newest state, and who waits for the next. */
export class LiveOperation {
  readonly controller = new AbortController();
  private waiting = new Set<() => void>();
  private toldAt = 0;

  constructor(private state: Operation) {}

  get operation(): Operation {
    return this.state;
  }

  /** Notes progress; cheap enough to be called for every document. */
  progress(progress: OperationProgress, now: number): void {
    this.state = { ...this.state, progress, updatedAt: new Date(now) };
    if (now - this.toldAt < PROGRESS_EVERY_MS) return;
    this.toldAt = now;
    this.tell();
  }

  /** Ends the operation; watchers always hear of it. */
  finish(operation: Operation): void {
    this.state = operation;
    this.tell();
  }

  /** The state now and every newer one, the last one always; states in between may be passed over. */
  async *states(): AsyncGenerator<Operation> {
    for (;;) {
      const { state } = this;
      // The wait starts before the state is handed out, so that no change is missed while the consumer works.
      const changed = this.nextChange();
      yield state;
      if (state.state !== 'running') return;
      if (this.state === state) await changed;
    }
  }

  private async nextChange(): Promise<void> {
    return new Promise((resolve) => this.waiting.add(resolve));
  }

  private tell(): void {
    const woken = this.waiting;
    this.waiting = new Set();
    for (const wake of woken) wake();
  }
}
