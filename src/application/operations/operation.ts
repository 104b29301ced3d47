import type { Problem } from '../../core/kernel/problem.js';

/** Where long work is. What is not counted by its kind is 0. */
export interface OperationProgress {
  readonly phase: string;
  readonly bytes: number;
  readonly documents: number;
}

/** `cancelled` and `failed` have a problem, `succeeded` has a result; none of the three ever changes again. */
export type OperationState = 'running' | 'succeeded' | 'failed' | 'cancelled';

/** Long work that answers before it is done: a large import, an export of all pairs. */
export interface Operation {
  /** UUID. */
  readonly id: string;
  /** What is being done, kebab-case: `import`. */
  readonly kind: string;
  /** Name of the cluster it works on; null where it works on none. */
  readonly cluster: string | null;
  /** Who started it. */
  readonly author: string;
  readonly state: OperationState;
  readonly progress: OperationProgress;
  /** What the same request answers when it is waited for. */
  readonly result: unknown;
  readonly problem: Problem | null;
  readonly createdAt: Date;
  readonly updatedAt: Date;
  readonly finishedAt: Date | null;
}
