import { prefixPath, type PathRule } from './path-rule.js';

const NONE: readonly PathRule[] = [];
const SLASH = 47;

/**
 * The Exact and Prefix paths of one host. A prefix matches whole elements, so those that match a path are among its beginnings that end before a slash: each is looked up,
 * the longest first. There are as many indexes as hosts: one map for both types is small, and near.
 */
export class PathIndex {
  /** Exact paths as they are, and prefixes without their slashes at both ends: only the former begin with one. */
  private readonly rules = new Map<string, PathRule[]>();
  /** Length of the longest prefix, its first slash included; undefined: there is none. */
  private longest: number | undefined;

  /** Adds a valid rule of type Exact or Prefix. */
  add(rule: PathRule, path: string): void {
    const isPrefix = rule.pathType === 'Prefix';
    const written = isPrefix ? prefixPath(path) : path;
    if (isPrefix) this.longest = Math.max(this.longest ?? 0, written.length);
    const key = isPrefix ? written.slice(1) : written;
    const same = this.rules.get(key);
    if (same) same.push(rule);
    else this.rules.set(key, [rule]);
  }

  /** Every rule that matches the path (rules A6, A7): prefixes from the shortest to the longest, then exact ones. */
  match(path: string): readonly PathRule[] {
    const matched: (readonly PathRule[])[] = [this.rules.get(path) ?? NONE];
    for (let end = this.firstEnd(path); end >= 0; end = endBefore(path, end)) matched.push(this.rules.get(path.slice(1, end)) ?? NONE);
    return matched.toReversed().flat();
  }

  /**
   * The rules that match the path and that no other rule ranks before (rule A8): an exact path is as long as the request and goes first, else the longest prefix;
   * several that are written alike tie.
   */
  best(path: string): readonly PathRule[] {
    const exact = this.rules.get(path);
    if (exact) return exact;
    for (let end = this.firstEnd(path); end >= 0; end = endBefore(path, end)) {
      const rules = this.rules.get(path.slice(1, end));
      if (rules) return rules;
    }
    return NONE;
  }

  /** Where the longest beginning ends that may be a prefix: at the end of the path or before a slash, 0 for `/` alone; -1: no prefix matches anything. */
  private firstEnd(path: string): number {
    if (this.longest === undefined) return -1;
    if (this.longest === 1) return 0;
    if (path.length <= this.longest) return path.length;
    return path.charCodeAt(this.longest) === SLASH ? this.longest : endBefore(path, this.longest);
  }
}

/** The next shorter beginning; -1 behind the one that every path has, its first slash. */
function endBefore(path: string, end: number): number {
  return end <= 1 ? -1 : path.lastIndexOf('/', end - 1);
}
