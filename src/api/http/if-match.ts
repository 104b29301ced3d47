import { problem, ProblemError } from '../../core/kernel/problem.js';

const NUMBERED = /^(?:W\/)?"?(\d{1,9})(\.[\w-]+)?"?$/;

/** What `If-Match` expects to be there. */
interface Expected {
  readonly number: number;
  /** The whole entity tag, quoted; undefined where the number alone was sent. */
  readonly tag: string | undefined;
}

/**
 * The number that `If-Match` expects: \`"41"\`, or the entity tag of a cluster or revision, which begins with it. Undefined where nothing or anything (`*`) is expected.
 * Throws `invalid-request`.
 */
export function expectedNumber(header: string | undefined): number | undefined {
  return expectedTag(header)?.number;
}

/** The same, with the whole entity tag where one was sent. */
export function expectedTag(header: string | undefined): Expected | undefined {
  if (header === undefined || header.trim() === '*') return undefined;
  const [, number, digest] = NUMBERED.exec(header.trim()) ?? [];
  if (number !== undefined) return { number: Number(number), tag: digest && `"${number}${digest}"` };
  const message = `\`If-Match: ${header.slice(0, 80)}\` names no version`;
  throw new ProblemError(problem('invalid-request', message, { hint: 'send the `ETag` of what you read, or its number as `"41"`' }));
}
