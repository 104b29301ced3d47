import { describe, expect, it } from 'vitest';
import type { PathRule } from './path-rule.js';
import { PathIndex, SharedPaths } from './path-index.js';

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
  const shared = new SharedPaths();
  const indexOf = (...of: readonly PathRule[]) => new PathIndex(of, shared);
  const index = indexOf(...rules);
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
    const all = indexOf(rules[0]!);
    expect([text(all.best(path)), text(all.match(path))]).toEqual([['Prefix /'], ['Prefix /']]);
  });

  it('without a prefix match only what is written so', () => {
    const exact = indexOf(rules[3]!);
    expect([exact.best('/a/b').length, exact.best('/a').length, exact.match('/a/b/').length]).toEqual([1, 0, 0]);
  });

  // A line break may stand in a path: lists that look alike when they are joined are not the same.
  it('of two hosts are not mixed up, however they are written', () => {
    const one = indexOf(rule('Exact', '/a'), rule('Exact', '/b'));
    const other = indexOf(rule('Exact', '/a\n/b'));
    expect([one.best('/a').length, other.best('/a').length, other.best('/a\n/b').length]).toEqual([1, 0, 1]);
    const again = [rule('Exact', '/a'), rule('Exact', '/b')];
    expect(indexOf(...again).best('/b')).toEqual([again[1]]);
  });
});
