import { didYouMeanHint } from '../../core/kernel/did-you-mean.js';
import { problem, type Problem } from '../../core/kernel/problem.js';
import { err, ok, type Result } from '../../core/kernel/result.js';
import { parseLabelText } from '../../core/model/parse-label-text.js';
import { EVERYTHING, type LabelSelector } from '../../core/resources/label-selector.js';
import { type ContinuePoint, listDigest, readContinueToken, writeContinueToken } from './continue-token.js';
import { type FieldRequirement, parseFieldSelector } from './field-selector.js';
import { DEFAULT_LIMIT, type ListRequest, MAX_LIMIT } from './list-request.js';

/** What can be asked of a list. */
export interface ListShape {
  /** Which list it is, and of what: a token of one cluster's pods is none of another's. */
  readonly scope: readonly string[];
  /** What `fieldSelector` may name. */
  readonly fields: readonly string[];
  /** What `sort` may name; the first is the default. */
  readonly sorts: readonly [string, ...string[]];
}

/** A list as it was understood. */
export interface ListPlan {
  readonly limit: number;
  readonly labels: LabelSelector;
  readonly fields: readonly FieldRequirement[];
  readonly sort: string;
  readonly descending: boolean;
  /** Where to go on; undefined on the first page. */
  readonly from: ContinuePoint | undefined;
  /** The token of the page that comes after an item, given the item's sort key. */
  readonly next: (point: ContinuePoint) => string;
}

/** Reads what a client asks of a list. Fails with `limit-too-large` and `invalid-request`, each with a pointer to the parameter. */
export function planList(request: ListRequest, shape: ListShape): Result<ListPlan, Problem> {
  const { limit = DEFAULT_LIMIT, continue: token, ...asked } = request;
  if (limit > MAX_LIMIT) return err(limitTooLarge(limit));
  if (!Number.isInteger(limit) || limit < 1)
    return err(refused('limit', 'invalid-value', `\`limit\` is no length of a page: \`${limit}\``, PAGE_HINT));
  const labels = labelsOf(asked.labelSelector);
  if (!labels.ok) return labels;
  const fields = fieldsOf(asked, shape.fields);
  if (!fields.ok) return fields;
  const sort = sortOf(asked.sort, shape.sorts);
  if (!sort.ok) return sort;
  const digest = listDigest([shape.scope, ASKED.map((name) => asked[name] ?? null)]);
  const from = token === undefined ? ok(undefined) : readContinueToken(digest, token);
  if (!from.ok) return from;
  const next = (point: ContinuePoint): string => writeContinueToken(digest, point);
  return ok({ limit, labels: labels.value, fields: fields.value, ...sort.value, from: from.value, next });
}

/** What makes a list another list. */
const ASKED = ['revision', 'at', 'labelSelector', 'fieldSelector', 'sort', 'namespace', 'name', 'kind', 'group'] as const;

/** The refusal of a page that is too long, which names the longest one. */
export function limitTooLarge(limit: number, maximum = MAX_LIMIT): Problem {
  const message = `\`limit\` is at most ${maximum}, not ${limit}`;
  const hint = `ask for ${maximum} or fewer, and for the rest with \`continue\``;
  return problem('limit-too-large', message, {
    hint,
    extra: { maximum },
    errors: [{ pointer: '/limit', code: 'too-large', message, hint }],
  });
}

/** A selector as kubectl takes it; none selects everything. Fails with `invalid-request` at `/labelSelector`. */
export function labelsOf(text: string | undefined): Result<LabelSelector, Problem> {
  if (text === undefined || text.trim() === '') return ok(EVERYTHING);
  const parsed = parseLabelText(text);
  return parsed.ok ? parsed : err(refused('labelSelector', 'invalid-selector', `\`labelSelector\`: ${parsed.error}`, LABELS_HINT));
}

const PAGE_HINT = `a whole number from 1 to ${MAX_LIMIT}`;
const LABELS_HINT = 'as in `app=web,tier in (front,back),track!=canary,!debug`';

function fieldsOf(asked: Omit<ListRequest, 'limit' | 'continue'>, known: readonly string[]): Result<readonly FieldRequirement[], Problem> {
  const { fieldSelector: text, namespace, name } = asked;
  const named = [
    ...(namespace === undefined ? [] : [{ field: 'metadata.namespace', equals: true, value: namespace }]),
    ...(name === undefined ? [] : [{ field: 'metadata.name', equals: true, value: name }]),
  ];
  if (text === undefined || text.trim() === '') return ok(named);
  const parsed = parseFieldSelector(text, known);
  if (parsed.ok) return ok([...named, ...parsed.value]);
  return err(refused('fieldSelector', 'invalid-selector', `\`fieldSelector\`: ${parsed.error.message}`, parsed.error.hint));
}

function sortOf(
  text: string | undefined,
  sorts: readonly [string, ...string[]],
): Result<{ readonly sort: string; readonly descending: boolean }, Problem> {
  const descending = text?.startsWith('-') ?? false;
  const sort = text === undefined ? sorts[0] : descending ? text.slice(1) : text;
  if (sorts.includes(sort)) return ok({ sort, descending });
  const hint = didYouMeanHint(sort, sorts) ?? `it is sorted by ${sorts.map((one) => `\`${one}\``).join(', ')}; \`-\` before it: descending`;
  return err(refused('sort', 'invalid-value', `\`sort\`: the list is not sorted by \`${sort}\``, hint));
}

function refused(parameter: string, code: string, message: string, hint: string): Problem {
  return problem('invalid-request', message, { hint, errors: [{ pointer: `/${parameter}`, code, message, hint }] });
}
