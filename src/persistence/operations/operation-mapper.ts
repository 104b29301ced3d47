import type { Operation, OperationProgress, OperationState } from '../../application/operations/operation.js';
import type { Problem } from '../../core/kernel/problem.js';
import { Prisma, type Operation as Row } from '../generated/prisma/client.js';

/** What is written of an operation whenever it changed. */
export function rowOf({ id: _, progress, result, problem, ...same }: Operation) {
  return { ...same, progress: { ...progress }, result: jsonOf(result), problem: jsonOf(problem) };
}

/** What was written by {@link rowOf} and constrained by the database is not checked again. */
export function operationOf({ process: _, cancelRequested: __, state, progress, problem, ...same }: Row): Operation {
  return {
    ...same,
    state: state as OperationState,
    progress: progress as unknown as OperationProgress,
    problem: problem as unknown as Problem | null,
  };
}

/** JSON as Prisma takes it. What is no JSON yet (times) becomes it. */
function jsonOf(value: unknown): Prisma.InputJsonValue | typeof Prisma.DbNull {
  if (value === null || value === undefined) return Prisma.DbNull;
  const json: Prisma.InputJsonValue = JSON.parse(JSON.stringify(value));
  return json;
}
