import { hash } from 'node:crypto';
import { z } from 'zod';
import { problem, type Problem } from '../../core/kernel/problem.js';
import { err, ok, type Result } from '../../core/kernel/result.js';

/** What the next page of a list starts from: the revisions that the first page was read at, and the sort key of the last item shown. */
export interface ContinuePoint {
  readonly revisions: readonly number[];
  readonly after: readonly string[];
}

const TOKEN = z.tuple([z.string(), z.array(z.int().min(0)), z.array(z.string())]);

/** Tells one list from every other: the digest of all that is asked of it. */
export function listDigest(asked: unknown): string {
  return hash('sha256', JSON.stringify(asked), 'base64url').slice(0, 16);
}

/** Writes a token; `digest` says which list it belongs to. Opaque to clients, and no secret: it can read nothing that its bearer may not. */
export function writeContinueToken(digest: string, { revisions, after }: ContinuePoint): string {
  return Buffer.from(JSON.stringify([digest, revisions, after])).toString('base64url');
}

/** Reads a token of the list. Fails with `invalid-request`. */
export function readContinueToken(digest: string, text: string): Result<ContinuePoint, Problem> {
  const token = TOKEN.safeParse(jsonOf(text));
  if (!token.success) return err(wrong(`\`continue\` is no token of a list: \`${text.slice(0, 40)}\``, 'invalid-token'));
  const [ofList, revisions, after] = token.data;
  if (ofList !== digest)
    return err(
      wrong('`continue` belongs to another list: the request or the settings of the cluster are not what they were', 'other-list'),
    );
  return ok({ revisions, after });
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(Buffer.from(text, 'base64url').toString('utf8'));
  } catch {
    return undefined;
  }
}

function wrong(message: string, code: string): Problem {
  const hint = 'repeat the request of the page before with its `continue` added; only `limit` and `fields` may change';
  return problem('invalid-request', message, { hint, errors: [{ pointer: '/continue', code, message, hint }] });
}
