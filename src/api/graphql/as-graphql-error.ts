import { GraphQLError } from 'graphql';
import { problemDocument } from '../http/problem-document.js';
import { problemOfError } from '../http/problem-of-error.js';

/** An error with its problem document in `extensions`, for where no formatter sees it: Mercurius sends what a subscription throws as it is. */
export function asGraphqlError(error: unknown, requestId: string): GraphQLError {
  if (error instanceof GraphQLError) return error;
  const problem = problemOfError(error);
  return new GraphQLError(problem.message, {
    extensions: problemDocument(problem, requestId),
    originalError: error instanceof Error ? error : new Error(String(error)),
  });
}
