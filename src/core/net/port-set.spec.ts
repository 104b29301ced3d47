import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ALL_PORTS, formatPorts, hasPort, intersectPorts, portSet, subtractPorts, unionPorts } from './port-set.js';

const ranges = fc.array(
  fc.tuple(fc.integer({ min: 1, max: 30 }), fc.integer({ min: 0, max: 8 })).map(([from, length]) => ({ from, to: from + length })),
);
const members = (ports: readonly { from: number; to: number }[]) => Array.from({ length: 40 }, (_, index) => hasPort(ports, index + 1));

describe('port sets', () => {
  it('behave as sets of numbers', () => {
    fc.assert(
      fc.property(ranges, ranges, (left, right) => {
        const [a, b] = [portSet(left), portSet(right)];
        const [inA, inB] = [members(left), members(right)];
        expect(members(unionPorts(a, b))).toEqual(inA.map((member, index) => member || inB[index]!));
        expect(members(intersectPorts(a, b))).toEqual(inA.map((member, index) => member && inB[index]!));
        expect(members(subtractPorts(a, b))).toEqual(inA.map((member, index) => member && !inB[index]!));
      }),
    );
  });

  it('have one canonical form, so equal sets print alike', () => {
    expect(
      formatPorts(
        portSet([
          { from: 81, to: 90 },
          { from: 443, to: 443 },
          { from: 80, to: 80 },
        ]),
      ),
    ).toBe('80-90,443');
    expect(formatPorts(subtractPorts(ALL_PORTS, [{ from: 80, to: 80 }]))).toBe('1-79,81-65535');
  });
});
