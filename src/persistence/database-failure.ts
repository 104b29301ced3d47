import { problem, ProblemError } from '../core/kernel/problem.js';

/** PostgreSQL's classes of errors that say nothing about the statement: connection, shutdown, too many connections (appendix A of its manual). */
const SERVER_GONE = /^(08|57P|53)/;
const SOCKET = new Set(['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ETIMEDOUT', 'ENOTFOUND', 'EHOSTUNREACH', 'EAI_AGAIN']);
/** `character_not_in_repertoire`: U+0000, which PostgreSQL's text cannot have. */
const UNSTORABLE_TEXT = '22021';
/** What pg and its pool say without a code. */
const CONNECTION_LOST =
  /connection terminated|timeout exceeded when trying to connect|cannot use a pool after calling end|client has encountered a connection error/i;

/** The error as callers are to see it: `database-unavailable` where the database did not answer, otherwise as it is. */
export function databaseFailure(error: unknown): unknown {
  if (!(error instanceof Error) || error instanceof ProblemError) return error;
  if (hasCode(error, UNSTORABLE_TEXT))
    return new ProblemError(problem('invalid-request', 'text with the character U+0000 names nothing here'));
  if (!isUnavailable(error)) return error;
  const failure = new ProblemError(problem('database-unavailable', 'the database does not answer', { hint: 'try again in a moment' }));
  failure.cause = error;
  return failure;
}

function isUnavailable(error: Error): boolean {
  const code = codeOf(error);
  if (code !== undefined && (SERVER_GONE.test(code) || SOCKET.has(code) || code === 'P1001' || code === 'P1017' || code === 'P2024'))
    return true;
  if (CONNECTION_LOST.test(error.message)) return true;
  return error.cause instanceof Error && error.cause !== error && isUnavailable(error.cause);
}

/** Whether the error, or one behind it, has the code; Prisma keeps that of its adapter in `meta`. */
function hasCode(error: unknown, wanted: string): boolean {
  if (typeof error !== 'object' || error === null) return false;
  if (codeOf(error) === wanted) return true;
  const behind: readonly unknown[] = [Reflect.get(error, 'cause'), Reflect.get(Object(Reflect.get(error, 'meta')), 'driverAdapterError')];
  return behind.some((one) => one !== error && hasCode(one, wanted));
}

/** SQLSTATE, system error or Prisma code; Prisma's adapter keeps the first in `cause.originalCode`. */
export function codeOf(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null) return undefined;
  if ('originalCode' in error && typeof error.originalCode === 'string') return error.originalCode;
  return 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}
