import { z } from 'zod';
import { didYouMeanHint } from '../../core/kernel/did-you-mean.js';
import { type Problem, problem, type ProblemDetail } from '../../core/kernel/problem.js';
import { err, ok, type Result } from '../../core/kernel/result.js';

/** How much of a wrong value an error repeats. */
const MAX_ECHO = 80;
/** How many errors are told; the message counts all of them. */
const MAX_ERRORS = 100;
const TIME = 'a time in RFC 3339 with its zone, such as `2026-05-01T14:00:00Z`';

/**
 * Reads what a client sent by its schema. All that is wrong is reported at once, each with a JSON pointer. Fails with `unknown-parameter` where only names are wrong,
 * otherwise with `invalid-request`. `schema` is strict, so that nothing is ignored silently.
 */
export function parseInput<S extends z.ZodType>(schema: S, input: unknown, prefix = ''): Result<z.output<S>, Problem> {
  const parsed = schema.safeParse(input);
  if (parsed.success) return ok(parsed.data);
  const { issues } = parsed.error;
  const errors = issues
    .slice(0, MAX_ERRORS)
    .flatMap((issue) => detailsOf(schema, input, issue, prefix))
    .slice(0, MAX_ERRORS);
  const count = issues.reduce((sum, issue) => sum + (issue.code === 'unrecognized_keys' ? issue.keys.length : 1), 0);
  const [first] = errors;
  const kind = errors.every(({ code }) => code === 'unknown-parameter') ? 'unknown-parameter' : 'invalid-request';
  const more = count > 1 ? ` (and ${count - 1} more)` : '';
  const message = `${first?.message ?? 'the request is not valid'}${more}`;
  return err(problem(kind, message, { ...(first?.hint === undefined ? {} : { hint: first.hint }), errors }));
}

type Issue = z.core.$ZodIssue;

function detailsOf(schema: z.ZodType, input: unknown, issue: Issue, prefix: string): readonly ProblemDetail[] {
  const path = placeIn(input, issue.path);
  if (issue.code === 'unrecognized_keys') return issue.keys.slice(0, MAX_ERRORS).map((key) => unknownKey(schema, path, key, prefix));
  const pointer = pointerOf(path, prefix);
  const name = path.length === 0 ? 'the input' : `\`${path.map(String).join('.')}\``;
  const value = valueAt(input, path); // not what the issue saw: a rule about several members sees all of them
  if (value === undefined) return [{ pointer, code: 'missing', message: `${name} is missing`, ...describedAt(schema, path) }];
  const hint = typeof value === 'string' ? didYouMeanHint(value, allowedBy(issue)) : undefined;
  const expected = expectationOf(issue);
  const message = `${name}${expected.startsWith('must ') ? ` ${expected}` : `: expected ${expected}`}, got ${echo(value)}`;
  return [{ pointer, code: 'invalid-value', message, ...(hint === undefined ? {} : { hint }) }];
}

const ASK =
  'a state as it would be is what questions about objects are asked of, as in `/queries/service-endpoints?service=svc/shop/web`, and paths that ask one, such as `/services/shop/web/endpoints`';

/** Parameters of every question, which people try on what is stored, too. */
const WHAT_IF = new Map([
  ['apply', ASK],
  ['delete', ASK],
]);

