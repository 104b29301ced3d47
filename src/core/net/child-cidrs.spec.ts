import { describe, expect, it } from 'vitest';
import { childAt, ChildCidrs, childIndexOf } from './child-cidrs.js';
import { type Cidr, formatCidr, parseCidr } from './cidr.js';

const cidr = (text: string): Cidr => parseCidr(text)!;
const taken = (children: ChildCidrs) => children.takenIndexes().map(([first, last]) => [Number(first), Number(last)]);

/** kubernetes `cidr_set_test.go`, TestIndexToCIDRBlock and TestGetBitforCIDR. */
const INDEXES: readonly [network: string, child: number, index: number, cidr: string][] = [
  ['127.123.3.0/16', 24, 0, '127.123.0.0/24'],
  ['192.168.5.219/28', 32, 5, '192.168.5.213/32'],
  ['2001:db8:85a3::8a2e:370:7334/50', 63, 6425, '2001:db8:85a3:3232::/63'],
  ['2001:db8:1234:ff00::370:7334/80', 96, 6425, '2001:db8:1234:ff00:0:1919::/96'],
  ['127.123.0.0/16', 24, 15, '127.123.15.0/24'],
  ['2001:db8:1234:3::/48', 64, 0, '2001:db8:1234::/64'],
  ['2001:db8:1234::/48', 64, 15, '2001:db8:1234:f::/64'],
  ['2001:db8::/32', 48, 0, '2001:db8::/48'],
  ['2001:db8::/32', 48, 15, '2001:db8:f::/48'],
  ['2001:db8:85a3::8a2e:370:7334/32', 48, 6425, '2001:db8:1919::/48'],
  ['2001:db8:1234:ff00::/56', 72, 0, '2001:db8:1234:ff00::/72'],
  ['2001:db8:1234:ff00::/56', 72, 15, '2001:db8:1234:ff00:f00::/72'],
  ['2001:db8:1234:ff00::370:7334/56', 72, 6425, '2001:db8:1234:ff19:1900::/72'],
  ['2001:db8:1234:0:1234::/80', 96, 0, '2001:db8:1234:0:1234::/96'],
  ['2001:db8:1234:0:1234::/80', 96, 15, '2001:db8:1234:0:1234:f::/96'],
  ['127.0.0.0/8', 16, 0, '127.0.0.0/16'],
  ['be00::/8', 16, 0, 'be00::/16'],
  ['127.0.0.0/8', 16, 123, '127.123.0.0/16'],
  ['be00::/8', 16, 0xef, 'beef::/16'],
  ['be00::/8', 16, 0x68, 'be68::/16'],
  ['be00::/8', 16, 36, 'be24::/16'],
  ['192.168.0.0/16', 24, 151, '192.168.151.0/24'],
  ['beef::/16', 24, 0x12, 'beef:1200::/24'],
  ['beef::/16', 24, 0x97, 'beef:9700::/24'],
];

/** kubernetes `cidr_set_test.go`, TestOccupy. */
const OCCUPIED: readonly [network: string, child: number, occupied: string, first: number, last: number][] = [
  ['127.0.0.0/8', 16, '127.0.0.0/8', 0, 255],
  ['2001:beef:1200::/40', 48, '2001:beef:1200::/40', 0, 255],
  ['127.0.0.0/8', 16, '64.0.0.0/2', 0, 255],
  ['2001:beef:1200::/40', 48, '2001:beef:1234::/34', 0, 255],
  ['127.0.0.0/8', 16, '127.0.0.0/16', 0, 0],
  ['2001:beef:1200::/40', 48, '2001:beef:1200::/48', 0, 0],
  ['2001:beef:1200::/48', 64, '2001:beef:1200::/48', 0, 65_535],
  ['126.0.0.0/7', 16, '127.0.0.0/15', 256, 257],
  ['126.0.0.0/7', 18, '127.0.0.0/15', 1024, 1031],
  ['2001:beef:7e00::/39', 48, '2001:beef:7f00::/47', 256, 257],
  ['2001:beef:7e00::/39', 47, '2001:beef:7f00::/47', 128, 128],
  ['127.0.0.0/8', 32, '127.0.0.0/16', 0, 65_535],
  ['126.0.0.0/7', 15, '127.0.0.0/15', 128, 128],
  ['2001:beef:7e00::/39', 50, '2001:beef:7f00::/47', 1024, 1031],
  ['10.1.0.0/16', 24, '10.0.0.0/8', 0, 255],
];

