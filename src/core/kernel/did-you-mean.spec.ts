import { describe, expect, it } from 'vitest';
import { comparable, didYouMean, didYouMeanHint } from './did-you-mean.js';

describe('didYouMean', () => {
  it.each([
    ['protcol', ['protocol', 'port'], 'protocol'],
    ['shop/wbe', ['shop/web', 'shop/api'], 'shop/web'],
    ['shop/nope', ['shop/web', 'shop/api'], undefined], // the namespace is right, the name like none
    ['WEB', ['web'], 'web'],
    ['postgres', ['data/postgres-0', 'data/redis-0'], 'data/postgres-0'],
    ['rout', ['node-routes', 'route', 'route-diff'], 'route'], // a slip goes before what contains the text
    ['routes', ['node-routes', 'rout'], 'rout'],
    ['xyz', ['web', 'api'], undefined],
    ['', ['web'], undefined],
    ['a'.repeat(257), ['a'.repeat(256)], undefined], // no slip of a name: strangers may send megabytes
    ['a'.repeat(256), ['a'.repeat(255)], 'a'.repeat(255)],
    ['revison', [], undefined],
  ])('%s among %j: %s', (written, candidates, expected) => expect(didYouMean(written, candidates)).toBe(expected));

  it('prefers the nearest, then the first in the alphabet', () => {
    expect(didYouMean('app2', ['app3', 'app1'])).toBe('app1');
  });

  it('asks a question, or says nothing', () => {
    expect(didYouMeanHint('limt', ['limit'])).toBe('did you mean `limit`?');
    expect(didYouMeanHint('limt', [])).toBeUndefined();
  });
});

// `shared/reference/ipam-dataplane.md` §13.3: whoever decides holds those up who wait. A distance costs the product of both lengths (Wagner and Fischer).
describe('comparable', () => {
  const namesOf = (length: number) => Array.from({ length: 10_000 }, (_, n) => String(n).padStart(length, 'x'));
  const cells = (length: number) => [...comparable('y'.repeat(length), namesOf(length))].length * length ** 2;

  it.each([8, 36, 100, 250])('admits no more names of %i letters than fill a bounded number of cells', (length) => {
    expect(cells(length)).toBeGreaterThan(100_000);
    expect(cells(length)).toBeLessThanOrEqual(500_000);
  });

  it('reads no more names than it admits', () => {
    let read = 0;
    const endless = (function* (): Generator<string> {
      for (;;) yield `name ${read++}`;
    })();
    expect([...comparable('nmae', endless)]).toHaveLength(read - 1);
  });

  it('admits all of a few', () => expect([...comparable('limt', ['limit', 'after'])]).toEqual(['limit', 'after']));
});
