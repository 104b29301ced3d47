import { expect, it } from 'vitest';
import { withOptionalTail } from './rule-text.js';

/** `TestMakeTrailingGroupOptional` of `translator_test.go`. */
it.each<[path: string, widened: string | undefined]>([
  ['/original/(.*)', '/original(?:/(.*))?'],
  ['/foo/(bar)/(.*)', '/foo/(bar)(?:/(.*))?'],
  ['/foo/((a|b)/.*)', '/foo(?:/((a|b)/.*))?'],
  ['/(.*)', undefined],
  ['/(something)(/.+)', undefined],
  ['/something(/|$)(.*)', undefined],
  ['/foo/(.*)/bar', undefined],
  [String.raw`/foo/(.*)\.json`, undefined],
  ['/foo/(.*)$', undefined],
  ['/foo/((.*)', undefined],
  ['/foo', undefined],
  ['/foo/', undefined],
])('the last group of %s is optional: %s', (path, widened) => {
  expect(withOptionalTail(path)).toBe(widened);
});
