import type { Operation, OperationProgress, OperationState } from '../../application/operations/operation.js';
import { invariant } from '../../core/kernel/invariant.js';
import type { Problem } from '../../core/kernel/problem.js';
import { Prisma, type Operation as Row } from '../generated/prisma/client.js';

/** What is written of an operation whenever it changed. */
export function rowOf(operation: Operation) {
  const { kind, cluster, author, state, progress, result, problem, createdAt, updatedAt, finishedAt } = operation;
  const times = { createdAt, updatedAt, finishedAt };
  return { kind, cluster, author, state, progress: { ...progress }, result: jsonOf(result), problem: jsonOf(problem), ...times };
}

/** What was written by {@link rowOf} and constrained by the database is not checked again. */
export function operationOf({ id, kind, cluster, author, state, createdAt, updatedAt, finishedAt, ...row }: Row): Operation {
  invariant(isState(state), 'operation_state');
  const progress: OperationProgress = Object(row.progress);
  const problem: Problem | null = row.problem === null ? null : Object(row.problem);
  return { id, kind, cluster, author, state, progress, result: row.result, problem, createdAt, updatedAt, finishedAt };
}

const STATES: readonly string[] = ['running', 'succeeded', 'failed', 'cancelled'] satisfies readonly OperationState[];

function isState(text: string): text is OperationState {
  return STATES.includes(text);
}

/** JSON as Prisma takes it. What is no JSON yet (times) becomes it. */
function jsonOf(value: unknown): Prisma.InputJsonValue | typeof Prisma.DbNull {
  if (value === null || value === undefined) return Prisma.DbNull;
  const json: Prisma.InputJsonValue = JSON.parse(JSON.stringify(value));
  return json;
}
