import { describe, expect, it } from 'vitest';
import type { Json } from '../../core/kernel/json.js';
import { mismatches } from './mismatches.js';

const ANSWER = {
  status: null,
  backends: [{ service: 'cart', share: 1, endpoints: [{ pod: 'shop/cart-0' }] }],
  names: ['a', 'b'],
  '/~': true,
};

/** `pointer actual` of each place that is not as it is expected to be. */
const found = (expected: Json, actual: unknown = ANSWER) =>
  [...mismatches(expected, actual, '/result')].map((one) => [one.pointer, one.actual]);

describe('a part of an answer', () => {
  it.each<[what: string, expected: Json]>([
    ['nothing', {}],
    ['some members', { backends: [{ service: 'cart' }] }],
    ['null', { status: null }],
    ['a whole list', { names: ['a', 'b'] }],
    ['all of it', ANSWER],
  ])('is like it: %s', (_, expected) => {
    expect(found(expected)).toEqual([]);
  });

  it.each<[what: string, expected: Json, places: readonly [string, Json][]]>([
    ['another value', { backends: [{ service: 'api' }] }, [['/result/backends/0/service', 'cart']]],
    ['a list with fewer elements', { names: ['a'] }, [['/result/names', ['a', 'b']]]],
    ['a list with more elements', { names: ['a', 'b', 'c'] }, [['/result/names', ['a', 'b']]]],
    ['a list in another order', { names: ['b', 'a'] }, [['/result/names/0', 'a'], ['/result/names/1', 'b']]], // prettier-ignore
    ['a member where there is null', { status: { code: 404 } }, [['/result/status', null]]],
    ['a value where there is an object', { backends: 1 }, [['/result/backends', ANSWER.backends]]],
    ['an object where there is a list', { names: {} }, [['/result/names', ['a', 'b']]]],
    ['a member that there is not', { certificate: 'x' }, [['/result/certificate', null]]],
    ['a number for a text', { backends: [{ share: '1' }] }, [['/result/backends/0/share', 1]]],
    ['a name that has to be escaped', { '/~': false }, [['/result/~1~0', true]]],
    ['what every object has', { constructor: 'x' }, [['/result/constructor', null]]],
  ])('differs: %s', (_, expected, places) => {
    expect(found(expected)).toEqual(places);
  });

  it('is told by the beginning of its text where it is large', () => {
    const [[, actual]] = found({ names: [] }, { names: Array.from({ length: 1000 }, () => 'name') }) as [[string, string]];
    expect([actual.length, actual.slice(0, 8), actual.at(-1)]).toEqual([2001, '["name",', '…']);
  });

  it('differs by values of which the beginning is told', () => {
    const [place] = mismatches({ names: Array.from({ length: 5_000 }, () => 'a') }, ANSWER, '/result');
    expect(place?.pointer).toBe('/result/names');
    expect(place?.expected).toMatch(/^\["a","a",.{1,2000}…$/);
  });
});
