import { problem, ProblemError } from '../../core/kernel/problem.js';

const NUMBERED = /^(?:W\/)?"?(\d{1,9})(?:\.[\w-]+)?"?$/;

/**
 * The number that `If-Match` expects: \`"41"\`, or the entity tag of a cluster or revision, which begins with it. Undefined where nothing or anything (`*`) is expected.
 * Throws `invalid-request`.
 */
export function expectedNumber(header: string | undefined): number | undefined {
  if (header === undefined || header.trim() === '*') return undefined;
  const number = NUMBERED.exec(header.trim())?.[1];
  if (number !== undefined) return Number(number);
  const message = `\`If-Match: ${header.slice(0, 80)}\` names no version`;
  throw new ProblemError(problem('invalid-request', message, { hint: 'send the `ETag` of what you read, or its number as `"41"`' }));
}
