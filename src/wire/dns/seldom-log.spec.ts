import { expect, it } from 'vitest';
import { SeldomLog } from './seldom-log.js';

it('failures are told at most once a minute, with how many there were that nobody told', () => {
  const said: [unknown, number][] = [];
  let now = 0;
  const log = new SeldomLog(
    (error, unsaid) => said.push([error, unsaid]),
    () => now,
  );
  for (const [at, error] of [
    [0, 'a'],
    [1, 'b'],
    [59_999, 'c'],
    [60_000, 'd'],
    [60_001, 'e'],
    [200_000, 'f'],
  ] as const) {
    now = at;
    log.failed(error);
  }
  expect(said).toEqual([
    ['a', 0],
    ['d', 2],
    ['f', 1],
  ]);
});
