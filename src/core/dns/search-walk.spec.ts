import { describe, expect, it } from 'vitest';
import { failureOf, type Libc, ndotsOf, searchWalk, type StepOutcome, stopsWalk } from './search-walk.js';

const SEARCHES = ['t.svc.cluster.local', 'svc.cluster.local', 'cluster.local'];
const resolver = (searches: readonly string[] = SEARCHES, options: readonly string[] = ['ndots:5']) => ({
  nameservers: ['10.96.0.10'],
  searches,
  options,
});

/** The names in order; `~` stands for `svc.cluster.local.`. */
function walk(name: string, libc: Libc, searches?: readonly string[], options?: readonly string[]): string {
  return searchWalk(name, resolver(searches, options), libc)
    .map((step) => step.name.replace('svc.cluster.local.', '~'))
    .join(' ');
}

/** glibc `resolv/res_query.c` res_search; musl `src/network/lookup_name.c` name_from_dns_search. */
describe('the names that are tried', () => {
  it.each<[name: string, libc: Libc, expected: string, searches?: string[], options?: string[]]>([
    ['web', 'glibc', 'web.t.~ web.~ web.cluster.local. web.'],
    ['web', 'musl', 'web.t.~ web.~ web.cluster.local. web.'],
    ['web.t', 'glibc', 'web.t.t.~ web.t.~ web.t.cluster.local. web.t.'],
    ['web.t.svc.cluster.local.', 'glibc', 'web.t.~'],
    ['web.t.svc.cluster.local.', 'musl', 'web.t.~'],
    // As many dots as ndots: glibc tries the name first and the list after, musl the name alone.
    ['a.b.c.d.e.f', 'glibc', 'a.b.c.d.e.f. a.b.c.d.e.f.t.~ a.b.c.d.e.f.~ a.b.c.d.e.f.cluster.local.'],
    ['a.b.c.d.e.f', 'musl', 'a.b.c.d.e.f.'],
    // Without the option ndots is 1 (resolv.conf(5)).
    ['web.t', 'glibc', 'web.t. web.t.t.~ web.t.~ web.t.cluster.local.', SEARCHES, []],
    ['web.t', 'musl', 'web.t.', SEARCHES, []],
    ['web', 'musl', 'web.t.~ web.~ web.cluster.local. web.', SEARCHES, []],
    ['web', 'glibc', 'web.', []],
    // The root in the list is the name as it is, asked once.
    ['web', 'glibc', 'web.', ['.']],
    ['web', 'glibc', 'web. web.cluster.local.', ['.', 'cluster.local']],
    ['web.t', 'glibc', 'web.t. web.t.cluster.local.', ['.', 'cluster.local'], ['ndots:1']],
  ])('%s with %s: %s', (name, libc, expected, searches, options) => {
    expect(walk(name, libc, searches, options)).toBe(expected);
  });

  it('leaves out names that would be too long', () => {
    const long = 'a'.repeat(60);
    const name = `${long}.${long}.${long}.${long}`; // 243 characters; the list would make it longer than 253
    expect(searchWalk(name, resolver(), 'glibc').map((step) => step.search)).toEqual([undefined]);
  });

  it('musl reads no search line that is longer than its buffer', () => {
    const searches = Array.from({ length: 10 }, (_, index) => `${'x'.repeat(30)}${index}.example`);
    expect(walk('web', 'musl', searches)).toBe('web.');
    expect(searchWalk('web', resolver(searches), 'glibc')).toHaveLength(11);
  });
});

it.each([
  [['ndots:2'], 2],
  [['ndots:2', 'ndots:4'], 4],
  [['edns0'], 1],
  [['ndots:99'], 15],
  [['ndots:x'], 1],
  [['ndots:0'], 0],
])('ndots of %o is %i', (options, expected) => {
  expect(ndotsOf(options)).toBe(expected);
});

describe('where the walk ends', () => {
  it.each<[outcome: StepOutcome, glibc: boolean, musl: boolean]>([
    ['answer', true, true],
    ['NODATA', false, true],
    ['NXDOMAIN', false, false],
    ['SERVFAIL', false, true],
  ])('at %s: glibc %s, musl %s', (outcome, glibc, musl) => {
    expect([stopsWalk('glibc', outcome), stopsWalk('musl', outcome)]).toEqual([glibc, musl]);
  });
});

describe('what the caller is told in the end', () => {
  const listFirst = searchWalk('web', resolver(), 'glibc');
  const nameFirst = searchWalk('a.b.c.d.e.f', resolver(), 'glibc');
  it.each<[what: string, libc: Libc, steps: typeof listFirst, outcomes: StepOutcome[], expected: StepOutcome]>([
    ['no data wins over no such name', 'glibc', listFirst, ['NXDOMAIN', 'NODATA', 'NXDOMAIN', 'NXDOMAIN'], 'NODATA'],
    ['a failure wins over no such name', 'glibc', listFirst, ['SERVFAIL', 'NXDOMAIN', 'NXDOMAIN', 'NXDOMAIN'], 'SERVFAIL'],
    ['no such name', 'glibc', listFirst, ['NXDOMAIN', 'NXDOMAIN', 'NXDOMAIN', 'NXDOMAIN'], 'NXDOMAIN'],
    ['what was said of the name as it is', 'glibc', nameFirst, ['NXDOMAIN', 'NODATA', 'NODATA', 'NODATA'], 'NXDOMAIN'],
    ['what the last name gave', 'musl', listFirst, ['NXDOMAIN', 'NODATA'], 'NODATA'],
  ])('%s (%s)', (_, libc, steps, outcomes, expected) => {
    expect(failureOf(libc, steps, outcomes)).toBe(expected);
  });
});
