import { inMap } from '../../kernel/in-map.js';
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

  get count(): number {
    return this.numbers.size;
  }

  /** Whether a prefix ends there. */
  hasEnd(end: number): boolean {
    return this.ends.has(end);
  }

  numberOf(text: string): number | undefined {
    return this.numbers.get(text);
  }
}

/**
 * What the hosts of one table share: the texts of their paths, each list of them once, and one list of all their rules. A list for each host, and one in it for each path, would
 * lie far from one another, and a request would wait for each of them.
 */
export class SharedPaths {
  private readonly known = new Map<string, PathTexts[]>();
  private readonly first: (PathRule | undefined)[] = [];
  /** All the rules of a place that has several. */
  private readonly ties = new Map<number, PathRule[]>();

  textsOf(texts: readonly string[]): PathTexts {
    const key = texts.join('\n');
    const alike = this.known.get(key);
    const same = alike?.find((one) => one.texts.length === texts.length && texts.every((text, index) => text === one.texts[index]));
    if (same) return same;
    const made = new PathTexts(texts);
    if (alike) alike.push(made);
    else this.known.set(key, [made]);
    return made;
  }

  /** The first of so many new places. */
  places(count: number): number {
    const start = this.first.length;
    for (let index = 0; index < count; index++) this.first.push(undefined);
    return start;
  }

  put(place: number, rule: PathRule): void {
    const first = this.first[place];
    if (first) inMap(this.ties, place, () => [first]).push(rule);
    else this.first[place] = rule;
  }

  at(place: number): readonly PathRule[] {
    const first = this.first[place];
    if (!first) return NONE;
    return (this.ties.size > 0 && this.ties.get(place)) || [first];
  }
}

/**
 * The Exact and Prefix paths of one host. A prefix matches whole elements, so those that match a path are among its beginnings that end before a slash: each is looked up,
 * the longest first.
 */
export class PathIndex {
  private readonly texts: PathTexts;
  /** The place of the first text; the others follow by their numbers. */
  private readonly start: number;

  /** Of valid rules of type Exact or Prefix. */
  constructor(
    rules: readonly PathRule[],
    private readonly shared: SharedPaths,
  ) {
    const texts = rules.map(textOf);
    this.texts = shared.textsOf(texts);
    this.start = shared.places(this.texts.count);
    for (const [index, rule] of rules.entries()) shared.put(this.start + (this.texts.numberOf(texts[index] ?? '') ?? 0), rule);
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
    return number === undefined ? undefined : this.shared.at(this.start + number);
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

/** The next shorter beginning; -1 behind the one that every path has, its first slash. Character by character: `lastIndexOf` leaves the compiled code. */
function endBefore(path: string, end: number): number {
  if (end <= 1) return -1;
  for (let at = end - 1; at >= 0; at--) if (path.charCodeAt(at) === SLASH) return at;
  return -1;
}
