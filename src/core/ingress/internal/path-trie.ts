import { prefixPath, type PathRule } from './path-rule.js';

/** An element of prefixes. There are about as many as paths: a list or map that would stay empty is not made. */
interface TrieNode {
  rules: PathRule[] | undefined;
  children: Map<string, TrieNode> | undefined;
}

const NONE: readonly PathRule[] = [];

/**
 * The Exact and Prefix paths of one host. Prefixes lie in a trie of path elements, so that a request meets exactly the prefixes that match it on
 * its way down; exact paths lie in a map.
 */
export class PathTrie {
  private readonly root: TrieNode = { rules: undefined, children: undefined };
  private readonly exact = new Map<string, PathRule[]>();

  /** Adds a valid rule of type Exact or Prefix. */
  add(rule: PathRule, path: string): void {
    if (rule.pathType === 'Exact') {
      const same = this.exact.get(path);
      if (same) same.push(rule);
      else this.exact.set(path, [rule]);
      return;
    }
    let node = this.root;
    for (const element of prefixPath(path).split('/').slice(1)) {
      if (element === '') continue; // `/` has no element
      node.children ??= new Map();
      let child = node.children.get(element);
      if (!child) {
        child = { rules: undefined, children: undefined };
        node.children.set(element, child);
      }
      node = child;
    }
    if (node.rules) node.rules.push(rule);
    else node.rules = [rule];
  }

  /** Every rule that matches the path (rules A6, A7): prefixes from the shortest to the longest, then exact ones. */
  match(path: string): readonly PathRule[] {
    const matched: PathRule[] = [];
    for (let at: Place | undefined = { node: this.root, start: 1 }; at; at = below(at, path)) matched.push(...(at.node.rules ?? NONE));
    return [...matched, ...(this.exact.get(path) ?? NONE)];
  }

  /**
   * The rules that match the path and that no other rule ranks before (rule A8): an exact path is as long as the request and goes first, else the longest prefix;
   * several that are written alike tie.
   */
  best(path: string): readonly PathRule[] {
    const exact = this.exact.get(path);
    if (exact) return exact;
    let longest = NONE;
    for (let at: Place | undefined = { node: this.root, start: 1 }; at; at = below(at, path)) longest = at.node.rules ?? longest;
    return longest;
  }
}

/** A node on the way down a path, and where the next element begins. */
interface Place {
  readonly node: TrieNode;
  readonly start: number;
}

/** One element further down; undefined where no prefix goes on that way. */
function below({ node, start }: Place, path: string): Place | undefined {
  if (!node.children || start > path.length) return undefined;
  const slash = path.indexOf('/', start);
  const end = slash < 0 ? path.length : slash;
  const next = node.children.get(path.slice(start, end));
  return next && { node: next, start: end + 1 };
}
