import { describe, expect, it } from 'vitest';
import { parseCidr } from '../net/cidr.js';
import { formatIp } from '../net/ip.js';
import { nodePortBands, serviceBands } from './bands.js';

/** KEP-3070 and kubernetes `pkg/registry/core/service/ipallocator/bitmap.go`, `calculateRangeOffset`: min(max(16, size / 16), 256), 0 when size ≤ 16. */
describe('the bands of a service range', () => {
  it.each<[cidr: string, size: number, lower: string, upper: string]>([
    ['10.0.0.0/28', 0, '-', '10.0.0.1-10.0.0.14'],
    ['10.0.0.0/27', 16, '10.0.0.1-10.0.0.16', '10.0.0.17-10.0.0.30'],
    ['10.0.0.0/24', 16, '10.0.0.1-10.0.0.16', '10.0.0.17-10.0.0.254'],
    ['10.0.0.0/22', 64, '10.0.0.1-10.0.0.64', '10.0.0.65-10.0.3.254'],
    ['10.0.0.0/20', 256, '10.0.0.1-10.0.1.0', '10.0.1.1-10.0.15.254'],
    ['10.96.0.0/12', 256, '10.96.0.1-10.96.1.0', '10.96.1.1-10.111.255.254'],
    ['fd00::/124', 0, '-', 'fd00::1-fd00::f'],
    ['fd00::/122', 16, 'fd00::1-fd00::10', 'fd00::11-fd00::3f'],
    ['fd00::/112', 256, 'fd00::1-fd00::100', 'fd00::101-fd00::ffff'],
    ['10.0.0.0/32', 0, '-', '-'],
  ])('of %s: %d, %s, %s', (cidr, size, lower, upper) => {
    const { family, ...prefix } = parseCidr(cidr)!;
    const bands = serviceBands({ family, ...prefix });
    const text = (band: readonly [bigint, bigint] | null) => band?.map((value) => formatIp({ family, value })).join('-') ?? '-';
    expect([bands.staticSize, text(bands.static), text(bands.dynamic)]).toEqual([BigInt(size), lower, upper]);
  });
});

/** KEP-3668 and kubernetes `portallocator/allocator.go`: min(max(16, size / 32), 128), 0 when size ≤ 16; the size counts both ends. */
describe('the bands of a node port range', () => {
  it.each<[first: number, last: number, size: number, lower: readonly number[] | null, upper: readonly number[]]>([
    [30000, 32767, 86, [30000, 30085], [30086, 32767]],
    [20000, 32767, 128, [20000, 20127], [20128, 32767]],
    [10000, 10200, 16, [10000, 10015], [10016, 10200]],
    [30000, 30015, 0, null, [30000, 30015]],
    // Test_calculateRangeOffset of `portallocator/allocator_test.go`; its upstream sizes are 2768, 10, 16, 128, 2048, 4096 and 8192.
    [30000, 30009, 0, null, [30000, 30009]],
    [30000, 30127, 16, [30000, 30015], [30016, 30127]],
    [30000, 32047, 64, [30000, 30063], [30064, 32047]],
    [30000, 34095, 128, [30000, 30127], [30128, 34095]],
    [30000, 38191, 128, [30000, 30127], [30128, 38191]],
  ])('%d-%d: %d', (first, last, staticSize, lower, upper) => {
    expect(nodePortBands(first, last)).toEqual({ staticSize, static: lower, dynamic: upper });
  });
});
