import { problem, type Problem } from '../../core/kernel/problem.js';
import { err, ok, type Result } from '../../core/kernel/result.js';
import { MAX_LIMIT } from '../objects/list-request.js';

/** What is asked of a list that is at hand. */
export interface PageRequest {
  /** How many items; default 50, at most 1,000. */
  readonly first?: number | undefined;
  /** The cursor of the item before the first. */
  readonly after?: string | undefined;
}

/** A part of a list. */
export interface ListPage<T> {
  readonly items: readonly T[];
  /** What names the place of each item. */
  readonly cursors: readonly string[];
  /** How many items come after the page. */
  readonly remaining: number;
}

const DEFAULT_FIRST = 50;

/** Cuts a page out of a list by what identifies its items. Fails with `limit-too-large`, and with `invalid-request` for a cursor of another list. */
export function pageOfList<T>(
  items: readonly T[],
  identify: (item: T) => readonly string[],
  request: PageRequest,
): Result<ListPage<T>, Problem> {
  const size = firstOf(request);
  if (!size.ok) return size;
  const first = size.value;
  const { after } = request;
  const cursorOf = (item: T): string => Buffer.from(JSON.stringify(identify(item))).toString('base64url');
  const before = after === undefined ? -1 : items.findIndex((item) => cursorOf(item) === after);
  if (after !== undefined && before < 0) return err(strange(after));
  const shown = items.slice(before + 1, before + 1 + first);
  return ok({ items: shown, cursors: shown.map(cursorOf), remaining: items.length - (before + 1) - shown.length });
}

/** How many items are asked for. Fails with `limit-too-large`. */
export function firstOf({ first = DEFAULT_FIRST }: PageRequest): Result<number, Problem> {
  return first > MAX_LIMIT ? err(tooLarge(first)) : ok(first);
}

function tooLarge(first: number): Problem {
  const message = `\`first\` is at most ${MAX_LIMIT}, not ${first}`;
  const hint = 'ask for fewer, and for the rest with `after`';
  const errors = [{ pointer: '/first', code: 'too-large', message, hint }];
  return problem('limit-too-large', message, { hint, extra: { maximum: MAX_LIMIT }, errors });
}

function strange(after: string): Problem {
  const message = `\`after\` names no item of this list: \`${after.slice(0, 40)}\``;
  const hint = 'take a `cursor` or the `endCursor` of a page of the same list, at the same revision';
  return problem('invalid-request', message, { hint, errors: [{ pointer: '/after', code: 'invalid-cursor', message, hint }] });
}
