import { compileRegex } from '../regex/compile-regex.js';
import { matchRegex } from '../regex/match-regex.js';
import { isBrokenRegex } from '../regex/parse-regex.js';
import { err, ok, type Result } from '../kernel/result.js';
import type { MatcherFault } from './rule-node.js';

/** An expression of a rule: whether it is found in a text, or why that cannot be told. */
export type Pattern =
  | { readonly test: (text: string) => boolean; readonly unsupported?: undefined }
  | { readonly test?: undefined; readonly unsupported: string };

/** Compiles an expression in Go's syntax (RE2), as `regexp.MatchString` finds it: anywhere. What Go refuses is a fault; what is not supported here stays unknown. */
export function patternOf(text: string): Result<Pattern, MatcherFault> {
  const program = compileRegex(text);
  if (program.ok) return ok({ test: (subject) => matchRegex(program.value, subject) !== undefined });
  if (!isBrokenRegex(text)) return ok({ unsupported: program.error });
  const message = `\`${text}\` is no regular expression in Go's syntax (RE2): ${program.error.replace(/ is not supported$/, '')}`;
  return err({ message, hint: undefined });
}

/** A template of the syntax v2, its expression, and that as it was compiled. */
interface Template {
  readonly expression: string;
  readonly pattern: Pattern;
}

/** What stands in for `{name}` without an expression, and around it all. */
const KINDS = {
  host: { head: '(?i)^', any: '[^.]+', tail: '$' },
  path: { head: '^', any: '[^/]+', tail: '$' },
  prefix: { head: '^', any: '[^/]+', tail: '' },
  query: { head: '^', any: '.*', tail: '$' },
} as const;

/** Compiles a template `/a/{name:[0-9]+}` of gorilla/mux (`newRouteRegexp` of `regexp.go`). */
export function templateOf(text: string, kind: keyof typeof KINDS): Result<Template, MatcherFault> {
  const parts = bracedParts(text);
  if (!parts) return err({ message: `the braces of \`${text}\` do not pair`, hint: 'write `{name:expression}`' });
  const { head, any, tail } = KINDS[kind];
  let expression: string = head;
  for (const [index, part] of parts.entries()) {
    if (index % 2 === 0) {
      expression += quoted(part);
      continue;
    }
    const colon = part.indexOf(':');
    const [name, own] = colon < 0 ? [part, any] : [part.slice(0, colon), part.slice(colon + 1)];
    if (name === '' || own === '')
      return err({ message: `\`{${part}}\` lacks a name or an expression`, hint: 'write `{name:expression}`' });
    expression += `(?P<v${(index - 1) / 2}>${own})`;
  }
  if (kind === 'query' && text.endsWith('=') && text.indexOf('=') === text.length - 1) expression += any;
  expression += tail;
  const pattern = patternOf(expression);
  return pattern.ok ? ok({ expression, pattern: pattern.value }) : pattern;
}

/** Text and the content of braces of the first level, in turn; undefined where they do not pair. */
function bracedParts(text: string): readonly string[] | undefined {
  const parts: string[] = [];
  let [level, start] = [0, 0];
  for (let at = 0; at < text.length; at++) {
    if (text[at] === '{' && level++ === 0) {
      parts.push(text.slice(start, at));
      start = at + 1;
    } else if (text[at] === '}') {
      if (--level < 0) return undefined;
      if (level > 0) continue;
      parts.push(text.slice(start, at));
      start = at + 1;
    }
  }
  return level === 0 ? [...parts, text.slice(start)] : undefined;
}

/** Go's `regexp.QuoteMeta`. */
function quoted(text: string): string {
  return text.replace(/[\\.+*?()|[\]{}^$]/g, String.raw`\$&`);
}
