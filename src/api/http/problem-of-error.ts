import { HttpException } from '@nestjs/common';
import { type Problem, problem, ProblemError, type ProblemKind } from '../../core/kernel/problem.js';

/** What was thrown, as a problem. Anything unforeseen is an `internal-error` that tells nothing of the inside; its cause goes to the log. */
export function problemOfError(error: unknown): Problem {
  if (error instanceof ProblemError) return error.problem;
  if (error instanceof HttpException)
    return problemOfError(error.cause ?? Object.assign(new Error(error.message), { statusCode: error.getStatus() }));
  const { code, statusCode, message } = describe(error);
  if (DATABASE_CODES.test(code))
    return problem('database-unavailable', 'the database cannot be reached', { hint: 'try again in a moment' });
  const kind = CODES[code] ?? STATUSES[statusCode];
  if (kind === undefined) return problem('internal-error', 'the server failed to answer; its log tells why under the request id');
  return problem(kind, MESSAGES[code] ?? lowerFirst(message));
}

/** Connection failures of node (`ECONNREFUSED`), of PostgreSQL's class 08 and 57P, and Prisma's P1xxx. */
const DATABASE_CODES = /^(?:ECONNREFUSED|ECONNRESET|EPIPE|08\w{3}|57P0[123]|53300|P1\d{3}|P2024)$/;

const CODES: Readonly<Record<string, ProblemKind>> = {
  FST_ERR_CTP_BODY_TOO_LARGE: 'payload-too-large',
  FST_ERR_CTP_INVALID_MEDIA_TYPE: 'unsupported-media-type',
  FST_REQ_FILE_TOO_LARGE: 'payload-too-large',
  FST_FILES_LIMIT: 'payload-too-large',
  MER_ERR_METHOD_NOT_ALLOWED: 'method-not-allowed',
};

const STATUSES: Readonly<Record<number, ProblemKind>> = {
  400: 'invalid-request',
  404: 'unknown-route',
  405: 'method-not-allowed',
  406: 'invalid-request',
  413: 'payload-too-large',
  414: 'invalid-request',
  415: 'unsupported-media-type',
  431: 'invalid-request',
};

const MESSAGES: Readonly<Record<string, string>> = {
  FST_ERR_CTP_BODY_TOO_LARGE: 'the body of the request is larger than this path takes',
  FST_ERR_CTP_EMPTY_JSON_BODY: 'the body is empty though its content type is `application/json`',
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: 'the body is not as long as `Content-Length` says',
  FST_ERR_BAD_URL: 'the path of the URL is not valid percent-encoding',
  MER_ERR_METHOD_NOT_ALLOWED: 'a mutation or subscription cannot be sent with GET',
};

function describe(error: unknown): { readonly code: string; readonly statusCode: number; readonly message: string } {
  if (!(error instanceof Error)) return { code: '', statusCode: 500, message: '' };
  const code = 'code' in error ? String(error.code) : '';
  const statusCode = 'statusCode' in error ? Number(error.statusCode) : 500;
  return { code, statusCode, message: error.message };
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}
