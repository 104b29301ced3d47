import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cidrContains, cidrCovers, cidrsOverlap, formatCidr, parseCidr } from './cidr.js';
import { parseIp } from './ip.js';
import { mergeRanges, rangeContains, rangeOfCidr, rangeToCidrs, subtractRanges, wholeFamily, type IpRange } from './ip-set.js';

const cidr = (text: string) => parseCidr(text)!;

describe('parseCidr', () => {
  it.each([
    ['10.244.3.7/16', '10.244.0.0/16'],
    ['0.0.0.0/0', '0.0.0.0/0'],
    ['192.0.2.1/32', '192.0.2.1/32'],
    ['2001:db8::1/64', '2001:db8::/64'],
  ])('%s clears its host bits: %s', (written, canonical) => expect(formatCidr(cidr(written))).toBe(canonical));

  it.each(['10.0.0.0', '10.0.0.0/33', '10.0.0.0/-1', '10.0.0.0/', 'fd00::/129', '/8', '10.0.0.0/8/8', '10.0.0.0/1e1'])(
    '%j is no prefix',
    (text) => expect(parseCidr(text)).toBeUndefined(),
  );
});

describe('containment', () => {
  it('holds at both ends and not beyond', () => {
    expect(
      ['10.0.0.0', '10.0.0.255', '9.255.255.255', '10.0.1.0', '::ffff'].map((ip) => cidrContains(cidr('10.0.0.0/24'), parseIp(ip)!)),
    ).toEqual([true, true, false, false, false]);
  });

  it('tells covering from overlapping', () => {
    expect(cidrCovers(cidr('10.0.0.0/8'), cidr('10.1.0.0/16'))).toBe(true);
    expect(cidrCovers(cidr('10.1.0.0/16'), cidr('10.0.0.0/8'))).toBe(false);
    expect(cidrsOverlap(cidr('10.1.0.0/16'), cidr('10.0.0.0/8'))).toBe(true);
    expect(cidrsOverlap(cidr('10.1.0.0/16'), cidr('10.2.0.0/16'))).toBe(false);
  });
});

describe('sets of addresses', () => {
  const small = fc
    .tuple(fc.integer({ min: 0, max: 40 }), fc.integer({ min: 0, max: 12 }))
    .map(([first, length]): IpRange => ({ family: 4, first: BigInt(first), last: BigInt(first + length) }));
  const members = (ranges: readonly IpRange[]) =>
    Array.from({ length: 64 }, (_, value) => ranges.some((range) => rangeContains(range, { family: 4, value: BigInt(value) })));

  it('merging keeps the members and leaves no two ranges touching', () => {
    fc.assert(
      fc.property(fc.array(small), (ranges) => {
        const merged = mergeRanges(ranges);
        expect(members(merged)).toEqual(members(ranges));
        for (const [index, range] of merged.entries()) if (index > 0) expect(range.first).toBeGreaterThan(merged[index - 1]!.last + 1n);
      }),
    );
  });

  it('subtracting removes exactly the members of the other set', () => {
    fc.assert(
      fc.property(fc.array(small), fc.array(small), (from, minus) => {
        const gone = members(minus);
        expect(members(subtractRanges(from, minus))).toEqual(members(from).map((member, index) => member && !gone[index]));
      }),
    );
  });

  it('a range is exactly its prefixes, and a prefix is one', () => {
    fc.assert(
      fc.property(small, (range) => {
        expect(mergeRanges(rangeToCidrs(range).map(rangeOfCidr))).toEqual([range]);
      }),
    );
    expect(rangeToCidrs(wholeFamily(6)).map(formatCidr)).toEqual(['::/0']);
    expect(rangeToCidrs({ family: 4, first: 1n, last: 6n }).map(formatCidr)).toEqual([
      '0.0.0.1/32',
      '0.0.0.2/31',
      '0.0.0.4/31',
      '0.0.0.6/32',
    ]);
  });
});
