import type { Problem } from './problem.js';
import { err, type Result } from './result.js';

/** The result, with the parameter of the request that its problem is about; a problem that names its places itself keeps them. */
export function atParameter<T>(parameter: string, result: Result<T, Problem>): Result<T, Problem> {
  return result.ok ? result : err(problemAt(`/${parameter}`, result.error));
}

/** The problem, at a place of the request (a JSON pointer); one that names its places itself keeps them. */
export function problemAt(pointer: string, problem: Problem): Problem {
  if (problem.errors) return problem;
  const { kind, message, hint } = problem;
  return { ...problem, errors: [{ pointer, code: kind, message, ...(hint === undefined ? {} : { hint }) }] };
}

/** The problem of a part of a request, with its places as the whole has them: `/to` in item 3 is `/items/3/to`. */
export function problemBelow(prefix: string, problem: Problem): Problem {
  const errors = problem.errors?.map((detail) => ({ ...detail, pointer: `${prefix}${detail.pointer}` }));
  return errors ? { ...problem, errors } : problemAt(prefix, problem);
}
