import { describe, expect, it } from 'vitest';
import { LocationTexts, SharedLocationTexts } from './location-texts.js';

const TEXTS = ['/', '/a', '/a/', '/ab', '/ab/', '/a/b/'];
const LOCATIONS = TEXTS.flatMap((text) => [
  { text, exact: false },
  { text, exact: true },
]);
const URIS = ['/', '/a', '/a/', '/ab', '/ab/', '/a/b', '/a/b/', '/a/c', '/abc', '/b'];

type Locations = typeof LOCATIONS;

/** Every list of at most three different locations. */
function* lists(most: number, from = LOCATIONS): Iterable<Locations> {
  yield [];
  if (most === 0) return;
  for (const one of from) for (const rest of lists(most - 1, from.slice(from.indexOf(one) + 1))) yield [one, ...rest];
}

/**
 * nginx.org `ngx_http_core_module`, "location": an exact match ends the search, else the longest matching prefix is taken; a request equal to a prefix that ends in a slash, without that slash,
 * is answered with a redirect, unless a location for it is there.
 */
function byTheText(locations: Locations, uri: string): string {
  if (locations.some(({ text, exact }) => exact && text === uri)) return `location = ${uri}`;
  if (locations.some(({ text, exact }) => !exact && text === uri)) return `location ${uri}`;
  if (locations.some(({ text }) => text === `${uri}/`)) return `slash ${uri}/`;
  const prefixes = locations.filter(({ text, exact }) => !exact && uri.startsWith(text)).map(({ text }) => text);
  const longest = prefixes.toSorted((a, b) => b.length - a.length)[0];
  return longest === undefined ? 'none' : `location ${longest}`;
}

describe('the texts of the locations of a server', () => {
  it('are searched as nginx does, in whichever order they stand', () => {
    for (const locations of lists(3)) {
      for (const list of [locations, locations.toReversed()]) {
        const texts = new LocationTexts(list);
        const found = URIS.map((uri) => {
          const { type, place = -1 } = texts.find(uri) ?? {};
          const location = list[place];
          return location ? `${type} ${type === 'location' && location.exact ? '= ' : ''}${location.text}` : 'none';
        });
        expect([list, found]).toEqual([list, URIS.map((uri) => byTheText(locations, uri))]);
      }
    }
  });

  // A line break may stand in a path: lists that look alike when they are joined are not the same.
  it('of two servers are not mixed up, however they are written', () => {
    const shared = new SharedLocationTexts();
    const [a, b] = [
      { text: '/a', exact: true },
      { text: '/b', exact: false },
    ];
    const one = shared.of([a, b]);
    const other = shared.of([{ text: '/a\n/b', exact: true }]);
    expect([one.find('/a')?.place, other.find('/a'), other.find('/a\n/b')?.place]).toEqual([0, undefined, 0]);
    expect(shared.of([{ ...a }, { ...b }])).toBe(one);
  });
});
