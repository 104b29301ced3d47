import { describe, expect, it } from 'vitest';
import type { PathRule } from './path-rule.js';
import { PathIndex } from './path-index.js';

const rule = (pathType: 'Exact' | 'Prefix', path: string) => ({ pathType, path }) as PathRule;

/** KEP-1453 "Path matching semantics", rules A6 to A8. */
describe('the paths of a host', () => {
  const rules = [
    rule('Prefix', '/'),
    rule('Prefix', '/a'),
    rule('Prefix', '/a/b/'),
    rule('Exact', '/a/b'),
    rule('Exact', '/'),
    rule('Prefix', '/a/b'),
    rule('Exact', '/a/'),
  ];
  const index = new PathIndex();
  for (const one of rules) index.add(one, one.path!);
  const text = (found: readonly PathRule[]) => found.map(({ pathType, path }) => `${pathType} ${path}`);

  it.each([
    ['/', ['Prefix /', 'Exact /']],
    ['/a', ['Prefix /', 'Prefix /a']],
    ['/a/', ['Prefix /', 'Prefix /a', 'Exact /a/']],
    ['/ab', ['Prefix /']],
    ['/a/b', ['Prefix /', 'Prefix /a', 'Prefix /a/b/', 'Prefix /a/b', 'Exact /a/b']],
    ['/a/b/c/d', ['Prefix /', 'Prefix /a', 'Prefix /a/b/', 'Prefix /a/b']],
    ['/a/bc', ['Prefix /', 'Prefix /a']],
    ['/A', ['Prefix /']],
  ])('%s is matched, each once, by %j', (path, expected) => {
    expect(text(index.match(path))).toEqual(expected);
  });

  it.each([
    ['/', ['Exact /']],
    ['/a/', ['Exact /a/']],
    ['/a/b', ['Exact /a/b']],
    ['/a/b/', ['Prefix /a/b/', 'Prefix /a/b']],
    ['/x', ['Prefix /']],
  ])('%s goes to %j', (path, expected) => {
    expect(text(index.best(path))).toEqual(expected);
  });

  it.each(['/', '/x', '/x/', '/x/y'])('where `/` is the only prefix it matches %s, once', (path) => {
    const all = new PathIndex();
    all.add(rules[0]!, '/');
    expect([text(all.best(path)), text(all.match(path))]).toEqual([['Prefix /'], ['Prefix /']]);
  });

  it('without a prefix match only what is written so', () => {
    const exact = new PathIndex();
    exact.add(rules[3]!, '/a/b');
    expect([exact.best('/a/b').length, exact.best('/a').length, exact.match('/a/b/').length]).toEqual([1, 0, 0]);
  });
});
