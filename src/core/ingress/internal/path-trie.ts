import { prefixPath, type PathRule } from './path-rule.js';

interface TrieNode {
  readonly rules: PathRule[];
  readonly children: Map<string, TrieNode>;
}

/**
 * The Exact and Prefix paths of one host. Prefixes lie in a trie of path elements, so that a request meets exactly the prefixes that match it on
 * its way down; exact paths lie in a map.
 */
export class PathTrie {
  private readonly root: TrieNode = { rules: [], children: new Map() };
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
      let child = node.children.get(element);
      if (!child) {
        child = { rules: [], children: new Map() };
        node.children.set(element, child);
      }
      node = child;
    }
    node.rules.push(rule);
  }

  /** Every rule that matches the path (rules A6, A7): prefixes from the shortest to the longest, then exact ones. */
  match(path: string): readonly PathRule[] {
    const matched = [...this.root.rules];
    let node: TrieNode | undefined = this.root;
    let start = 1;
    while (start <= path.length) {
      const slash = path.indexOf('/', start);
      const end = slash < 0 ? path.length : slash;
      node = node.children.get(path.slice(start, end));
      if (!node) break;
      matched.push(...node.rules);
      start = end + 1;
    }
    const exact = this.exact.get(path);
    if (exact) matched.push(...exact);
    return matched;
  }
}
