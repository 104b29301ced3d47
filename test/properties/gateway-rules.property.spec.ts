import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { RouteDiffResult } from '../../src/core/ingress/route-diff-result.js';
import type { GatewayDialectName } from '../../src/core/ingress/route-request.js';
import { gateways, smallGateways } from '../support/arbitrary-gateways.js';
import { modelOf } from '../support/model.js';
import { diffRoutes, gatewaySide } from '../support/route-diff.js';
import { witnessFaults } from '../support/witnesses.js';

/** INV-ING-7 and INV-ING-9: what `route-lint` gives as a witness, sent to the question `route` with nothing added, goes by its rule; all of them together, by every rule that has one. */
describe('rules of any Gateway', () => {
  it('are reached by their witnesses', () => {
    let live = 0;
    fc.assert(
      fc.property(gateways, (objects) => {
        const found = witnessFaults(modelOf(objects));
        live += found.live;
        expect(found.faults).toEqual([]);
      }),
      { numRuns: 150 },
    );
    expect(live).toBeGreaterThan(150);
  });
});

const DIALECTS: readonly GatewayDialectName[] = ['gateway-api', 'traefik-gateway', 'envoy-gateway'];

/** `route-diff` compares answers, so that it is as reflexive and symmetric as their equality. */
describe('route-diff of Gateways', () => {
  it('finds no difference between a Gateway and itself', () => {
    fc.assert(
      fc.property(smallGateways, fc.constantFrom(...DIALECTS), (objects, dialect) => {
        const model = modelOf(objects);
        const { verdict, result } = diffRoutes(
          { a: model, b: modelOf([...objects].toReversed()) },
          { a: gatewaySide(dialect), b: gatewaySide(dialect) },
        );
        expect([verdict === 'DIFFERENT', result.differences]).toEqual([false, []]);
      }),
      { numRuns: 20 },
    );
  });

  it('tells of both sides the same, whichever is first', () => {
    let different = 0;
    fc.assert(
      fc.property(smallGateways, smallGateways, fc.constantFrom(...DIALECTS), fc.constantFrom(...DIALECTS), (one, other, first, second) => {
        const models = { a: modelOf(one), b: modelOf(other) };
        const sides = { a: gatewaySide(first), b: gatewaySide(second) };
        const forth = diffRoutes(models, sides);
        const back = diffRoutes({ a: models.b, b: models.a }, { a: sides.b, b: sides.a });
        expect(back.verdict).toBe(forth.verdict);
        const groups = (result: RouteDiffResult, own: 'a' | 'b', of: 'a' | 'b') =>
          result.differences.map((one) => JSON.stringify([one.aspects, one.requests, one[own], one[of]])).toSorted();
        expect(groups(back.result, 'b', 'a')).toEqual(groups(forth.result, 'a', 'b'));
        if (forth.verdict === 'DIFFERENT') different++;
      }),
      { numRuns: 20 },
    );
    expect(different).toBeGreaterThan(0);
  });
});
