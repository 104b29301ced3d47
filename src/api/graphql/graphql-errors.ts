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

/** The HTTP status: that of the problem where nothing at all was answered, or because of who asks; else 200, for the document was answered. */
export function statusOf(data: unknown, errors: readonly SentError[]): number {
  const statuses = errors.map(({ extensions }) => extensions.status);
  if (data === null || data === undefined) return Math.max(...statuses);
  const isEmpty = Object.values(data).every((value) => value === null);
  return isEmpty && statuses.every((status) => status === 401 || status === 403) ? Math.max(...statuses) : 200;
}

/** Whether the log has to tell more than the client hears. */
export function isUnforeseen(error: GraphQLError): boolean {
  return causesOf(error).some((cause) => problemOf(cause).kind === 'internal-error');
}

/** Mercurius wraps all errors of validation in one. */
function causesOf(error: GraphQLError): readonly GraphQLError[] {
  const { originalError } = error;
  if (!originalError || !('errors' in originalError) || !Array.isArray(originalError.errors)) return [error];
  return originalError.errors.map((cause: unknown) => {
    if (cause instanceof GraphQLError) return cause;
    // The parser descends as the document does, up to what the stack holds.
    return new GraphQLError(cause instanceof RangeError ? 'The document nests too deep' : String(Reflect.get(Object(cause), 'message')));
  });
}

/** What was thrown, below what GraphQL and its compiler put around it; a GraphQL error itself where there is nothing else. */
export function thrownBehind(error: Error): Error {
  return error instanceof GraphQLError && error.originalError ? thrownBehind(error.originalError) : error;
}

/** GraphQL's own complaints (syntax, validation, variables) have nothing behind them: the document or its variables are wrong. */
function problemOf(error: GraphQLError): Problem {
  const thrown = thrownBehind(error);
  if (!(thrown instanceof GraphQLError)) return problemOfError(thrown);
  const [at] = error.locations ?? [];
  const place = at ? ` at line ${at.line}, column ${at.column}` : '';
  const [what = '', hint] = error.message
    .replace(/^Syntax Error: /, 'The document cannot be read: ')
    .replace(/\.$/, '')
    .replaceAll(/"([^"`]*)"/g, '`$1`')
    .split(/\. (?=Did you mean)/);
  const told = hint === undefined ? hintFor(error.message) : lowerFirst(hint);
  return problem('invalid-request', lowerFirst(what) + place, told === undefined ? {} : { hint: told });
}

/** REST writes endpoints as text, and many try that here first. */
function hintFor(message: string): string | undefined {
  return /\bEndpointInput\b/.test(message)
    ? 'an endpoint is an object here; text goes into its `selector`: `{selector: "pod/shop/web"}`'
    : undefined;
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}
