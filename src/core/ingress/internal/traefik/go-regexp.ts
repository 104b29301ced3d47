import { compileRegex } from '../../../regex/compile-regex.js';
import { matchRegex } from '../../../regex/match-regex.js';

/** The first match of an expression in a text, its groups, and where it stands. */
interface Found {
  readonly at: number;
  readonly groups: readonly string[];
}

/** Undefined: the expression cannot be evaluated. */
type Search = ((text: string) => Found | 'none') | undefined;

const searches = new Map<string, Search>();
const MOST = 1000;

/** The place of a match is what a lazy group in front of it takes: Go looks for the leftmost match too. */
function searchOf(expression: string): Search {
  if (searches.has(expression)) return searches.get(expression);
  const program = compileRegex(String.raw`^([\s\S]*?)(?:${expression})`);
  const search: Search = program.ok
    ? (text) => {
        const groups = matchRegex(program.value, text);
        if (!groups) return 'none';
        const [whole = '', before = '', ...own] = groups;
        return { at: before.length, groups: [whole.slice(before.length), ...own] };
      }
    : undefined;
  if (searches.size >= MOST) searches.clear();
  searches.set(expression, search);
  return search;
}

/** `FindStringSubmatch`: undefined where the expression cannot be evaluated. */
export function findInText(expression: string, text: string): Found | 'none' | undefined {
  return searchOf(expression)?.(text);
}

/** `ReplaceAllString`: undefined where it cannot be evaluated, null where nothing matches. */
export function replaceInText(expression: string, text: string, template: string): string | null | undefined {
  const search = searchOf(expression);
  if (!search) return undefined;
  const names = groupNames(expression);
  // Behind the first match an expression that looks at what stands before it would be judged wrongly.
  const looksBack = /\\[bB]|\(\?[a-z]*m/.test(expression) || (expression.includes('^') && !/^(\(\?[a-z]+\))?\^/.test(expression));
  const isAnchored = /^(\(\?[a-z]+\))?\^[^|]*$/.test(expression);
  let [rest, done, count] = [text, '', 0];
  for (;;) {
    const found = count > 0 && isAnchored ? 'none' : search(rest);
    if (found === 'none') return count === 0 ? null : done + rest;
    if (count > 0 && looksBack) return undefined;
    if (++count > MOST) return undefined;
    const [whole = ''] = found.groups;
    // Go takes no empty match right behind another one.
    if (count === 1 || whole !== '' || found.at > 0) done += rest.slice(0, found.at) + expandTemplate(template, found.groups, names);
    else done += rest.slice(0, found.at);
    const next = found.at + whole.length;
    if (whole === '') done += rest.slice(next, next + 1);
    if (next + (whole === '' ? 1 : 0) > rest.length) return done;
    rest = rest.slice(next + (whole === '' ? 1 : 0));
    if (rest === '') return done;
  }
}

/** `Regexp.Expand`: `$1`, `${1}`, `$name`, `${name}`, `$$`; what is not known is empty. */
function expandTemplate(template: string, groups: readonly string[], names: ReadonlyMap<string, number>): string {
  return template.replace(/\$(?:(\$)|\{([\p{L}\p{Nd}_]+)\}|([\p{L}\p{Nd}_]+))/gu, (_, dollar?: string, braced?: string, plain?: string) => {
    if (dollar !== undefined) return '$';
    const name = braced ?? plain ?? '';
    const index = /^\d+$/.test(name) ? Number(name) : names.get(name);
    return index === undefined ? '' : (groups[index] ?? '');
  });
}

/** The numbers of named groups. */
function groupNames(expression: string): ReadonlyMap<string, number> {
  const names = new Map<string, number>();
  let count = 0;
  for (const [text, name] of expression.matchAll(/\\.|\[(?:\\.|[^\]\\])+\]|\((?:\?P?<(\w+)>|(?!\?))/gs)) {
    if (!text.startsWith('(')) continue;
    count++;
    if (name !== undefined) names.set(name, count);
  }
  return names;
}
