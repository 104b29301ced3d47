import { describe, expect, it } from 'vitest';
import { parseCidr } from '../net/cidr.js';
import { rangeOfCidr } from '../net/ip-set.js';
import { overlapsOf } from './overlaps.js';
import { rangeText } from './pool-view.js';

const entries = (...texts: readonly string[]) => texts.map((of) => ({ range: rangeOfCidr(parseCidr(of)!), of }));
const any = { kindOf: () => '', meets: () => true, most: 10 };
const textOf = (found: ReturnType<typeof overlapsOf<string>>) =>
  [...found].map(({ of, others, count }) => [of, others.map((other) => `${other.of}: ${rangeText(other.shared)}`), count]);

describe('ranges that share addresses', () => {
  it('each pair once, told of the one that begins first, of equal ones of the wider', () => {
    expect(textOf(overlapsOf(entries('10.0.0.128/25', '10.0.0.0/24', '10.0.1.0/24', '10.0.0.0/23', 'fd00::/64'), any))).toEqual([
      ['10.0.0.0/23', ['10.0.0.0/24: 10.0.0.0-10.0.0.255', '10.0.0.128/25: 10.0.0.128-10.0.0.255', '10.0.1.0/24: 10.0.1.0-10.0.1.255'], 3],
      ['10.0.0.0/24', ['10.0.0.128/25: 10.0.0.128-10.0.0.255'], 1],
    ]);
  });

  it('kinds that do not meet are passed over, and others are named apart', () => {
    const of = entries('10.0.0.0/8', '10.0.0.0/24', '10.0.1.0/24', '10.0.0.0/16');
    const length = (text: string) => text.split('/')[1] ?? '';
    const meets = (a: string, b: string) => length(a) !== length(b) && length(b) !== '16';
    expect(textOf(overlapsOf(of, { kindOf: length, meets, most: 1 }))).toEqual([
      ['10.0.0.0/8', ['10.0.0.0/24: 10.0.0.0-10.0.0.255'], 2],
      ['10.0.0.0/16', ['10.0.0.0/24: 10.0.0.0-10.0.0.255'], 2],
    ]);
  });

  // Every pair of them would be two thousand million.
  it('a range that stands there a hundred thousand times is no more work than so many ranges', () => {
    const many = entries('10.0.0.0/8').flatMap((one) => Array.from({ length: 100_000 }, () => one));
    const counted = [...overlapsOf(many, { ...any, most: 1 })].reduce((sum, { count }) => sum + count, 0);
    expect(counted).toBe((100_000 * 99_999) / 2);
  });
});