describe('children by index', () => {
  it.each(INDEXES)('child of %s, /%i, index %i is %s', (network, child, index, expected) => {
    expect(formatCidr(childAt(cidr(network), child, BigInt(index))!)).toBe(expected);
    expect(childIndexOf(cidr(network), child, cidr(expected))).toBe(BigInt(index));
  });

  it('has none beyond the last, and no index outside the network', () => {
    expect(childAt(cidr('10.0.0.0/24'), 26, 4n)).toBeUndefined();
    expect(childIndexOf(cidr('192.168.0.0/16'), 24, cidr('127.168.224.0/24'))).toBeUndefined();
  });
});

describe('ChildCidrs', () => {
  it.each(OCCUPIED)('in %s /%i, %s occupies %i to %i', (network, child, occupied, first, last) => {
    const children = new ChildCidrs(cidr(network), child);
    expect(children.occupy(cidr(occupied))).toBe(true);
    expect(taken(children)).toEqual([[first, last]]);
  });

  it('goes on after the child handed out last, not at the lowest free one (TestCIDRSet_RandomishAllocation)', () => {
    const children = new ChildCidrs(cidr('10.0.0.0/22'), 24);
    const next = () => formatCidr(children.allocate()!);
    expect([next(), next()]).toEqual(['10.0.0.0/24', '10.0.1.0/24']);
    children.release(cidr('10.0.0.0/24'));
    expect([next(), next(), next()]).toEqual(['10.0.2.0/24', '10.0.3.0/24', '10.0.0.0/24']);
    expect(children.allocate()).toBeUndefined();
  });

  it('is full of one child, until that is released (TestCIDRSetFullyAllocated)', () => {
    for (const whole of ['127.123.234.0/30', 'beef:1234::/30'].map(cidr)) {
      const children = new ChildCidrs(whole, 30);
      const twice = () => [children.allocate(), children.allocate()];
      expect(twice()).toEqual([whole, undefined]);
      children.release(whole);
      expect(twice()).toEqual([whole, undefined]);
    }
  });

  it('occupies and releases a child once (TestDoubleOccupyRelease)', () => {
    const children = new ChildCidrs(cidr('10.42.0.0/16'), 24);
    const used = (change: 'occupy' | 'release', text: string) => {
      children[change](cidr(text));
      return children.used;
    };
    expect(['10.42.5.0/24', '10.42.9.0/24', '10.42.8.0/22', '10.42.9.0/24'].map((text) => used('occupy', text))).toEqual([1, 2, 5, 5]);
    expect(['10.42.9.0/24', '10.42.9.0/24', '10.42.4.0/22'].map((text) => used('release', text))).toEqual([4, 4, 3]);
    for (let left = 256 - 3; left > 0; left -= 1) expect(children.allocate()).toBeDefined();
    expect(children.allocate()).toBeUndefined();
  });

  it.each([
    ['127.0.0.0/8', 32, ['127.0.0.0/32', '127.0.0.1/32']],
    ['beef:1234::/32', 49, undefined],
    ['2001:beef:1234:3690::/60', 64, ['2001:beef:1234:3690::/64', '2001:beef:1234:3691::/64']],
  ])('of %s, /%i: the first two are %j (TestCIDRSetv6)', (network, child, two) => {
    const children = ChildCidrs.of(cidr(network), child);
    expect(children.ok ? [children.value.allocate(), children.value.allocate()].map((one) => one && formatCidr(one)) : undefined).toEqual(
      two,
    );
  });

  it('counts what changed only, and the used children a search passes over (TestCidrSetMetricsHistogram)', () => {
    const children = new ChildCidrs(cidr('10.0.0.0/16'), 24);
    children.occupy(cidr('10.0.0.0/17'));
    children.occupy(cidr('10.0.5.0/24'));
    children.allocate();
    expect(children.counters).toEqual({ allocations: 129, releases: 0, tries: 128 });
    children.release(cidr('10.0.0.0/16'));
    children.release(cidr('10.0.0.0/16'));
    expect(children.counters.releases).toBe(129);
  });

  it('touches nothing outside', () => {
    const children = new ChildCidrs(cidr('10.42.0.0/16'), 24);
    expect([children.occupy(cidr('10.43.0.0/16')), children.release(cidr('fd00::/8')), children.used]).toEqual([false, false, 0]);
  });

  it.each([
    ['2001:beef::/32', 49, false],
    ['2001:beef::/32', 48, true],
    ['10.0.0.0/8', 32, true],
    ['10.0.0.0/24', 16, false],
    ['10.0.0.0/24', 33, false],
  ])('%s with children of /%i is accepted: %s', (network, child, accepted) =>
    expect(ChildCidrs.of(cidr(network), child).ok).toBe(accepted),
  );
});
