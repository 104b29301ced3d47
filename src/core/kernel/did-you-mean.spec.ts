import { describe, expect, it } from 'vitest';
import { didYouMean, didYouMeanHint } from './did-you-mean.js';

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
