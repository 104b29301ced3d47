import { type Arbitrary, array, assert, constant, constantFrom, integer, letrec, oneof, property, record, tuple } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { portSet } from '../../net/port-set.js';
import { ConnectionAlgebra } from './connection-algebra.js';
import {
  ALL_CONNECTIONS,
  type ConnectionPoint,
  type ConnectionSet,
  connectionsBetween,
  connectionsKey,
  connectionsOfProtocol,
  coversConnections,
  hasConnection,
  icmpConnections,
  intersectConnections,
  NO_CONNECTIONS,
  sameConnections,
  subtractConnections,
  unionConnections,
} from './connection-set.js';

/** A set in two forms: as the product builds it, and as a question that is answered for one point after the other. */
interface Twin {
  readonly set: ConnectionSet;
  readonly has: (point: ConnectionPoint) => boolean;
}

type Ranges = readonly { readonly from: number; readonly to: number }[];

const within = (ranges: Ranges, value: number) => ranges.some(({ from, to }) => from <= value && value <= to);
const rangesIn = (least: number, most: number): Arbitrary<Ranges> => {
  const range = tuple(integer({ min: least, max: 9 }), integer({ min: 0, max: 6 })).map(([from, length]) => ({ from, to: from + length }));
  return array(oneof(range, constant({ from: least, to: most }), constant({ from: 7, to: most })), { minLength: 1, maxLength: 3 });
};

const PORTED = [
  ['TCP', 6],
  ['UDP', 17],
  ['SCTP', 132],
  ['UDPLite', 136],
] as const;
const MESSAGES = [
  ['ICMP', 1],
  ['ICMPv6', 58],
] as const;

const ported: Arbitrary<Twin> = record({ protocol: constantFrom(...PORTED), down: rangesIn(1, 65535), across: rangesIn(1, 65535) }).map(
  ({ protocol: [name, number], down, across }) => ({
    set: connectionsBetween(name, portSet(across), portSet(down)),
    has: (point) => point.number === number && within(down, point.down) && within(across, point.across),
  }),
);
const messages: Arbitrary<Twin> = record({ protocol: constantFrom(...MESSAGES), down: rangesIn(0, 255), across: rangesIn(0, 255) }).map(
  ({ protocol: [name, number], down, across }) => ({
    set: icmpConnections(name, portSet(down), portSet(across)),
    has: (point) => point.number === number && within(down, point.down) && within(across, point.across),
  }),
);
const whole: Arbitrary<Twin> = constantFrom(0, 1, 6, 47, 48, 58, 136, 255).map((number) => ({
  set: connectionsOfProtocol(number),
  has: (point) => point.number === number,
}));
const constants: Arbitrary<Twin> = constantFrom<Twin>({ set: ALL_CONNECTIONS, has: () => true }, { set: NO_CONNECTIONS, has: () => false });

const joined = (a: Twin, b: Twin): Twin => ({ set: unionConnections(a.set, b.set), has: (point) => a.has(point) || b.has(point) });
const met = (a: Twin, b: Twin): Twin => ({ set: intersectConnections(a.set, b.set), has: (point) => a.has(point) && b.has(point) });
const without = (a: Twin, b: Twin): Twin => ({ set: subtractConnections(a.set, b.set), has: (point) => a.has(point) && !b.has(point) });

const { twin } = letrec<{ twin: Twin }>((tie) => {
  const combined = tuple(constantFrom(joined, met, without), tie('twin'), tie('twin')).map(([combine, a, b]) => combine(a, b));
  return { twin: oneof({ depthSize: 'medium', withCrossShrink: true }, ported, messages, whole, constants, combined, combined, combined) };
});

/** Around every boundary that the generators draw. Port 0 is none; types and codes start at 0. */
const POINTS: readonly ConnectionPoint[] = [0, 1, 6, 17, 47, 48, 58, 132, 136, 255].flatMap((number) => {
  const octets = number === 1 || number === 58;
  const edges = [...Array.from({ length: 17 }, (_, value) => value + (octets ? 0 : 1)), octets ? 255 : 65535];
  return edges.flatMap((down) => edges.map((across) => ({ number, down, across })));
});

describe('sets of connections', () => {
  it('hold just the connections that the model holds, point by point', () => {
    assert(
      property(twin, ({ set, has }) => {
        expect(POINTS.filter((point) => hasConnection(set, point) !== has(point))).toEqual([]);
      }),
      { numRuns: 300 },
    );
  });

  it('are one object, and have one key, as soon as they are equal', () => {
    const algebra = new ConnectionAlgebra();
    assert(
      property(twin, twin, (a, b) => {
        const equal = POINTS.every((point) => a.has(point) === b.has(point));
        expect(sameConnections(a.set, b.set)).toBe(equal);
        expect(connectionsKey(a.set) === connectionsKey(b.set)).toBe(equal);
        expect(algebra.intern(a.set) === algebra.intern(b.set)).toBe(equal);
        expect(coversConnections(a.set, b.set)).toBe(POINTS.every((point) => a.has(point) || !b.has(point)));
      }),
      { numRuns: 300 },
    );
  });

  it('come to the same when what was worked out before is remembered', () => {
    const algebra = new ConnectionAlgebra();
    assert(
      property(twin, twin, (a, b) => {
        const [left, right] = [algebra.intern(a.set), algebra.intern(b.set)];
        expect(algebra.join(left, right)).toBe(algebra.intern(unionConnections(a.set, b.set)));
        expect(algebra.meet(left, right)).toBe(algebra.intern(intersectConnections(a.set, b.set)));
        expect(algebra.minus(left, right)).toBe(algebra.intern(subtractConnections(a.set, b.set)));
      }),
      { numRuns: 300 },
    );
  });
});
