import { prefixPath, type PathRule } from './path-rule.js';

const NONE: readonly PathRule[] = [];
const SLASH = 47;

/**
 * The paths of some hosts, without their rules. Most hosts of a cluster have the paths of others, so that a few of these serve all, and are near when a request comes.
 * Exact paths stand as they are, and prefixes without their slashes at both ends: only the former begin with one.
 */
class PathTexts {
  /** The number of each text. */
  private readonly numbers = new Map<string, number>();
  /** Where prefixes end, their first slash included; `/` alone ends before and behind it. */
  private readonly ends = new Set<number>();
  /** The last of them; 0: there is none. */
  readonly longest: number;

  constructor(readonly texts: readonly string[]) {
    for (const text of texts) {
      if (!this.numbers.has(text)) this.numbers.set(text, this.numbers.size);
      if (text === '') this.ends.add(0);
      if (!text.startsWith('/')) this.ends.add(text.length + 1);
    }
    this.longest = Math.max(0, ...this.ends);
  }

  /** Whether a prefix ends there. */
  hasEnd(end: number): boolean {
    return this.ends.has(end);
  }

  numberOf(text: string): number | undefined {
    return this.numbers.get(text);
  }
}

/** The path texts of one table, each list of them once. */
export class SharedPathTexts {
  private readonly known = new Map<string, PathTexts[]>();

  of(texts: readonly string[]): PathTexts {
    const key = texts.join('\n');
    const alike = this.known.get(key);
    const same = alike?.find((one) => one.texts.length === texts.length && texts.every((text, index) => text === one.texts[index]));
    if (same) return same;
    const made = new PathTexts(texts);
    if (alike) alike.push(made);
    else this.known.set(key, [made]);
    return made;
  }
}

/**
 * The Exact and Prefix paths of one host. A prefix matches whole elements, so those that match a path are among its beginnings that end before a slash: each is looked up,
 * the longest first.
 */
export class PathIndex {
  private readonly texts: PathTexts;
  /** By number of the text. */
  private readonly rules: PathRule[][] = [];

  /** Of valid rules of type Exact or Prefix. */
  constructor(rules: readonly PathRule[], shared: SharedPathTexts) {
    const texts = rules.map(textOf);
    this.texts = shared.of(texts);
    for (const [index, rule] of rules.entries()) {
      const number = this.texts.numberOf(texts[index] ?? '') ?? 0;
      const same = this.rules[number];
      if (same) same.push(rule);
      else this.rules[number] = [rule];
    }
  }

  /** Every rule that matches the path (rules A6, A7): prefixes from the shortest to the longest, then exact ones. */
  match(path: string): readonly PathRule[] {
    const matched: (readonly PathRule[])[] = [this.written(path) ?? NONE];
    for (let end = this.firstEnd(path); end >= 0; end = endBefore(path, end)) matched.push(this.prefix(path, end) ?? NONE);
    return matched.toReversed().flat();
  }

  /**
   * The rules that match the path and that no other rule ranks before (rule A8): an exact path is as long as the request and goes first, else the longest prefix;
   * several that are written alike tie.
   */
  best(path: string): readonly PathRule[] {
    const exact = this.written(path);
    if (exact) return exact;
    for (let end = this.firstEnd(path); end >= 0; end = endBefore(path, end)) {
      const rules = this.prefix(path, end);
      if (rules) return rules;
    }
    return NONE;
  }

  private prefix(path: string, end: number): readonly PathRule[] | undefined {
    return this.texts.hasEnd(end) ? this.written(path.slice(1, end)) : undefined;
  }

  private written(text: string): readonly PathRule[] | undefined {
    const number = this.texts.numberOf(text);
    return number === undefined ? undefined : this.rules[number];
  }

  /** Where the longest beginning ends that may be a prefix: at the end of the path or before a slash, 0 for `/` alone; -1: no prefix matches anything. */
  private firstEnd(path: string): number {
    const { longest } = this.texts;
    if (longest <= 1) return longest - 1;
    if (path.length <= longest) return path.length;
    return path.charCodeAt(longest) === SLASH ? longest : endBefore(path, longest);
  }
}

function textOf({ pathType, path = '' }: PathRule): string {
  return pathType === 'Prefix' ? prefixPath(path).slice(1) : path;
}

/** The next shorter beginning; -1 behind the one that every path has, its first slash. */
function endBefore(path: string, end: number): number {
  return end <= 1 ? -1 : path.lastIndexOf('/', end - 1);
}