function unknownKey(schema: z.ZodType, path: readonly PropertyKey[], key: string, prefix: string): ProblemDetail {
  const names = namesAt(schema, path);
  const hint =
    WHAT_IF.get(key) ??
    didYouMeanHint(key, names) ??
    (names.length > 0 ? `there are ${names.map((name) => `\`${name}\``).join(', ')}` : undefined);
  const message = `there is no parameter \`${key}\`${path.length === 0 ? '' : ` in \`${path.map(String).join('.')}\``}`;
  return { pointer: pointerOf([...path, key], prefix), code: 'unknown-parameter', message, ...(hint === undefined ? {} : { hint }) };
}

/** What was expected, as a noun phrase; or `must …` where the schema says it so. */
function expectationOf(issue: Issue): string {
  switch (issue.code) {
    case 'invalid_type':
      return issue.expected === 'int' ? 'a whole number' : withArticle(issue.expected);
    case 'invalid_value':
      return oneOf(allowedBy(issue));
    case 'too_big':
      return `${issue.inclusive === false ? 'less than' : 'at most'} ${issue.maximum}${unitOf(issue.origin, issue.maximum)}`;
    case 'too_small':
      return `${issue.inclusive === false ? 'more than' : 'at least'} ${issue.minimum}${unitOf(issue.origin, issue.minimum)}`;
    case 'invalid_union':
      return [...new Set(issue.errors.flat().map(expectationOf))].join(' or ') || oneOf(allowedBy(issue));
    case 'invalid_format':
      if (issue.format === 'datetime') return TIME;
      break;
    case 'not_multiple_of':
    case 'unrecognized_keys':
    case 'invalid_key':
    case 'invalid_element':
    case 'custom':
      break;
  }
  return plain(issue.message);
}

/** The values that may stand there, where they are a closed list: those of an enum, or those that tell the members of a union apart. */
function allowedBy(issue: Issue): readonly string[] {
  if (issue.code === 'invalid_value') return issue.values.map(String);
  return issue.code === 'invalid_union' && 'options' in issue && Array.isArray(issue.options) ? issue.options.map(String) : [];
}

function oneOf(values: readonly string[]): string {
  const [only] = values;
  if (only === undefined) return 'another value';
  return values.length === 1 ? `\`${only}\`` : `one of ${values.map((value) => `\`${value}\``).join(', ')}`;
}

function withArticle(noun: string): string {
  return /^[aeio]/.test(noun) ? `an ${noun}` : `a ${noun}`;
}

function unitOf(origin: string, count: number | bigint): string {
  if (origin === 'string') return Number(count) === 1 ? ' character' : ' characters';
  if (origin !== 'array') return '';
  return Number(count) === 1 ? ' entry' : ' entries';
}

/** A message of the schema's own as the end of a sentence: `Invalid URL` becomes `a valid URL`. */
function plain(message: string): string {
  return message.replace(/^Invalid (?:input: )?/, 'a valid ').replace(/^a valid string: must/, 'text that must');
}

function echo(value: unknown): string {
  const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? String(value));
  return `\`${text.length > MAX_ECHO ? `${text.slice(0, MAX_ECHO)}…` : text}\``;
}

/** Where in the input an issue is: a single value that a schema takes for a list of one has no place in it. */
function placeIn(input: unknown, path: readonly PropertyKey[]): readonly PropertyKey[] {
  const [head, ...rest] = path;
  if (head === undefined || typeof input !== 'object' || input === null) return [];
  if (!Object.hasOwn(input, head)) return path;
  return [head, ...placeIn(Reflect.get(input, head), rest)];
}

function valueAt(input: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (value, key) => (typeof value === 'object' && value !== null && Object.hasOwn(value, key) ? Reflect.get(value, key) : undefined),
    input,
  );
}

/** The names that an object of the schema may have at a place. */
function namesAt(schema: unknown, path: readonly PropertyKey[]): readonly string[] {
  const [head, ...rest] = path;
  if (schema instanceof z.ZodObject) return head === undefined ? Object.keys(schema.shape) : namesAt(schema.shape[String(head)], rest);
  if (schema instanceof z.ZodArray) return namesAt(schema.element, rest);
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodDefault || schema instanceof z.ZodNullable)
    return namesAt(schema.unwrap(), path);
  return [];
}

/** What a member at the top is said to be, as a hint. */
function describedAt(schema: z.ZodType, path: readonly PropertyKey[]): Pick<ProblemDetail, 'hint'> {
  const [name, ...deeper] = path;
  if (!(schema instanceof z.ZodObject) || name === undefined || deeper.length > 0 || !Object.hasOwn(schema.shape, name)) return {};
  const member: unknown = Reflect.get(schema.shape, name);
  return member instanceof z.ZodType && member.description !== undefined ? { hint: `it is ${member.description}` } : {};
}

function pointerOf(path: readonly PropertyKey[], prefix: string): string {
  return prefix + path.map((part) => `/${String(part).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
}
