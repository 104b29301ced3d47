import { uncoveredText } from '../../../regex/uncovered-text.js';
import { prefixPath } from '../path-rule.js';
import { isPlainPath, PATH_CHARACTERS } from '../lint/witness-requests.js';
import type { SideRule } from './side-rule.js';

const SEARCH = { begins: '/', preferred: PATH_CHARACTERS, admits: isPlainPath };

/** So many texts of one expression are tried, each left over by another one. */
const MOST_SAMPLES = 6;

/** Paths that tell the rules apart, and what of them is no more than a sample. */
export interface TriedPaths {
  readonly paths: readonly string[];
  readonly sampled: boolean;
}

/**
 * Paths that tell the rules of one host apart. Which of these match a path is settled by the longest text that begins it and by what follows there: nothing, `/` alone, a
 * slash and more, or other characters; each with the same text in other letters, for rules that know no case. So for texts all cases are tried; of an expression some texts.
 * `unusual` adds each text as controllers may read it otherwise (divergence D7).
 */
export function triedPaths(rules: readonly SideRule[], unusual: boolean): TriedPaths {
  const fresh = freshElement(rules);
  const texts = new Set(['/']);
  const patterns = new Map<string, SideRule>();
  for (const rule of rules) {
    if (rule.pattern === undefined) texts.add(prefixPath(rule.path)).add(rule.path);
    else patterns.set(rule.path, rule);
    if (rule.pattern !== undefined && isPlainPath(rule.path)) texts.add(prefixPath(rule.path));
  }
  for (const rule of patterns.values()) for (const text of samples(rule, patterns)) texts.add(text);
  const paths = new Set<string>();
  for (const text of texts) {
    const base = text.endsWith('/') ? text.slice(0, -1) : text;
    paths.add(text).add(`${base}/`).add(`${base}/${fresh}`);
    if (base !== '') paths.add(`${base}${fresh}`);
    const other = otherLetters(base);
    if (other !== base) paths.add(other).add(`${other}/${fresh}`);
    if (unusual) for (const one of otherwiseWritten(base, fresh)) paths.add(one);
  }
  return { paths: [...paths], sampled: patterns.size > 0 };
}

/** The same path with a slash twice, with dots to resolve, with a letter encoded, and with a slash that is: `//a/b`, `/x/../a/b`, `/%61/b`, `/a%2Fb`. */
function otherwiseWritten(path: string, fresh: string): readonly string[] {
  if (path === '') return ['//', `/${fresh}/..`, `/${fresh}/../`];
  const letter = path.charCodeAt(1).toString(16).padStart(2, '0').toUpperCase();
  const slash = path.indexOf('/', 1);
  return [
    `/${path}`,
    `/${fresh}/..${path}`,
    ...(path.charCodeAt(1) < 0x80 && path[1] !== '%' ? [`/%${letter}${path.slice(2)}`] : []),
    ...(slash < 0 ? [] : [`${path.slice(0, slash)}%2F${path.slice(slash + 1)}`]),
  ];
}

/** An element that no rule has. */
function freshElement(rules: readonly SideRule[]): string {
  for (let number = 0; ; number++) {
    const text = `witness${number === 0 ? '' : number}`;
    if (!rules.some(({ path }) => path.toLowerCase().includes(text))) return text;
  }
}

function otherLetters(text: string): string {
  const upper = text.toUpperCase();
  return upper === text ? text.toLowerCase() : upper;
}

/** The shortest text that an expression matches, and the shortest that each of the others leaves over. */
function samples({ pattern, path }: SideRule, others: ReadonlyMap<string, SideRule>): readonly string[] {
  if (!pattern) return [];
  const found = new Set<string>();
  const plain = uncoveredText(pattern, [], SEARCH);
  if (plain.found === 'text') found.add(plain.text);
  for (const other of others.values()) {
    if (found.size >= MOST_SAMPLES) break;
    if (other.path === path || !other.pattern) continue;
    const left = uncoveredText(pattern, [other.pattern], SEARCH);
    if (left.found === 'text') found.add(left.text);
  }
  return [...found];
}
