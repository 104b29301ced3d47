import { prefixPath, type PathRule } from './path-rule.js';

const PATTERN = /[*+?()[\]{}|^$\\]/;

/** The text with which everything that a pattern matches begins: up to the first pattern character, without one that a quantifier follows. */
function literalHead(pattern: string): string {
  if (pattern.replace(/\([^)]*\)/g, '').includes('|')) return ''; // an alternative may begin differently
  const first = pattern.search(PATTERN);
  const head = pattern.slice(0, first);
  return /[*?{]/.test(pattern.charAt(first)) ? head.slice(0, -1) : head;
}

/** Whether a prefix covers a path element by element (rule A7). */
export function coversByElements(prefix: string, path: string): boolean {
  const start = prefixPath(prefix);
  return start === '/' || path === start || path.startsWith(`${start}/`);
}

/**
 * Whether a path of type ImplementationSpecific matches (rule A9: its class decides). `yes`: equal text, which every reading accepts; `maybe`: it would as
 * a prefix, or as a pattern whose literal beginning fits. An empty path stands for `/` (KEP-1453, `HTTPIngressPath`).
 */
export function openMatch(rule: PathRule, path: string): 'yes' | 'maybe' | 'no' {
  const text = rule.path === undefined || rule.path === '' ? '/' : rule.path;
  if (text === path) return 'yes';
  const pattern = PATTERN.test(text) && path.toLowerCase().startsWith(literalHead(text).toLowerCase());
  return pattern || path.startsWith(text) || coversByElements(text, path) ? 'maybe' : 'no';
}
