import { problem, ProblemError } from '../core/kernel/problem.js';

/** PostgreSQL's classes of errors that say nothing about the statement: connection, shutdown, too many connections (appendix A of its manual). */
const SERVER_GONE = /^(08|57P|53)/;
const SOCKET = new Set(['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ETIMEDOUT', 'ENOTFOUND', 'EHOSTUNREACH', 'EAI_AGAIN']);
/** `character_not_in_repertoire`: U+0000, which PostgreSQL's text cannot have. */
const UNSTORABLE_TEXT = '22021';
/** What PostgreSQL rolled back for the sake of others, and says to repeat as a whole (appendix A; 13.5 "Serialization Failure Handling"). */
const GIVEN_UP: ReadonlyMap<string, string> = new Map([
  ['40001', 'serialization_failure'],
  ['40P01', 'deadlock_detected'],
  ['55P03', 'lock_not_available'],
]);
/** Cannot be reached; closed the connection; no connection came free. */
const PRISMA_GONE = new Set(['P1001', 'P1017', 'P2024']);
/** What pg and its pool say without a code. */
const CONNECTION_LOST =
  /connection terminated|timeout exceeded when trying to connect|cannot use a pool after calling end|client has encountered a connection error/i;

/** The error as callers are to see it: `database-unavailable` where the database did not answer, otherwise as it is. */
export function databaseFailure(error: unknown): unknown {
  if (!(error instanceof Error) || error instanceof ProblemError) return error;
  if ([...chainOf(error)].some((one) => codeOf(one) === UNSTORABLE_TEXT))
    return new ProblemError(problem('invalid-request', 'text with the character U+0000 names nothing here'));
  const givenUp = givenUpAs(error);
  if (givenUp === undefined && !isUnavailable(error)) return error;
  const message =
    givenUp === undefined
      ? 'the database does not answer'
      : `the database gave the change up for another one (\`${givenUp}\`); nothing was changed`;
  const failure = new ProblemError(problem('database-unavailable', message, { hint: 'try again in a moment' }));
  failure.cause = error;
  return failure;
}

/** By which name PostgreSQL gave the work up for the sake of others; undefined: it is another error. */
export function givenUpAs(error: unknown): string | undefined {
  for (const one of chainOf(error)) {
    const name = GIVEN_UP.get(codeOf(one) ?? '');
    if (name !== undefined) return name;
  }
  return undefined;
}

/** The codes that say the database is away, Prisma's for the same among them. */
function isUnavailable(error: Error): boolean {
  return [...chainOf(error)].some((one) => {
    const code = codeOf(one) ?? '';
    const gone = SERVER_GONE.test(code) || SOCKET.has(code) || PRISMA_GONE.has(code);
    return gone || (one instanceof Error && CONNECTION_LOST.test(one.message));
  });
}

/** The error and those behind it; Prisma keeps that of its adapter in `meta`. */
function* chainOf(error: unknown): Generator<object> {
  if (typeof error !== 'object' || error === null) return;
  yield error;
  const behind: readonly unknown[] = [Reflect.get(error, 'cause'), Reflect.get(Object(Reflect.get(error, 'meta')), 'driverAdapterError')];
  for (const one of behind) if (one !== error) yield* chainOf(one);
}

/** SQLSTATE, system error or Prisma code; Prisma's adapter keeps the first in `cause.originalCode`. */
export function codeOf(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null) return undefined;
  if ('originalCode' in error && typeof error.originalCode === 'string') return error.originalCode;
  return 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}
