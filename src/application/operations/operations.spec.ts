import { beforeEach, describe, expect, it } from 'vitest';
import { problem } from '../../core/kernel/problem.js';
import { err, ok } from '../../core/kernel/result.js';
import type { Operation } from './operation.js';
import { OperationStore } from './operation-store.js';
import { Operations, type OperationWork } from './operations.js';

/** A store whose operations may also be those of another process. */
class MemoryStore extends OperationStore {
  readonly kept = new Map<string, Operation>();
  readonly cancelled = new Set<string>();
  failing = false;

  override async insert(operation: Operation): Promise<void> {
    this.kept.set(operation.id, operation);
    return Promise.resolve();
  }
  override async save(operation: Operation): Promise<{ readonly cancelRequested: boolean }> {
    if (this.failing) throw new Error('the database is away');
    this.kept.set(operation.id, operation);
    return Promise.resolve({ cancelRequested: this.cancelled.has(operation.id) });
  }
  override async find(id: string): Promise<Operation | undefined> {
    return Promise.resolve(this.kept.get(id));
  }
  override async requestCancel(id: string): Promise<void> {
    this.cancelled.add(id);
    return Promise.resolve();
  }
}

const WORK = { kind: 'import', cluster: 'prod', author: 'ann' };
const CANCELLED = problem('operation-cancelled', 'the import was cancelled');
const untilStopped: OperationWork = async ({ signal }) => {
  await new Promise((stop) => signal.addEventListener('abort', stop, { once: true }));
  return err(CANCELLED);
};

let store: MemoryStore;
let operations: Operations;
beforeEach(() => {
  store = new MemoryStore();
  operations = new Operations(store);
});

/** What a watcher hears until the end. */
async function heard(id: string): Promise<readonly Operation[]> {
  const states: Operation[] = [];
  for await (const state of operations.watch(id)) states.push(state);
  return states;
}

describe('an operation', () => {
  it.each([
    ['a result', async () => Promise.resolve(ok({ objects: 3 })), { state: 'succeeded', result: { objects: 3 }, problem: null }],
    [
      'a problem',
      async () => Promise.resolve(err(problem('import-rejected', 'no'))),
      { state: 'failed', result: null, problem: { kind: 'import-rejected' } },
    ],
    [
      'an exception, which tells nothing of the inside',
      async () => Promise.reject(new Error('secret')),
      {
        state: 'failed',
        problem: { kind: 'internal-error', message: 'the operation failed for a reason that lies in the server' },
      },
    ],
  ] as const)('ends with %s', async (_, work, end) => {
    const { id } = await operations.start(WORK, work);
    expect((await heard(id)).at(-1)).toMatchObject(end);
    expect(await operations.find(id)).toMatchObject(end);
    expect(store.kept.get(id)?.finishedAt).toBeInstanceOf(Date);
  });

  it('runs while it is told of, and is told of until its end', async () => {
    let finish: () => void = () => undefined;
    const { id, state } = await operations.start(WORK, async (context) => {
      context.progress({ phase: 'reading', bytes: 10, documents: 1 });
      await new Promise<void>((resolve) => (finish = resolve));
      return ok('done');
    });
    expect(state).toBe('running');
    const hearing = heard(id);
    expect(await operations.find(id)).toMatchObject({ state: 'running', progress: { phase: 'reading', bytes: 10, documents: 1 } });
    finish();
    const states = await hearing;
    expect([states[0]?.state, states.at(-1)?.state]).toEqual(['running', 'succeeded']);
    expect(states.at(-1)?.progress.documents).toBe(1);
  });

  it('is cancelled once; finished it stays as it is', async () => {
    const { id } = await operations.start(WORK, untilStopped);
    const cancelled = await operations.cancel(id);
    expect(cancelled).toMatchObject({ state: 'cancelled', problem: CANCELLED });
    expect(await operations.cancel(id)).toEqual(cancelled);
    expect(await operations.cancel('nobody')).toBeUndefined();
  });

  it('that another process runs is asked to stop through the store', async () => {
    const other = new Operations(store);
    const { id } = await other.start(WORK, untilStopped);
    expect(await operations.cancel(id)).toMatchObject({ state: 'running' });
    expect(store.cancelled).toEqual(new Set([id]));
    expect((await heard(id)).at(-1)).toMatchObject({ state: 'cancelled' });
  });

  it('is interrupted, not cancelled, where the process stops', async () => {
    const { id } = await operations.start(WORK, untilStopped);
    await operations.stop();
    expect(await operations.find(id)).toMatchObject({ state: 'failed', problem: { kind: 'operation-interrupted' } });
  });

  it('ends for its watchers though its end cannot be written down', async () => {
    const { id } = await operations.start(WORK, untilStopped);
    const hearing = heard(id);
    store.failing = true;
    expect(await operations.cancel(id)).toMatchObject({ state: 'cancelled' });
    expect((await hearing).at(-1)).toMatchObject({ state: 'cancelled' });
  });

  it('that does not exist is nobody’s', async () => {
    expect([await operations.find('nobody'), await heard('nobody')]).toEqual([undefined, []]);
  });
});
