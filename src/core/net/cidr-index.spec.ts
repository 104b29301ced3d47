import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cidrContains, cidrOf, parseCidr } from './cidr.js';
import { CidrIndex } from './cidr-index.js';
import { parseIp } from './ip.js';

const TEXTS = ['0.0.0.0/0', '10.0.0.0/8', '10.1.0.0/16', '10.1.2.3/32', '::/0', 'fd00::/8', 'fd00::1/128'];

describe('CidrIndex', () => {
  const index = CidrIndex.of(TEXTS.flatMap((text) => [[parseCidr(text) ?? fail(text), text] as const]));

  it.each([
    ['10.1.2.3', ['10.1.2.3/32', '10.1.0.0/16', '10.0.0.0/8', '0.0.0.0/0']],
    ['10.1.2.4', ['10.1.0.0/16', '10.0.0.0/8', '0.0.0.0/0']],
    ['11.0.0.0', ['0.0.0.0/0']],
    ['fd00::1', ['fd00::1/128', 'fd00::/8', '::/0']],
    // The same number in the other family is another address.
    ['::a01:203', ['::/0']],
  ])('%s', (text, expected) => {
    const ip = parseIp(text) ?? fail(text);
    expect([...index.at(ip)]).toEqual(expected);
    expect(index.longestMatch(ip)).toEqual(expected.slice(0, 1));
    expect(index.holds(ip)).toBe(true);
  });

  it('holds nothing where there is no network', () => {
    const ip = parseIp('10.0.0.1') ?? fail('');
    const none = CidrIndex.of([]);
    expect([none.holds(ip), none.longestMatch(ip), [...none.at(ip)]]).toEqual([false, undefined, []]);
  });

  it.each([4, 6] as const)('finds what a look at every network finds, the longest prefix first (IPv%i)', (family) => {
    const bits = family === 4 ? 32 : 128;
    // Bases that differ in the first and in the last bits only, so that networks nest, touch, and share what is compared first.
    const value = fc
      .tuple(fc.integer({ min: 0, max: 7 }), fc.integer({ min: 0, max: 7 }))
      .map(([high, low]) => (BigInt(high) << BigInt(bits - 3)) + BigInt(low));
    const prefix = fc.oneof(fc.integer({ min: 0, max: 4 }), fc.integer({ min: bits - 4, max: bits }));
    const cidr = fc.tuple(value, prefix).map(([base, length]) => cidrOf({ family, value: base }, length));
    fc.assert(
      fc.property(fc.array(cidr, { maxLength: 30 }), value, (cidrs, at) => {
        const ip = { family, value: at };
        const found = CidrIndex.of(cidrs.map((one, order) => [one, { one, order }] as const));
        const expected = cidrs
          .map((one, order) => ({ one, order }))
          .filter(({ one }) => cidrContains(one, ip))
          .sort((a, b) => b.one.prefix - a.one.prefix || a.order - b.order);
        expect([...found.at(ip)]).toEqual(expected);
        expect(found.holds(ip)).toBe(expected.length > 0);
      }),
    );
  });

  it('is made with pauses, which grow with the networks', () => {
    const pausesOf = (count: number) => {
      const networks = Array.from({ length: count }, (_, at) => cidrOf({ family: 4, value: BigInt((at * 7919) % 2 ** 20) << 8n }, 24));
      const steps = CidrIndex.inSteps(networks.map((one) => [one, one] as const));
      let pauses = 0;
      while (!steps.next().done) pauses++;
      return pauses;
    };
    expect(pausesOf(60_000)).toBeGreaterThanOrEqual(pausesOf(20_000) + 3 * Math.floor(40_000 / 4_096));
  });
});

function fail(text: string): never {
  throw new Error(text);
}
