import type { Operation } from './operation.js';

/** Where operations outlive the process that runs them. */
export abstract class OperationStore {
  /** Keeps a new operation, run by this process. */
  abstract insert(operation: Operation): Promise<void>;
  /** Keeps what became of an operation of this process. Tells whether somebody asked for it to be cancelled. */
  abstract save(operation: Operation): Promise<{ readonly cancelRequested: boolean }>;
  /** Undefined where there is none. An operation whose process died is `failed` with `operation-interrupted`. */
  abstract find(id: string): Promise<Operation | undefined>;
  /** Asks the process that runs the operation to stop; it hears of it at its next `save`. */
  abstract requestCancel(id: string): Promise<void>;
}
