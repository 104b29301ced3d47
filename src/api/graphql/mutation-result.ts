import { getNamedType, type GraphQLResolveInfo, isObjectType, isUnionType } from 'graphql';
import { type Problem, ProblemError } from '../../core/kernel/problem.js';
import { ok, type Result } from '../../core/kernel/result.js';
import { problemDocument } from '../http/problem-document.js';
import type { GraphqlContext } from '../http/caller.js';
import { problemTypeName } from './generated-types.js';

/** A member of a mutation's union. */
export type MutationResult = Readonly<Record<string, unknown>> & { readonly __typename: string };

/** Where a mutation runs: the field's own type, and the request. */
export interface MutationPlace {
  readonly info: GraphQLResolveInfo;
  readonly context: GraphqlContext;
}

/**
 * What a mutation answers: the payload when all went well, or the problem as a value where the union has a type for its kind. Any other problem is thrown, as it would be by a
 * field of a query.
 */
export async function mutationResult<T>(
  { info, context }: MutationPlace,
  payload: string,
  work: () => Promise<Result<T, Problem>>,
  members: (value: T) => Readonly<Record<string, unknown>>,
): Promise<MutationResult> {
  const result = await asResult(work);
  if (result.ok) return { __typename: payload, ...members(result.value) };
  const union = getNamedType(info.returnType);
  const type = info.schema.getType(problemTypeName(result.error.kind));
  if (!isUnionType(union) || !isObjectType(type) || !info.schema.isSubType(union, type)) throw new ProblemError(result.error);
  return problemValue(result.error, context.requestId);
}

/** A problem as a value of its type. */
export function problemValue(problem: Problem, requestId: string): MutationResult {
  const { requestId: _, ...document } = problemDocument(problem, requestId);
  return { __typename: problemTypeName(problem.kind), ...document, extra: problem.extra ?? null };
}

/** Problems that are thrown on the way (input that cannot be read) count like those that are returned. */
async function asResult<T>(work: () => Promise<Result<T, Problem>>): Promise<Result<T, Problem>> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof ProblemError) return { ok: false, error: error.problem };
    throw error;
  }
}

/** A result for work that cannot fail in a foreseen way. */
export async function succeeding<T>(work: Promise<T>): Promise<Result<T, Problem>> {
  return ok(await work);
}
