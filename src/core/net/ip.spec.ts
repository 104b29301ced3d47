import { describe, expect, it } from 'vitest';
import { addToIp, canonicalIp, compareIps, parseIp, reverseName } from './ip.js';

/** RFC 5952 §4 and §1, RFC 4291 §2.2; leading zeros: netutils `ParseIPSloppy`. */
const CANONICAL: readonly [written: string, canonical: string][] = [
  ['10.0.0.1', '10.0.0.1'],
  ['010.000.000.001', '10.0.0.1'],
  ['255.255.255.255', '255.255.255.255'],
  ['2001:0db8:0000:0000:0000:0000:0002:0001', '2001:db8::2:1'],
  ['2001:db8:0:0:1:0:0:1', '2001:db8::1:0:0:1'],
  ['2001:db8:0:1:1:1:1:1', '2001:db8:0:1:1:1:1:1'],
  ['2001:DB8::A', '2001:db8::a'],
  ['::', '::'],
  ['::1', '::1'],
  ['1::', '1::'],
  ['0:0:0:0:0:0:0:1', '::1'],
  ['::ffff:192.0.2.1', '192.0.2.1'],
  ['64:ff9b::192.0.2.33', '64:ff9b::c000:221'],
];

describe('parseIp and formatIp', () => {
  it.each(CANONICAL)('%s is %s', (written, canonical) => {
    expect(canonicalIp(written)).toBe(canonical);
  });

  it.each([
    '',
    '1.2.3',
    '1.2.3.4.5',
    '256.1.1.1',
    '1.2.3.x',
    ' 1.2.3.4',
    '1::2::3',
    ':1',
    '1:2:3:4:5:6:7',
    '1:2:3:4:5:6:7:8:9',
    '12345::',
    'None',
    '***HIDDEN***',
    '1.2.3.4::',
    '::1/128',
    '-1.2.3.4',
    '1:2:3:4:5:6:7::8',
  ])('%j is no address', (text) => {
    expect(parseIp(text)).toBeUndefined();
  });
});

describe('arithmetic', () => {
  it('stops at the ends of the space', () => {
    expect(addToIp({ family: 4, value: 0xffffffffn }, 1n)).toBeUndefined();
    expect(addToIp({ family: 4, value: 0n }, -1n)).toBeUndefined();
    expect(addToIp({ family: 6, value: 0xffffffffn }, 1n)).toEqual({ family: 6, value: 0x100000000n });
  });

  it('orders IPv4 before IPv6, then by number', () => {
    const texts = ['fd00::1', '10.0.0.10', '10.0.0.9', '::1'];
    const sorted = texts.map((text) => parseIp(text)!).sort(compareIps);
    expect(sorted.map((ip) => `${ip.family}:${ip.value}`)).toEqual(['4:167772169', '4:167772170', '6:1', `6:${(0xfd00n << 112n) + 1n}`]);
  });
});

describe('reverseName', () => {
  it('turns octets and nibbles round (RFC 1035 §3.5, RFC 3596 §2.5)', () => {
    expect(reverseName(parseIp('192.0.2.7')!)).toBe('7.2.0.192.in-addr.arpa');
    expect(reverseName(parseIp('4321:0:1:2:3:4:567:89ab')!)).toBe(
      'b.a.9.8.7.6.5.0.4.0.0.0.3.0.0.0.2.0.0.0.1.0.0.0.0.0.0.0.1.2.3.4.ip6.arpa',
    );
  });
});
