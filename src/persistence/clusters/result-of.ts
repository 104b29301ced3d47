import { ProblemError, type Problem } from '../../core/kernel/problem.js';
import { err, ok, type Result } from '../../core/kernel/result.js';

/** Turns a problem that a transaction threw, to be rolled back, into a value again. What the caller cannot mend stays thrown. */
export async function resultOf<T>(work: () => Promise<T>): Promise<Result<T, Problem>> {
  try {
    return ok(await work());
  } catch (error) {
    if (error instanceof ProblemError && error.problem.kind !== 'database-unavailable') return err(error.problem);
    throw error;
  }
}
