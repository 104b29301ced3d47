import { describe, expect, it } from 'vitest';
import { combinePlanes, hasPair, planeOf } from './port-plane.js';
import { intersectPorts, type PortSet, subtractPorts, unionPorts } from './port-set.js';

/** Sets of pairs, against the definition: what is in either, in both, in the first alone. */

const OPERATIONS = [
  ['union', unionPorts, (a: boolean, b: boolean) => a || b],
  ['intersection', intersectPorts, (a: boolean, b: boolean) => a && b],
  ['difference', subtractPorts, (a: boolean, b: boolean) => a && !b],
] as const;

/** 100, 102, … 298: no two touch. */
const MANY: PortSet = Array.from({ length: 100 }, (_, at) => ({ from: 100 + 2 * at, to: 100 + 2 * at }));
const FEW: readonly PortSet[] = [
  [],
  [{ from: 1, to: 98 }],
  [{ from: 1, to: 99 }],
  [{ from: 151, to: 151 }],
  [{ from: 200, to: 203 }],
  [{ from: 298, to: 305 }],
  [{ from: 299, to: 300 }],
  [{ from: 400, to: 400 }],
  [
    { from: 50, to: 120 },
    { from: 290, to: 500 },
  ],
];
const ACROSS: PortSet = [{ from: 7, to: 9 }];

describe.each(OPERATIONS)('the %s of very many bands and few', (_, operation, holds) => {
  it.each(FEW)('%j %j', (...few) => {
    const ports = few.filter((range) => range !== undefined);
    const [many, other] = [planeOf(MANY, ACROSS), planeOf(ports, ACROSS)];
    for (const [a, b] of [
      [many, other],
      [other, many],
    ] as const) {
      const combined = combinePlanes(a, b, operation);
      for (let port = 0; port <= 510; port++)
        expect([port, hasPair(combined, port, 8)]).toEqual([port, holds(hasPair(a, port, 8), hasPair(b, port, 8))]);
      // Canonical: sorted, disjoint, and neighbours with the same second coordinate do not touch.
      for (const [at, { from }] of combined.entries()) expect(combined[at - 1]?.to ?? -2).toBeLessThan(from - 1);
    }
  });
});
