import { array, assert, constantFrom, integer, property, record } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { finished } from '../../../kernel/steps.js';
import {
  ALL_CONNECTIONS,
  connectionsOf,
  NO_CONNECTIONS,
  sameConnections,
  subtractConnections,
  unionOfConnections,
} from '../connection-set.js';
import type { LayerRule } from '../layer.js';
import { missedThings, ownParts } from './missed.js';
import { allowedBy, type Hit, runsOf } from './outcome.js';

const range = record({ from: integer({ min: 1, max: 12 }), length: integer({ min: 0, max: 4 }) });
const connections = range.map(({ from, length }) => connectionsOf('TCP', from, from + length));
const action = constantFrom('Accept', 'Deny', 'Pass');
const hits = array(record({ action, connections, thing: integer({ min: 0, max: 3 }), layer: integer({ min: 0, max: 2 }) }), {
  maxLength: 12,
});

describe('what is missed', () => {
  it('is what no other set has, nor what stands outside', () => {
    assert(
      property(array(connections, { maxLength: 9 }), connections, (sets, outside) => {
        const own = finished(ownParts(sets, outside));
        const plain = sets.map((set, at) => subtractConnections(set, unionOfConnections([outside, ...sets.toSpliced(at, 1)])));
        return own.every((part, at) => sameConnections(part, plain[at] ?? NO_CONNECTIONS));
      }),
    );
  });

  it('is found as if each thing were taken away by itself', () => {
    const end = constantFrom<'Deny' | 'open'>('Deny', 'open');
    assert(
      property(hits, array(end, { minLength: 3, maxLength: 3 }), (written, ends) => {
        const layers = ends.map((one) => ({ end: one }));
        const sorted = written.toSorted((a, b) => a.layer - b.layer);
        const things = new Map<Hit, number>(
          sorted.map(({ action: does, connections: matched, layer, thing }) => [
            { rule: { action: does } as unknown as LayerRule, layer, matched },
            thing,
          ]),
        );
        const all = [...things.keys()];
        const allowed = allowedBy(layers, all);
        const missed = finished(missedThings({ layers, runs: runsOf(all), allowed }, (hit) => things.get(hit)));
        const plain = [0, 1, 2, 3].filter(
          (thing) =>
            !sameConnections(
              allowed,
              allowedBy(
                layers,
                all.filter((hit) => things.get(hit) !== thing),
              ),
            ),
        );
        expect(missed).toEqual(new Set(plain));
      }),
    );
  });

  it('is found where layers end otherwise without a thing, and behind very many runs', () => {
    const end = constantFrom<'Deny' | 'open'>('Deny', 'open');
    const many = array(record({ action, connections, thing: integer({ min: 0, max: 40 }), layer: integer({ min: 0, max: 9 }) }), {
      maxLength: 400,
      size: 'max',
    });
    const opens = array(array(integer({ min: 0, max: 9 }), { minLength: 1, maxLength: 2 }), { maxLength: 40 });
    assert(
      property(many, array(end, { minLength: 10, maxLength: 10 }), opens, (written, ends, opening) => {
        const layers = ends.map((one) => ({ end: one }));
        const sorted = written.toSorted((a, b) => a.layer - b.layer);
        const thingOf = new Map<Hit, number>(
          sorted.map(({ action: does, connections: matched, layer, thing }) => [
            { rule: { action: does } as unknown as LayerRule, layer, matched },
            thing,
          ]),
        );
        const all = [...thingOf.keys()];
        const allowed = allowedBy(layers, all);
        const opened = new Map(opening.map((some, thing) => [thing, new Set(some)]));
        const missed = finished(missedThings({ layers, runs: runsOf(all), allowed }, (hit) => thingOf.get(hit), opened));
        const plain = Array.from({ length: 41 }, (_, thing) => thing).filter((thing) => {
          const without = layers.map((one, layer) => (opened.get(thing)?.has(layer) ? { end: 'open' as const } : one));
          const left = all.filter((hit) => thingOf.get(hit) !== thing);
          return !sameConnections(allowed, allowedBy(without, left));
        });
        expect([...missed].sort((a, b) => a - b)).toEqual(plain);
      }),
      { numRuns: 100 },
    );
  });

  it('is found with a few looks at the runs for each thing, however many runs there are', () => {
    const looksAt = (count: number) => {
      let looks = 0;
      const layers = Array.from({ length: count }, () => ({ end: 'Deny' as const }));
      const all = layers.map((_, layer): Hit => {
        const rule = {
          get action() {
            looks++;
            return 'Pass';
          },
        } as unknown as LayerRule;
        return { rule, layer, matched: ALL_CONNECTIONS };
      });
      const decided = { layers, runs: runsOf(all), allowed: allowedBy(layers, all) };
      const opened = new Map(all.map((hit) => [hit, new Set([hit.layer])]));
      expect(finished(missedThings(decided, (hit) => hit, opened)).size).toBe(0);
      return looks;
    };
    expect(looksAt(2_000)).toBeLessThan(2.5 * looksAt(1_000));
  });

  it('is nothing where a rule that matches everything stands beside', () => {
    const rule = { action: 'Accept' } as unknown as LayerRule;
    const both = [
      { rule, layer: 0, matched: ALL_CONNECTIONS },
      { rule, layer: 0, matched: connectionsOf('TCP', 80) },
    ];
    const missed = finished(missedThings({ layers: [{ end: 'Deny' }], runs: runsOf(both), allowed: ALL_CONNECTIONS }, (hit) => hit));
    expect([...missed]).toEqual([both[0]]);
  });
});
