import { z } from 'zod';
import type { Problem, ProblemDetail } from '../../core/kernel/problem.js';
import { problem, ProblemError } from '../../core/kernel/problem.js';
import type { Result } from '../../core/kernel/result.js';
import { orThrow } from '../http/or-throw.js';
import { parseInput } from '../../application/input/parse-input.js';

/** A page of a list as GraphQL has it (Relay, GraphQL Cursor Connections Specification). */
export interface Connection<N> {
  readonly edges: readonly { readonly cursor: string; readonly node: N }[];
  readonly nodes: readonly N[];
  readonly pageInfo: {
    readonly hasNextPage: boolean;
    readonly hasPreviousPage: boolean;
    readonly startCursor: string | null;
    readonly endCursor: string | null;
  };
  /** How many nodes come after the page; null where nobody counted. */
  readonly remaining: number | null;
}

/** The page with its place. */
export function connectionOf<N>(
  nodes: readonly N[],
  cursors: readonly string[],
  place: { readonly after: string | undefined; readonly hasNextPage: boolean; readonly remaining: number | null },
): Connection<N> {
  const { after, hasNextPage, remaining } = place;
  const edges = nodes.map((node, index) => ({ cursor: cursors[index] ?? '', node }));
  const pageInfo = {
    hasNextPage,
    hasPreviousPage: after !== undefined,
    startCursor: cursors[0] ?? null,
    endCursor: cursors.at(-1) ?? null,
  };
  return { edges, nodes, pageInfo, remaining };
}

/** The arguments of every connection. */
export const PAGE_ARGUMENTS = {
  first: z.int().min(1).default(50),
  after: z.string().min(1).max(8_192).optional(),
};

/** Arguments as a schema reads them: null is left out. Throws `invalid-request`. */
export function readArguments<S extends z.ZodType>(schema: S, given: object): z.output<S> {
  return orThrow(parseInput(schema, Object.fromEntries(Object.entries(given).filter(([, value]) => value !== null))));
}

/** A cursor of a list that pins its revision: the revision and the list's own token. */
export function pinnedCursor(revision: number, token: string): string {
  return Buffer.from(JSON.stringify([revision, token])).toString('base64url');
}

const PINNED = z.tuple([z.int().min(0), z.string()]);

/** The revision and the token of a cursor; undefined without one. Throws `invalid-request`. */
export function readPinnedCursor(cursor: string | undefined): { readonly revision: number; readonly token: string } | undefined {
  if (cursor === undefined) return undefined;
  try {
    const [revision, token] = PINNED.parse(JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8')));
    return { revision, token };
  } catch {
    const message = `\`after\` is no cursor of a list: \`${cursor.slice(0, 40)}\``;
    throw new ProblemError(problem('invalid-request', message, { errors: [{ pointer: '/after', code: 'invalid-cursor', message }] }));
  }
}

/** The value of a list that was asked in REST's words; its problem speaks of `first` and `after` where REST says `limit` and `continue`. */
export function orThrowInGraphqlWords<T>(result: Result<T, Problem>): T {
  if (result.ok) return result.value;
  const { message, hint, errors } = result.error;
  throw new ProblemError({
    ...result.error,
    message: inGraphqlWords(message),
    ...(hint === undefined ? {} : { hint: inGraphqlWords(hint) }),
    ...(errors === undefined ? {} : { errors: errors.map(detailInGraphqlWords) }),
  });
}

function detailInGraphqlWords({ pointer, message, hint, ...same }: ProblemDetail): ProblemDetail {
  const place = pointer.replace(/^\/limit$/, '/first').replace(/^\/continue$/, '/after');
  return { ...same, pointer: place, message: inGraphqlWords(message), ...(hint === undefined ? {} : { hint: inGraphqlWords(hint) }) };
}

function inGraphqlWords(text: string): string {
  return text.replaceAll('`limit`', '`first`').replaceAll('`continue`', '`after`');
}
