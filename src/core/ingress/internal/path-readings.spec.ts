import { describe, expect, it } from 'vitest';
import { pathReadings } from './path-readings.js';

describe('pathReadings', () => {
  it.each<readonly [path: string, ...readings: string[]]>([
    ['/a/b', '/a/b'],
    ['/a.b/c', '/a.b/c'],
    ['/a//b', '/a//b', '/a/b'],
    ['/a/%62', '/a/%62', '/a/b'],
    ['/a%2Fb', '/a%2Fb', '/a/b'],
    ['/a/./b', '/a/./b', '/a/b'],
    ['/a/../b', '/a/../b', '/b'],
    ['/a/b/..', '/a/b/..', '/a/'],
    ['/../../a', '/../../a', '/a'],
    ['/%2e%2e/a', '/%2e%2e/a', '/../a', '/a'],
    ['/a//../b', '/a//../b', '/a/../b', '/a/b', '/b'],
    ['/a%ff', '/a%ff'],
    ['/a%zz', '/a%zz'],
  ])('%s', (path, ...readings) => {
    expect(pathReadings(path)[0]).toBe(path);
    expect([...pathReadings(path)].sort()).toEqual([...readings].sort());
  });
});
