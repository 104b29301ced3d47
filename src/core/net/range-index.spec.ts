import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { finished } from '../kernel/steps.js';
import { parseIp } from './ip.js';
import type { IpRange } from './ip-set.js';
import { RangeIndex } from './range-index.js';

function range(text: string): IpRange {
  const [first, last = first] = text.split('-').map((one) => parseIp(one)!);
  return { family: first!.family, first: first!.value, last: last!.value };
}

const TEXTS = ['10.0.0.0-10.0.0.255', '10.0.0.0-10.255.255.255', '10.0.0.200-10.0.1.20', '10.0.2.1', '::-::ff', 'fd00::-fd00::ffff'];

describe('RangeIndex', () => {
  const index = RangeIndex.of(TEXTS.map((text) => [range(text), text] as const));

  it.each([
    ['10.0.0.210', ['10.0.0.0-10.0.0.255', '10.0.0.0-10.255.255.255', '10.0.0.200-10.0.1.20']],
    ['10.0.1.20-10.0.2.0', ['10.0.0.0-10.255.255.255', '10.0.0.200-10.0.1.20']],
    ['9.255.255.255', []],
    ['9.255.255.255-10.0.0.0', ['10.0.0.0-10.0.0.255', '10.0.0.0-10.255.255.255']],
    ['11.0.0.0-255.255.255.255', []],
    ['0.0.0.0-255.255.255.255', TEXTS.slice(0, 4)],
    // The same number in the other family is another address.
    ['::a00:d2', []],
    ['::100-ffff::', ['fd00::-fd00::ffff']],
  ])('finds what shares an address with %s', (text, expected) => {
    expect([...index.meeting(range(text))]).toEqual(expected);
  });

  it('finds nothing among nothing', () => {
    expect([...RangeIndex.of([]).meeting(range('0.0.0.0-255.255.255.255'))]).toEqual([]);
  });

  it('finds what a look at every range finds, by first address', () => {
    const end = fc.integer({ min: 0, max: 40 });
    const some = fc.tuple(end, end).map(([a, b]): IpRange => ({ family: 4, first: BigInt(Math.min(a, b)), last: BigInt(Math.max(a, b)) }));
    fc.assert(
      fc.property(fc.array(some, { maxLength: 40 }), some, (ranges, asked) => {
        const found = [...RangeIndex.of(ranges.map((one, place) => [one, { ...one, place }] as const)).meeting(asked)];
        const expected = ranges
          .map((one, place) => ({ ...one, place }))
          .filter(({ first, last }) => first <= asked.last && asked.first <= last)
          .sort((a, b) => Number(a.first - b.first) || a.place - b.place);
        expect(found).toEqual(expected);
      }),
    );
  });

  it('does not look at ranges that are elsewhere, whatever lies around all of them', () => {
    let looks = 0;
    const at = (first: bigint, last: bigint): IpRange => ({
      family: 4,
      get first() {
        looks++;
        return first;
      },
      get last() {
        looks++;
        return last;
      },
    });
    const count = 2 ** 14;
    const many = Array.from({ length: count }, (_, n) => at(BigInt(n) << 8n, (BigInt(n) << 8n) + 15n));
    const big = RangeIndex.of([at(0n, 2n ** 32n - 1n), ...many].map((one, place) => [one, place] as const));
    looks = 0;
    expect([...big.meeting({ family: 4, first: 9_000n << 8n, last: 9_000n << 8n })]).toEqual([0, 9_001]);
    // Two ways from the top of a tree to its leaves, and what is beside them.
    expect(looks).toBeLessThan(4 * 15);
  });

  it('is made with pauses, which grow with the ranges', () => {
    const pausesOf = (count: number) => {
      const steps = RangeIndex.inSteps(
        Array.from({ length: count }, (_, n) => [{ family: 4, first: BigInt(n), last: BigInt(n) } as const, n] as const),
      );
      let pauses = 0;
      while (!steps.next().done) pauses++;
      return pauses;
    };
    expect(pausesOf(60_000)).toBeGreaterThanOrEqual(pausesOf(20_000) + 3 * Math.floor(40_000 / 4_096));
    expect([...finished(RangeIndex.inSteps([[range('10.0.0.1'), 'a'] as const])).at(parseIp('10.0.0.1')!)]).toEqual(['a']);
  });
});
