import { type Problem, ProblemError } from '../../core/kernel/problem.js';
import type { Result } from '../../core/kernel/result.js';

/** The value of a result; its problem is thrown for the one mapper at the edge. */
export function orThrow<T>(result: Result<T, Problem>): T {
  if (result.ok) return result.value;
  throw new ProblemError(result.error);
}
