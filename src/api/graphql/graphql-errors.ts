import { GraphQLError } from 'graphql';
import { type Problem, problem } from '../../core/kernel/problem.js';
import { problemDocument, type ProblemDocument } from '../http/problem-document.js';
import { problemOfError } from '../http/problem-of-error.js';

/** An error as GraphQL sends it: where, and the same problem document that REST sends. */
export interface SentError {
  readonly message: string;
  readonly locations?: readonly { readonly line: number; readonly column: number }[];
  readonly path?: readonly (string | number)[];
  readonly extensions: ProblemDocument;
}

/** Every error of an execution or of a document that cannot be executed. */
export function sentErrors(errors: readonly GraphQLError[], requestId: string): readonly SentError[] {
  return errors.flatMap(causesOf).map((error) => {
    const known = problemOf(error);
    return {
      message: known.message,
      ...(error.locations === undefined ? {} : { locations: error.locations }),
      ...(error.path === undefined ? {} : { path: error.path }),
      extensions: problemDocument(known, requestId),
    };
  });
}

/** The HTTP status: that of the gravest problem where there is no data at all, else 200, for then the document was answered in part. */
export function statusOf(data: unknown, errors: readonly SentError[]): number {
  if (typeof data === 'object' && data !== null && Object.values(data).some((value) => value !== null)) return 200;
  return Math.max(...errors.map(({ extensions }) => extensions.status));
}

/** Whether the log has to tell more than the client hears. */
export function isUnforeseen(error: GraphQLError): boolean {
  return causesOf(error).some((cause) => problemOf(cause).kind === 'internal-error');
}

/** Mercurius wraps all errors of validation in one. */
function causesOf(error: GraphQLError): readonly GraphQLError[] {
  const { originalError } = error;
  if (!originalError || !('errors' in originalError) || !Array.isArray(originalError.errors)) return [error];
  return originalError.errors.map((cause: unknown) =>
    cause instanceof GraphQLError ? cause : new GraphQLError(String(Reflect.get(Object(cause), 'message'))),
  );
}

/** GraphQL's own complaints (syntax, validation, variables) have no error behind them: the document or its variables are wrong. */
function problemOf(error: GraphQLError): Problem {
  if (error.originalError) {
    const known = problemOfError(error.originalError);
    if (known.kind !== 'internal-error' || !(error.originalError instanceof GraphQLError)) return known;
  }
  const [at] = error.locations ?? [];
  const place = at ? ` (line ${at.line}, column ${at.column})` : '';
  return problem('invalid-request', `${error.message.charAt(0).toLowerCase()}${error.message.slice(1)}${place}`);
}
