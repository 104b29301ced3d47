import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { problem, type Problem } from '../../core/kernel/problem.js';
import { err, type Result } from '../../core/kernel/result.js';
import { LiveOperation } from './live-operation.js';
import type { Operation, OperationProgress } from './operation.js';
import { OperationStore } from './operation-store.js';

/** What an operation is given to report with, and to stop by. */
export interface OperationContext {
  progress(progress: OperationProgress): void;
  readonly signal: AbortSignal;
}

/** The work itself. What it returns becomes the operation's result or problem. */
export type OperationWork = (context: OperationContext) => Promise<Result<unknown, Problem>>;

/** How often a running operation is written down, and how often one of another process is looked at, in milliseconds. */
const SAVE_EVERY_MS = 1_000;
const LOOK_EVERY_MS = 500;

const NOT_STARTED: OperationProgress = { phase: 'starting', bytes: 0, documents: 0 };

/** Runs long work in the background, tells how far it is, and cancels it. */
export class Operations {
  private readonly running = new Map<string, { readonly live: LiveOperation; readonly done: Promise<void> }>();
  private stopping = false;

  constructor(private readonly store: OperationStore) {}

  /** Starts the work and returns at once; the operation can be found from then on. */
  async start(what: Pick<Operation, 'kind' | 'cluster' | 'author'>, work: OperationWork): Promise<Operation> {
    const now = new Date();
    const { kind, cluster, author } = what;
    const started = {
      state: 'running',
      progress: NOT_STARTED,
      result: null,
      problem: null,
      createdAt: now,
      updatedAt: now,
      finishedAt: null,
    } as const;
    const operation: Operation = { id: randomUUID(), kind, cluster, author, ...started };
    await this.store.insert(operation);
    const live = new LiveOperation(operation);
    const done = this.run(live, work).finally(() => this.running.delete(operation.id));
    this.running.set(operation.id, { live, done });
    return operation;
  }

  /** The operation as it is now. */
  async find(id: string): Promise<Operation | undefined> {
    return this.running.get(id)?.live.operation ?? (await this.store.find(id));
  }

  /** The operation as it is now, then whenever it changed, until it is finished. Nothing where there is none. */
  async *watch(id: string): AsyncGenerator<Operation> {
    const here = this.running.get(id);
    if (here) yield* here.live.states();
    else yield* this.watchElsewhere(id);
  }

  /** Asks the operation to stop, and returns it as it is then. A finished one stays as it is; undefined where there is none. */
  async cancel(id: string): Promise<Operation | undefined> {
    const here = this.running.get(id);
    if (!here) {
      await this.store.requestCancel(id);
      return this.store.find(id);
    }
    here.live.controller.abort();
    await here.done;
    return here.live.operation;
  }

  /** Ends the process's part: running work is stopped and marked as interrupted. */
  async stop(): Promise<void> {
    this.stopping = true;
    const all = [...this.running.values()];
    for (const { live } of all) live.controller.abort();
    await Promise.all(all.map(async ({ done }) => done));
  }

  private async *watchElsewhere(id: string): AsyncGenerator<Operation> {
    let last: Operation | undefined;
    for (;;) {
      const operation = await this.store.find(id);
      if (!operation) return;
      if (operation.updatedAt.getTime() !== last?.updatedAt.getTime() || operation.state !== last.state) yield operation;
      if (operation.state !== 'running') return;
      last = operation;
      await delay(LOOK_EVERY_MS);
    }
  }

  private async run(live: LiveOperation, work: OperationWork): Promise<void> {
    const { signal } = live.controller;
    const saving = setInterval(() => void this.save(live), SAVE_EVERY_MS);
    const outcome = await this.outcomeOf(work, { signal, progress: (progress) => live.progress(progress, Date.now()) });
    clearInterval(saving);
    const finished = this.finished(live.operation, outcome);
    // Written down before it is told: who hears that it is done finds it done.
    await this.store.save(finished).catch(() => undefined);
    live.finish(finished);
  }

  private async save(live: LiveOperation): Promise<void> {
    if (live.operation.state !== 'running') return;
    const { cancelRequested } = await this.store.save(live.operation).catch(() => ({ cancelRequested: false }));
    if (cancelRequested) live.controller.abort();
  }

  private async outcomeOf(work: OperationWork, context: OperationContext): Promise<Result<unknown, Problem>> {
    try {
      return await work(context);
    } catch {
      return err(problem('internal-error', 'the operation failed for a reason that lies in the server'));
    }
  }

  private finished(operation: Operation, outcome: Result<unknown, Problem>): Operation {
    const now = new Date();
    const end = { updatedAt: now, finishedAt: now };
    if (outcome.ok) return { ...operation, ...end, state: 'succeeded', result: outcome.value };
    if (outcome.error.kind !== 'operation-cancelled') return { ...operation, ...end, state: 'failed', problem: outcome.error };
    if (!this.stopping) return { ...operation, ...end, state: 'cancelled', problem: outcome.error };
    return {
      ...operation,
      ...end,
      state: 'failed',
      problem: problem('operation-interrupted', 'the server was stopped while the operation ran; nothing was written'),
    };
  }
}
